"""One policy version as a page shows it: every clause, table and reading in words of one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from yumiao.model.outcomes import Confidence
from yumiao.model.text import Language, Text
from yumiao.packs import expressions as ex
from yumiao.packs.fields import Choice, Expression, Points
from yumiao.packs.library import Library, Policy
from yumiao.packs.policies import Band, Parameter, ParameterBand, ScorePart
from yumiao.rules.showing import EDGES, KINDS, LEVELS, UNSURE, metrics_named
from yumiao.rules.showing_words import SIGNS, Wording


@dataclass(frozen=True)
class Note:
    """A remark, and whether it is written in Chinese although the page is not."""

    text: str
    is_foreign: bool = False


@dataclass(frozen=True)
class Table:
    """A table of texts."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Entry:
    """One thing that a policy says.

    Attributes:
        label: the clause or the name of the thing; ``said`` the rule or the value, in words.
        cite: the clause of the official text; empty where there is none.
        confidence: how sure the pack's author was; None where it is not said.
        switch: label of the switch that the value rests on; empty: none.
        table: bands, brackets or bounds.
        level: how deep in a score it stands, from 0.
    """

    label: str
    said: str = ""
    id: str = ""
    cite: str = ""
    confidence: Text | None = None
    is_unsure: bool = False
    note: Note | None = None
    switch: str = ""
    table: Table | None = None
    level: int = 0


@dataclass(frozen=True)
class Reading:
    """One way to read a text that is silent, and whether it is the one taken."""

    id: str
    text: Note
    is_taken: bool


@dataclass(frozen=True)
class Silence:
    """A place where the text is silent."""

    entry: Entry
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class Description:
    """What a policy version says, section by section; a section without content is empty."""

    documents: tuple[Entry, ...]
    applies: tuple[str, ...]
    windows: tuple[str, ...]
    grants: str
    note: Note | None
    conditions: tuple[Entry, ...]
    parameters: tuple[Entry, ...]
    scores: tuple[Entry, ...]
    routes: tuple[Entry, ...]
    met_when: tuple[str, ...]
    classes: tuple[Entry, ...]
    class_table: Entry | None
    near_miss: str
    silences: tuple[Silence, ...]
    open: tuple[Entry, ...]
    doubts: tuple[Entry, ...]


def describe(
    library: Library, policy: Policy, language: Language, settings: Mapping[str, str]
) -> Description:
    """Put a policy version into words.

    Args:
        settings: the reading of every switch.
    """
    return _Describing(library, policy, Wording(library, policy.body, language), settings).whole()


@dataclass
class _Describing:
    library: Library
    policy: Policy
    wording: Wording
    settings: Mapping[str, str]

    def whole(self) -> Description:
        body = self.policy.body
        return Description(
            documents=tuple(self._documents()),
            applies=tuple(self._applies()),
            windows=tuple(self._windows()),
            grants=self._grants(),
            note=self._note(body.note),
            conditions=tuple(self._conditions()),
            parameters=tuple(self._parameters()),
            scores=tuple(
                row for name, part in body.scores.items() for row in self._score(name, part, (name,))
            ),
            routes=tuple(
                Entry(self._text(Text(route.zh, route.en)), self.wording.words(route.when.tree), name)
                for name, route in body.routes.items()
            ),
            met_when=tuple(self._met_part(part.tree) for part in body.met_when or ()),
            classes=tuple(
                Entry(self._text(Text(rule.zh, rule.en)), self.wording.words(rule.when.tree), name)
                for name, rule in (body.classes or {}).items()
            ),
            class_table=self._class_table(),
            near_miss=self._near_miss(),
            silences=tuple(self._silences()),
            open=tuple(self._open()),
            doubts=tuple(self._doubts()),
        )

    # ── words ─────────────────────────────────────────────────────────────────────────────────────────

    def _say(self, zh: str, en: str) -> str:
        return self.wording.say(zh, en)

    def _text(self, text: Text) -> str:
        return self.wording.text(text)

    def _note(self, note: object) -> Note | None:
        """Return a remark; one that was written in one language only is shown in it, and says so."""
        if note is None or note == "":
            return None
        words = getattr(note, "text", None)
        text = words if isinstance(words, Text) else Text(str(note), "")
        return Note(self._text(text), self.wording.language == "en" and not text.en)

    def _confidence(self, confidence: Confidence | None) -> tuple[Text | None, bool]:
        return (confidence.label, confidence in UNSURE) if confidence is not None else (None, False)

    def _chosen(self, choice: Choice) -> str:
        value: Expression | Points = choice.under(self.settings)
        return str(value) if isinstance(value, Points) else self.wording.words(value.tree)

    def _switch(self, *choices: Choice | None) -> str:
        names = dict.fromkeys(each.switch for each in choices if each is not None and each.switch is not None)
        labels = [self._switch_label(name) for name in names]
        return self._say("、", ", ").join(labels)

    def _switch_label(self, name: str) -> str:
        switch = self.policy.body.switches[name]
        return self._text(Text(switch.zh, switch.en))

    def _met_part(self, node: ex.Node) -> str:
        """A part that names one condition only is shown by the condition's own words."""
        conditions = self.policy.body.conditions
        if isinstance(node, ex.AtLeast) and node.count == len(node.parts):
            return self._say("；", "; ").join(self._met_part(part) for part in node.parts)
        reference = node.reference if isinstance(node, ex.Yes) else node
        if isinstance(reference, ex.Reference) and ".".join(reference.path) in conditions:
            return self._text(conditions[".".join(reference.path)].text)
        return self.wording.words(node)

    # ── head ──────────────────────────────────────────────────────────────────────────────────────────

    def _documents(self) -> Iterator[Entry]:
        for document in self.policy.body.documents:
            issued = "" if document.issued is None else document.issued.isoformat()
            confidence, is_unsure = self._confidence(document.confidence)
            title = self._text(Text(document.zh, document.en))
            yield Entry(
                document.number,
                title,
                cite=issued,
                confidence=confidence,
                is_unsure=is_unsure,
                note=self._note(document.note),
            )

    def _applies(self) -> Iterator[str]:
        for span in self.policy.body.applies:
            kinds = [self._text(KINDS[kind]) for kind in span.to]
            zh, en = f"自 {span.from_} 起", f"from {span.from_}"
            if span.until is not None:
                zh, en = f"{span.from_} 至 {span.until}", f"{span.from_} to {span.until}"
            yield self._say(f"{'、'.join(kinds)}，{zh}", f"{' and '.join(kinds)}, {en}")

    def _windows(self) -> Iterator[str]:
        for window in self.policy.body.windows:
            start, end = window.from_ or "…", window.until or "…"
            yield self._say(f"{window.round}：{start} 至 {end}", f"{window.round}: {start} to {end}")

    def _grants(self) -> str:
        grants = self.policy.body.grants
        if grants is None:
            return ""
        found = self.library.titles.get(grants.title)
        label = self._text(found.label.text) if found is not None else grants.title
        if grants.valid is None:
            return label
        count, unit = grants.valid
        zh = f"{label}，有效期{count}{'年' if unit == 'year' else '天'}"
        return self._say(zh, f"{label}, valid for {count} {unit}{'' if count == 1 else 's'}")

    # ── conditions and parameters ─────────────────────────────────────────────────────────────────────

    def _conditions(self) -> Iterator[Entry]:
        for name, condition in self.policy.body.conditions.items():
            citation = self.policy.body.citation(condition)
            confidence, is_unsure = self._confidence(citation.confidence)
            yield Entry(
                self._text(condition.text),
                self._chosen(condition.need),
                name,
                condition.cite,
                confidence,
                is_unsure,
                self._note(condition.note),
                self._switch(condition.need),
            )

    def _parameters(self) -> Iterator[Entry]:
        for name, parameter in self.policy.body.parameters.items():
            if parameter.is_unknown:
                continue
            value = self._chosen(parameter.is_) if parameter.is_ is not None else ""
            yield self._parameter(name, parameter, value)

    def _parameter(self, name: str, parameter: Parameter, said: str) -> Entry:
        confidence, is_unsure = self._confidence(self.policy.body.citation(parameter).confidence)
        table = None
        if parameter.by is not None:
            rows = tuple((self._edge(band), self.wording.words(band.is_.tree)) for band in parameter.bands)
            table = Table((self.wording.words(parameter.by.tree), self._say("取值", "Value")), rows)
        return Entry(
            self._text(Text(parameter.zh, parameter.en)) or name,
            said,
            name,
            parameter.cite,
            confidence,
            is_unsure,
            self._note(parameter.note),
            self._switch(parameter.is_),
            table,
        )

    def _open(self) -> Iterator[Entry]:
        for name, parameter in self.policy.body.parameters.items():
            if not parameter.is_unknown and not parameter.open_to:
                continue
            who = self._say("、", ", ").join(self._text(LEVELS[level]) for level in parameter.open_to)
            state = self._say("尚未设定，涉及的结论未定", "not set: what rests on it stays open")
            if not parameter.is_unknown and parameter.is_ is not None:
                state = self._chosen(parameter.is_)
            said = self._say(f"由{who}设定；{state}", f"set by {who}; {state}") if who else state
            yield self._parameter(name, parameter, said)

    def _edge(self, band: Band | ParameterBand) -> str:
        if band.edge is None:
            return self._say("其他", "otherwise")
        expression: Expression = getattr(band, band.edge)
        return f"{SIGNS[EDGES[band.edge]]} {self.wording.words(expression.tree)}"

    # ── scores ────────────────────────────────────────────────────────────────────────────────────────

    def _score(self, name: str, part: ScorePart, path: tuple[str, ...]) -> Iterator[Entry]:
        confidence, is_unsure = self._confidence(self.policy.body.citation(part).confidence)
        label = self._text(part.text) or name
        if part.of is not None:
            label += self._say(f"，满分 {part.of} 分", f", {part.of} points")
        if part.bonus:
            label += self._say("，加分项", ", a bonus")
        specials = (part.below_zero, part.zero_base_two_years, part.one_year)
        points = tuple(band.points for band in part.bands or ())
        yield Entry(
            label,
            self._own(part),
            ".".join(path),
            part.cite,
            confidence,
            is_unsure,
            self._note(part.note),
            self._switch(part.value, part.points, *specials, *points),
            self._bands(part),
            len(path) - 1,
        )
        for child_name, child in part.children.items():
            yield from self._score(child_name, child, (*path, child_name))

    def _own(self, part: ScorePart) -> str:
        """Say how the points come about, where no table does."""
        if part.better_of is not None:
            return self._say("以下各项取得分较高的一项", "The better of these options counts")
        if part.points is not None:
            words = self._chosen(part.points)
            return self._say(f"由人评定：{words}", f"Given by people: {words}")
        if part.per is not None:
            every, value = self.wording.words(part.per.every.tree), self.wording.words(part.per.value.tree)
            zh = f"{value}每 {every} 得 {part.per.points} 分，最多 {part.per.at_most} 分"
            en = f"{part.per.points} points for each {every} of {value}, at most {part.per.at_most}"
            return self._say(zh, en)
        return ""

    def _bands(self, part: ScorePart) -> Table | None:
        if part.bands is None:
            return None
        head = self._chosen(part.value) if part.value is not None else self._say("情形", "Case")
        rows = [
            (self._say(zh, en), self._chosen(choice))
            for choice, zh, en in (
                (part.below_zero, "任一年数值为负", "a value below zero"),
                (part.zero_base_two_years, "只有两年且第一年为零", "two years only, the first of them zero"),
                (part.one_year, "只有一年", "one year only"),
            )
            if choice is not None
        ]
        rows += [(self._band(part, band), self._chosen(band.points)) for band in part.bands]
        return Table((head, self._say("得分", "Points")), tuple(rows))

    def _band(self, part: ScorePart, band: Band) -> str:
        if band.edge == "when" and band.when is not None:
            return self._chosen(band.when)
        if band.edge == "is_" and band.is_ is not None and part.value is not None:
            value = part.value.under(self.settings)
            is_metric = isinstance(value, Expression) and isinstance(value.tree, ex.Reference)
            metric = self.library.metrics.get(value.tree.name) if is_metric else None
            labels = dict(metric.values) if metric is not None else {}
            return self._text(labels.get(band.is_, Text(band.is_, band.is_)))
        return self._edge(band)

    # ── result, and what is open or unsure ────────────────────────────────────────────────────────────

    def _near_miss(self) -> str:
        body = self.policy.body
        if body.met_when is None:
            return ""
        share, most = body.near_miss_edge()
        return self._say(
            f"未达标的不超过 {most} 项，且每项与界线相差不超过 {share * 100}%。",
            f"At most {most} conditions fail, each within {share * 100} % of its threshold.",
        )

    def _class_table(self) -> Entry | None:
        table = self.policy.body.class_table
        if table is None:
            return None
        by = self.library.metrics.get(table.by)
        labels = dict(by.values) if by is not None else {}
        classes = [self._text(table.labels[name].text) for name in table.classes]
        rows = [
            self._class_row(labels.get(row, Text(row, row)), name, levels)
            for row, bounds in table.bounds.items()
            for name, levels in bounds.items()
        ]
        head = (self.wording.metric(table.by), self._say("指标", "Metric"), *classes[:-1])
        confidence, is_unsure = self._confidence(self.policy.body.citation(table).confidence)
        return Entry(
            self._say(
                f"各项均达到下限的最高一类；都达不到的为{classes[-1]}。",
                f"The highest class all of whose lower bounds are reached, else {classes[-1]}.",
            ),
            cite=table.cite,
            confidence=confidence,
            is_unsure=is_unsure,
            note=self._note(table.note),
            table=Table(head, tuple(rows)),
        )

    def _class_row(self, row: Text, name: str, levels: Sequence[object]) -> tuple[str, ...]:
        metric = self.library.metrics.get(name)
        unit = self._text(metric.unit.label) if metric is not None and metric.unit is not None else ""
        label = self.wording.metric(name) + (self._say(f"（{unit}）", f" ({unit})") if unit else "")
        return (self._text(row), label, *(f"≥ {level}" for level in levels))

    def _silences(self) -> Iterator[Silence]:
        for name, switch in self.policy.body.switches.items():
            confidence, is_unsure = self._confidence(self.policy.body.citation(switch).confidence)
            entry = Entry(
                self._switch_label(name),
                id=name,
                cite=switch.cite,
                confidence=confidence,
                is_unsure=is_unsure,
                note=self._note(switch.why),
            )
            readings = tuple(
                Reading(reading, self._note(words) or Note(reading), self.settings[name] == reading)
                for reading, words in switch.readings.items()
            )
            yield Silence(entry, readings)

    def _doubts(self) -> Iterator[Entry]:
        """Metrics whose definition was not seen in the text itself; clauses say so where they stand."""
        for metric in metrics_named(self.library, self.policy.body):
            confidence, is_unsure = self._confidence(metric.citation.confidence)
            if is_unsure:
                yield Entry(
                    self._text(metric.label), self._text(metric.definition), metric.id, "", confidence
                )

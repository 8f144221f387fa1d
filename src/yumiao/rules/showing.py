"""A policy for a reader who does not program: clauses, rules in words, tables, and how sure we are of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from yumiao.model.metrics import Metric
from yumiao.model.outcomes import Confidence
from yumiao.model.text import Language, Text, plural
from yumiao.packs import expressions as ex
from yumiao.packs.fields import Choice, Expression, Points
from yumiao.packs.library import Library, Policy
from yumiao.packs.policies import (
    Applies,
    Band,
    ClassTable,
    Document,
    Parameter,
    ParameterBand,
    PolicyVersion,
    ScorePart,
    Window,
)
from yumiao.packs.walking import walk_written
from yumiao.rules.showing_words import SIGNS, Wording

UNSURE = frozenset(
    {
        Confidence.VERIFIED_2,
        Confidence.MEMORY,
        Confidence.INTERPRETATION,
        Confidence.DEFAULT,
        Confidence.NOT_FOUND,
    }
)
"""What a reader should look at twice: everything not seen in the text itself."""

EDGES = {"from_": ">=", "above": ">", "to": "<=", "below": "<"}

KINDS = {
    "first_application": Text("首次申请", "first applications"),
    "review": Text("复核", "reviews"),
}

LEVELS = {
    "province": Text("省级", "the province"),
    "city": Text("市级", "the city"),
    "district": Text("区县", "the district"),
}


def show_policy(
    library: Library, policy: Policy, language: Language = "zh", settings: Mapping[str, str] | None = None
) -> str:
    """Write a policy version as plain text with Markdown headings and tables.

    Args:
        settings: readings of switches to show instead of the default ones.
    """
    page = _Page(
        library, policy, Wording(library, policy.body, language), policy.body.settings(settings or {})
    )
    return "\n".join(page.lines()).rstrip() + "\n"


@dataclass
class _Page:
    library: Library
    policy: Policy
    wording: Wording
    settings: Mapping[str, str]
    unsure: list[tuple[str, Confidence]] = field(default_factory=list)

    @property
    def body(self) -> PolicyVersion:
        return self.policy.body

    def say(self, zh: str, en: str) -> str:
        return self.wording.say(zh, en)

    def text(self, text: Text) -> str:
        return self.wording.text(text)

    def aside(self, words: str) -> str:
        """Put words into the brackets of the language; nothing where there are none."""
        return self.say(f"（{words}）", f" ({words})") if words else ""

    def pair(self, name: str, words: str) -> str:
        """Put words after a name and a colon."""
        return self.say(f"{name}：{words}", f"{name}: {words}")

    def lines(self) -> Iterator[str]:
        """Yield the page, section by section; a section without content is left out."""
        yield f"# {self.text(self.policy.title)}{self.aside(self.policy.id)}"
        yield ""
        yield from self._head()
        yield from self._section(self.say("条件", "Conditions"), self._conditions())
        yield from self._section(self.say("参数", "Parameters"), self._parameters())
        yield from self._section(self.say("评分", "Scores"), self._scores())
        yield from self._section(self.say("路径", "Routes"), self._routes())
        yield from self._section(self.say("结论", "Result"), self._result())
        yield from self._section(self.say("文本未明之处", "Where the text is silent"), self._switches())
        yield from self._section(self.say("待设定的参数", "Open parameters"), self._open())
        yield from self._section(self.say("把握不足之处", "What is less than sure"), self._doubts())

    def _section(self, title: str, lines: Iterable[str]) -> Iterator[str]:
        found = list(lines)
        if found:
            yield from (f"## {title}", "", *found)
            if found[-1]:
                yield ""

    def _table(self, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
        yield f"| {' | '.join(head)} |"
        yield f"| {' | '.join('---' for _ in head)} |"
        yield from (f"| {' | '.join(row)} |" for row in rows)

    # ── head ──────────────────────────────────────────────────────────────────────────────────────────

    def _head(self) -> Iterator[str]:
        yield from (self._document(document) for document in self.body.documents)
        yield from (self._applies(span) for span in self.body.applies)
        if self.body.grants is not None:
            yield self._grants(self.body.grants.title, self.body.grants.valid)
        yield from (self._window(window) for window in self.body.windows)
        if self.body.note is not None:
            yield f"- {self._note(self.body.note)}"
        yield ""

    def _document(self, document: Document) -> str:
        self._doubt(document.number, document.confidence)
        title = Text(document.zh, document.en)
        issued = "" if document.issued is None else self.say(f"，{document.issued}", f", {document.issued}")
        confidence = self.text(document.confidence.label)
        return f"- {f'{document.number} {self.text(title)}'.rstrip()}{issued}{self.aside(confidence)}"

    def _applies(self, span: Applies) -> str:
        kinds = [self.text(KINDS[kind]) for kind in span.to]
        zh, en = f"自 {span.from_} 起", f"from {span.from_}"
        if span.until is not None:
            zh, en = f"{span.from_} 至 {span.until}", f"{span.from_} to {span.until}"
        return self.say(f"- 适用：{'、'.join(kinds)}，{zh}", f"- Applies to {' and '.join(kinds)}, {en}")

    def _grants(self, title: str, valid: tuple[int, str] | None) -> str:
        found = self.library.titles.get(title)
        label = self.text(found.label.text) if found is not None else title
        length = ""
        if valid is not None:
            count, unit = valid
            plural = "" if count == 1 else "s"
            zh = f"，有效期{count}{'年' if unit == 'year' else '天'}"
            length = self.say(zh, f", valid for {count} {unit}{plural}")
        return self.say(f"- 取得资质：{label}{length}", f"- Grants the title {label}{length}")

    def _window(self, window: Window) -> str:
        self._doubt(self.say(f"{window.round} 申报期", f"window {window.round}"), window.confidence)
        start, end = window.from_ or "…", window.until or "…"
        return self.say(
            f"- 申报期 {window.round}：{start} 至 {end}", f"- Window {window.round}: {start} to {end}"
        )

    def _note(self, note: object) -> str:
        words = getattr(note, "text", None)
        return self.text(words) if isinstance(words, Text) else str(note)

    def _doubt(self, what: str, confidence: Confidence | None) -> None:
        if confidence in UNSURE and confidence is not None:
            self.unsure.append((what, confidence))

    # ── choices ───────────────────────────────────────────────────────────────────────────────────────

    def _chosen(self, choice: Choice) -> Expression | Points:
        return choice.under(self.settings)  # type: ignore[no-any-return]  # what its reader gave

    def _mark(self, choice: Choice) -> str:
        """Name the switch on which a value rests."""
        return (
            ""
            if choice.switch is None
            else self.aside(self.say(f"开关 {choice.switch}", f"switch {choice.switch}"))
        )

    def _choice_words(self, choice: Choice) -> str:
        value = self._chosen(choice)
        words = str(value) if isinstance(value, Points) else self.wording.words(value.tree)
        return words + self._mark(choice)

    # ── conditions and parameters ─────────────────────────────────────────────────────────────────────

    def _conditions(self) -> Iterator[str]:
        for name, condition in self.body.conditions.items():
            self._doubt(name, condition.confidence)
            yield f"- **{name}** {self.text(condition.text)}{self.aside(condition.cite)}"
            yield f"    - {self.pair(self.say('规则', 'Rule'), self._choice_words(condition.need))}"
            if condition.younger:
                yield self.say(
                    "    - 成立不满所需年限的，按实际会计年度计",
                    "    - A younger firm is judged by the fiscal years that it has",
                )
            if condition.note is not None:
                yield f"    - {self.pair(self.say('说明', 'Note'), self._note(condition.note))}"

    def _parameters(self) -> Iterator[str]:
        for name, parameter in self.body.parameters.items():
            label = self.text(Text(parameter.zh, parameter.en)) or name
            self._doubt(label, parameter.confidence)
            cite = self.aside(parameter.cite)
            if parameter.by is not None:
                yield f"**{label}**{cite}"
                yield ""
                yield from self._brackets(parameter, parameter.by)
                yield ""
            elif not parameter.is_unknown and parameter.is_ is not None:
                yield f"- {self.pair(f'**{label}**{cite}', self._choice_words(parameter.is_))}"

    def _brackets(self, parameter: Parameter, by: Expression) -> Iterator[str]:
        rows = [(self._edge(band), self.wording.words(band.is_.tree)) for band in parameter.bands]
        yield from self._table((self.wording.words(by.tree), self.say("取值", "Value")), rows)

    def _edge(self, band: Band | ParameterBand) -> str:
        if band.edge is None:
            return self.say("其他", "otherwise")
        expression: Expression = getattr(band, band.edge)
        return f"{SIGNS[EDGES[band.edge]]} {self.wording.words(expression.tree)}"

    def _open(self) -> Iterator[str]:
        for name, parameter in self.body.parameters.items():
            if parameter.is_unknown or parameter.open_to:
                label = self.text(Text(parameter.zh, parameter.en)) or name
                who = self.say("、", ", ").join(self.text(LEVELS[level]) for level in parameter.open_to)
                state = self.say("尚未设定，涉及的结论未定", "not set: what rests on it stays open")
                now = (
                    state
                    if parameter.is_unknown or parameter.is_ is None
                    else self._choice_words(parameter.is_)
                )
                yield self.say(f"- **{label}**：由{who}设定；{now}", f"- **{label}**: set by {who}; {now}")

    # ── scores ────────────────────────────────────────────────────────────────────────────────────────

    def _scores(self) -> Iterator[str]:
        for name, score in self.body.scores.items():
            yield from self._score(name, score, 3)

    def _score(self, name: str, part: ScorePart, level: int) -> Iterator[str]:
        label = self.text(part.text) or name
        self._doubt(label, part.confidence)
        points = plural(0 if part.of is None else part.of.high, "point", "points")
        of = "" if part.of is None else self.say(f"，满分 {part.of} 分", f", {part.of} {points}")
        bonus = self.say("，加分项", ", a bonus") if part.bonus else ""
        yield f"{'#' * min(level, 6)} {label}{of}{bonus}{self.aside(part.cite)}"
        yield ""
        if part.note is not None:
            yield from (self.pair(self.say("说明", "Note"), self._note(part.note)), "")
        yield from self._own(part)
        for child_name, child in part.children.items():
            yield from self._score(child_name, child, level + 1)

    def _own(self, part: ScorePart) -> Iterator[str]:
        """Yield what a part says itself: its bands, its points, or how its parts are put together."""
        if part.better_of is not None:
            yield from (self.say("以下各项取得分较高的一项。", "The better of these options counts."), "")
        elif part.points is not None:
            words = self._choice_words(part.points)
            yield from (self.say(f"由人评定：{words}", f"Given by people: {words}"), "")
        elif part.per is not None:
            every, value = self.wording.words(part.per.every.tree), self.wording.words(part.per.value.tree)
            zh = f"{value}每 {every} 得 {part.per.points} 分，最多 {part.per.at_most} 分"
            plural = "" if part.per.points.high == 1 else "s"
            en = f"{part.per.points} point{plural} for each {every} of {value}, at most {part.per.at_most}"
            yield from (self.say(zh, en), "")
        elif part.bands is not None:
            yield from self._bands(part, part.bands)
            yield ""

    def _bands(self, part: ScorePart, bands: Sequence[Band]) -> Iterator[str]:
        head = self._choice_words(part.value) if part.value is not None else self.say("情形", "Case")
        rows = [
            *self._special_rows(part),
            *((self._band(part, band), self._choice_words(band.points)) for band in bands),
        ]
        yield from self._table((head, self.say("得分", "Points")), rows)

    def _band(self, part: ScorePart, band: Band) -> str:
        if band.edge == "when" and band.when is not None:
            return self._choice_words(band.when)
        if band.edge == "is_" and band.is_ is not None and part.value is not None:
            value = self._chosen(part.value)
            name = (
                value.tree.name
                if isinstance(value, Expression) and isinstance(value.tree, ex.Reference)
                else ""
            )
            metric = self.library.metrics.get(name)
            labels = dict(metric.values) if metric is not None else {}
            return self.text(labels.get(band.is_, Text(band.is_, band.is_)))
        return self._edge(band)

    def _special_rows(self, part: ScorePart) -> Iterator[tuple[str, str]]:
        """Yield the rows that come before the rates of growth."""
        for choice, zh, en in (
            (part.below_zero, "任一年数值为负", "a value below zero"),
            (part.zero_base_two_years, "只有两年且第一年为零", "two years only, the first of them zero"),
            (part.one_year, "只有一年", "one year only"),
        ):
            if choice is not None:
                yield self.say(zh, en), self._choice_words(choice)

    # ── result ────────────────────────────────────────────────────────────────────────────────────────

    def _routes(self) -> Iterator[str]:
        for name, route in self.body.routes.items():
            label = f"**{self.text(Text(route.zh, route.en))}**{self.aside(name)}"
            yield f"- {self.pair(label, self.wording.words(route.when.tree))}"

    def _result(self) -> Iterator[str]:
        if self.body.met_when is not None:
            yield self.say("以下全部成立即符合：", "Met when all of these hold:")
            yield ""
            yield from (f"- {self.wording.words(part.tree)}" for part in self.body.met_when)
        for name, rule in (self.body.classes or {}).items():
            label = f"**{self.text(Text(rule.zh, rule.en))}**{self.aside(name)}"
            yield f"- {self.pair(label, self.wording.words(rule.when.tree))}"
        if self.body.class_table is not None:
            yield from self._class_table(self.body.class_table)
        share, most = self.body.near_miss_edge()
        if self.body.met_when is not None:
            zh = f"接近符合：未达标的不超过 {most} 项，且每项与界线相差不超过 {share * 100}%。"
            fail = plural(most, "condition fails", "conditions fail")
            en = f"A near miss: at most {most} {fail}, each within {share * 100} % of its threshold."
            yield from ("", self.say(zh, en))

    def _class_table(self, table: ClassTable) -> Iterator[str]:
        by = self.library.metrics.get(table.by)
        rows = dict(by.values) if by is not None else {}
        classes = [self.text(table.labels[name].text) for name in table.classes]
        zh = f"各项均达到下限的最高一类；都达不到的为{classes[-1]}（{table.cite}）。"
        en = f"The highest class all of whose lower bounds are reached, else {classes[-1]} ({table.cite})."
        yield from (self.say(zh, en), "")
        head = (self.wording.metric(table.by), self.say("指标", "Metric"), *classes[:-1])
        yield from self._table(head, self._class_rows(table, rows))

    def _class_rows(self, table: ClassTable, rows: Mapping[str, Text]) -> Iterator[Sequence[str]]:
        for row, bounds in table.bounds.items():
            for name, levels in bounds.items():
                metric = self.library.metrics.get(name)
                unit = self.text(metric.unit.label) if metric is not None and metric.unit is not None else ""
                label = f"{self.wording.metric(name)}{self.aside(unit)}"
                yield (self.text(rows.get(row, Text(row, row))), label, *(f"≥ {level}" for level in levels))

    # ── what is open or unsure ────────────────────────────────────────────────────────────────────────

    def _switches(self) -> Iterator[str]:
        for name, switch in self.body.switches.items():
            self._doubt(self.text(Text(switch.zh, switch.en)), switch.confidence)
            label = f"**{self.text(Text(switch.zh, switch.en))}**{self.aside(name)}"
            yield f"- {self.pair(label, switch.why)}"
            for reading, words in switch.readings.items():
                taken = self.say("（所取读法）", " (taken)") if self.settings[name] == reading else ""
                yield f"    - {self.pair(reading, self._note(words))}{taken}"

    def _doubts(self) -> Iterator[str]:
        for metric in metrics_named(self.library, self.body):
            zh, en = f"口径“{metric.label.zh}”", f"the metric “{metric.label.words('en')}”"
            self._doubt(self.say(zh, en), metric.citation.confidence)
        for what, confidence in dict.fromkeys(self.unsure):
            yield f"- {self.pair(what, self.text(confidence.label))}"


def metrics_named(library: Library, body: PolicyVersion) -> Iterator[Metric]:
    """Yield the metrics that a version names, in the order of its file."""
    named: dict[str, None] = {}
    for _, value in walk_written(body):
        if isinstance(value, Expression):
            names = (node.name for node in ex.walk(value.tree) if isinstance(node, ex.Reference))
            named |= dict.fromkeys(names)
    for bounds in body.class_table.bounds.values() if body.class_table is not None else ():
        named |= dict.fromkeys(bounds)
    yield from (library.metrics[name] for name in named if name in library.metrics)

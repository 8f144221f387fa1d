"""One policy version as a page shows it: every clause, table and reading in words of one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from yumiao.district.policies.describing_clauses import DescribingClauses
from yumiao.district.policies.describing_scores import DescribingScores
from yumiao.district.policies.descriptions import Description, Entry
from yumiao.district.policies.phrasing import Phrasing
from yumiao.model.text import Language, Text, plural
from yumiao.packs import expressions as ex
from yumiao.packs.library import Library, Policy
from yumiao.rules.showing import KINDS
from yumiao.rules.showing_words import Wording


def describe(
    library: Library, policy: Policy, language: Language, settings: Mapping[str, str]
) -> Description:
    """Put a policy version into words.

    Args:
        settings: the reading of every switch.
    """
    return _Describing(Phrasing(library, policy, Wording(library, policy.body, language), settings)).whole()


@dataclass(frozen=True)
class _Describing:
    phrasing: Phrasing

    def whole(self) -> Description:
        body = self.phrasing.policy.body
        clauses, scores = DescribingClauses(self.phrasing), DescribingScores(self.phrasing)
        return Description(
            documents=tuple(self._documents()),
            applies=tuple(self._applies()),
            windows=tuple(self._windows()),
            grants=self._grants(),
            note=self.phrasing.note(body.note),
            conditions=tuple(clauses.conditions()),
            parameters=tuple(clauses.parameters()),
            scores=tuple(
                row for name, part in body.scores.items() for row in scores.entries(name, part, (name,))
            ),
            routes=tuple(
                Entry(
                    self.phrasing.text(Text(route.zh, route.en)),
                    self.phrasing.wording.words(route.when.tree),
                    name,
                )
                for name, route in body.routes.items()
            ),
            met_when=tuple(self._met_part(part.tree) for part in body.met_when or ()),
            classes=tuple(
                Entry(
                    self.phrasing.text(Text(rule.zh, rule.en)),
                    self.phrasing.wording.words(rule.when.tree),
                    name,
                )
                for name, rule in (body.classes or {}).items()
            ),
            class_table=clauses.class_table(),
            near_miss=self._near_miss(),
            silences=tuple(clauses.silences()),
            open=tuple(clauses.open_parameters()),
            doubts=tuple(clauses.doubts()),
        )

    def _met_part(self, node: ex.Node) -> str:
        """A part that names one condition only is shown by the condition's own words."""
        conditions = self.phrasing.policy.body.conditions
        if isinstance(node, ex.AtLeast) and node.count == len(node.parts):
            return self.phrasing.say("；", "; ").join(self._met_part(part) for part in node.parts)
        reference = node.reference if isinstance(node, ex.Yes) else node
        if isinstance(reference, ex.Reference) and ".".join(reference.path) in conditions:
            return self.phrasing.text(conditions[".".join(reference.path)].text)
        return self.phrasing.wording.words(node)

    def _documents(self) -> Iterator[Entry]:
        for document in self.phrasing.policy.body.documents:
            issued = "" if document.issued is None else document.issued.isoformat()
            confidence, is_unsure = self.phrasing.confidence(document.confidence)
            title = self.phrasing.text(Text(document.zh, document.en))
            yield Entry(
                document.number,
                title,
                cite=issued,
                confidence=confidence,
                is_unsure=is_unsure,
                note=self.phrasing.note(document.note),
            )

    def _applies(self) -> Iterator[str]:
        for span in self.phrasing.policy.body.applies:
            kinds = [self.phrasing.text(KINDS[kind]) for kind in span.to]
            zh, en = f"自 {span.from_} 起", f"from {span.from_}"
            if span.until is not None:
                zh, en = f"{span.from_} 至 {span.until}", f"{span.from_} to {span.until}"
            yield self.phrasing.say(f"{'、'.join(kinds)}，{zh}", f"{' and '.join(kinds)}, {en}")

    def _windows(self) -> Iterator[str]:
        for window in self.phrasing.policy.body.windows:
            start, end = window.from_ or "…", window.until or "…"
            yield self.phrasing.say(f"{window.round}：{start} 至 {end}", f"{window.round}: {start} to {end}")

    def _grants(self) -> str:
        grants = self.phrasing.policy.body.grants
        if grants is None:
            return ""
        found = self.phrasing.library.titles.get(grants.title)
        label = self.phrasing.text(found.label.text) if found is not None else grants.title
        if grants.valid is None:
            return label
        count, unit = grants.valid
        zh = f"{label}，有效期{count}{'年' if unit == 'year' else '天'}"
        return self.phrasing.say(zh, f"{label}, valid for {count} {unit}{'' if count == 1 else 's'}")

    def _near_miss(self) -> str:
        body = self.phrasing.policy.body
        if body.met_when is None:
            return ""
        share, most = body.near_miss_edge()
        fail = plural(most, "condition fails", "conditions fail")
        return self.phrasing.say(
            f"未达标的不超过 {most} 项，且每项与界线相差不超过 {share * 100}%。",
            f"At most {most} {fail}, each within {share * 100} % of its threshold.",
        )

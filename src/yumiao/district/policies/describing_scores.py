"""Scores in words: how the points come about, band by band."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from yumiao.district.policies.descriptions import Entry, Table
from yumiao.district.policies.phrasing import Phrasing
from yumiao.model.text import Text, plural
from yumiao.packs import expressions as ex
from yumiao.packs.fields import Expression
from yumiao.packs.policies import Band, ScorePart


@dataclass(frozen=True)
class DescribingScores:
    """Puts the scores of one policy version into words."""

    phrasing: Phrasing

    def entries(self, name: str, part: ScorePart, path: tuple[str, ...]) -> Iterator[Entry]:
        """Describe a score, then its parts one level deeper."""
        confidence, is_unsure = self.phrasing.confidence(self.phrasing.policy.body.citation(part).confidence)
        label = self.phrasing.text(part.text) or name
        if part.of is not None:
            label += self.phrasing.say(
                f"，满分 {part.of} 分", f", {part.of} {plural(part.of.high, 'point', 'points')}"
            )
        if part.bonus:
            label += self.phrasing.say("，加分项", ", a bonus")
        specials = (part.below_zero, part.zero_base_two_years, part.one_year)
        points = tuple(band.points for band in part.bands or ())
        yield Entry(
            label,
            self._own(part),
            ".".join(path),
            part.cite,
            confidence,
            is_unsure,
            self.phrasing.note(part.note),
            self.phrasing.switch(part.value, part.points, *specials, *points),
            self._bands(part),
            len(path) - 1,
        )
        for child_name, child in part.children.items():
            yield from self.entries(child_name, child, (*path, child_name))

    def _own(self, part: ScorePart) -> str:
        """Say how the points come about, where no table does."""
        if part.better_of is not None:
            return self.phrasing.say("以下各项取得分较高的一项", "The better of these options counts")
        if part.points is not None:
            words = self.phrasing.chosen(part.points)
            return self.phrasing.say(f"由人评定：{words}", f"Given by people: {words}")
        if part.per is not None:
            every, value = (
                self.phrasing.wording.words(part.per.every.tree),
                self.phrasing.wording.words(part.per.value.tree),
            )
            zh = f"{value}每 {every} 得 {part.per.points} 分，最多 {part.per.at_most} 分"
            points = plural(part.per.points.high, "point", "points")
            en = f"{part.per.points} {points} for each {every} of {value}, at most {part.per.at_most}"
            return self.phrasing.say(zh, en)
        return ""

    def _bands(self, part: ScorePart) -> Table | None:
        if part.bands is None:
            return None
        head = (
            self.phrasing.chosen(part.value) if part.value is not None else self.phrasing.say("情形", "Case")
        )
        rows = [
            (self.phrasing.say(zh, en), self.phrasing.chosen(choice))
            for choice, zh, en in (
                (part.below_zero, "任一年数值为负", "a value below zero"),
                (part.zero_base_two_years, "只有两年且第一年为零", "two years only, the first of them zero"),
                (part.one_year, "只有一年", "one year only"),
            )
            if choice is not None
        ]
        rows += [(self._band(part, band), self.phrasing.chosen(band.points)) for band in part.bands]
        return Table((head, self.phrasing.say("得分", "Points")), tuple(rows))

    def _band(self, part: ScorePart, band: Band) -> str:
        if band.edge == "when" and band.when is not None:
            return self.phrasing.chosen(band.when)
        if band.edge == "is_" and band.is_ is not None and part.value is not None:
            value = part.value.under(self.phrasing.settings)
            is_metric = isinstance(value, Expression) and isinstance(value.tree, ex.Reference)
            metric = self.phrasing.library.metrics.get(value.tree.name) if is_metric else None
            labels = dict(metric.values) if metric is not None else {}
            return self.phrasing.text(labels.get(band.is_, Text(band.is_, band.is_)))
        return self.phrasing.edge(band)

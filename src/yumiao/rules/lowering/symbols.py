"""What the names of a policy stand for, and the columns that they bring into the graph."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from yumiao.model.metrics import Metric
from yumiao.model.periods import Year, column_name
from yumiao.model.units import Kind
from yumiao.packs import expressions as ex
from yumiao.packs.library import Library
from yumiao.packs.policies import PolicyVersion
from yumiao.packs.yaml_reading import nearest
from yumiao.rules import graph as g
from yumiao.rules.lowering.errors import fail
from yumiao.rules.lowering.quantities import Value

FOUNDING = "established_on"
"""The date from which the years that a young firm has follow."""


@dataclass
class Symbols:
    """The names of one policy version on one day.

    Attributes:
        settings: the reading of every switch.
        leaves: the columns asked for so far; those of another policy whose class is asked for among them.
        scores: what is lowered so far, by the path of its name.
    """

    library: Library
    body: PolicyVersion
    as_of: dt.date
    settings: Mapping[str, str]
    leaves: dict[str, g.Leaf] = field(default_factory=dict)
    scores: dict[tuple[str, ...], g.Score] = field(default_factory=dict)

    def metric(self, name: str, span: ex.Span) -> Metric:
        """Return a metric; a count of a register is the one that this policy counts."""
        name = f"{name}.{self.body.counts[name]}" if name in self.body.counts else name
        found = self.library.metrics.get(name)
        if found is None:
            near = nearest(name, self.library.metrics)
            label = f"{near}（{self.library.metrics[near].label.zh}）" if near else ""
            hint_zh, hint_en = (f"；最接近的是 {label}", f"; nearest: {near}") if near else ("", "")
            fail(f"没有口径 {name}{hint_zh}", f"no metric {name!r}{hint_en}", span)
        return found

    def column(self, metric: Metric, year: Year | None, span: ex.Span) -> str:
        """Return the column of a metric in a year (None: its usual one), and ask for it."""
        if year is not None and not metric.period.is_yearly:
            fail(f"{metric.id} 不分年度", f"{metric.id} has no years", span)
        usual = year or Year(metric.period.default_offset)
        number = usual.at(self.as_of) if metric.period.is_yearly else None
        name = column_name(metric.id, number)
        self.leaves.setdefault(name, g.Leaf(name, metric, number))
        return name

    def series(self, name: ex.Reference, years: Iterable[Year]) -> tuple[Metric, list[str]]:
        """Return a yearly amount and its columns of some years."""
        metric = self.metric(name.name, name.span)
        if metric.kind is not Kind.QUANTITY or not metric.period.is_yearly:
            fail(f"{metric.id} 没有年度数列", f"{metric.id} is no yearly series", name.span)
        return metric, [self.column(metric, year, name.span) for year in years]

    def founding_column(self) -> str:
        """Return the column of the founding date."""
        return self.column(self.metric(FOUNDING, ex.Span()), None, ex.Span())

    def never_below_zero(self, value: Value, span: ex.Span) -> Value:
        """Refuse a mean growth of what may be negative: it would say nothing, and only a score can say what then."""
        if isinstance(value.node, g.MeanGrowth):
            metric = self.leaves[value.node.first].metric
            if metric.minimum is None or metric.minimum < 0:
                fail(
                    f"{metric.id} 可为负数，请在评分项中用 below_zero 说明如何计分",
                    f"{metric.id} may be negative; a score part says with `below_zero` what that means",
                    span,
                )
        return value

    def constraints(self) -> Iterator[tuple[str, str]]:
        """Yield the columns that are part and whole of one another."""
        for part, whole in self.library.constraints:
            yield from self._constraint(part, whole)

    def _constraint(self, part: str, whole: str) -> Iterator[tuple[str, str]]:
        """Pair the columns of the same year; a whole that only bounds a part the policy uses is asked for too."""
        for leaf in list(self.leaves.values()):
            if leaf.metric.id == part:
                other = column_name(whole, leaf.year)
                if other not in self.leaves and "." in part and whole == part.partition(".")[0]:
                    self.leaves[other] = g.Leaf(other, self.library.metrics[whole], leaf.year)
                if other in self.leaves:
                    yield leaf.column, other

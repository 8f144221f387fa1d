"""Which values of an unknown fact can make a difference: its ends, and both sides of every edge it can reach.

Between two neighbouring critical values no statement of the policy changes, as long as the other facts stay.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import isqrt

from yumiao.model.metrics import Metric
from yumiao.model.units import Kind
from yumiao.rules import graph as g
from yumiao.rules.bounds import magnitude_of
from yumiao.rules.domains import Domains, Ends
from yumiao.rules.emit_python import Row
from yumiao.rules.inspection import all_nodes, columns_in_order

Stored = int | bool | str

EARLIEST, LATEST = (g.day_number(dt.date(year, 1, 1)) for year in (1900, 2200))
FEW = 24
"""A fact with at most so many values has them all tried."""


@dataclass
class Candidates:
    """The critical values of the facts of one policy."""

    graph: g.PolicyGraph
    domains: Domains
    _compared: dict[str, frozenset[str]] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def _nodes(self) -> dict[str, list[g.Node]]:
        found: dict[str, list[g.Node]] = defaultdict(list)
        kinds = (
            g.LinearComparison,
            g.QuotientComparison,
            g.GrowthComparison,
            g.OneOf,
            g.Split,
            g.SplitScore,
            g.Given,
        )
        for node in all_nodes(self.graph):
            if isinstance(node, kinds):
                own = (
                    (node.column,)
                    if isinstance(node, g.OneOf | g.Split | g.SplitScore)
                    else columns_in_order(node)
                )
                for column in own:
                    found[column].append(node)
        return found

    def values(self, row: Row, column: str) -> list[Stored]:
        """Return the values to try first for an unknown fact, the ends of its domain before its edges."""
        return self._values(row, column, self._edges)

    def stream(self, row: Row, column: str) -> Iterator[Stored]:
        """Yield the values to try first, and then the edges that depend on other unknown facts."""
        first = self.values(row, column)
        yield from first
        if self.graph.leaves[column].metric.kind in (Kind.QUANTITY, Kind.DATE):
            yield from (set(self._values(row, column, self._edges_through_others)) - set(first))

    def _values(self, row: Row, column: str, edges: Callable[[Row, str], Iterable[Fraction]]) -> list[Stored]:
        metric = self.graph.leaves[column].metric
        if metric.kind is Kind.BOOL:
            return [True, False]
        if metric.kind is Kind.CATEGORY:
            return list(self._categories(column, metric))
        low, high = self.ends(row, column)
        grid = metric.unit.steps if metric.whole and metric.unit else 1
        low, high = -(-low // grid) * grid, high // grid * grid
        if low > high:
            return [low]
        if (high - low) // grid < FEW:
            return list(range(low, high + 1, grid))
        inside = {value for value in _near(edges(row, column), grid) if low < value < high}
        return [low, high, *sorted(inside)]

    def ends(self, row: Row, column: str) -> tuple[int, int]:
        """Return the smallest and the largest value of an unknown number or date."""
        leaf = self.graph.leaves[column]
        low, high = self.domains.ends(row, column)
        widest = magnitude_of(leaf)
        first, last = (EARLIEST, LATEST) if leaf.metric.kind is Kind.DATE else (-widest, widest)
        return first if low is None else low, last if high is None else high

    def _categories(self, column: str, metric: Metric) -> Iterator[str]:
        """Yield one category of each group that the policy does not tell apart."""
        sets = [node.values for node in self._nodes[column] if isinstance(node, g.OneOf)]
        table = self.graph.classes
        by_itself = isinstance(table, g.ClassesByCategory) and table.column == column
        seen: set[object] = set()
        for code in metric.categories():
            group: object = code if by_itself else tuple(code in values for values in sets)
            if group not in seen:
                seen.add(group)
                yield code

    # ── edges ─────────────────────────────────────────────────────────────────────────────────────────────

    def _edges_through_others(self, row: Row, column: str) -> Iterator[Fraction]:
        """Yield the edges that a fact has where another unknown fact, compared with it, is at an edge of its own."""
        beside = self._beside(column)
        linked = set(self.domains.linked(column))
        for other in sorted((beside | linked) & self._nodes.keys()):
            if row.get(other) is None and self.graph.leaves[other].metric.kind is Kind.QUANTITY:
                for edge in set(self._edges(row, other)):
                    if other in linked:
                        yield edge
                    if other in beside:
                        yield from self._edges({**row, other: int(edge)}, column)

    def _beside(self, column: str) -> frozenset[str]:
        found = self._compared.get(column)
        if found is None:
            names = {name for node in self._nodes[column] for name in columns_in_order(node)}
            found = self._compared[column] = frozenset(names - {column})
        return found

    def _edges(self, row: Row, column: str) -> Iterator[Fraction]:
        for node in self._nodes[column]:
            match node:
                case g.LinearComparison(linear=linear):
                    yield from self._roots(linear, row, column)
                case g.QuotientComparison(quotient=quotient, bound=bound):
                    difference = quotient.denominator.scaled(-quotient.threshold(bound)).plus(
                        quotient.numerator
                    )
                    yield from self._roots(difference, row, column)
                    yield from self._roots(quotient.denominator, row, column)
                case g.GrowthComparison(growth=growth, bound=bound):
                    yield from self._growth_edges(growth, 1 + bound, row, column)
                case g.Split(cells=cells) | g.SplitScore(cells=cells):
                    edges = (edge for cell, _ in cells for edge in (cell.low, cell.high) if edge is not None)
                    yield from map(Fraction, edges)

    def _roots(self, linear: g.Linear, row: Row, column: str) -> Iterator[Fraction]:
        """Yield where a sum is zero, the other facts known or all at one end of their domain."""
        weight = dict(linear.terms).get(column)
        if weight:
            for rest in dict.fromkeys(
                (self._rest(linear, row, column, 0), self._rest(linear, row, column, 1))
            ):
                if rest is not None:
                    yield -rest / weight

    def _rest(self, linear: g.Linear, row: Row, column: str, end: int) -> Fraction | None:
        total = linear.constant
        for other, weight in linear.terms:
            if other != column:
                value = self.domains.ends(row, other)[end]
                if value is None:
                    return None
                total += weight * value
        return total

    def _growth_edges(
        self, growth: g.MeanGrowth, mean: Fraction, row: Row, column: str
    ) -> Iterator[Fraction]:
        """Yield where ½·(v2/v1 + v3/v2) is ``mean``, and v3/v2 where v1 is zero."""
        ends = [self.domains.ends(row, name) for name in (growth.first, growth.second, growth.third)]
        for end in (0, 1):
            one, two, three = (_fraction(pair, end) for pair in ends)
            if column == growth.third and two is not None:
                yield from (mean * two, *([two * (2 * mean - two / one)] if one else []))
            elif column == growth.first and two and three is not None and 2 * mean != three / two:
                yield two / (2 * mean - three / two)
            elif column == growth.second and one is not None and three is not None:
                yield from _second_edges(one, three, mean)


def _near(edges: Iterable[Fraction], grid: int) -> Iterator[int]:
    """Yield zero, one, and the values on and beside each edge."""
    yield from (0, grid)
    for edge in edges:
        base = edge.numerator // edge.denominator // grid * grid
        yield from (base - grid, base, base + grid)


def _fraction(ends: Ends, end: int) -> Fraction | None:
    value = ends[end]
    return None if value is None else Fraction(value)


def _second_edges(one: Fraction, three: Fraction, mean: Fraction) -> Iterator[Fraction]:
    """v2² − 2·mean·v1·v2 + v1·v3 = 0, to the next whole step; v3/mean where v1 is zero."""
    if mean > 0:
        yield three / mean
    square = (mean * one) ** 2 - one * three
    if square >= 0:
        root = isqrt(square.numerator // square.denominator)
        for offset in (-1, 0, 1):
            yield from (mean * one + root + offset, mean * one - root + offset)

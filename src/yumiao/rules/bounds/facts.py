"""Facts as bounds: what a column says, its domain, the intervals and wholes that narrow it; sums of columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX
from yumiao.model.units import MAGNITUDES, Kind
from yumiao.rules import graph as g
from yumiao.rules.bounds.cells import are_apart, contains, overlap
from yumiao.rules.bounds.ranges import Assumed, Bounds, Truths, compare
from yumiao.rules.bounds.whole import whole_linear
from yumiao.rules.program import Program

DATE_MAGNITUDE = 10**7


def magnitude_of(leaf: g.Leaf) -> int:
    """Return the largest magnitude of a fact inside its domain."""
    metric = leaf.metric
    if metric.kind is Kind.DATE or metric.unit is None:
        return DATE_MAGNITUDE
    wide = MAGNITUDES[metric.unit.dimension]
    if metric.minimum is not None and metric.maximum is not None:
        return max(abs(metric.minimum), abs(metric.maximum))
    return wide


@dataclass
class FactReader:
    """Reads the columns of one graph.

    Attributes:
        ranged: columns that may also carry ``#low`` and ``#high`` (facts known as an interval).
        cells: columns of which only values inside a cell will be read.
    """

    graph: g.PolicyGraph
    program: Program
    ranged: frozenset[str] = frozenset()
    cells: Mapping[str, g.Cell] = field(default_factory=dict)
    _leaves: dict[str, Bounds] = field(default_factory=dict)
    _columns: dict[int, frozenset[str]] = field(default_factory=dict)

    def leaf(self, column: str, assumed: Mapping[str, Assumed]) -> Bounds:
        """Return the bounds of a number or date column."""
        found = assumed.get(column)
        if isinstance(found, Bounds):
            return found
        if column not in self._leaves:
            self._leaves[column] = self._leaf(column)
        return self._leaves[column]

    def _leaf(self, column: str) -> Bounds:
        program = self.program
        value = self.raw(column)
        stated = self._stated(column)
        low, high = stated.low, stated.high
        for part, whole in self.graph.constraints:
            if whole == column:
                low = program.tighten_low(low, program.fill(self.raw(part), self._stated(part).low))
            if part == column:
                high = program.tighten_high(high, program.fill(self.raw(whole), self._stated(whole).high))
        return Bounds(program.fill(value, low), program.fill(value, high), self.cells.get(column))

    def point(self, column: str) -> Bounds:
        """The column itself as both bounds; NULL where the fact is missing."""
        number = self.raw(column)
        return Bounds(number, number, self.cells.get(column))

    def raw(self, column: str) -> int:
        """The column itself; NULL where the fact is missing."""
        leaf = self.graph.leaves[column]
        if leaf.metric.kind is Kind.DATE:
            return self.program.day(column, magnitude_of(leaf))
        positive = leaf.metric.minimum is not None and leaf.metric.minimum >= 0
        return self.program.number(column, magnitude_of(leaf), at_least_zero=positive)

    def _stated(self, column: str) -> Bounds:
        """The domain of a column, narrowed by an interval received for it."""
        program, leaf = self.program, self.graph.leaves[column]
        domain = [leaf.metric.minimum, leaf.metric.maximum]
        low, high = (program.unbounded() if edge is None else program.const(edge) for edge in domain)
        if column in self.ranged:
            magnitude = magnitude_of(leaf)
            low = program.tighten_low(program.number(column + LOW_SUFFIX, magnitude), low)
            high = program.tighten_high(program.number(column + HIGH_SUFFIX, magnitude), high)
        return Bounds(low, high)

    def linear(self, linear: g.Linear, assumed: Mapping[str, Assumed]) -> Bounds:
        """Return the bounds of a sum whose coefficients are whole."""
        program = self.program
        low = high = program.const(int(linear.constant))
        for column, weight in sorted(
            linear.terms, key=lambda term: term[0] in assumed
        ):  # what is shared comes first
            bounds = self.leaf(column, assumed)
            factor = program.const(int(weight))
            ends = (bounds.low, bounds.high) if weight > 0 else (bounds.high, bounds.low)
            low = program.add(low, program.mul(ends[0], factor))
            high = program.add(high, program.mul(ends[1], factor))
        return Bounds(low, high)

    def inside(self, column: str, cell: g.Cell, assumed: Mapping[str, Assumed]) -> Truths:
        """Whether a column's value can be inside a cell, and outside it."""
        program, bounds = self.program, self.leaf(column, assumed)
        if bounds.cell is not None:
            if contains(cell, bounds.cell):
                return Truths(program.truth(value=True), program.truth(value=False))
            if are_apart(cell, bounds.cell):
                return Truths(program.truth(value=False), program.truth(value=True))
        hold: list[int] = []
        fail: list[int] = []
        if cell.low is not None:
            edge = program.const(cell.low)
            hold.append(program.ge(bounds.high, edge, if_null=True))
            fail.append(program.gt(edge, bounds.low, if_null=True))
        if cell.high is not None:
            edge = program.const(cell.high)
            hold.append(program.ge(edge, bounds.low, if_null=True))
            fail.append(program.gt(bounds.high, edge, if_null=True))
        return Truths(program.every(hold), program.either(fail))

    def within(self, column: str, cell: g.Cell, assumed: Mapping[str, Assumed]) -> dict[str, Assumed]:
        """Add to the assumptions that a column's value is inside a cell."""
        program, bounds = self.program, self.leaf(column, assumed)
        low, high = bounds.low, bounds.high
        if cell.low is not None:
            low = program.tighten_low(low, program.const(cell.low))
        if cell.high is not None:
            high = program.tighten_high(high, program.const(cell.high))
        return {**assumed, column: Bounds(low, high, overlap(cell, bounds.cell))}

    def relevant(self, node: g.Node, assumed: Mapping[str, Assumed]) -> dict[str, Assumed]:
        """Return the assumptions on what a node reads."""
        if not assumed:
            return {}
        columns = g.columns_of(node, self._columns)
        return {column: value for column, value in assumed.items() if column in columns}

    def comparison(self, node: g.LinearComparison, assumed: Mapping[str, Assumed]) -> Truths:
        """terms + constant ≥ 0 as terms ≥ −constant, or −terms ≤ constant when that spares a multiplication."""
        whole = whole_linear(node.linear)
        constant = int(whole.constant)
        settled = self._settled_by_cell(whole, node.strict, assumed)
        if settled is not None:
            return Truths(self.program.truth(value=settled), self.program.truth(value=not settled))
        if whole.terms and all(weight < 0 for _, weight in whole.terms):
            bounds = self.linear(
                g.Linear(tuple((column, -weight) for column, weight in whole.terms)), assumed
            )
            return compare(self.program, bounds, "<" if node.strict else "<=", constant)
        bounds = self.linear(g.Linear(whole.terms), assumed)
        return compare(self.program, bounds, ">" if node.strict else ">=", -constant)

    def _settled_by_cell(self, linear: g.Linear, strict: bool, assumed: Mapping[str, Assumed]) -> bool | None:
        """Settle a comparison of one column with a constant where the assumed cell alone decides it."""
        if len(linear.terms) != 1:
            return None
        bounds = self.leaf(linear.terms[0][0], assumed)
        if bounds.cell is None:
            return None
        weight, least = linear.terms[0][1], (1 if strict else 0) - linear.constant
        ends = (bounds.cell.low, bounds.cell.high) if weight > 0 else (bounds.cell.high, bounds.cell.low)
        if ends[0] is not None and weight * ends[0] >= least:
            return True
        return False if ends[1] is not None and weight * ends[1] < least else None

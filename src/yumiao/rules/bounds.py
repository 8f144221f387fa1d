"""What may be concluded when facts are missing: the graph read over ranges of values.

Each number is a pair of bounds, each statement a pair of truths: it *can hold*, it *can fail*. A statement that
cannot fail is met under every completion of the missing facts; one that cannot hold is met under none. Bounds only
widen with what is unknown, so learning a fact never turns one certain answer into the other.

The result is a :class:`~yumiao.rules.program.Program`, the same for every way of running it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import gcd, lcm

from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX
from yumiao.model.units import MAGNITUDES, Kind
from yumiao.rules import graph as g
from yumiao.rules.program import Program

DATE_MAGNITUDE = 10**7

NOT_MET = "not_met"
"""Of no class."""

SEVERAL = 4
"""From so many thresholds on, a quotient is divided once instead of being multiplied out for each."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Lower and upper bound of a number; a NULL bound is none.

    ``cell`` is the range into which an assumption puts the number, whatever the facts.
    """

    low: int
    high: int
    cell: g.Cell | None = None


@dataclass(frozen=True, slots=True)
class Truths:
    """Whether a statement can hold, and whether it can fail."""

    hold: int
    fail: int


@dataclass(frozen=True, slots=True)
class Range:
    """Points that a score may take, in multiples of ``unit`` steps, and why it is a range."""

    low: int
    high: int
    missing: int
    expert: int
    unit: int


Assumed = Bounds | Truths


@dataclass(frozen=True, slots=True)
class Grid:
    """The grid on which all thresholds of one quotient lie.

    On a grid of ``steps`` the code of x is ⌊x·steps⌋; on a ``fine`` grid 2·⌊x·steps⌋, plus one between grid points,
    so that strict comparisons are exact as well. Codes end just beyond the outermost thresholds: further out all
    comparisons say the same.
    """

    steps: int
    fine: bool
    thresholds: frozenset[Fraction]

    def code(self, threshold: Fraction) -> int:
        return int(threshold * self.steps) * (2 if self.fine else 1)

    @property
    def limit(self) -> int:
        """Beyond this value of ⌊x·steps⌋, up or down, no threshold lies."""
        return max((abs(int(threshold * self.steps)) for threshold in self.thresholds), default=0) + 2


@dataclass(frozen=True, slots=True)
class QuotientBounds:
    """Bounds of a quotient as codes on a grid, and whether it can be (un)defined."""

    low: int
    high: int
    grid: Grid
    can_be_defined: int
    can_be_undefined: int


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
class Reader:
    """Reads one graph into a program.

    Attributes:
        ranged: columns that may also carry ``#low`` and ``#high`` (facts known as an interval).
        cells: columns of which only values inside a cell will be read.
    """

    graph: g.PolicyGraph
    program: Program
    ranged: frozenset[str] = frozenset()
    cells: Mapping[str, g.Cell] = field(default_factory=dict)
    _columns: dict[int, frozenset[str]] = field(default_factory=dict)
    _memo: dict[tuple[object, ...], object] = field(default_factory=dict)
    _alive: list[g.Node] = field(default_factory=list)  # keeps the identities in _memo from being used again
    _groups: dict[tuple[object, ...], Grid] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._group_thresholds()

    # ── facts ─────────────────────────────────────────────────────────────────────────────────────────────

    def leaf(self, column: str, assumed: Mapping[str, Assumed]) -> Bounds:
        """Return the bounds of a number or date column."""
        found = assumed.get(column)
        if isinstance(found, Bounds):
            return found
        key = ("leaf", column)
        if key not in self._memo:
            self._memo[key] = self._leaf(column)
        return self._memo[key]  # type: ignore[return-value]  # stored under its own key

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

    # ── statements ────────────────────────────────────────────────────────────────────────────────────────

    def _relevant(self, node: g.Node, assumed: Mapping[str, Assumed]) -> dict[str, Assumed]:
        if not assumed:
            return {}
        columns = g.columns_of(node, self._columns)
        return {column: value for column, value in assumed.items() if column in columns}

    def statement(self, node: g.Statement, assumed: Mapping[str, Assumed] | None = None) -> Truths:
        """Return whether ``node`` can hold and can fail under the assumptions."""
        relevant = self._relevant(node, assumed or {})
        key = ("statement", id(node), *sorted(relevant.items(), key=lambda item: item[0]))
        if key not in self._memo:
            self._alive.append(node)
            self._memo[key] = self._statement(node, relevant)
        return self._memo[key]  # type: ignore[return-value]  # stored under its own key

    def _statement(self, node: g.Statement, assumed: Mapping[str, Assumed]) -> Truths:
        match node:
            case g.Known(value=value):
                return Truths(self.program.truth(value=value), self.program.truth(value=not value))
            case g.Open():
                return Truths(self.program.truth(value=True), self.program.truth(value=True))
            case g.Named(body=body):
                return self.statement(body, assumed)
            case g.Negated(body=body):
                truths = self.statement(body, assumed)
                return Truths(truths.fail, truths.hold)
            case g.Count(least=least, parts=parts):
                return self._count(least, [self.statement(part, assumed) for part in parts])
            case g.IsTrue(column=column):
                return self._is_true(column, assumed)
            case g.OneOf(column=column, values=values):
                return self._one_of(column, values)
            case g.Split(column=column, cells=cells):
                return self._split(column, cells, assumed)
            case g.LinearComparison():
                return self._linear_comparison(node, assumed)
            case g.QuotientComparison():
                return self._quotient_comparison(node, assumed)
            case g.GrowthComparison():
                bounds = self.growth(node.growth, assumed)
                return self._against_code(bounds, node.operator, bounds.grid.code(1 + node.bound))
            case g.ScoreComparison():
                return self._score_comparison(node, assumed)
            case g.InClass(classes=classes, names=names):
                return self._in_class(self.class_reach(classes), names)

    def _in_class(self, reach: Mapping[str, int], names: frozenset[str]) -> Truths:
        inside = [truth for name, truth in reach.items() if name in names]
        outside = [truth for name, truth in reach.items() if name not in names]
        return Truths(self.program.either(inside), self.program.either(outside))

    def class_reach(self, classes: g.Classes) -> dict[str, int]:
        """For each class, whether some completion leads to it (clause by clause); ``not_met`` is none of them."""
        if isinstance(classes, g.ClassesByCategory):
            return self._table_reach(classes)
        return {name: self.statement(statement).hold for name, statement in class_statements(classes).items()}

    def _table_reach(self, table: g.ClassesByCategory) -> dict[str, int]:
        program = self.program
        reach: dict[str, list[int]] = {}
        for value, rules in table.rows.items():
            possible = self.statement(g.OneOf(table.column, frozenset((value,)))).hold
            above = [program.truth(value=True)]
            for rule in rules:
                truths = self.statement(rule.statement)
                reach.setdefault(rule.id, []).append(program.every((possible, truths.hold, *above)))
                above.append(truths.fail)
        return {name: program.either(found) for name, found in reach.items()}

    def _count(self, least: int, parts: Sequence[Truths]) -> Truths:
        program = self.program
        if least == len(parts):
            return Truths(
                program.every(part.hold for part in parts), program.either(part.fail for part in parts)
            )
        if least == 1:
            return Truths(
                program.either(part.hold for part in parts), program.every(part.fail for part in parts)
            )
        needed = program.const(least)
        can = program.ge(program.count(part.hold for part in parts), needed, if_null=False)
        certain = program.ge(
            program.count(program.invert(part.fail) for part in parts), needed, if_null=False
        )
        return Truths(can, program.invert(certain))

    def _is_true(self, column: str, assumed: Mapping[str, Assumed]) -> Truths:
        found = assumed.get(column)
        if isinstance(found, Truths):
            return found
        program = self.program
        return Truths(program.invert(program.is_false(column)), program.invert(program.is_true(column)))

    def _one_of(self, column: str, values: frozenset[str]) -> Truths:
        program = self.program
        inside = program.text_in(column, values)
        return Truths(program.either((program.column_is_null(column), inside)), program.invert(inside))

    def inside(self, column: str, cell: g.Cell, assumed: Mapping[str, Assumed]) -> Truths:
        """Whether a column's value can be inside a cell, and outside it."""
        program, bounds = self.program, self.leaf(column, assumed)
        if bounds.cell is not None:
            if _contains(cell, bounds.cell):
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
        return {**assumed, column: Bounds(low, high, _overlap(cell, bounds.cell))}

    def _split(
        self, column: str, cells: Iterable[tuple[g.Cell, g.Statement]], assumed: Mapping[str, Assumed]
    ) -> Truths:
        program = self.program
        hold, fail = [], []
        for cell, body in cells:
            reach = self.inside(column, cell, assumed).hold
            truths = self.statement(body, self.within(column, cell, assumed))
            hold.append(program.every((reach, truths.hold)))
            fail.append(program.every((reach, truths.fail)))
        return Truths(program.either(hold), program.either(fail))

    def _linear_comparison(self, node: g.LinearComparison, assumed: Mapping[str, Assumed]) -> Truths:
        """terms + constant ≥ 0 as terms ≥ −constant, or −terms ≤ constant when that spares a multiplication."""
        whole = _whole(node.linear)
        constant = int(whole.constant)
        settled = self._settled_by_cell(whole, node.strict, assumed)
        if settled is not None:
            return Truths(self.program.truth(value=settled), self.program.truth(value=not settled))
        if whole.terms and all(weight < 0 for _, weight in whole.terms):
            bounds = self.linear(
                g.Linear(tuple((column, -weight) for column, weight in whole.terms)), assumed
            )
            return self._compare(bounds, "<" if node.strict else "<=", constant)
        bounds = self.linear(g.Linear(whole.terms), assumed)
        return self._compare(bounds, ">" if node.strict else ">=", -constant)

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

    def _compare(self, bounds: Bounds, operator: g.Operator, edge: int) -> Truths:
        """Compare a whole number between two bounds with a constant."""
        program = self.program
        if operator in (">=", ">"):
            least = program.const(edge if operator == ">=" else edge + 1)
            return Truths(
                program.ge(bounds.high, least, if_null=True), program.gt(least, bounds.low, if_null=True)
            )
        most = program.const(edge if operator == "<=" else edge - 1)
        return Truths(program.ge(most, bounds.low, if_null=True), program.gt(bounds.high, most, if_null=True))

    # ── quotients ─────────────────────────────────────────────────────────────────────────────────────────

    def _group_thresholds(self) -> None:
        """Find, for every quotient and growth, the grid on which all its thresholds lie."""
        thresholds: dict[tuple[object, ...], list[tuple[Fraction, bool]]] = {}
        for node in g.every_node(self.graph):
            if isinstance(node, g.QuotientComparison):
                bound = node.quotient.threshold(node.bound)
                thresholds.setdefault(_quotient_key(node.quotient), []).append(
                    (bound, node.operator in (">", "<="))
                )
            elif isinstance(node, g.GrowthComparison):
                thresholds.setdefault(_growth_key(node.growth), []).append(
                    (1 + node.bound, node.operator in (">", "<="))
                )
        for key, found in thresholds.items():
            distinct = frozenset(bound for bound, _ in found)
            steps = lcm(*(bound.denominator for bound in distinct))
            self._groups[key] = Grid(steps, any(fine for _, fine in found), distinct)

    def _quotient_comparison(self, node: g.QuotientComparison, assumed: Mapping[str, Assumed]) -> Truths:
        bound = node.quotient.threshold(node.bound)
        grid = self._groups[_quotient_key(node.quotient)]
        if len(grid.thresholds) < SEVERAL:
            return self._multiplied_out(node.quotient, node.operator, bound, assumed)
        key = ("quotient", _quotient_key(node.quotient), *sorted(assumed.items(), key=lambda item: item[0]))
        if key not in self._memo:
            self._memo[key] = self._quotient(node.quotient, grid, assumed)
        bounds: QuotientBounds = self._memo[key]  # type: ignore[assignment]  # stored under its own key
        return self._against_code(bounds, node.operator, grid.code(bound))

    def _multiplied_out(
        self, quotient: g.Quotient, operator: g.Operator, bound: Fraction, assumed: Mapping[str, Assumed]
    ) -> Truths:
        """numerator/denominator ≥ p/q as q·numerator − p·denominator ≥ 0, for denominators of at least one step."""
        program = self.program
        numerator, denominator = _whole_pair(quotient)
        top, bottom = self.linear(numerator, assumed), self.linear(denominator, assumed)
        defined, undefined = self._definedness(bottom)
        bottom = Bounds(program.tighten_low(bottom.low, program.const(1)), bottom.high)
        grid = self._groups[
            _quotient_key(quotient)
        ].steps  # the same for all brackets, so that products are shared
        p, q = int(bound * grid), program.const(grid)
        ends = (bottom.high, bottom.low) if p >= 0 else (bottom.low, bottom.high)
        left = Bounds(program.mul(top.low, q), program.mul(top.high, q))
        right = Bounds(program.mul(ends[1], program.const(p)), program.mul(ends[0], program.const(p)))
        return self._guarded(self._compare_sides(left, operator, right), defined, undefined)

    def _compare_sides(self, left: Bounds, operator: g.Operator, right: Bounds) -> Truths:
        """Compare two numbers that move apart freely; ``right.low`` belongs with ``left.high``."""
        program = self.program
        match operator:
            case ">=":
                return Truths(
                    program.ge(left.high, right.low, if_null=True),
                    program.gt(right.high, left.low, if_null=True),
                )
            case ">":
                return Truths(
                    program.gt(left.high, right.low, if_null=True),
                    program.ge(right.high, left.low, if_null=True),
                )
            case "<=":
                return Truths(
                    program.ge(right.high, left.low, if_null=True),
                    program.gt(left.high, right.low, if_null=True),
                )
            case _:
                return Truths(
                    program.gt(right.high, left.low, if_null=True),
                    program.ge(left.high, right.low, if_null=True),
                )

    def _definedness(self, bottom: Bounds) -> tuple[int, int]:
        one = self.program.const(1)
        return self.program.ge(bottom.high, one, if_null=True), self.program.gt(one, bottom.low, if_null=True)

    def _guarded(self, truths: Truths, defined: int, undefined: int) -> Truths:
        """An undefined quotient meets no threshold."""
        program = self.program
        return Truths(
            program.every((defined, truths.hold)),
            program.either((undefined, program.every((defined, truths.fail)))),
        )

    def _quotient(self, quotient: g.Quotient, grid: Grid, assumed: Mapping[str, Assumed]) -> QuotientBounds:
        program = self.program
        numerator, denominator = _whole_pair(quotient)
        top, bottom = self.linear(numerator, assumed), self.linear(denominator, assumed)
        defined, undefined = self._definedness(bottom)
        if self._is_point(numerator, assumed) and self._is_point(denominator, assumed, open_above=True):
            low, high = self._point_quotient(numerator, denominator, bottom, grid)
            return QuotientBounds(low, high, grid, defined, undefined)
        smallest, steps, zero = (
            program.tighten_low(bottom.low, program.const(1)),
            program.const(grid.steps),
            program.const(0),
        )
        low, high = program.mul(top.low, steps), program.mul(top.high, steps)
        upward = program.select(
            program.ge(low, zero, if_null=False),
            program.fill(self._code(low, bottom.high, grid), self._just_above(low, grid)),
            self._code(low, smallest, grid),
        )
        downward = program.select(
            program.ge(high, zero, if_null=True),
            self._code(high, smallest, grid),
            program.fill(self._code(high, bottom.high, grid), program.const(-1)),
        )
        return QuotientBounds(upward, downward, grid, defined, undefined)

    def _just_above(self, top: int, grid: Grid) -> int:
        """The code of a numerator of zero or more over a denominator without bound."""
        program = self.program
        if not grid.fine:
            return program.const(0)
        return program.select(
            program.ge(top, program.const(1), if_null=False), program.const(1), program.const(0)
        )

    def _code(self, top: int, bottom: int, grid: Grid) -> int:
        """The grid code of top/bottom (bottom at least one); NULL when either is.

        Beyond the grid no one asks whether it is on a point, and for large quotients that would be costly to say.
        """
        program = self.program
        floor = program.floor_div(top, bottom)
        code = program.clamp(floor, grid.limit)
        if not grid.fine:
            return code
        product = program.mul(floor, bottom, program.magnitude(top) + program.magnitude(bottom))
        inside = program.ge(program.const(grid.limit - 1), code, if_null=False)
        between = program.select(
            program.every((program.ne(product, top), inside)), program.const(1), program.const(0)
        )
        return program.add(program.mul(code, program.const(2)), between)

    def _is_point(
        self, linear: g.Linear, assumed: Mapping[str, Assumed], *, open_above: bool = False
    ) -> bool:
        """Whether a sum is one fact of zero or more, either known or not known at all (above, when asked)."""
        if len(linear.terms) != 1 or linear.constant or linear.terms[0][1] < 0:
            return False
        column = linear.terms[0][0]
        leaf = self.graph.leaves[column]
        bounded = leaf.metric.maximum is not None or any(part == column for part, _ in self.graph.constraints)
        free = column not in assumed and column not in self.ranged and leaf.metric.minimum == 0
        return free and not (open_above and bounded)

    def _point_quotient(
        self, numerator: g.Linear, denominator: g.Linear, bottom: Bounds, grid: Grid
    ) -> tuple[int, int]:
        """The usual case with one division: where both facts are known, both ends are the same."""
        program = self.program
        (over, weight), (under, _) = numerator.terms[0], denominator.terms[0]
        top = program.mul(self.raw(over), program.const(int(weight) * grid.steps))
        high = self._code(top, program.tighten_low(bottom.low, program.const(1)), grid)
        known = program.fill(high, program.const(0))
        low = program.select(program.is_null(self.raw(under)), self._just_above(top, grid), known)
        return low, high

    def _against_code(self, bounds: QuotientBounds, operator: g.Operator, code: int) -> Truths:
        truths = self._compare(Bounds(bounds.low, bounds.high), operator, code)
        return self._guarded(truths, bounds.can_be_defined, bounds.can_be_undefined)

    # ── mean growth ───────────────────────────────────────────────────────────────────────────────────────

    def growth(self, node: g.MeanGrowth, assumed: Mapping[str, Assumed]) -> QuotientBounds:
        """Return the bounds of 1 + growth, ½·(v2/v1 + v3/v2) = (v2² + v1·v3) / (2·v1·v2), values of zero or more."""
        grid = self._groups[_growth_key(node)]
        key = ("growth", id(node), *sorted(self._relevant(node, assumed).items(), key=lambda item: item[0]))
        if key not in self._memo:
            columns = (node.first, node.second, node.third)
            if any(column in assumed or column in self.ranged for column in columns):
                values = [self._at_least_zero(self.leaf(column, assumed)) for column in columns]
                self._memo[key] = self._growth(values, grid, later_pair=node.later_pair)
            else:
                self._memo[key] = self._point_growth(columns, grid, later_pair=node.later_pair)
        return self._memo[key]  # type: ignore[return-value]  # stored under its own key

    def _at_least_zero(self, bounds: Bounds) -> Bounds:
        zero = self.program.const(0)
        return Bounds(self.program.tighten_low(bounds.low, zero), bounds.high)

    def _point_growth(self, columns: Sequence[str], grid: Grid, *, later_pair: bool) -> QuotientBounds:
        """The usual case with one wide division: each of the three facts is known or not known at all.

        Where the first fact is missing at least ½·v3/v2 is left, where the third is, ½·v2/v1; a first value of zero
        leaves v3/v2.
        """
        program = self.program
        zero, one, two = program.const(0), program.const(1), program.const(2)
        v1, v2, v3 = (program.maximum(self.raw(column), zero) for column in columns)
        is_zero1, is_null1 = program.gt(one, v1, if_null=False), program.is_null(v1)
        apart = program.either((is_zero1, is_null1))
        rest_top = program.select(apart, v3, v2)
        rest_bottom = program.select(is_zero1, v2, program.mul(program.select(is_null1, v2, v1), two))
        top = program.add(program.mul(v2, v2), program.mul(v1, v3))
        bottom = program.mul(two, program.mul(v1, v2))
        is_whole = program.every(program.invert(program.is_null(ref)) for ref in (v1, v2, v3))
        use_whole = program.every((is_whole, program.invert(is_zero1)))
        code = self._code(
            program.mul(program.select(use_whole, top, rest_top), program.const(grid.steps)),
            program.select(use_whole, bottom, rest_bottom),
            grid,
        )
        exact = program.either((use_whole, program.every((is_zero1, program.truth(value=later_pair)))))
        low = program.fill(code, zero)
        high = program.select(exact, code, program.unbounded())
        if not later_pair:
            low = program.select(is_zero1, zero, low)
        defined = program.ge(v2, one, if_null=True)
        undefined = program.gt(one, v2, if_null=True)
        if not later_pair:
            defined = program.every((defined, program.ge(v1, one, if_null=True)))
            undefined = program.either((undefined, program.gt(one, v1, if_null=True)))
        return QuotientBounds(low, high, grid, defined, undefined)

    def _growth(self, values: Sequence[Bounds], grid: Grid, *, later_pair: bool) -> QuotientBounds:
        program = self.program
        v1, v2, v3 = values
        one = program.const(1)
        positive1, positive2 = program.tighten_low(v1.low, one), program.tighten_low(v2.low, one)
        low = self._growth_low(v1, positive2, v2, v3, grid)
        ends = (positive2, v2.high)
        high = program.maximum(*(self._mean_code(positive1, end, v3.high, grid) for end in ends))
        can_be_zero1 = program.gt(one, v1.low, if_null=False)
        can_be_positive1 = program.ge(v1.high, one, if_null=True)
        if later_pair:
            pair_low = program.fill(self._pair_code(v3.low, v2.high, grid), program.const(0))
            pair_high = self._pair_code(v3.high, positive2, grid)
            either_low = program.select(can_be_zero1, program.minimum(low, pair_low), low)
            either_high = program.select(can_be_zero1, program.maximum(high, pair_high), high)
            low = program.select(can_be_positive1, either_low, pair_low)
            high = program.select(can_be_positive1, either_high, pair_high)
        defined = program.ge(v2.high, one, if_null=True)
        undefined = program.gt(one, v2.low, if_null=False)
        if not later_pair:
            defined = program.every((defined, can_be_positive1))
            undefined = program.either((undefined, can_be_zero1))
        return QuotientBounds(low, high, grid, defined, undefined)

    def _mean_code(self, v1: int, v2: int, v3: int, grid: Grid) -> int:
        program = self.program
        top = program.add(program.mul(v2, v2), program.mul(v1, v3))
        bottom = program.mul(program.const(2), program.mul(v1, v2))
        return self._code(program.mul(top, program.const(grid.steps)), bottom, grid)

    def _pair_code(self, later: int, earlier: int, grid: Grid) -> int:
        return self._code(self.program.mul(later, self.program.const(grid.steps)), earlier, grid)

    def _growth_low(self, v1: Bounds, positive2: int, v2: Bounds, v3: Bounds, grid: Grid) -> int:
        """½·(low v2 / high v1 + low v3 / high v2), where a bound that is not there makes its quotient nothing."""
        program = self.program
        steps, two, zero = program.const(grid.steps), program.const(2), program.const(0)
        top = program.add(program.mul(positive2, v2.high), program.mul(v3.low, v1.high))
        both = self._code(program.mul(top, steps), program.mul(two, program.mul(v1.high, v2.high)), grid)
        only_first = self._pair_code(positive2, program.mul(two, v1.high), grid)
        only_second = self._pair_code(v3.low, program.mul(two, v2.high), grid)
        without2 = program.select(program.is_null(v1.high), zero, program.fill(only_first, zero))
        without1 = program.select(
            program.is_null(v1.high), program.fill(only_second, zero), program.fill(both, zero)
        )
        return program.select(program.is_null(v2.high), without2, without1)

    # ── scores ────────────────────────────────────────────────────────────────────────────────────────────

    def score(self, node: g.Score, assumed: Mapping[str, Assumed] | None = None) -> Range:
        """Return the points that a score can take."""
        relevant = self._relevant(node, assumed or {})
        key = ("score", id(node), *sorted(relevant.items(), key=lambda item: item[0]))
        if key not in self._memo:
            self._alive.append(node)
            self._memo[key] = self._score(node, relevant)
        return self._memo[key]  # type: ignore[return-value]  # stored under its own key

    def _score(self, node: g.Score, assumed: Mapping[str, Assumed]) -> Range:
        match node:
            case g.Bands(bands=bands, otherwise=otherwise):
                return self._bands(
                    [(self.statement(test, assumed), low, high) for test, low, high in bands], otherwise
                )
            case g.Given(linear=linear, most=most):
                return self._given(linear, most, assumed)
            case g.Sum(parts=parts, most=most):
                return self._sum([self.score(part, assumed) for _, part in parts], most)
            case g.Best(options=options):
                return self._best([self.score(option, assumed) for _, option in options])
            case g.SplitScore(column=column, cells=cells):
                return self._split_score(column, cells, assumed)

    def _bands(self, bands: Sequence[tuple[Truths, int, int]], otherwise: tuple[int, int]) -> Range:
        program = self.program
        unit = gcd(*otherwise, *(points for _, low, high in bands for points in (low, high))) or 1
        result = self._points(*otherwise, unit)
        for truths, low, high in reversed(bands):
            result = self._first(truths, self._points(low, high, unit), result)
        is_reached, is_open = program.truth(value=True), []
        for truths, _, _ in bands:  # what a band below one that holds for certain lacks changes nothing
            is_open.append(program.every((is_reached, self._open(truths))))
            is_reached = program.every((is_reached, truths.fail))
        return self._with_missing(result, program.either(is_open))

    def _open(self, truths: Truths) -> int:
        return self.program.every((truths.hold, truths.fail))

    def _points(self, low: int, high: int, unit: int) -> Range:
        program = self.program
        no, expert = program.truth(value=False), program.truth(value=high > low)
        return Range(program.const(low // unit), program.const(high // unit), no, expert, unit)

    def _with_missing(self, result: Range, is_open: int) -> Range:
        """A range of points is for want of facts where a band was open and the ends differ."""
        program = self.program
        differs = program.gt(result.high, result.low, if_null=False)
        return replace(result, missing=program.either((result.missing, program.every((is_open, differs)))))

    def _in_unit(self, points: Range, unit: int) -> Range:
        """Say the same in smaller units."""
        factor = self.program.const(points.unit // unit)
        return replace(
            points,
            low=self.program.mul(points.low, factor),
            high=self.program.mul(points.high, factor),
            unit=unit,
        )

    def _in_one_unit(self, ranges: Sequence[Range], most: int = 0) -> tuple[int, list[Range]]:
        """Say several ranges, and the most they come to, in their largest common unit."""
        unit = gcd(most, *(points.unit for points in ranges)) or 1
        return unit, [self._in_unit(points, unit) for points in ranges]

    def _first(self, truths: Truths, here: Range, rest: Range) -> Range:
        """The points here where the statement holds, else the rest; both where it is open."""
        program = self.program
        unit, (here, rest) = self._in_one_unit((here, rest))
        either_low = program.minimum(here.low, rest.low)
        either_high = program.maximum(here.high, rest.high)
        return Range(
            program.select(truths.fail, program.select(truths.hold, either_low, rest.low), here.low),
            program.select(truths.hold, program.select(truths.fail, either_high, here.high), rest.high),
            self._first_truth(truths, here.missing, rest.missing),
            self._first_truth(truths, here.expert, rest.expert),
            unit,
        )

    def _first_truth(self, truths: Truths, here: int, rest: int) -> int:
        """``here`` where the statement can hold, or ``rest`` where it can fail."""
        program = self.program
        return program.either((program.every((truths.hold, here)), program.every((truths.fail, rest))))

    def _given(self, linear: g.Linear, most: int, assumed: Mapping[str, Assumed]) -> Range:
        program = self.program
        bounds = self.linear(_whole(linear), assumed)
        zero, cap = program.const(0), program.const(most)
        low = program.minimum(program.maximum(program.fill(bounds.low, zero), zero), cap)
        high = program.minimum(program.maximum(program.fill(bounds.high, cap), zero), cap)
        return Range(low, high, program.gt(high, low, if_null=False), program.truth(value=False), 1)

    def _sum(self, parts: Sequence[Range], most: int) -> Range:
        program = self.program
        unit, parts = self._in_one_unit(parts, most)
        low = high = program.const(0)
        for part in parts:
            low, high = program.add(low, part.low), program.add(high, part.high)
        cap = most // unit
        if program.magnitude(high) > cap:
            low, high = program.minimum(low, program.const(cap)), program.minimum(high, program.const(cap))
        missing, expert = (
            program.either(kind)
            for kind in zip(*((part.missing, part.expert) for part in parts), strict=True)
        )
        return Range(low, high, missing, expert, unit)

    def _best(self, options: Sequence[Range]) -> Range:
        program = self.program
        unit, options = self._in_one_unit(options)
        low, high = options[0].low, options[0].high
        for option in options[1:]:
            low, high = program.maximum(low, option.low), program.maximum(high, option.high)
        differs = program.gt(high, low, if_null=False)
        missing = program.every((differs, program.either(option.missing for option in options)))
        expert = program.every((differs, program.either(option.expert for option in options)))
        return Range(low, high, missing, expert, unit)

    def _split_score(
        self, column: str, cells: Sequence[tuple[g.Cell, g.Score]], assumed: Mapping[str, Assumed]
    ) -> Range:
        ranges = [
            (self.inside(column, cell, assumed), self.score(body, self.within(column, cell, assumed)))
            for cell, body in cells
        ]
        result = ranges[-1][1]
        for truths, here in reversed(ranges[:-1]):
            result = self._first(truths, here, result)
        return self._with_missing(result, self.program.either(self._open(truths) for truths, _ in ranges))

    def steps_of(self, points: Range) -> Bounds:
        """The two ends of a score in steps of 1/10 000 point."""
        factor = self.program.const(points.unit)
        return Bounds(self.program.mul(points.low, factor), self.program.mul(points.high, factor))

    def _score_comparison(self, node: g.ScoreComparison, assumed: Mapping[str, Assumed]) -> Truths:
        points = self.score(node.score, assumed)
        edge = (
            -(-int(node.bound) // points.unit)
            if node.operator in (">=", "<")
            else int(node.bound) // points.unit
        )
        return self._compare(Bounds(points.low, points.high), node.operator, edge)


def class_statements(rules: Sequence[g.ClassNode]) -> dict[str, g.Statement]:
    """For each class the statement that it is the one: its rule holds and none before it does."""
    statements: dict[str, g.Statement] = {}
    before: tuple[g.Statement, ...] = ()
    for rule in rules:
        statements[rule.id] = g.Count(len(before) + 1, (*before, rule.statement))
        before = (*before, g.Negated(rule.statement))
    statements[NOT_MET] = g.Count(len(before), before)
    return statements


def _contains(outer: g.Cell, inner: g.Cell) -> bool:
    low = outer.low is None or (inner.low is not None and inner.low >= outer.low)
    return low and (outer.high is None or (inner.high is not None and inner.high <= outer.high))


def are_apart(one: g.Cell, other: g.Cell) -> bool:
    """Whether two cells share no value."""
    below = one.high is not None and other.low is not None and one.high < other.low
    return below or (one.low is not None and other.high is not None and other.high < one.low)


def _overlap(cell: g.Cell, other: g.Cell | None) -> g.Cell:
    if other is None:
        return cell
    lows = [edge for edge in (cell.low, other.low) if edge is not None]
    highs = [edge for edge in (cell.high, other.high) if edge is not None]
    return g.Cell(max(lows, default=None), min(highs, default=None))


def _whole(linear: g.Linear) -> g.Linear:
    """Scale a sum so that its coefficients are whole and coprime in denominator; its sign stays."""
    return linear.scaled(Fraction(_denominator(linear)))


def _denominator(*linears: g.Linear) -> int:
    parts = [weight.denominator for linear in linears for _, weight in linear.terms]
    return lcm(*parts, *(linear.constant.denominator for linear in linears))


def _whole_pair(quotient: g.Quotient) -> tuple[g.Linear, g.Linear]:
    factor = Fraction(_denominator(quotient.numerator, quotient.denominator))
    return quotient.numerator.scaled(factor), quotient.denominator.scaled(factor)


def _quotient_key(quotient: g.Quotient) -> tuple[object, ...]:
    top, bottom = quotient.numerator, quotient.denominator
    return ("quotient", top.terms, top.constant, bottom.terms, bottom.constant)


def _growth_key(growth: g.MeanGrowth) -> tuple[object, ...]:
    return ("growth", growth.first, growth.second, growth.third, growth.later_pair)

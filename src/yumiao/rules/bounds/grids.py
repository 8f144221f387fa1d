"""Quotients as codes on a grid: one division serves every threshold with which a quotient is compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from yumiao.rules import graph as g
from yumiao.rules.bounds.ranges import Bounds, Truths, compare
from yumiao.rules.program import Program

Key = tuple[object, ...]
"""What equal quotients, or equal growth, have in common."""


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
        """Return the code of a threshold."""
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


def grids_of(graph: g.PolicyGraph) -> dict[Key, Grid]:
    """Return, for every quotient and growth, its key and the grid on which all its thresholds lie."""
    thresholds: dict[Key, list[tuple[Fraction, bool]]] = {}
    for node in g.every_node(graph):
        if isinstance(node, g.QuotientComparison):
            bound = node.quotient.threshold(node.bound)
            thresholds.setdefault(quotient_key(node.quotient), []).append(
                (bound, node.operator in (">", "<="))
            )
        elif isinstance(node, g.GrowthComparison):
            thresholds.setdefault(growth_key(node.growth), []).append(
                (1 + node.bound, node.operator in (">", "<="))
            )
    return {key: _grid(found) for key, found in thresholds.items()}


def _grid(found: Sequence[tuple[Fraction, bool]]) -> Grid:
    distinct = frozenset(bound for bound, _ in found)
    steps = lcm(*(bound.denominator for bound in distinct))
    return Grid(steps, any(fine for _, fine in found), distinct)


def quotient_key(quotient: g.Quotient) -> Key:
    """Return what equal quotients have in common."""
    top, bottom = quotient.numerator, quotient.denominator
    return ("quotient", top.terms, top.constant, bottom.terms, bottom.constant)


def growth_key(growth: g.MeanGrowth) -> Key:
    """Return what equal growth has in common."""
    return ("growth", growth.first, growth.second, growth.third, growth.later_pair)


def code_of(program: Program, top: int, bottom: int, grid: Grid) -> int:
    """The grid code of top/bottom (bottom at least one); NULL when either is.

    Beyond the grid no one asks whether it is on a point, and for large quotients that would be costly to say.
    """
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


def just_above(program: Program, top: int, grid: Grid) -> int:
    """The code of a numerator of zero or more over a denominator without bound."""
    if not grid.fine:
        return program.const(0)
    return program.select(
        program.ge(top, program.const(1), if_null=False), program.const(1), program.const(0)
    )


def guarded(program: Program, truths: Truths, defined: int, undefined: int) -> Truths:
    """An undefined quotient meets no threshold."""
    return Truths(
        program.every((defined, truths.hold)),
        program.either((undefined, program.every((defined, truths.fail)))),
    )


def against_code(program: Program, bounds: QuotientBounds, operator: g.Operator, code: int) -> Truths:
    """Compare a quotient with the code of a threshold."""
    truths = compare(program, Bounds(bounds.low, bounds.high), operator, code)
    return guarded(program, truths, bounds.can_be_defined, bounds.can_be_undefined)

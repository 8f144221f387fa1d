"""Quotients against thresholds: multiplied out for few, divided once for several."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from yumiao.rules import graph as g
from yumiao.rules.bounds.facts import FactReader
from yumiao.rules.bounds.grids import (
    Grid,
    Key,
    QuotientBounds,
    against_code,
    code_of,
    guarded,
    just_above,
    quotient_key,
)
from yumiao.rules.bounds.ranges import Assumed, Bounds, Truths
from yumiao.rules.bounds.whole import whole_pair
from yumiao.rules.program import Program

SEVERAL = 4
"""From so many thresholds on, a quotient is divided once instead of being multiplied out for each."""


@dataclass
class QuotientReader:
    """Reads the quotients of one graph."""

    facts: FactReader
    grids: Mapping[Key, Grid]
    _memo: dict[Key, QuotientBounds] = field(default_factory=dict)

    @property
    def program(self) -> Program:
        """What is written into."""
        return self.facts.program

    def comparison(self, node: g.QuotientComparison, assumed: Mapping[str, Assumed]) -> Truths:
        """Compare a quotient with a constant: multiplied out, or by its code where there are several thresholds."""
        bound = node.quotient.threshold(node.bound)
        grid = self.grids[quotient_key(node.quotient)]
        if len(grid.thresholds) < SEVERAL:
            return self._multiplied_out(node.quotient, node.operator, bound, assumed)
        key = (quotient_key(node.quotient), *sorted(assumed.items(), key=lambda item: item[0]))
        if key not in self._memo:
            self._memo[key] = self._quotient(node.quotient, grid, assumed)
        return against_code(self.program, self._memo[key], node.operator, grid.code(bound))

    def _multiplied_out(
        self, quotient: g.Quotient, operator: g.Operator, bound: Fraction, assumed: Mapping[str, Assumed]
    ) -> Truths:
        """numerator/denominator ≥ p/q as q·numerator − p·denominator ≥ 0, for denominators of at least one step."""
        program = self.program
        numerator, denominator = whole_pair(quotient)
        top, bottom = self.facts.linear(numerator, assumed), self.facts.linear(denominator, assumed)
        defined, undefined = self._definedness(bottom)
        bottom = Bounds(program.tighten_low(bottom.low, program.const(1)), bottom.high)
        grid = self.grids[
            quotient_key(quotient)
        ].steps  # the same for all brackets, so that products are shared
        p, q = int(bound * grid), program.const(grid)
        ends = (bottom.high, bottom.low) if p >= 0 else (bottom.low, bottom.high)
        left = Bounds(program.mul(top.low, q), program.mul(top.high, q))
        right = Bounds(program.mul(ends[1], program.const(p)), program.mul(ends[0], program.const(p)))
        return guarded(program, _compare_sides(program, left, operator, right), defined, undefined)

    def _definedness(self, bottom: Bounds) -> tuple[int, int]:
        one = self.program.const(1)
        return self.program.ge(bottom.high, one, if_null=True), self.program.gt(one, bottom.low, if_null=True)

    def _quotient(self, quotient: g.Quotient, grid: Grid, assumed: Mapping[str, Assumed]) -> QuotientBounds:
        program = self.program
        numerator, denominator = whole_pair(quotient)
        top, bottom = self.facts.linear(numerator, assumed), self.facts.linear(denominator, assumed)
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
            program.fill(code_of(program, low, bottom.high, grid), just_above(program, low, grid)),
            code_of(program, low, smallest, grid),
        )
        downward = program.select(
            program.ge(high, zero, if_null=True),
            code_of(program, high, smallest, grid),
            program.fill(code_of(program, high, bottom.high, grid), program.const(-1)),
        )
        return QuotientBounds(upward, downward, grid, defined, undefined)

    def _is_point(
        self, linear: g.Linear, assumed: Mapping[str, Assumed], *, open_above: bool = False
    ) -> bool:
        """Whether a sum is one fact of zero or more, either known or not known at all (above, when asked)."""
        if len(linear.terms) != 1 or linear.constant or linear.terms[0][1] < 0:
            return False
        column = linear.terms[0][0]
        leaf = self.facts.graph.leaves[column]
        bounded = leaf.metric.maximum is not None or any(
            part == column for part, _ in self.facts.graph.constraints
        )
        free = column not in assumed and column not in self.facts.ranged and leaf.metric.minimum == 0
        return free and not (open_above and bounded)

    def _point_quotient(
        self, numerator: g.Linear, denominator: g.Linear, bottom: Bounds, grid: Grid
    ) -> tuple[int, int]:
        """The usual case with one division: where both facts are known, both ends are the same."""
        program = self.program
        (over, weight), (under, _) = numerator.terms[0], denominator.terms[0]
        top = program.mul(self.facts.raw(over), program.const(int(weight) * grid.steps))
        high = code_of(program, top, program.tighten_low(bottom.low, program.const(1)), grid)
        known = program.fill(high, program.const(0))
        low = program.select(program.is_null(self.facts.raw(under)), just_above(program, top, grid), known)
        return low, high


def _compare_sides(program: Program, left: Bounds, operator: g.Operator, right: Bounds) -> Truths:
    """Compare two numbers that move apart freely; ``right.low`` belongs with ``left.high``."""
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

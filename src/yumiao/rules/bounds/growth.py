"""Mean growth over three years as a quotient on a grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from yumiao.rules import graph as g
from yumiao.rules.bounds.facts import FactReader
from yumiao.rules.bounds.grids import Grid, Key, QuotientBounds, against_code, code_of, growth_key
from yumiao.rules.bounds.ranges import Assumed, Bounds, Truths
from yumiao.rules.program import Program


@dataclass
class GrowthReader:
    """Reads the growth of one graph."""

    facts: FactReader
    grids: Mapping[Key, Grid]
    _memo: dict[Key, QuotientBounds] = field(default_factory=dict)

    @property
    def program(self) -> Program:
        """What is written into."""
        return self.facts.program

    def comparison(self, node: g.GrowthComparison, assumed: Mapping[str, Assumed]) -> Truths:
        """Compare growth with a constant."""
        bounds = self.bounds(node.growth, assumed)
        return against_code(self.program, bounds, node.operator, bounds.grid.code(1 + node.bound))

    def bounds(self, node: g.MeanGrowth, assumed: Mapping[str, Assumed]) -> QuotientBounds:
        """Return the bounds of 1 + growth, ½·(v2/v1 + v3/v2) = (v2² + v1·v3) / (2·v1·v2), values of zero or more."""
        grid = self.grids[growth_key(node)]
        key = (
            growth_key(node),
            *sorted(self.facts.relevant(node, assumed).items(), key=lambda item: item[0]),
        )
        if key not in self._memo:
            columns = (node.first, node.second, node.third)
            if any(column in assumed or column in self.facts.ranged for column in columns):
                values = [self._at_least_zero(self.facts.leaf(column, assumed)) for column in columns]
                self._memo[key] = self._ranged_growth(values, grid, later_pair=node.later_pair)
            else:
                self._memo[key] = self._point_growth(columns, grid, later_pair=node.later_pair)
        return self._memo[key]

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
        v1, v2, v3 = (program.maximum(self.facts.raw(column), zero) for column in columns)
        is_zero1, is_null1 = program.gt(one, v1, if_null=False), program.is_null(v1)
        apart = program.either((is_zero1, is_null1))
        rest_top = program.select(apart, v3, v2)
        rest_bottom = program.select(is_zero1, v2, program.mul(program.select(is_null1, v2, v1), two))
        top = program.add(program.mul(v2, v2), program.mul(v1, v3))
        bottom = program.mul(two, program.mul(v1, v2))
        is_whole = program.every(program.invert(program.is_null(ref)) for ref in (v1, v2, v3))
        use_whole = program.every((is_whole, program.invert(is_zero1)))
        code = code_of(
            self.program,
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

    def _ranged_growth(self, values: Sequence[Bounds], grid: Grid, *, later_pair: bool) -> QuotientBounds:
        program = self.program
        v1, v2, v3 = values
        one = program.const(1)
        positive1, positive2 = program.tighten_low(v1.low, one), program.tighten_low(v2.low, one)
        low = self._low(v1, positive2, v2, v3, grid)
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
        return code_of(self.program, program.mul(top, program.const(grid.steps)), bottom, grid)

    def _pair_code(self, later: int, earlier: int, grid: Grid) -> int:
        return code_of(self.program, self.program.mul(later, self.program.const(grid.steps)), earlier, grid)

    def _low(self, v1: Bounds, positive2: int, v2: Bounds, v3: Bounds, grid: Grid) -> int:
        """½·(low v2 / high v1 + low v3 / high v2), where a bound that is not there makes its quotient nothing."""
        program = self.program
        steps, two, zero = program.const(grid.steps), program.const(2), program.const(0)
        top = program.add(program.mul(positive2, v2.high), program.mul(v3.low, v1.high))
        both = code_of(
            self.program, program.mul(top, steps), program.mul(two, program.mul(v1.high, v2.high)), grid
        )
        only_first = self._pair_code(positive2, program.mul(two, v1.high), grid)
        only_second = self._pair_code(v3.low, program.mul(two, v2.high), grid)
        without2 = program.select(program.is_null(v1.high), zero, program.fill(only_first, zero))
        without1 = program.select(
            program.is_null(v1.high), program.fill(only_second, zero), program.fill(both, zero)
        )
        return program.select(program.is_null(v2.high), without2, without1)

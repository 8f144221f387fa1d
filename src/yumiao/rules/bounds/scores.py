"""The arithmetic of points that may be a range: bands, sums, the better of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import gcd

from yumiao.rules.bounds.ranges import Bounds, Range, Truths
from yumiao.rules.program import Program


@dataclass(frozen=True)
class PointArithmetic:
    """Writes what becomes of points into a program."""

    program: Program

    def bands(self, bands: Sequence[tuple[Truths, int, int]], otherwise: tuple[int, int]) -> Range:
        """Return the points of the first band that is reached."""
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

    def given(self, bounds: Bounds, most: int) -> Range:
        """Return points that people gave, or may give: none to ``most``."""
        program = self.program
        zero, cap = program.const(0), program.const(most)
        low = program.minimum(program.maximum(program.fill(bounds.low, zero), zero), cap)
        high = program.minimum(program.maximum(program.fill(bounds.high, cap), zero), cap)
        return Range(low, high, program.gt(high, low, if_null=False), program.truth(value=False), 1)

    def sum(self, parts: Sequence[Range], most: int) -> Range:
        """Return the sum of parts, capped."""
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

    def best(self, options: Sequence[Range]) -> Range:
        """Return the better of options."""
        program = self.program
        unit, options = self._in_one_unit(options)
        low, high = options[0].low, options[0].high
        for option in options[1:]:
            low, high = program.maximum(low, option.low), program.maximum(high, option.high)
        differs = program.gt(high, low, if_null=False)
        missing = program.every((differs, program.either(option.missing for option in options)))
        expert = program.every((differs, program.either(option.expert for option in options)))
        return Range(low, high, missing, expert, unit)

    def split(self, ranges: Sequence[tuple[Truths, Range]]) -> Range:
        """Return the points of the cell into which a column falls: for each, whether it does, and its points."""
        result = ranges[-1][1]
        for truths, here in reversed(ranges[:-1]):
            result = self._first(truths, here, result)
        return self._with_missing(result, self.program.either(self._open(truths) for truths, _ in ranges))

    def steps_of(self, points: Range) -> Bounds:
        """The two ends of a score in steps of 1/10 000 point."""
        factor = self.program.const(points.unit)
        return Bounds(self.program.mul(points.low, factor), self.program.mul(points.high, factor))

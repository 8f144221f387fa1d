"""What is known of a number, a statement or a score while facts are missing."""

from __future__ import annotations

from dataclasses import dataclass

from yumiao.rules import graph as g
from yumiao.rules.program import Program


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
"""What is taken for granted of a column, whatever the facts."""


def compare(program: Program, bounds: Bounds, operator: g.Operator, edge: int) -> Truths:
    """Compare a whole number between two bounds with a constant."""
    if operator in (">=", ">"):
        least = program.const(edge if operator == ">=" else edge + 1)
        return Truths(
            program.ge(bounds.high, least, if_null=True), program.gt(least, bounds.low, if_null=True)
        )
    most = program.const(edge if operator == "<=" else edge - 1)
    return Truths(program.ge(most, bounds.low, if_null=True), program.gt(bounds.high, most, if_null=True))

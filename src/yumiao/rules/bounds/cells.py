"""How cells of a column lie to each other."""

from __future__ import annotations

from yumiao.rules import graph as g


def contains(outer: g.Cell, inner: g.Cell) -> bool:
    """Whether every value of ``inner`` is one of ``outer``."""
    low = outer.low is None or (inner.low is not None and inner.low >= outer.low)
    return low and (outer.high is None or (inner.high is not None and inner.high <= outer.high))


def are_apart(one: g.Cell, other: g.Cell) -> bool:
    """Whether two cells share no value."""
    below = one.high is not None and other.low is not None and one.high < other.low
    return below or (one.low is not None and other.high is not None and other.high < one.low)


def overlap(cell: g.Cell, other: g.Cell | None) -> g.Cell:
    """Return the values of both; None is every value."""
    if other is None:
        return cell
    lows = [edge for edge in (cell.low, other.low) if edge is not None]
    highs = [edge for edge in (cell.high, other.high) if edge is not None]
    return g.Cell(max(lows, default=None), min(highs, default=None))

"""A whole list in its order, held in little room: the ids of its subjects, some thousands in a megabyte's tenth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

EACH = 200
"""Ids in one piece of text; a page is cut out of one or two of them."""


@dataclass(frozen=True)
class Order:
    """Ids of subjects in an order: all of them, or the first ones.

    Attributes:
        count: how many subjects there are.
        held: how many of their ids are here.
        pieces: `EACH` ids in one text, with line ends between them; the last piece has the rest.
    """

    count: int
    held: int
    pieces: tuple[str, ...]

    def has(self, end: int) -> bool:
        """Whether every id up to a place, or the end of the list, is here."""
        return min(end, self.count) <= self.held

    def ids(self, start: int, end: int) -> list[str]:
        """Return the ids from one place, counted from 0, up to another, which is not among them."""
        first, last = start // EACH, -(-end // EACH)
        found = [each for piece in self.pieces[first:last] for each in piece.split("\n")]
        return found[start - first * EACH : end - first * EACH]


def order_of(ids: Iterable[str], count: int | None = None) -> Order:
    """Return ids as an order; an id holds no line end.

    Args:
        count: how many there are where these are the first of them only; None: these are all.
    """
    left, pieces, held = iter(ids), [], 0
    while piece := list(islice(left, EACH)):
        pieces.append("\n".join(piece))
        held += len(piece)
    return Order(held if count is None else count, held, tuple(pieces))

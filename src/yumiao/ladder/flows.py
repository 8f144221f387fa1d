"""How stocks move: who held a title at the start, who came, who went, who holds it at the end.

What comes and goes is read from what happened on its day; the stocks are read from the terms that cover a day. Both
meet in one identity: start + first + again + moved in - lapsed - revoked - given up - moved out = end. Renewals keep
a title and add nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from yumiao.ladder.histories import History
from yumiao.ladder.passages import Movement, passage
from yumiao.ladder.places import Scope


@dataclass(frozen=True, slots=True)
class Range:
    """A whole number between two bounds, the same where it is known."""

    low: int
    high: int

    @property
    def is_exact(self) -> bool:
        return self.low == self.high

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.high + other.high)


@dataclass(frozen=True)
class Balance:
    """Stock and flow of one title inside one scope over a period; one subject counts once.

    Attributes:
        since, until: the days of the two stocks; what happened on ``since`` itself is in the first stock.
        start, end: the stocks: low counts those known to hold, high also those that may.
        movements: how many came and went; high also counts those who may have, where start or end is not known.
        renewed: kept by a new term in the period; no part of the identity.
        unsettled: subjects whose start or end is not known, or what led from one to the other, in order.
        gap: end less start and movements of those that are known; not 0 means that the rows contradict themselves.
        broken: the subjects for which it is not 0.
    """

    since: dt.date
    until: dt.date
    start: Range
    end: Range
    movements: Mapping[Movement, Range]
    renewed: Range
    unsettled: tuple[str, ...]
    gap: int
    broken: tuple[str, ...]

    @property
    def net(self) -> Range:
        """Growth of the stock; wider than either stock where something is not known."""
        return Range(self.end.low - self.start.high, self.end.high - self.start.low)

    @property
    def recognised(self) -> Range:
        """Recognitions in the period, first, again and renewed together."""
        return self.movements[Movement.FIRST] + self.movements[Movement.AGAIN] + self.renewed


def balance(histories: Iterable[History], scope: Scope, since: dt.date, until: dt.date) -> Balance:
    """Count stock and flow of one title.

    Args:
        histories: of one title, one for each subject.
        since: the day of the first stock, before ``until``.
    """
    passages = [passage(history, scope, since, until) for history in histories]

    def count(movement: Movement) -> Range:
        found = sum(each.movements.count(movement) for each in passages)
        return Range(found, found + sum(movement in each.possible for each in passages))

    renewed = sum(each.is_renewed for each in passages)
    maybe = sum(each.may_be_renewed for each in passages)
    return Balance(
        since=since,
        until=until,
        start=stock(each.start for each in passages),
        end=stock(each.end for each in passages),
        movements={movement: count(movement) for movement in Movement},
        renewed=Range(renewed, renewed + maybe),
        unsettled=tuple(sorted(each.subject for each in passages if not each.is_settled)),
        gap=sum(each.gap for each in passages),
        broken=tuple(sorted(each.subject for each in passages if each.gap)),
    )


def stock(answers: Iterable[bool | None]) -> Range:
    """Count yes, and yes or unknown."""
    found = list(answers)
    return Range(found.count(True), len(found) - found.count(False))

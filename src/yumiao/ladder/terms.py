"""When a term ends: the last day that a row states, or that follows from the title's length where its text is sure.

Days that are not known exactly lie between two bounds; ``FOREVER`` and ``EVER`` stand for none.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from yumiao.packs.definitions import EndRule, TitleDefinition

EVER = dt.date.min
FOREVER = dt.date.max


@dataclass(frozen=True, slots=True)
class Day:
    """A day between two bounds, both possible."""

    low: dt.date
    high: dt.date

    @property
    def is_exact(self) -> bool:
        return self.low == self.high

    @staticmethod
    def exactly(day: dt.date) -> Day:
        return Day(day, day)


def last_day(rule: EndRule, start: dt.date, length: tuple[int, str]) -> dt.date:
    """Return the last day of a term that starts on ``start``.

    Args:
        length: number and ``year`` or ``day``; the yearly rules look at years alone.
    """
    count, unit = length
    if unit == "day":
        end = start + dt.timedelta(days=count)
    elif rule is EndRule.YEAR_END:
        return dt.date(start.year + count - 1, 12, 31)
    elif rule is EndRule.NEXT_MARCH_END:
        return dt.date(start.year + count, 3, 31)
    else:
        end = _same_day(start, start.year + count)
    return end - dt.timedelta(days=1) if rule is EndRule.DAY_BEFORE else end


def _same_day(day: dt.date, year: int) -> dt.date:
    """The same day of another year; where there is none (29 February) the last of the month."""
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def end_of_term(title: TitleDefinition, start: Day) -> Day | None:
    """Return the last day of a term of the title; None where its length or its end is not known.

    Where the start is not known from below, neither is the end.
    """
    if title.valid is None or not title.ends:
        return None
    low = [last_day(rule, start.low, title.valid) for rule in title.ends] if start.low > EVER else [EVER]
    high = (
        [last_day(rule, start.high, title.valid) for rule in title.ends]
        if start.high < FOREVER
        else [FOREVER]
    )
    return Day(min(low), max(high))

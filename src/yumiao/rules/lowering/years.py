"""Which years are meant: those that a firm has, and the year that a name stands for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from yumiao.model.metrics import Metric
from yumiao.model.periods import Year
from yumiao.packs import expressions as ex
from yumiao.packs.fields import Expression
from yumiao.rules import graph as g


@dataclass(frozen=True, slots=True)
class Scope:
    """What ``last n FY`` means here: how many years the firm has, and the year of an ``in each of`` body."""

    available_years: int | None = None
    year: Year | None = None

    def last(self, count: int) -> list[Year]:
        """Return the last ``count`` fiscal years, or as many as the firm has, the earliest first."""
        have = count if self.available_years is None else min(count, self.available_years)
        return [Year(-offset) for offset in range(have, 0, -1)]

    def year_of(self, metric: Metric, reference: ex.Reference) -> Year | None:
        """Return the year a name stands for: its own, else that of the ``in each of`` around it; None: the usual."""
        return reference.year or (self.year if metric.period.is_yearly else None)


def longest_range(expression: Expression) -> int:
    """Return over how many years the longest ``last n FY`` of an expression goes."""
    counted = (node.count for node in ex.walk(expression.tree) if isinstance(node, ex.Range | ex.EachYear))
    return max(counted, default=0)


def last_day(year: int) -> int:
    """Return the number of the 31st of December."""
    return g.day_number(dt.date(year, 12, 31))


def founding_cells(as_of: dt.date, longest: int) -> Iterator[tuple[g.Cell, int]]:
    """Yield the founding dates that leave ``longest``, … 1 and 0 fiscal years before the application year."""
    first = as_of.year - longest
    yield g.Cell(None, last_day(first) if longest else None), longest
    for count in range(longest - 1, -1, -1):
        year = as_of.year - count
        high = last_day(year) if count else None
        yield g.Cell(last_day(year - 1) + 1, high), count

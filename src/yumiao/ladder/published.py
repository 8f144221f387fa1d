"""What others have published beside what the lists give: every value stands, and the difference is shown."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from yumiao.ladder.flows import Balance, Range
from yumiao.ladder.lines import Extent, Line
from yumiao.ladder.passages import Movement
from yumiao.ladder.places import short_code
from yumiao.packs.figures import Figure, FigureKind, Measure, ZonesIn


@dataclass(frozen=True)
class Beside:
    """A published value beside the count of the lists.

    Attributes:
        on: the day of a stock, or the last day of the year of a flow.
        whole: the count with the zones run apart; None where the figure is said to be without them.
        apart: the count without them; None where the figure is said to be with them, or where there are none.
            Both are None where the lists of the title begin too late to count it.
    """

    figure: Figure
    on: dt.date
    whole: Range | None
    apart: Range | None

    def difference(self, counted: Range) -> tuple[Fraction, Fraction]:
        """Return published less counted, between two bounds."""
        return self.figure.value - counted.high, self.figure.value - counted.low

    @property
    def is_in_doubt(self) -> bool:
        """Whether an actual value differs from every count that it may mean."""
        counts = [counted for counted in (self.whole, self.apart) if counted is not None]
        exact = self.figure.definition.sense == "exact" and self.figure.definition.kind is FigureKind.ACTUAL
        return (
            exact
            and bool(counts)
            and not any(counted.low <= self.figure.value <= counted.high for counted in counts)
        )


def set_beside(figures: Iterable[Figure], lines: Iterable[Line], extent: Extent) -> tuple[Beside, ...]:
    """Set published figures beside the counts of the same territory and time.

    A flow is set beside the count of its whole calendar year only; a stock beside that of its day. A stock of which
    only the month or the year is known is set beside that of the month's or year's last day.

    Returns: values of one indicator and time side by side, actual ones before targets, in the order published.
    """
    known = {line.title: line for line in lines}
    found = [each for figure in figures if (each := _beside(figure, known, extent)) is not None]
    kinds = list(FigureKind)
    return tuple(
        sorted(
            found,
            key=lambda each: (
                each.figure.indicator,
                each.on,
                kinds.index(each.figure.definition.kind),
                each.figure.definition.published or "",
            ),
        )
    )


def _beside(figure: Figure, lines: Mapping[str, Line], extent: Extent) -> Beside | None:
    counted = figure.counted_by
    here = extent.territory is not None and short_code(figure.definition.territory) == short_code(
        extent.territory
    )
    if counted is None or not here or counted.title not in lines:
        return None
    day = _day(figure, extent)
    if day is None:
        return None
    line, zones = lines[counted.title], figure.definition.zones
    if not _is_told(line, counted.measure, day, extent):
        return Beside(figure, day, None, None)
    whole = _count(line.whole, counted.measure, day) if zones is not ZonesIn.WITHOUT else None
    without = line.apart if zones is not ZonesIn.WITH else None
    apart = _count(without, counted.measure, day) if without is not None else None
    return Beside(figure, day, whole, apart)


def _is_told(line: Line, measure: Measure, day: dt.date, extent: Extent) -> bool:
    """Whether the lists reach back to what is counted: growth rests on the first stock, a stock on its own day."""
    needed = extent.since if measure is Measure.NET else day
    return line.first_day is not None and line.first_day <= needed


def _day(figure: Figure, extent: Extent) -> dt.date | None:
    """The day of the extent that a figure speaks of; None where it speaks of another."""
    definition = figure.definition
    if definition.year is not None:
        year = (dt.date(definition.year - 1, 12, 31), dt.date(definition.year, 12, 31))
        return extent.until if (extent.since, extent.until) == year else None
    on = last_day_of(definition.on or "")
    return on if on in (extent.since, extent.until) else None


def last_day_of(vintage: str) -> dt.date:
    """Return the day, or the last day of the month or the year, that 2024-02-12, 2024-02 or 2024 names."""
    parts = [int(part) for part in vintage.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    return dt.date(year, month, parts[2] if len(parts) > 2 else calendar.monthrange(year, month)[1])


def _count(balance: Balance, measure: Measure, day: dt.date) -> Range:
    match measure:
        case Measure.STOCK:
            return balance.end if day == balance.until else balance.start
        case Measure.NET:
            return balance.net
        case Measure.FIRST:
            return balance.movements[Movement.FIRST]
        case Measure.RECOGNISED:
            return balance.recognised

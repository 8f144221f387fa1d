"""What is asked of the working calendar."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from yumiao.district.workdays.counting import WorkingCalendar
from yumiao.district.workdays.models import CalendarDay, CalendarYear


@dataclass(frozen=True)
class ShownDay:
    """One exception as people see it."""

    day: dt.date
    is_working: bool
    name: str
    source: str


def working_calendar() -> WorkingCalendar:
    """Return the calendar as values, for `working_days_between` and `add_working_days`."""
    days = dict(CalendarDay.objects.values_list("day", "is_working"))
    return WorkingCalendar(
        frozenset(CalendarYear.objects.values_list("year", flat=True)),
        frozenset(day for day, is_working in days.items() if not is_working),
        frozenset(day for day, is_working in days.items() if is_working),
    )


def known_years() -> list[int]:
    """Return the years whose exceptions are known, the latest first."""
    return list(CalendarYear.objects.order_by("-year").values_list("year", flat=True))


def days_of(year: int) -> list[ShownDay]:
    """Return the exceptions of a year, in order."""
    rows = CalendarDay.objects.filter(day__year=year).order_by("day")
    return [ShownDay(row.day, row.is_working, row.name, row.source) for row in rows]

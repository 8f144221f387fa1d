"""Counting working days over a calendar given as values; nothing here reads a database or the clock.

The first day is not counted, the last one is; a term that would end on a day off ends on the next working day.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

_DAY = dt.timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True)
class WorkingCalendar:
    """What is known of days.

    Attributes:
        years: those whose exceptions are known.
        off: days off; weekend days need not be named.
        worked: weekend days that are worked.
    """

    years: frozenset[int]
    off: frozenset[dt.date] = frozenset()
    worked: frozenset[dt.date] = frozenset()

    def is_working(self, day: dt.date) -> bool:
        """Say whether people work on a day. Raises: YumiaoError (``calendar.year_unknown``)."""
        if day.year not in self.years:
            raise YumiaoError(
                "calendar.year_unknown",
                Text(
                    f"工作日历没有 {day.year} 年，不能推算工作日。请系统管理员按国务院通知录入或导入该年。",
                    f"The working calendar lacks {day.year}, so working days cannot be counted. Ask the system "
                    "administrator to enter that year from the State Council's notice.",
                ),
            )
        return self.is_usually_working(day)

    def is_usually_working(self, day: dt.date) -> bool:
        """Say whether people work on a day; in a year that is not known, whether it is Monday to Friday."""
        return day in self.worked or (day.weekday() < _SATURDAY and day not in self.off)


def working_days_between(calendar: WorkingCalendar, start: dt.date, end: dt.date) -> int:
    """Return how many working days lie after a day up to and including another; negative where the other is earlier.

    Raises: YumiaoError (``calendar.year_unknown``).
    """
    if end < start:
        return -working_days_between(calendar, end, start)
    days = (start + _DAY * offset for offset in range(1, (end - start).days + 1))
    return sum(calendar.is_working(day) for day in days)


def add_working_days(calendar: WorkingCalendar, start: dt.date, count: int) -> dt.date:
    """Return the last day of a term of working days that begins after a day.

    Args:
        count: 1 or more; 0 gives ``start`` itself, or the next working day where that is a day off.
    Raises: YumiaoError (``calendar.year_unknown``); ValueError for a negative count.
    """
    if count < 0:
        raise ValueError("a term has no negative number of days")
    day = start
    while count > 0:
        day += _DAY
        count -= calendar.is_working(day)
    return next_working_day(calendar, day)


def usual_days_ahead(calendar: WorkingCalendar, start: dt.date, count: int) -> dt.date:
    """Return the last of so many working days after a day; Monday to Friday in a year that the calendar lacks."""
    day = start
    while count > 0:
        day += _DAY
        count -= calendar.is_usually_working(day)
    return day


def postponed(calendar: WorkingCalendar, day: dt.date) -> dt.date:
    """Return a last day to do something: the next working day where it is a day off, itself where nobody can know."""
    try:
        return next_working_day(calendar, day)
    except YumiaoError:
        return day


def next_working_day(calendar: WorkingCalendar, day: dt.date) -> dt.date:
    """Return a day, or the first working day after it where it is a day off."""
    while not calendar.is_working(day):
        day += _DAY
    return day

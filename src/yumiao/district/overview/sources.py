"""Which sources report facts, how often they should, and which have been silent for too long."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.conf import settings

from yumiao.district.indicators.models import SourceHeard
from yumiao.district.registry.packs import library
from yumiao.district.workdays.counting import WorkingCalendar, postponed
from yumiao.district.workdays.selectors import working_calendar
from yumiao.model.precedence import Source
from yumiao.model.text import Text


class SourceState(StrEnum):
    """Whether a source has reported when it should have."""

    IN_TIME = "in_time"
    OVERDUE = "overdue"
    NO_RHYTHM = "no_rhythm"
    NEVER = "never"

    @property
    def label(self) -> Text:
        return _LABELS[self]


_LABELS = {
    SourceState.IN_TIME: Text("按时", "in time"),
    SourceState.OVERDUE: Text("逾期", "overdue"),
    SourceState.NO_RHYTHM: Text("没有约定周期", "no rhythm is set"),
    SourceState.NEVER: Text("还没有报送过", "never reported"),
}


@dataclass(frozen=True)
class ReportingSource:
    """One source.

    Attributes:
        observed_on: the day of which its latest batch speaks; None: it never reported.
        batches: how many of its batches count.
        every_days: its rhythm; None: nobody said.
        due_on: the day by which the next report is expected, a working day where the calendar knows its year; None
            where that cannot be said.
        late_days: days since then; None unless overdue.
    """

    id: str
    label: Text
    state: SourceState
    observed_on: dt.date | None
    batches: int
    every_days: int | None
    due_on: dt.date | None
    late_days: int | None


def reporting_sources(now: dt.datetime, state: SourceState | None = None) -> list[ReportingSource]:
    """Return the sources of the last rebuild, the latest due first; three queries.

    A source that never reported is not overdue: whether this district gets anything of it nobody knows.
    """
    today = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    declared, calendar = library().reported.sources, working_calendar()
    found = [
        _reporting(
            declared.get(row.source) or Source(row.source, Text(row.source, row.source)), row, today, calendar
        )
        for row in SourceHeard.objects.order_by("source")
    ]
    order = {name: place for place, name in enumerate(declared)}
    found.sort(key=lambda each: (-(each.late_days or 0), order.get(each.id, len(order)), each.id))
    return [each for each in found if state is None or each.state is state]


def overdue_count(now: dt.datetime) -> int:
    """Return how many sources are overdue."""
    return len(reporting_sources(now, SourceState.OVERDUE))


def _reporting(
    source: Source, row: SourceHeard, today: dt.date, calendar: WorkingCalendar
) -> ReportingSource:
    due = None
    if row.observed_on is not None and source.every_days is not None:
        due = postponed(calendar, row.observed_on + dt.timedelta(days=source.every_days))
    late = (today - due).days if due is not None and today > due else None
    if row.observed_on is None:
        state = SourceState.NEVER
    elif due is None:
        state = SourceState.NO_RHYTHM
    else:
        state = SourceState.OVERDUE if late else SourceState.IN_TIME
    return ReportingSource(
        source.id, source.label, state, row.observed_on, row.batches, source.every_days, due, late
    )

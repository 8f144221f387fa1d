"""The journal is sealed every night by itself, between two and three where the office is."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings

from yumiao.district.jobs.periodic import Periodic, declare_periodic
from yumiao.district.journal.services import seal_journal

SEALING_HOUR = 2


def seal_at_night(now: dt.datetime) -> None:
    """Seal the journal in its hour; where nothing happened since the last seal, none is added."""
    if now.astimezone(ZoneInfo(settings.TIME_ZONE)).hour == SEALING_HOUR:
        seal_journal(now=now)


declare_periodic(Periodic("journal.seal", dt.timedelta(minutes=30), seal_at_night))

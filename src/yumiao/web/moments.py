"""Moments in the district's time: those that the store wrote, as texts with an offset, and those of the database."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from yumiao.store.moments import read_moment


def moment_here(written: str) -> dt.datetime:
    """Return a moment of the store in the district's time zone. Raises: YumiaoError (``store.moment``)."""
    return timezone.localtime(read_moment(written))


def day_here(written: str) -> dt.date:
    """Return the district's day of a moment of the store."""
    return moment_here(written).date()


def minute_here(written: str) -> str:
    """Return a moment of the store as people read it: ``2026-07-15 17:00``."""
    return minute_words(moment_here(written))


def minute_words(moment: dt.datetime | None) -> str:
    """Return a moment of the database as files say it: ``2026-07-15 17:00``; nothing for None."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""

"""Moments that the store wrote, in the district's time: the store keeps them as texts with an offset."""

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
    return f"{moment_here(written):%Y-%m-%d %H:%M}"

"""Moments as the journal writes them: UTC to the microsecond, of one length, so that their order is that of text."""

from __future__ import annotations

import datetime as dt

_SHAPE = "%Y-%m-%dT%H:%M:%S.%fZ"


def written(moment: dt.datetime) -> str:
    """Return a moment as text. Raises: ValueError for one without its zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment of the journal needs its zone")
    return moment.astimezone(dt.UTC).strftime(_SHAPE)


def read_moment(text: str) -> dt.datetime | None:
    """Return the moment that a text says; None where it says none, as a damaged line may."""
    try:
        return dt.datetime.strptime(text, _SHAPE).replace(tzinfo=dt.UTC)
    except ValueError:
        return None


def day_bounds(day: dt.date, zone: dt.tzinfo) -> tuple[str, str]:
    """Return the first moment of a day in a zone, and the first after it."""
    start = dt.datetime.combine(day, dt.time(), tzinfo=zone)
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=zone)
    return written(start), written(end)

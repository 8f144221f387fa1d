"""Moments as the store records them: ISO 8601 with an offset, compared as points in time."""

from __future__ import annotations

import datetime as dt

from yumiao.store.faults import bad_moment


def read_moment(text: str) -> dt.datetime:
    """Read a moment, in UTC. Raises: YumiaoError (``store.moment``) for anything without date, time and offset."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise bad_moment(str(text)) from None
    if moment.tzinfo is None or "T" not in text:
        raise bad_moment(text)
    return moment.astimezone(dt.UTC)

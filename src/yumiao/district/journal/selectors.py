"""What is asked of the journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from yumiao.district.journal.chain import Line
from yumiao.district.journal.models import JournalLine
from yumiao.district.journal.moments import day_bounds, written

_COLUMNS = ("stream", "sequence", "at", "actor", "act", "payload", "previous", "hash")
_CHUNK = 2_000


@dataclass(frozen=True)
class WantedLines:
    """Which lines are asked for.

    Attributes:
        stream: ``kind/id`` for one stream, ``kind`` for all of a kind, empty for every one.
        act: empty for every one.
        day: in the reader's zone; None for every one.
    """

    stream: str = ""
    act: str = ""
    day: dt.date | None = None


def lines_wanted(visible: Q, wanted: WantedLines, zone: dt.tzinfo) -> QuerySet[Any, Any]:
    """Return the lines that are asked for among the visible ones, the latest first, as rows of `Line`."""
    found = JournalLine.objects.filter(visible)
    if "/" in wanted.stream:
        found = found.filter(stream=wanted.stream)
    elif wanted.stream:
        found = found.filter(stream__startswith=f"{wanted.stream}/")
    if wanted.act:
        found = found.filter(act=wanted.act)
    if wanted.day is not None:
        start, end = day_bounds(wanted.day, zone)
        found = found.filter(at__gte=start, at__lt=end)
    return found.order_by("-at", "stream", "-sequence").values_list(*_COLUMNS)


def lines_before(rows: QuerySet[Any, Any], moment: dt.datetime) -> QuerySet[Any, Any]:
    """Return the lines that were written before a moment."""
    return rows.filter(at__lt=written(moment))


def iterate_lines(rows: QuerySet[Any, Any]) -> Iterator[Line]:
    """Yield lines one after another, without holding all of them."""
    return (Line(*row) for row in rows.iterator(_CHUNK))

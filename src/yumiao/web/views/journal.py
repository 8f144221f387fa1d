"""The journal for the audit administrator: a list with filters, and the same lines as a file."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from yumiao.district.journal.acts import ACTS, act_label
from yumiao.district.journal.chain import Line
from yumiao.district.journal.moments import read_moment
from yumiao.district.journal.selectors import WantedLines, iterate_lines, lines_before, lines_wanted
from yumiao.district.journal.services import note_export
from yumiao.district.permissions import Operation, can, visible_lines_to
from yumiao.model.text import Text
from yumiao.web.exporting import neutralised
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.list_query import read_page

PAGE = 50
_MOST_STREAM = 120


@dataclass(frozen=True)
class ShownLine:
    """A line with the words of its act; ``at`` is None where the moment cannot be read."""

    line: Line
    label: Text
    at: dt.datetime | None


@require_GET
@acting
def journal(request: ActingRequest) -> HttpResponseBase:
    """Show the lines that were asked for, the latest first."""
    require(can(request.actor, Operation.SEE_JOURNAL))
    wanted = read_wanted_lines(request.GET)
    found = lines_wanted(visible_lines_to(request.actor), wanted, timezone.get_current_timezone())
    page = Paginator(found, PAGE).get_page(read_page(request.GET))
    context = {
        "wanted": wanted,
        "acts": list(ACTS.items()),
        "page": page,
        "rows": [_shown(Line(*row)) for row in page.object_list],
        "is_filtered": wanted != WantedLines(),
    }
    return render(request, "journal/list.html", context)


@require_GET
@acting
def journal_export(request: ActingRequest) -> HttpResponseBase:
    """Send the lines that the page lists with the same query, all pages of it; the export is itself journalled."""
    require(can(request.actor, Operation.EXPORT_JOURNAL))
    wanted = read_wanted_lines(request.GET)
    now = timezone.now()
    every = lines_wanted(visible_lines_to(request.actor), wanted, timezone.get_current_timezone())
    found = lines_before(every, now)
    note_export(by=request.actor.id, lines=found.count(), now=now)
    response = StreamingHttpResponse(_csv(iterate_lines(found)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="journal.csv"'
    return response


def read_wanted_lines(query: Mapping[str, str]) -> WantedLines:
    """Read the query of the page; what it does not know is left out."""
    act, stream = query.get("act", ""), query.get("stream", "").strip()[:_MOST_STREAM]
    try:
        day = dt.date.fromisoformat(query.get("day", ""))
    except ValueError:
        day = None
    is_far = day is not None and not dt.MINYEAR + 1 < day.year < dt.MAXYEAR
    return WantedLines(
        stream="" if "\x00" in stream else stream, act=act if act in ACTS else "", day=None if is_far else day
    )


def _shown(line: Line) -> ShownLine:
    return ShownLine(line, act_label(line.act), read_moment(line.at))


def _csv(lines: Iterable[Line]) -> Iterator[bytes]:
    """Yield the lines of a text file that Excel opens in UTF-8; every column is whole, and none is a formula."""
    yield b"\xef\xbb\xbf"
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    heads = [
        gettext("链"),
        gettext("行号"),
        gettext("时间"),
        gettext("谁"),
        gettext("事项"),
        gettext("事项代号"),
    ]
    writer.writerow([*heads, gettext("记下的编号与数"), gettext("前行哈希"), gettext("本行哈希")])
    for line in lines:
        label = str(act_label(line.act))
        row = (line.stream, line.sequence, line.at, line.actor, label, line.act, line.payload)
        writer.writerow([neutralised(str(cell)) for cell in (*row, line.previous, line.hash)])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue().encode()

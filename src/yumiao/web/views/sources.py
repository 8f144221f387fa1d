"""How sources report: the list behind the overview's count of those that are overdue, and its files."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from yumiao.district.overview.sources import ReportingSource, SourceState, reporting_sources
from yumiao.district.permissions import Operation, can
from yumiao.web.templatetags.words import words
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.export import KINDS
from yumiao.web.views.sending import send_file


@require_GET
@acting
def sources(request: ActingRequest) -> HttpResponseBase:
    """Show the sources, those overdue first."""
    require(can(request.actor, Operation.SEE_SOURCES))
    state = _read_state(request.GET)
    context = {
        "rows": reporting_sources(timezone.now(), state),
        "state": state,
        "states": list(SourceState),
    }
    return render(request, "overview/sources.html", context)


@require_GET
@acting
def sources_file(request: ActingRequest, kind: str) -> HttpResponseBase:
    """Send what the page shows with the same query."""
    require(can(request.actor, Operation.SEE_SOURCES))
    if kind not in KINDS:
        raise Http404
    head = [gettext("来源"), gettext("状态"), gettext("最近资料日期"), gettext("周期（天）")]
    head += [gettext("应报至"), gettext("逾期（天）"), gettext("批次")]
    rows = [_cells(each) for each in reporting_sources(timezone.now(), _read_state(request.GET))]
    return send_file(kind, rows, head, "sources")


def _read_state(query: Mapping[str, str]) -> SourceState | None:
    state = query.get("state", "")
    return SourceState(state) if state in set(SourceState) else None


def _cells(row: ReportingSource) -> list[str]:
    numbers = (row.observed_on, row.every_days, row.due_on, row.late_days, row.batches)
    return [
        words(row.label),
        words(row.state.label),
        *("" if number is None else str(number) for number in numbers),
    ]

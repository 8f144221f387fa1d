"""The list of enterprises as a file."""

from __future__ import annotations

from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET

from yumiao.district.permissions import Operation, can
from yumiao.district.registry import selectors
from yumiao.web.exporting import csv_lines, export_rows, write_workbook
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.list_query import read_wanted

KINDS = {
    "csv": ("text/csv; charset=utf-8", csv_lines),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_workbook),
}


@require_GET
@acting
def export(request: ActingRequest, kind: str) -> HttpResponseBase:
    """Send what the list page lists with the same query, all pages of it."""
    require(can(request.actor, Operation.EXPORT_SUBJECTS))
    if kind not in KINDS:
        raise Http404
    wanted = read_wanted(request.GET, {policy.family for policy in selectors.policy_choices()})
    subjects = selectors.subjects_wanted(request.actor, wanted)
    content_type, write = KINDS[kind]
    rows = list(export_rows(selectors.iterate_verdicts(subjects, wanted.policy)))
    response = StreamingHttpResponse(write(rows), content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="enterprises.{kind}"'
    return response

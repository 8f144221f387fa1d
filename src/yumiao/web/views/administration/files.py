"""Lists of administrators as files, as every list is."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import Http404, HttpResponseBase, StreamingHttpResponse

from yumiao.web.exporting import csv_lines, write_workbook

_KINDS = {
    "csv": ("text/csv; charset=utf-8", csv_lines),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_workbook),
}


def file_of(rows: Iterable[list[str]], head: list[str], name: str, kind: str) -> HttpResponseBase:
    """Return a list as a file; no cell of it is ever a formula. Raises: Http404 for another kind of file."""
    if kind not in _KINDS:
        raise Http404
    content_type, write = _KINDS[kind]
    response = StreamingHttpResponse(write(rows, head), content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response

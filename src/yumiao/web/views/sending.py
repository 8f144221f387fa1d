"""Rows of texts sent as a file that Excel opens."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import StreamingHttpResponse

from yumiao.web.views.export import KINDS


def send_file(kind: str, rows: Iterable[list[str]], head: list[str], name: str) -> StreamingHttpResponse:
    """Send rows of texts as a file of a kind that is known."""
    content_type, write = KINDS[kind]
    response = StreamingHttpResponse(write(rows, head), content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response

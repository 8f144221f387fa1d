"""For machines that watch the platform: alive, ready, figures; none of it needs a session."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from yumiao import __version__
from yumiao.district.operations.metrics import collect, write_text
from yumiao.district.operations.readiness import what_is_missing

_LOOPBACK = ("127.0.0.1", "::1")


@require_GET
def live(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - a view takes it
    """Say that the process answers, whatever the database does; restart it where even this fails."""
    return JsonResponse({"status": "ok", "version": __version__})


@require_GET
def ready(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - a view takes it
    """Say whether requests can be served: database, migrations, store; 503 with what is missing where not."""
    try:
        connection.ensure_connection()
        missing = what_is_missing(settings.YUMIAO_STORE)
    except DatabaseError:
        missing = ["database"]
    status = "ready" if not missing else "not ready"
    return JsonResponse({"status": status, "missing": missing}, status=503 if missing else 200)


@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the figures to this machine itself, or to whoever has the token; to others there is no such page."""
    if not _may_read(request):
        raise Http404
    text = write_text(collect(timezone.now(), __version__))
    return HttpResponse(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_read(request: HttpRequest) -> bool:
    """With a token set, it alone counts: behind a server of one's own machine every request is local."""
    token: str = settings.YUMIAO_METRICS_TOKEN
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        return secrets.compare_digest(given.encode(), token.encode())
    is_passed_on = "HTTP_X_FORWARDED_FOR" in request.META
    return request.META.get("REMOTE_ADDR") in _LOOPBACK and not is_passed_on

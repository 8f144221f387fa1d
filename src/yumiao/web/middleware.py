"""What every request goes through: security headers, session limits, errors with words."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import is_valid_path
from django.utils import timezone

from yumiao.district.entering.open_sessions import note_seen
from yumiao.model.problems import YumiaoError
from yumiao.web.views.errors import told_error

Respond = Callable[[HttpRequest], HttpResponse]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""Nothing inline, nothing from elsewhere."""

_SEEN = "seen_at"
_STARTED = "started_at"
_NOTED_EVERY = 60


class ContentSecurityPolicy:
    """Says on every answer what a page may load; pages of people are never kept by caches."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.respond(request)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class SessionLimits:
    """Ends a session that was idle too long, or is older than a working day."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(timezone.now().timestamp())
            started = request.session.setdefault(_STARTED, now)
            seen = request.session.get(_SEEN, now)
            if now - seen > settings.YUMIAO_IDLE_SECONDS or now - started > settings.SESSION_COOKIE_AGE:
                logout(request)
            elif now - seen >= _NOTED_EVERY or _SEEN not in request.session:
                request.session[_SEEN] = now
                if now > started:
                    note_seen(request.session.session_key or "", timezone.now())
        return self.respond(request)


class FormAddresses:
    """Leads whoever opens an address that takes forms alone to the page above it.

    Such an address stands in the browser after a form was refused; the reader reloads it, or changes the language.
    """

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.respond(request)
        is_read = request.method in ("GET", "HEAD") and not request.path.startswith("/api/")
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or not is_read:
            return response
        return HttpResponseRedirect(_page_above(request.path))


def _page_above(path: str) -> str:
    """Return the nearest address above another that is one of the site's."""
    while path.strip("/"):
        path = path.rstrip("/").rpartition("/")[0] + "/"
        if is_valid_path(path):
            return path
    return "/"


class ToldErrors:
    """Shows an error of the domain with its own words, instead of a page that only says that something failed."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn an error with words into a page; others go on."""
        return told_error(request, error) if isinstance(error, YumiaoError) else None

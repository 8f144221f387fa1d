"""Where a request comes from."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return where a request comes from: behind a server with HTTPS, what that server says, and only its own word."""
    passed_on = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    is_behind = settings.SECURE_PROXY_SSL_HEADER is not None
    return str(passed_on if is_behind and passed_on else request.META.get("REMOTE_ADDR", ""))

"""What somebody typed when their session had ended: kept in the browser's new session until they are signed in again.

Only the named fields of a form, cut to a length, and the latest form alone: whoever signs in on the same browser gets
back what was typed there for the same page, if they may open that page.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

FIELDS = {"value": 80, "unit": 20, "note": 4000, "back": 20, "seen": 40}
"""The fields that are kept, each with the most characters of it."""

_KEY = "kept_form"


def keeping_typed(view: View[P]) -> View[P]:
    """Keep what is sent to a view by somebody who is not signed in (any more); it waits on the form behind it."""

    @wraps(view)
    def called(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method == "POST" and not request.user.is_authenticated:
            keep_fields(request)
        return view(request, *args, **kwargs)

    return called


def keep_fields(request: HttpRequest) -> None:
    """Keep what was sent to this page, in the place of what was kept before; of a file only that there was one."""
    kept = {"path": request.path, "fields": typed_fields(request), "had_file": bool(request.FILES)}
    request.session[_KEY] = kept


def typed_fields(request: HttpRequest) -> dict[str, str]:
    """Return the fields that a form sent, cut to their lengths."""
    return {name: request.POST.get(name, "")[:most] for name, most in FIELDS.items()}


def kept_fields(request: HttpRequest) -> dict[str, str] | None:
    """Return what was typed for this page before signing in; None where nothing was."""
    kept = request.session.get(_KEY)
    if not isinstance(kept, dict) or kept.get("path") != request.path:
        return None
    return {name: str(kept["fields"].get(name, "")) for name in FIELDS}


def has_lost_file(request: HttpRequest) -> bool:
    """Return whether a file was sent along with what is kept for this page: it has to be chosen again."""
    return kept_fields(request) is not None and bool(request.session[_KEY].get("had_file"))


def forget_fields(request: HttpRequest) -> None:
    """Forget what was kept for this page: it was sent or saved now."""
    if kept_fields(request) is not None:
        del request.session[_KEY]

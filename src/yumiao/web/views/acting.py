"""Who acts in a request, and what happens when they may not."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from yumiao.district.accounts.selectors import Actor, actor_of
from yumiao.district.permissions import Decision

P = ParamSpec("P")


class ActingRequest(HttpRequest):
    """A request of a signed-in person."""

    actor: Actor


class Refused(PermissionDenied):
    """A request that permissions refuse, with the reason that the page shows."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(str(decision.reason))
        self.reason = decision.reason


def require(decision: Decision) -> None:
    """Go on where something is allowed. Raises: Refused where it is not."""
    if not decision.allowed:
        raise Refused(decision)


View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def acting(view: Callable[Concatenate[ActingRequest, P], HttpResponseBase]) -> View[P]:
    """Give a view the person who acts; whoever has not signed in is sent to the sign-in page."""

    @wraps(view)
    def called(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        acted = cast("ActingRequest", request)
        acted.actor = actor_of(request.user)
        return view(acted, *args, **kwargs)

    return cast("View[P]", called)

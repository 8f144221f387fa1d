"""Who calls: the token of a request, its scope, and the enterprise that a request is about."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from yumiao.api.errors import ApiError, require
from yumiao.district.accounts.roles import Role
from yumiao.district.accounts.selectors import Actor
from yumiao.district.permissions import Operation, can
from yumiao.district.registry import selectors
from yumiao.district.tokens.scopes import Scope
from yumiao.district.tokens.selectors import Caller, try_token
from yumiao.model.text import Text


class CallingRequest(HttpRequest):
    """A request with a valid token."""

    auth: Caller


class BearerToken(HttpBearer):
    """Lets a request in that has a valid token with a scope."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:  # noqa: ARG002 - its shape
        """Return who calls. Raises: ApiError (401, 403, 429)."""
        tried = try_token(written=token, now=timezone.now())
        if tried.caller is None:
            if tried.retry_after:
                headers = {"Retry-After": str(tried.retry_after)}
                raise ApiError(429, "token.throttled", tried.reason, headers=headers)
            raise ApiError(401, "token.invalid", tried.reason, headers={"WWW-Authenticate": "Bearer"})
        require(tried.caller.may(self.scope), "token.scope")
        return tried.caller


def caller_of(request: HttpRequest) -> Caller:
    """Return who calls."""
    return cast("CallingRequest", request).auth


def visible_subject(actor: Actor, subject_id: str) -> Any:
    """Return a subject that an actor may see, by its id or one merged into it. Raises: ApiError (403, 404)."""
    require(can(actor, Operation.SEE_SUBJECT))
    found = selectors.subject_named(subject_id)
    if found is None:
        raise ApiError(
            404,
            "subject.unknown",
            Text(
                "没有这个编号的企业。编号取自 GET /api/v1/subjects。",
                "There is no enterprise with this id. Ids come from GET /api/v1/subjects.",
            ),
        )
    require(can(actor, Operation.SEE_SUBJECT, found))
    return found


def is_itself(actor: Actor) -> bool:
    """Whether an enterprise reads about itself: then only what the district shows to subjects."""
    return actor.role is Role.ENTERPRISE


NO_REGISTER = ApiError(
    503,
    "registry.none",
    Text("还没有企业库，请系统管理员建立。", "There is no register yet; the administrator has to build it."),
)

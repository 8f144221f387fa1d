"""Who a token acts as, and whether it may be used now."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from yumiao.district.accounts.selectors import Actor, actor_of
from yumiao.district.permissions import ALLOWED, Decision
from yumiao.district.tokens.minting import digest_of, read_token
from yumiao.district.tokens.models import Token
from yumiao.district.tokens.scopes import Scope
from yumiao.model.text import Text

MOST_PER_MINUTE = 600
"""So many requests of one token within a minute of the clock; then every further one is refused."""

UNKNOWN = Text(
    "令牌无效。请检查请求头 Authorization: Bearer <令牌>。",
    "The token is not valid. Check the header Authorization: Bearer <token>.",
)
ENDED = Text(
    "令牌已到期、已撤销，或账号已停用。请另建令牌。",
    "The token has expired or was revoked, or its account is disabled. Create another one.",
)
THROTTLED = Text(
    f"请求过多：每个令牌每分钟最多 {MOST_PER_MINUTE} 次，请稍后再试。",
    f"Too many requests: a token has {MOST_PER_MINUTE} a minute. Try again later.",
)


@dataclass(frozen=True)
class Caller:
    """Whoever calls with a token: the person it acts as, and what the token is for."""

    actor: Actor
    token_id: str
    scopes: frozenset[Scope]

    def may(self, scope: Scope) -> Decision:
        """Decide whether the token is for this kind of request."""
        if scope in self.scopes:
            return ALLOWED
        label = scope.label
        return Decision(
            allowed=False,
            reason=Text(
                f"令牌没有权限范围 {scope}（{label.zh}）。请另建包含它的令牌。",
                f"The token lacks the scope {scope} ({label.en}). Create one that has it.",
            ),
        )


@dataclass(frozen=True)
class Tried:
    """What came of a token: a caller, or why not; ``retry_after`` seconds where it was used too often."""

    caller: Caller | None
    reason: Text = Text("")
    retry_after: int = 0


def try_token(*, written: str, now: dt.datetime, most: int = MOST_PER_MINUTE) -> Tried:
    """Find out who calls; counts the use. A wrong secret is told nothing about the token.

    Args:
        most: requests of one token within a minute.
    """
    read = read_token(written)
    token = Token.objects.select_related("person").filter(id=read.id).first() if read else None
    if read is None or token is None or not secrets.compare_digest(token.digest, digest_of(read.secret)):
        return Tried(None, UNKNOWN)
    if token.revoked_at is not None or token.expires_at <= now or not token.person.is_active:
        return Tried(None, ENDED)
    if not _count_use(token, now, most):
        return Tried(None, THROTTLED, retry_after=60 - now.second)
    scopes = frozenset(Scope(each) for each in token.scopes if each in set(Scope))
    return Tried(Caller(actor_of(token.person), token.id, scopes))


def _count_use(token: Token, now: dt.datetime, most: int) -> bool:
    """Count one use by one statement; the same for all processes. False where the minute's uses are used up."""
    minute = now.replace(second=0, microsecond=0)
    same = Token.objects.filter(id=token.id)
    if token.minute != minute:
        return bool(same.update(minute=minute, uses=1))
    return bool(same.filter(uses__lt=most).update(uses=F("uses") + 1))


@dataclass(frozen=True)
class ListedToken:
    """One token as administrators see it; ``used_at`` is the minute of the latest use, None before the first."""

    id: str
    login: str
    label: str
    scopes: tuple[str, ...]
    expires_at: dt.datetime
    revoked_at: dt.datetime | None
    used_at: dt.datetime | None


def list_tokens() -> list[ListedToken]:
    """Return all tokens, the newest first."""
    return listed_tokens(tokens_wanted())


def tokens_wanted(text: str = "", state: str = "", now: dt.datetime | None = None) -> QuerySet[Token]:
    """Return the tokens that are asked for, the newest first.

    Args:
        text: part of the login, the label or the id.
        state: ``active`` or ``ended`` at ``now``; empty for both.
    """
    rows = Token.objects.select_related("person").order_by("-created_at", "id")
    if text:
        rows = rows.filter(Q(person__login__icontains=text) | Q(label__icontains=text) | Q(id=text))
    if state and now is not None:
        good = Q(revoked_at=None, expires_at__gt=now, person__is_active=True)
        rows = rows.filter(good if state == "active" else ~good)
    return rows


def listed_tokens(rows: Iterable[Token]) -> list[ListedToken]:
    """Return tokens as administrators see them."""
    return [
        ListedToken(
            row.id,
            row.person.login,
            row.label,
            tuple(row.scopes),
            row.expires_at,
            row.revoked_at,
            row.minute,
        )
        for row in rows
    ]

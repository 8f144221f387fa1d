"""What changes tokens: creating, revoking."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from yumiao.district.accounts.models import Person
from yumiao.district.journal.services import CONSOLE, Stream, record
from yumiao.district.personal import Value
from yumiao.district.tokens.minting import digest_of, mint_token
from yumiao.district.tokens.models import Token
from yumiao.district.tokens.scopes import Scope
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text

MOST_DAYS = 366
"""So long a token lives at most."""


@dataclass(frozen=True)
class Created:
    """A new token; ``written`` is what a program sends, shown this once."""

    id: str
    written: str
    expires_at: dt.datetime


@transaction.atomic
def create_token(
    *, login: str, label: str, scopes: Sequence[Scope], days: int, now: dt.datetime, by: str = CONSOLE
) -> Created:
    """Create a token with which a program acts as a person.

    Args:
        login: the person's; the token can do what the person can, within its scopes, and ends with the account.
        label: what the token is for.
        days: after how many days it ends, 1 to 366.
        now: the moment of creation, with its zone.
        by: opaque id of who creates it.
    Raises: YumiaoError (``token.refused``) with every problem of the call.
    """
    person = Person.objects.filter(login=login, is_active=True).first()
    problems = tuple(_problems(person, login, label, scopes, days))
    if person is None or problems:
        raise YumiaoError(
            "token.refused",
            Text("令牌没有建立，请按下列各项修改。", "No token was created; correct this:"),
            problems,
        )
    minted = mint_token()
    expires_at = now + dt.timedelta(days=days)
    Token.objects.create(
        id=minted.id,
        person=person,
        label=label.strip(),
        scopes=sorted(set(scopes)),
        digest=digest_of(minted.secret),
        created_at=now,
        expires_at=expires_at,
    )
    payload: dict[str, Value] = {"person": person.id, "scopes": sorted(set(scopes)), "days": days}
    record(stream=_stream(minted.id), act="token.created", actor=by, at=now, payload=payload)
    return Created(minted.id, minted.written, expires_at)


@transaction.atomic
def revoke_token(*, token_id: str, now: dt.datetime, by: str = CONSOLE) -> Token:
    """Let a token no longer be used. Done twice, it is done once.

    Raises: YumiaoError (``token.unknown``).
    """
    if Token.objects.filter(id=token_id, revoked_at=None).update(revoked_at=now):
        record(stream=_stream(token_id), act="token.revoked", actor=by, at=now)
    token = Token.objects.filter(id=token_id).first()
    if token is None:
        raise YumiaoError("token.unknown", Text(f"没有令牌 {token_id}。", f"There is no token {token_id}."))
    return token


def _stream(token_id: str) -> Stream:
    return Stream("token", token_id)


def _problems(
    person: Person | None, login: str, label: str, scopes: Sequence[Scope], days: int
) -> list[Problem]:
    found = []
    if person is None:
        text = Text(f"没有可用的账号“{login}”。", f"There is no active account “{login}”.")
        found.append(Problem("token.person", text))
    if not 1 <= len(label.strip()) <= 60:
        text = Text("请用 1–60 字写明令牌的用途。", "Say what the token is for, in 1 to 60 characters.")
        found.append(Problem("token.label", text))
    if not scopes:
        known = ", ".join(Scope)
        text = Text(f"请至少给一个权限范围：{known}。", f"Give one scope at least: {known}.")
        found.append(Problem("token.scopes", text))
    if not 1 <= days <= MOST_DAYS:
        text = Text(
            f"有效天数应为 1–{MOST_DAYS}，现为 {days}。", f"Expected 1 to {MOST_DAYS} days, found {days}."
        )
        found.append(Problem("token.days", text))
    return found

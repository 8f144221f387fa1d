"""Who a person is that an identity provider vouches for: somebody known here, by one claim; nobody is created."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.services import person_stream
from yumiao.district.accounts.sign_in import NOBODY
from yumiao.district.journal.services import Stream, record
from yumiao.district.personal import Value
from yumiao.model.text import Text

Claims = Mapping[str, Any]
"""What the provider says of whoever signed in there."""

Binder = Callable[[Claims, dt.datetime], str | None]
"""Given claims and the moment, returns the id of a person that it knows for them, or None."""

UNKNOWN = Text(
    "统一身份认证通过了，但这里没有对应的账号。请联系本单位的系统管理员。",
    "The identity provider knows you, and there is no account for you here. Ask your system administrator.",
)
_BINDERS: list[Binder] = []
_FACTORS = (
    frozenset({"pwd", "pin", "kba"}),
    frozenset({"otp", "hwk", "swk", "sc"}),
    frozenset({"fpt", "face", "iris", "retina", "vbm"}),
)
"""Methods of RFC 8176 by what they prove: what somebody knows, what they have, what they are. A text message or a call
proves too little to stand for something that they have."""


def declare_binder(binder: Binder) -> Binder:
    """Let another part bind claims to people, such as a credit code to an enterprise's person; asked in this order."""
    if binder not in _BINDERS:
        _BINDERS.append(binder)
    return binder


@transaction.atomic
def find_person(*, claims: Claims, claim: str, now: dt.datetime) -> Person | None:
    """Return who signs in; None where nobody active is meant. Both are journalled, without what the claims say.

    Args:
        claim: name of the claim that holds a login of this site.
    """
    known = _by_login(claims.get(claim))
    person = known or _by_binders(claims, now)
    if person is None or not person.is_active:
        said = salted_hmac("journal.claim", str(claims.get("sub", "")), algorithm="sha256").hexdigest()[:32]
        stream = Stream("sign_in", "unknown")
        record(stream=stream, act="person.sign_in_failed", actor=NOBODY, at=now, payload={"claim": said})
        return None
    payload: dict[str, Value] = {"by": "oidc"}
    record(stream=person_stream(person.id), act="person.signed_in", actor=person.id, at=now, payload=payload)
    return person


def has_second_factor_elsewhere(claims: Claims) -> bool:
    """Say whether the provider itself asked for a second factor (RFC 8176).

    It says so where it names ``mfa``, or methods of two different kinds: a one-time password, a key or a fingerprint
    alone is one factor, however strong.
    """
    said = claims.get("amr", ())
    if not isinstance(said, Sequence) or isinstance(said, str):
        return False
    methods = {each for each in said if isinstance(each, str)}
    return "mfa" in methods or sum(not kind.isdisjoint(methods) for kind in _FACTORS) > 1


def _by_login(value: object) -> Person | None:
    """Return whose login a claim holds, disabled people too: they must not come in by another way as somebody new."""
    if not isinstance(value, str) or not value:
        return None
    return Person.objects.filter(login=value.strip().lower()).first()


def _by_binders(claims: Claims, now: dt.datetime) -> Person | None:
    for binder in _BINDERS:
        found = binder(claims, now)
        if found is not None:
            return Person.objects.filter(id=found).first()
    return None

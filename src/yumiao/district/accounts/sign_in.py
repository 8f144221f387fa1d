"""Signing in: the right password, and a pause after wrong ones."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.contrib.auth import authenticate
from django.db import transaction
from django.utils.crypto import salted_hmac

from yumiao.district.accounts.models import FailedSignIn, Person
from yumiao.district.accounts.roles import Role
from yumiao.district.accounts.selectors import active_people
from yumiao.district.journal.services import Stream, record
from yumiao.district.messages.services import post
from yumiao.model.text import Text

WINDOW = dt.timedelta(minutes=15)
MOST_PER_LOGIN = 5
MOST_PER_ADDRESS = 30
"""So many failures of one login, or from one address, within the window; then every further try is refused."""

NOBODY = "nobody"
"""Who acts where nobody is signed in."""

WRONG = Text("登录名或口令不对，或账号已停用。", "Login or password are wrong, or the account is disabled.")
THROTTLED = Text(
    "尝试次数过多，请 15 分钟后再试，或请管理员重置口令。",
    "Too many tries. Try again in 15 minutes, or ask the administrator for a new password.",
)


@dataclass(frozen=True)
class SignIn:
    """What came of a try: a person, or the reason why not."""

    person: Person | None
    reason: Text = Text("")
    is_throttled: bool = False


def try_sign_in(*, login: str, password: str, address: str, now: dt.datetime) -> SignIn:
    """Check login and password; failures are counted by login and by address, as hashes.

    While a login is paused the password is not looked at, so that nobody learns whether it was right.
    """
    limits = {_key("login", login.lower()): MOST_PER_LOGIN, _key("address", address): MOST_PER_ADDRESS}
    since = now - WINDOW
    for key, most in limits.items():
        if FailedSignIn.objects.filter(key=key, at__gt=since).count() >= most:
            return SignIn(None, THROTTLED, is_throttled=True)
    person = authenticate(login=login, password=password)
    if isinstance(person, Person):
        _note_success(person, login, address, now)
        return SignIn(person)
    _note_failure(login, address, limits, now)
    return SignIn(None, WRONG)


@transaction.atomic
def _note_success(person: Person, login: str, address: str, now: dt.datetime) -> None:
    FailedSignIn.objects.filter(key=_key("login", login.lower())).delete()
    payload = {"address": _pseudonym("address", address)}
    record(
        stream=Stream("person", person.id), act="person.signed_in", actor=person.id, at=now, payload=payload
    )


@transaction.atomic
def _note_failure(login: str, address: str, limits: dict[str, int], now: dt.datetime) -> None:
    """Count a failure and journal it; the one that starts a pause is told to those who guard the platform.

    Further tries within a pause add nothing, so that nobody can fill the journal from outside.
    """
    FailedSignIn.objects.filter(at__lte=now - WINDOW).delete()
    FailedSignIn.objects.bulk_create(FailedSignIn(key=key, at=now) for key in limits)
    known = Person.objects.filter(login=login).values_list("id", flat=True).first()
    stream = Stream("person", known) if known else Stream("sign_in", "unknown")
    payload = {"login": _pseudonym("login", login.lower()), "address": _pseudonym("address", address)}
    record(stream=stream, act="person.sign_in_failed", actor=NOBODY, at=now, payload=payload)
    if FailedSignIn.objects.filter(key=_key("login", login.lower())).count() == MOST_PER_LOGIN:
        record(stream=stream, act="person.sign_in_paused", actor=NOBODY, at=now, payload=payload)
        if known:
            guards = active_people(Role.SECURITY_ADMIN)
            post(kind="account.sign_in_paused", to=guards, arguments={"person": known}, now=now)


def _pseudonym(kind: str, value: str) -> str:
    """Return what the journal keeps of a login or an address: only this machine's key tells which it was."""
    return salted_hmac(f"journal.{kind}", value, algorithm="sha256").hexdigest()[:32]


def _key(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()

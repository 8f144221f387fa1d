"""Signing in: the right password, and a pause after wrong ones."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.contrib.auth import authenticate

from yumiao.district.accounts.models import FailedSignIn, Person
from yumiao.model.text import Text

WINDOW = dt.timedelta(minutes=15)
MOST_PER_LOGIN = 5
MOST_PER_ADDRESS = 30
"""So many failures of one login, or from one address, within the window; then every further try is refused."""

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
        FailedSignIn.objects.filter(key=_key("login", login.lower())).delete()
        return SignIn(person)
    FailedSignIn.objects.filter(at__lte=since).delete()
    FailedSignIn.objects.bulk_create(FailedSignIn(key=key, at=now) for key in limits)
    return SignIn(None, WRONG)


def _key(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()

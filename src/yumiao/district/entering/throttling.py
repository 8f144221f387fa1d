"""A pause after wrong codes, counted by person as wrong passwords are counted by login."""

from __future__ import annotations

import datetime as dt
import hashlib

from yumiao.district.accounts.models import FailedSignIn
from yumiao.district.accounts.sign_in import MOST_PER_LOGIN, WINDOW


def is_paused(kind: str, name: str, now: dt.datetime) -> bool:
    """Say whether so many tries failed within the window that every further one is refused."""
    return FailedSignIn.objects.filter(key=_key(kind, name), at__gt=now - WINDOW).count() >= MOST_PER_LOGIN


def count_failure(kind: str, name: str, now: dt.datetime) -> bool:
    """Count a wrong try; returns whether it begins a pause."""
    FailedSignIn.objects.create(key=_key(kind, name), at=now)
    return FailedSignIn.objects.filter(key=_key(kind, name), at__gt=now - WINDOW).count() == MOST_PER_LOGIN


def forget_failures(kind: str, name: str) -> None:
    """Forget the wrong tries: a right one came."""
    FailedSignIn.objects.filter(key=_key(kind, name)).delete()


def _key(kind: str, name: str) -> str:
    return hashlib.sha256(f"{kind}:{name}".encode()).hexdigest()

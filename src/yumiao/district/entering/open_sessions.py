"""Open sessions: how many a person may have, which they are, and how they end."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass

from django.contrib.sessions.models import Session
from django.db import transaction

from yumiao.district.accounts.services import person_stream
from yumiao.district.entering.models import OpenSession
from yumiao.district.journal.services import record

_BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class ShownSession:
    """One session as its person sees it; ``handle`` names it in forms and opens nothing."""

    handle: str
    device: str
    started_at: dt.datetime
    seen_at: dt.datetime
    is_this: bool


@transaction.atomic
def open_session(*, person_id: str, key: str, agent: str, most: int, now: dt.datetime) -> int:
    """Note a session that begins; returns how many older ones ended because a person has at most some."""
    device = device_of(agent)
    OpenSession.objects.update_or_create(
        key=key, defaults={"person_id": person_id, "device": device, "started_at": now, "seen_at": now}
    )
    _forget_gone(person_id)
    keys = list(
        OpenSession.objects.filter(person_id=person_id)
        .order_by("-started_at", "key")
        .values_list("key", flat=True)
    )
    return _end(person_id, [each for each in keys if each != key][most - 1 :], by=person_id, now=now)


def note_seen(key: str, now: dt.datetime) -> None:
    """Note that a session is used."""
    OpenSession.objects.filter(key=key).update(seen_at=now)


def close_session(key: str) -> None:
    """Forget a session whose person signed out."""
    OpenSession.objects.filter(key=key).delete()


def sessions_of(person_id: str, this: str) -> list[ShownSession]:
    """Return the open sessions of a person, the latest first."""
    _forget_gone(person_id)
    rows = OpenSession.objects.filter(person_id=person_id).order_by("-seen_at", "key")
    return [
        ShownSession(handle_of(row.key), row.device, row.started_at, row.seen_at, row.key == this)
        for row in rows
    ]


def handle_of(key: str) -> str:
    """Return what names a session in a form: part of a hash, from which the key cannot be found."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


@transaction.atomic
def end_session(*, person_id: str, handle: str, now: dt.datetime) -> int:
    """End one session of a person; returns how many ended (0 or 1)."""
    keys = OpenSession.objects.filter(person_id=person_id).values_list("key", flat=True)
    return _end(person_id, [key for key in keys if handle_of(key) == handle], by=person_id, now=now)


@transaction.atomic
def end_sessions(*, person_id: str, but: str = "", now: dt.datetime, by: str) -> int:
    """End the sessions of a person, all but one; returns how many ended."""
    keys = OpenSession.objects.filter(person_id=person_id).exclude(key=but).values_list("key", flat=True)
    return _end(person_id, list(keys), by=by, now=now)


def count_open(now: dt.datetime) -> int:
    """Return how many sessions are open now."""
    return Session.objects.filter(expire_date__gt=now).count()


def device_of(agent: str) -> str:
    """Return browser and system of a request, coarse enough to tell one's own devices apart."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if re.search(mark, agent)), "")
    return " · ".join(part for part in (browser, system) if part)


def _end(person_id: str, keys: list[str], *, by: str, now: dt.datetime) -> int:
    if not keys:
        return 0
    Session.objects.filter(session_key__in=keys).delete()
    OpenSession.objects.filter(key__in=keys).delete()
    payload = {"count": len(keys)}
    record(stream=person_stream(person_id), act="person.sessions_ended", actor=by, at=now, payload=payload)
    return len(keys)


def _forget_gone(person_id: str) -> None:
    """Forget sessions that expired or were deleted elsewhere."""
    mine = OpenSession.objects.filter(person_id=person_id)
    kept = Session.objects.filter(session_key__in=mine.values("key")).values_list("session_key", flat=True)
    mine.exclude(key__in=list(kept)).delete()

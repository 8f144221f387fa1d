"""What seals, opens, renews and erases values of the vault. Callers journal what they do."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from yumiao.district.journal.services import Stream, record
from yumiao.district.personal import Value
from yumiao.district.vault.keyring import Keyring
from yumiao.district.vault.models import Sealed, new_id

_CHUNK = 500


def keyring() -> Keyring:
    """Return the keys of the data folder."""
    return Keyring(Path(settings.YUMIAO_DATA))


def keep(
    *, purpose: str, about: str, values: Mapping[str, str], now: dt.datetime, erase_on: dt.date | None = None
) -> str:
    """Keep a group of values encrypted, in the transaction of whoever asks; returns the id to open it by.

    Args:
        about: opaque id of whom it is about.
        erase_on: the day from which the worker erases it; None: never by itself.
    """
    row = Sealed(id=new_id(), purpose=purpose, about=about, erase_on=erase_on, sealed_at=now)
    _seal(row, values, keyring())
    row.save(force_insert=True)
    return row.id


def reveal(sealed: str) -> dict[str, str] | None:
    """Return the values kept under an id; None once they were erased. Raises: YumiaoError (``vault.…``)."""
    row = Sealed.objects.filter(id=sealed).first()
    return _open(row, keyring()) if row is not None else None


def reveal_many(ids: list[str]) -> dict[str, dict[str, str]]:
    """Return the values of several ids in one query; erased ones are left out."""
    ring = keyring()
    rows = ((row.id, _open(row, ring)) for row in Sealed.objects.filter(id__in=ids))
    return {key: values for key, values in rows if values is not None}


def erase(sealed: str) -> None:
    """Erase values for ever; the id stays."""
    Sealed.objects.filter(id=sealed).update(data=None, erase_on=None)


def ids_due(today: dt.date, purpose: str) -> QuerySet[Sealed, str]:
    """Return the ids under which something of a purpose is kept that is due."""
    found = Sealed.objects.filter(erase_on__lte=today, data__isnull=False, purpose=purpose)
    return found.values_list("id", flat=True)


def set_erase_on(sealed: str, day: dt.date | None) -> None:
    """Say from which day values are erased; None: never by themselves."""
    Sealed.objects.filter(id=sealed).update(erase_on=day)


@transaction.atomic
def erase_due(now: dt.datetime, today: dt.date, purpose: str = "") -> int:
    """Erase what is due, of one purpose or of all; returns how many groups of values went."""
    due = Sealed.objects.filter(erase_on__lte=today, data__isnull=False)
    if purpose:
        due = due.filter(purpose=purpose)
    count = due.update(data=None, erase_on=None)
    if count:
        record(
            stream=Stream("vault", "all"),
            act="vault.erased",
            actor="worker",
            at=now,
            payload={"values": count},
        )
    return count


def rotate(*, now: dt.datetime, by: str) -> tuple[str, int]:
    """Make a new key, seal everything with it, destroy the former ones; returns its name and how many were sealed.

    Stopped half way it leaves both keys, everything can be read, and the next call ends the work.
    """
    ring = keyring()
    former = ring.names()
    name, count = ring.add(), 0
    while True:
        with transaction.atomic():
            rows = list(Sealed.objects.select_for_update().exclude(key=name)[:_CHUNK])
            for row in rows:
                values = _open(row, ring)
                row.key = name
                if values is not None:
                    _seal(row, values, ring)
                    count += 1
            Sealed.objects.bulk_update(rows, ["key", "data"])
        if not rows:
            break
    with transaction.atomic():
        payload: dict[str, Value] = {"key": name, "values": count}
        record(stream=Stream("vault", "all"), act="vault.rotated", actor=by, at=now, payload=payload)
    for each in former:
        ring.remove(each)
    return name, count


def _seal(row: Sealed, values: Mapping[str, str], ring: Keyring) -> None:
    row.key = row.key or ring.current()
    plain = json.dumps(dict(values), ensure_ascii=False, sort_keys=True).encode()
    row.data = ring.seal(row.key, plain, _bound(row))


def _open(row: Sealed, ring: Keyring) -> dict[str, str] | None:
    if row.data is None:
        return None
    values: dict[str, str] = json.loads(ring.open(row.key, bytes(row.data), _bound(row)))
    return values


def _bound(row: Sealed) -> str:
    return f"{row.id}|{row.purpose}|{row.about}"

"""What a backup leaves in the running platform: a line of the journal; and what a restored one has to forget."""

from __future__ import annotations

import datetime as dt

from django.contrib.sessions.models import Session
from django.db import transaction

from yumiao.district.journal.services import CONSOLE, Stream, record
from yumiao.district.personal import Value


@transaction.atomic
def note_backup(*, backup_id: str, digest: str, keys: str, now: dt.datetime) -> None:
    """Journal that a backup was made: its id, the SHA-256 of its manifest, and where its keys went."""
    payload = {"backup": backup_id, "manifest": digest, "keys": keys}
    record(stream=Stream("platform", "backups"), act="backup.made", actor=CONSOLE, at=now, payload=payload)


@transaction.atomic
def note_restored(*, backup_id: str, now: dt.datetime) -> int:
    """Journal that the platform was brought back, and end every session of that time; returns how many."""
    ended, _ = Session.objects.all().delete()
    payload: dict[str, Value] = {"backup": backup_id, "sessions_ended": ended}
    record(
        stream=Stream("platform", "backups"), act="backup.restored", actor=CONSOLE, at=now, payload=payload
    )
    return ended

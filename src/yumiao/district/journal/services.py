"""What adds to the journal: a line with each change, and a seal over all chains."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.db import connection, models, transaction

from yumiao.district.journal.chain import START, Line, hash_of
from yumiao.district.journal.models import JournalLine, JournalSeal, StreamHead
from yumiao.district.journal.moments import written
from yumiao.district.personal import Value, canonical_json, canonical_payload, is_token

CONSOLE = "console"
"""Who acts where nobody has signed in: the command line of the machine."""

_SEALING = 0x59554D49
"""The number by which processes that seal wait for each other in PostgreSQL."""

_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}")
_ID = re.compile(r"[A-Za-z0-9_.:@-]{1,79}")
_ACT = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+")


@dataclass(frozen=True, slots=True)
class Stream:
    """What events are about: a person, the register, a case; one chain for each.

    Raises: ValueError for a kind or an id that is none.
    """

    kind: str
    id: str

    def __post_init__(self) -> None:
        if not _KIND.fullmatch(self.kind) or not _ID.fullmatch(self.id) or not is_token(self.id):
            raise ValueError("a stream is a lower case kind and an opaque id")

    def __str__(self) -> str:
        return f"{self.kind}/{self.id}"


def record(
    *, stream: Stream, act: str, actor: str, at: dt.datetime, payload: Mapping[str, Value] | None = None
) -> Line:
    """Add one line, in the transaction of the change that it tells of: both are kept, or neither is.

    Writers of one stream wait for each other at its head.

    Args:
        act: what was done: ``person.created``.
        actor: opaque id of who did it, or `CONSOLE`.
        at: the moment, with its zone.
        payload: ids, hashes and whole numbers.
    Raises: RuntimeError outside a transaction; ValueError for an act or actor that is none; YumiaoError
        (``payload.refused``) where a payload holds words.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a line of the journal is written in the transaction of its change")
    if not _ACT.fullmatch(act) or not _ID.fullmatch(actor) or not is_token(actor):
        raise ValueError("an act is a dotted lower case word, an actor an opaque id")
    head = _locked_head(str(stream))
    bare = Line(
        str(stream), head.sequence + 1, written(at), actor, act, canonical_payload(payload or {}), head.hash
    )
    columns = asdict(bare) | {"hash": bare.computed_hash()}
    JournalLine(**columns).save()
    StreamHead.objects.filter(stream=bare.stream).update(sequence=bare.sequence, hash=columns["hash"])
    return Line(**columns)


def _locked_head(stream: str) -> StreamHead:
    found = StreamHead.objects.select_for_update().filter(stream=stream).first()
    if found is not None:
        return found
    StreamHead.objects.bulk_create([StreamHead(stream=stream, sequence=0, hash=START)], ignore_conflicts=True)
    return StreamHead.objects.select_for_update().get(stream=stream)


@transaction.atomic
def seal_journal(*, now: dt.datetime) -> int:
    """Seal together the heads that moved since the last seal; returns the number of the latest seal, 0 for none.

    Where nothing happened since, no seal is added.
    """
    _wait_for_sealers()
    last = JournalSeal.objects.order_by("-number").first()
    waiting = StreamHead.objects.select_for_update().filter(sequence__gt=models.F("sealed"))
    moved = list(waiting.order_by("stream"))
    if not moved:
        return last.number if last else 0
    seal = JournalSeal(
        number=last.number + 1 if last else 1,
        at=written(now),
        heads=canonical_json([[head.stream, head.sequence, head.hash] for head in moved]),
        previous=last.hash if last else START,
    )
    seal.hash = hash_of((seal.number, seal.at, seal.heads, seal.previous))
    seal.save()
    for head in moved:
        head.sealed = head.sequence
    StreamHead.objects.bulk_update(moved, ["sealed"], batch_size=500)
    return seal.number


def _wait_for_sealers() -> None:
    """Let one process at a time seal; SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SEALING])


@transaction.atomic
def note_export(*, by: str, lines: int, now: dt.datetime) -> None:
    """Journal that somebody took lines of the journal away as a file."""
    record(
        stream=Stream("journal", "exports"),
        act="journal.exported",
        actor=by,
        at=now,
        payload={"lines": lines},
    )

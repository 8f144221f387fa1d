"""How long notes are kept, and what removes them at the term: their words first, then what tells of them."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Max, QuerySet

from yumiao.district.journal.services import Stream, record
from yumiao.district.notes.models import Note, Wording
from yumiao.district.retention.kinds import DEFAULT, OverItem, RetainedKind, declare_retained
from yumiao.district.vault.services import erase
from yumiao.model.text import Text

KEPT_DAYS = 3650
"""So long a note is kept after its latest wording."""

WITHDRAWN_DAYS = 365
"""So long a withdrawn note can be put back."""


def _old(before: dt.datetime) -> QuerySet[Note]:
    """Notes that nobody has worded since, withdrawn ones left to their own term."""
    rows = Note.objects.filter(withdrawn_at=None).annotate(worded_at=Max("wordings__written_at"))
    return rows.filter(worded_at__lt=before)


def _withdrawn(before: dt.datetime) -> QuerySet[Note]:
    return Note.objects.filter(withdrawn_at__lt=before)


@transaction.atomic
def remove_notes(notes: QuerySet[Note], now: dt.datetime) -> int:
    """Erase the words of notes for ever and remove them; each is journalled. Returns how many there were."""
    ids = list(notes.values_list("pk", flat=True))
    found = list(Note.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    for note in found:
        for sealed in Wording.objects.filter(note=note).values_list("sealed", flat=True):
            erase(sealed)
        payload = {"subject": note.subject}
        record(stream=Stream("note", note.id), act="note.removed", actor="worker", at=now, payload=payload)
        note.delete()
    return len(found)


def _show_old(before: dt.datetime, start: int, stop: int) -> list[OverItem]:
    rows = _old(before).annotate(last=Max("wordings__written_at")).order_by("last", "pk")
    return [OverItem(*row) for row in rows.values_list("id", "subject", "last")[start:stop]]


NOTES = declare_retained(
    RetainedKind(
        "notes",
        Text("企业记录，自最后一次书写起", "Notes on enterprises, from their latest wording"),
        DEFAULT,
        KEPT_DAYS,
        365,
        lambda before: _old(before).count(),
        lambda before, now: remove_notes(_old(before), now),
        _show_old,
    )
)
WITHDRAWN = declare_retained(
    RetainedKind(
        "notes_withdrawn",
        Text("撤回的企业记录，自撤回起", "Notes that were withdrawn, from that day"),
        DEFAULT,
        WITHDRAWN_DAYS,
        30,
        lambda before: _withdrawn(before).count(),
        lambda before, now: remove_notes(_withdrawn(before), now),
        lambda before, start, stop: [
            OverItem(note.id, note.subject, note.withdrawn_at)
            for note in _withdrawn(before).order_by("withdrawn_at", "pk")[start:stop]
            if note.withdrawn_at is not None
        ],
    )
)

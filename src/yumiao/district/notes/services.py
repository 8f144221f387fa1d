"""What changes notes. Every act adds a line to the journal, without the words."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from yumiao.district.journal.services import Stream, record
from yumiao.district.notes.models import Note, Wording
from yumiao.district.vault.services import keep
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

MOST_CHARACTERS = 4000


def _checked(text: str) -> str:
    found = text.replace("\r\n", "\n").strip()
    if not found or len(found) > MOST_CHARACTERS:
        raise YumiaoError(
            "note.text",
            Text(
                f"记录应有 1 到 {MOST_CHARACTERS} 个字，现有 {len(found)} 个。",
                f"A note has 1 to {MOST_CHARACTERS} characters; this one has {len(found)}.",
            ),
        )
    return found


@transaction.atomic
def write_note(*, subject: str, text: str, by: str, now: dt.datetime) -> str:
    """Write a note on a subject; returns its id. Raises: YumiaoError (``note.text``) for none or too many words."""
    words = _checked(text)
    note = Note.objects.create(subject=subject, author_id=by, created_at=now)
    _word(note, 1, words, now)
    _journal(note, "note.written", by, now)
    return note.id


@transaction.atomic
def edit_note(*, note: str, text: str, by: str, now: dt.datetime) -> None:
    """Word a note anew; the former wording is kept.

    Raises: YumiaoError (``note.text``); (``note.not_own``) where somebody else wrote it; (``note.none``).
    """
    words, found = _checked(text), _locked(note)
    if found.author_id != by:
        raise YumiaoError(
            "note.not_own",
            Text("只能修改自己写的记录。", "Only whoever wrote a note may change its words."),
        )
    latest = found.wordings.order_by("-number").values_list("number", flat=True).first() or 0
    _word(found, latest + 1, words, now)
    _journal(found, "note.edited", by, now)


@transaction.atomic
def withdraw_note(*, note: str, by: str, now: dt.datetime) -> None:
    """Withdraw a note; it can be put back."""
    _set_withdrawn(note, now, "note.withdrawn", by, now)


@transaction.atomic
def restore_note(*, note: str, by: str, now: dt.datetime) -> None:
    """Put a withdrawn note back."""
    _set_withdrawn(note, None, "note.restored", by, now)


def _set_withdrawn(note: str, at: dt.datetime | None, act: str, by: str, now: dt.datetime) -> None:
    found = _locked(note)
    if (found.withdrawn_at is None) == (at is None):
        return
    found.withdrawn_at = at
    found.save(update_fields=["withdrawn_at"])
    _journal(found, act, by, now)


def _locked(note: str) -> Note:
    found = Note.objects.select_for_update().filter(id=note).first()
    if found is None:
        raise YumiaoError("note.none", Text("没有这条记录。", "There is no such note."))
    return found


def _word(note: Note, number: int, text: str, now: dt.datetime) -> None:
    sealed = keep(purpose="note", about=note.subject, values={"text": text}, now=now)
    Wording.objects.create(note=note, number=number, sealed=sealed, written_at=now)


def _journal(note: Note, act: str, by: str, now: dt.datetime) -> None:
    record(stream=Stream("note", note.id), act=act, actor=by, at=now, payload={"subject": note.subject})

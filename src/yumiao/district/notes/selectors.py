"""What is asked about notes; whether they may be seen is asked before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from yumiao.district.notes.models import Note
from yumiao.district.vault.services import reveal_many


@dataclass(frozen=True)
class ShownWording:
    """One wording of a note; ``text`` is None once it was erased."""

    text: str | None
    written_at: dt.datetime


@dataclass(frozen=True)
class ShownNote:
    """A note with its wordings, the latest first."""

    id: str
    subject: str
    author: str
    author_label: str
    created_at: dt.datetime
    withdrawn_at: dt.datetime | None
    wordings: tuple[ShownWording, ...]

    @property
    def text(self) -> str:
        """The latest words; empty once they were erased."""
        return self.wordings[0].text or "" if self.wordings else ""

    @property
    def former(self) -> tuple[ShownWording, ...]:
        """The earlier wordings."""
        return self.wordings[1:]


def notes_on(subjects: Collection[str]) -> list[ShownNote]:
    """Return the notes on a subject, the latest first; three queries, however many there are.

    Args:
        subjects: its id, and the ids that were merged into it.
    """
    rows = Note.objects.filter(subject__in=list(subjects)).select_related("author")
    found = list(rows.prefetch_related("wordings").order_by("-created_at", "id"))
    texts = reveal_many([wording.sealed for note in found for wording in note.wordings.all()])
    return [_shown(note, texts) for note in found]


def note_subject(note: str) -> str | None:
    """Return whom a note is about; None where there is none."""
    return Note.objects.filter(id=note).values_list("subject", flat=True).first()


def _shown(note: Note, texts: dict[str, dict[str, str]]) -> ShownNote:
    wordings = sorted(note.wordings.all(), key=lambda each: -each.number)
    return ShownNote(
        note.id,
        note.subject,
        note.author_id,
        note.author.label,
        note.created_at,
        note.withdrawn_at,
        tuple(
            ShownWording(texts[each.sealed]["text"] if each.sealed in texts else None, each.written_at)
            for each in wordings
        ),
    )

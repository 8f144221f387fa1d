"""What changes drafts: saving one, removing one, sending one or all. No officer's page reads this table."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.reading_as import subjects_now
from yumiao.district.drafts.models import AnswerDraft
from yumiao.district.journal.services import Stream, record
from yumiao.district.proposals.models import Proposal
from yumiao.district.proposals.reading import metric_of
from yumiao.district.proposals.services import MOST_NOTE, propose_fact
from yumiao.district.registry.packs import library
from yumiao.district.registry.selectors import ids_read_as
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

MOST_TYPED = 80
MOST_UNIT = 20


@dataclass(frozen=True)
class Typed:
    """What was typed for a fact: value, code of its unit, and a note."""

    value: str
    unit: str = ""
    note: str = ""


@dataclass(frozen=True)
class NotSent:
    """A draft that could not be sent, and why; it is kept."""

    column: str
    reason: Text


@dataclass(frozen=True)
class Sent:
    """What became of sending drafts: how many went, and which did not."""

    count: int
    refused: tuple[NotSent, ...]


@transaction.atomic
def save_draft(
    *, subject: str, column: str, typed: Typed, by: str, now: dt.datetime, seen: dt.datetime | None = None
) -> None:
    """Keep what was typed for a fact, in the place of an earlier draft; nobody but the firm's people sees it.

    Whether it is right is asked when it is sent.

    Args:
        seen: when the draft that the form showed was saved; None where it showed none.
    Raises: YumiaoError (``draft.nothing``) where nothing was typed; (``draft.note``) for too long a note;
        (``draft.changed``) where a colleague has saved another since; (``proposal.column``) for a fact that firms are
        not asked for.
    """
    metric_of(library(), column)
    _check(typed)
    former = _drafts(subject, column).select_for_update().first()
    if former is not None and former.author != by and (seen is None or former.saved_at > seen):
        raise YumiaoError("draft.changed", _changed_words(former))
    AnswerDraft.objects.update_or_create(
        subject=subject,
        column=column,
        defaults={
            "raw": typed.value.strip()[:MOST_TYPED],
            "unit": typed.unit[:MOST_UNIT],
            "note": typed.note,
            "author": by,
            "saved_at": now,
        },
    )
    _note(subject, column, "draft.saved", by, now)


def _check(typed: Typed) -> None:
    if not typed.value.strip() and not typed.note.strip():
        text = Text("还没有填，没有可保存的。", "Nothing was typed; there is nothing to keep.")
        raise YumiaoError("draft.nothing", text)
    if len(typed.note) > MOST_NOTE:
        text = Text(f"说明最多 {MOST_NOTE} 字。", f"The note has at most {MOST_NOTE} characters.")
        raise YumiaoError("draft.note", text)


def _changed_words(former: AnswerDraft) -> Text:
    label = Person.objects.filter(id=former.author).values_list("label", flat=True).first() or former.author
    return Text(
        f"{label} 刚刚另存了“{former.raw}”。您填的还在下面；再保存一次，就以您的为准。",
        f"{label} has saved “{former.raw}” meanwhile. What you typed is below; save once more to keep yours.",
    )


@transaction.atomic
def remove_draft(*, subject: str, column: str, by: str, now: dt.datetime) -> None:
    """Throw a draft away. Done twice, it is done once."""
    if _drafts(subject, column).delete()[0]:
        _note(subject, column, "draft.removed", by, now)


@transaction.atomic
def send_typed(*, subject: str, column: str, typed: Typed, author: str, now: dt.datetime) -> Proposal:
    """Propose what was typed; a draft of the same fact is gone with it.

    Raises: YumiaoError as `propose_fact`; then the draft stays.
    """
    proposal = propose_fact(
        subject=subject,
        column=column,
        typed=typed.value,
        unit=typed.unit,
        note=typed.note,
        author=author,
        now=now,
    )
    _drafts(subject, column).delete()
    return proposal


def send_drafts(*, subject: str, by: str, now: dt.datetime, column: str = "") -> Sent:
    """Propose what a firm saved, each draft by itself: those that are not right stay, with the reason.

    Args:
        column: only the draft of this fact; empty: all of them.
    """
    rows = (
        _drafts(subject, column) if column else AnswerDraft.objects.filter(subject__in=ids_read_as(subject))
    )
    count, refused = 0, []
    for key in rows.order_by("id").values_list("id", flat=True):
        try:
            count += _send(key, by, now)
        except YumiaoError as error:
            refused.append(NotSent(AnswerDraft.objects.get(id=key).column, error.text))
    return Sent(count, tuple(refused))


@transaction.atomic
def _send(key: int, by: str, now: dt.datetime) -> int:
    row = AnswerDraft.objects.select_for_update().filter(id=key).first()
    if row is None:
        return 0
    typed = Typed(row.raw, row.unit, row.note)
    subject = subjects_now([row.subject])[row.subject]
    send_typed(subject=subject, column=row.column, typed=typed, author=by, now=now)
    return 1


def _drafts(subject: str, column: str) -> QuerySet[AnswerDraft]:
    """The drafts of one fact, the latest first: of the subject, and of those that were merged into it."""
    rows = AnswerDraft.objects.filter(subject__in=ids_read_as(subject), column=column)
    return rows.order_by("-saved_at", "id")


def _note(subject: str, column: str, act: str, by: str, now: dt.datetime) -> None:
    record(stream=Stream("subject", subject), act=act, actor=by, at=now, payload={"column": column})

"""What a person decides after an import: batches taken back and brought back, who is who, which source is right."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.db.models import Q

from yumiao.district.intakes.decided import list_decisions
from yumiao.district.intakes.desk import ask_for_desk, list_batches
from yumiao.district.intakes.findings import kind_of_change
from yumiao.district.intakes.following import the_store, write_store
from yumiao.district.intakes.models import BatchListed, ContestedFact, OpenPair
from yumiao.district.registry.packs import library
from yumiao.district.registry.selectors import projection
from yumiao.importing.effects import Effects, verdict_effects
from yumiao.importing.queue import decide_pair
from yumiao.importing.settling import settle_fact
from yumiao.importing.touched import touched_subjects
from yumiao.ladder.known import known_facts
from yumiao.model.facts import NAME, SUBJECT
from yumiao.store import Draft, Event
from yumiao.store.values import Act

MOST_JUDGED = 5_000
"""Subjects that are judged while a page waits; of more only their number is told."""

LISTED = 20
"""Verdicts that a page of confirmation spells out."""


@dataclass(frozen=True)
class ChangedVerdict:
    """One verdict that an act would change; ``columns`` are the facts of its policy that change with it."""

    subject: str
    name: str
    policy: str
    before: str
    after: str
    kind: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outlook:
    """What taking a batch back, or bringing it back, would change.

    Attributes:
        subjects: of how many subjects something else would be known; None where it may be any.
        counts: kind of change → how many verdicts; None where they are too many to judge while a page waits.
        changes: some of them, those who lose first.
    """

    subjects: int | None
    counts: dict[str, int] | None
    changes: tuple[ChangedVerdict, ...] = ()


def look_ahead(batch: str, act: Act) -> Outlook:
    """Tell what reverting or restoring a batch would change. Raises: YumiaoError when there is no such batch."""
    state = the_store().state()
    state.batch(batch)
    event = Event(state.events[-1].seq + 1, state.events[-1].at, "", act, {"batch": batch, "why": ""})
    after = replace(state, events=(*state.events, event))
    touched, built = touched_subjects(state, after), projection()
    if touched is None:
        return Outlook(None, None)
    if built is None or len(touched) > MOST_JUDGED:
        return Outlook(len(touched), None)
    now, then = (
        known_facts(each.about(touched), library(), built.as_of, keep=False) for each in (state, after)
    )
    effects = verdict_effects(library(), now, then, built.as_of)
    found = changed_verdicts(effects)
    counts = {kind: sum(each.kind == kind for each in found) for kind in _ORDER}
    return Outlook(len(touched), counts, found[:LISTED])


_ORDER = ("loses", "gains", "settles", "opens", "new", "other")


def changed_verdicts(effects: Effects) -> tuple[ChangedVerdict, ...]:
    """Return the verdicts that change, those who lose first."""
    found = [
        ChangedVerdict(
            row[SUBJECT],
            row[NAME] or "",
            row["policy"],
            row["before"] or "",
            row["after"] or "",
            kind_of_change(row["before"] or "", row["after"] or ""),
            tuple(row["columns"] or ()),
        )
        for row in effects.changes.iter_rows(named=True)
    ]
    return tuple(sorted(found, key=lambda each: (_ORDER.index(each.kind), each.name, each.policy)))


def change_batch(batch: str, act: Act, *, why: str, by: str, now: dt.datetime) -> None:
    """Take a batch back, or let it count again. Raises: YumiaoError when it is so already."""

    def written(draft: Draft) -> None:
        if act is Act.REVERT:
            draft.revert(batch, why)
        else:
            draft.restore(batch, why)

    write_store(written, by=by, now=now)
    list_batches(the_store().state())
    ask_for_desk(actor=by, now=now)


def decide(subject: str, other: str, *, is_same: bool, why: str, by: str, now: dt.datetime) -> int:
    """Decide whether two subjects are one; returns the number under which it is taken back."""
    number = write_store(
        lambda draft: decide_pair(draft, subject, other, is_same=is_same, why=why), by=by, now=now
    )
    relist_decisions(by=by, now=now)
    OpenPair.objects.filter(Q(subject=subject, other=other) | Q(subject=other, other=subject)).delete()
    return number


def undo(number: int, *, why: str, by: str, now: dt.datetime) -> None:
    """Take a decision back, or an undo: then the decision holds again.

    Raises: YumiaoError when there is none of that number, or it is taken back already.
    """
    write_store(lambda draft: draft.undo(number, why), by=by, now=now)
    relist_decisions(by=by, now=now)


def relist_decisions(*, by: str, now: dt.datetime) -> None:
    """Let the list of decisions follow the store at once, and the other lists soon."""
    list_decisions(the_store().state())
    ask_for_desk(actor=by, now=now)


def settle(fact: int, value: str, *, why: str, by: str, now: dt.datetime) -> list[str]:
    """Say which value of a contested fact is right; returns the batches that say so.

    Raises: YumiaoError when the fact is settled already or no source says this any more.
    """
    row = ContestedFact.objects.get(id=fact)
    batches = write_store(
        lambda draft: settle_fact(draft, library(), row.subject, row.column, value, why), by=by, now=now
    )
    ContestedFact.objects.filter(subject=row.subject, column=row.column).delete()
    list_batches(the_store().state())
    ask_for_desk(actor=by, now=now)
    return batches


def is_listed(batch: str) -> bool:
    """Whether the store has a batch of this id."""
    return BatchListed.objects.filter(id=batch).exists()

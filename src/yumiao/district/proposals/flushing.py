"""From the outbox into the store: what waits becomes one batch, once, wherever a process dies on the way.

Store first, then SQL. A flush is written down with what it takes before anything else happens; its id stands in the
note of its batch. Begun again, it finds its batch by that note, or writes the same one.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from django.conf import settings
from django.db import transaction

from yumiao.district.journal.services import Stream, record
from yumiao.district.personal import Value
from yumiao.district.proposals.known import SOURCE
from yumiao.district.proposals.models import Flush, Outgoing, Proposal
from yumiao.district.registry.packs import library
from yumiao.model.facts import CODE, NAME, SOURCE_SCHEMA, SUBJECT, Facts, column_type
from yumiao.model.metrics import Metric
from yumiao.model.periods import split_column
from yumiao.model.units import Kind
from yumiao.packs.library import Library
from yumiao.store import BatchContent, Draft, Store

KIND = "accepted-proposals"
WHO = "flush"
FILE = "proposal"
"""What stands as the file of a fact that came this way; its cell is the id of the proposal."""

MOST = 5000
"""So many facts go into one batch at most."""


@dataclass(frozen=True)
class Flushed:
    """What a call carried: facts, and the subjects they are of."""

    facts: int
    subjects: tuple[str, ...]


def flush_outbox(store: Store, *, now: dt.datetime) -> Flushed:
    """Carry everything that waits into the store; what a dead process began is finished first.

    Of one fact only the earliest acceptance goes into a batch; a later one follows in the next, so that the later one
    counts.
    Args:
        now: the moment of recording, later than everything that the store recorded before.
    Raises: YumiaoError as `Store.writing`; then everything still waits.
    """
    facts, subjects = 0, set[str]()
    for step in range(1000):
        flush = _unfinished() or _begin(now)
        if flush is None:
            break
        moment = now + dt.timedelta(microseconds=step)
        batch, rows = _write(store, flush, moment)
        _finish(flush, batch, rows, moment)
        facts += len(rows)
        subjects |= {row.subject for row in rows}
    return Flushed(facts, tuple(sorted(subjects)))


def _unfinished() -> Flush | None:
    return Flush.objects.filter(finished_at=None).order_by("began_at", "id").first()


@transaction.atomic
def _begin(now: dt.datetime) -> Flush | None:
    """Write down a flush and what it takes: the earliest acceptance of each fact; None where nothing waits."""
    waiting = (
        Outgoing.objects.select_for_update().filter(flush=None).select_related("proposal").order_by("id")
    )
    taken: dict[tuple[str, str], int] = {}
    for row in waiting[:MOST]:
        taken.setdefault((row.proposal.subject, row.proposal.column), row.pk)
    if not taken:
        return None
    flush = Flush.objects.create(id="u" + secrets.token_hex(8), began_at=now)
    Outgoing.objects.filter(pk__in=taken.values(), flush=None).update(flush=flush)
    return flush


def _write(store: Store, flush: Flush, now: dt.datetime) -> tuple[str, list[Proposal]]:
    rows = list(Proposal.objects.filter(outgoing__flush=flush).order_by("subject", "column"))
    with store.writing(WHO, now.isoformat()) as draft:
        batch = _batch_of(draft, flush) or _add(draft, flush, rows)
    return batch, rows


def _batch_of(draft: Draft, flush: Flush) -> str | None:
    """Find the batch of a flush, reverted ones too: what the store once had is not written again."""
    batches = draft.state.all_batches
    return next((each.manifest.id for each in batches if each.manifest.note == flush.id), None)


def _add(draft: Draft, flush: Flush, rows: Sequence[Proposal]) -> str:
    observed_on = flush.began_at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    added = draft.add_batch(
        content_of_proposals(library(), rows),
        kind=KIND,
        source=SOURCE,
        observed_on=observed_on,
        rows=len(rows),
        note=flush.id,
    )
    return added.id


def content_of_proposals(packs: Library, rows: Sequence[Proposal]) -> BatchContent:
    """Return accepted proposals, each fact once, as a batch of the store holds them.

    What the packs no longer have is left out: nothing could read it.
    """
    kept = [row for row in rows if split_column(row.column)[0] in packs.metrics]
    subjects = sorted({row.subject for row in kept})
    values = {(row.subject, row.column): row.value for row in kept}
    columns = [
        pl.Series(
            column,
            [
                _typed(packs.metrics[split_column(column)[0]], values.get((subject, column)))
                for subject in subjects
            ],
            dtype=column_type(packs.metrics[split_column(column)[0]]),
        )
        for column in sorted({row.column for row in kept})
    ]
    identity = [pl.Series(SUBJECT, subjects, dtype=pl.String)]
    identity += [pl.Series(name, [None] * len(subjects), dtype=pl.String) for name in (NAME, CODE)]
    sources = [(row.subject, row.column, row.value, row.raw, FILE, "", row.id, "", "") for row in kept]
    return BatchContent(
        Facts(
            pl.DataFrame([*identity, *columns]),
            pl.DataFrame(sources, schema=SOURCE_SCHEMA, orient="row"),
        )
    )


def _typed(metric: Metric, value: str | None) -> Any:
    if value is None:
        return None
    match metric.kind:
        case Kind.QUANTITY:
            return int(value)
        case Kind.BOOL:
            return value == "true"
        case Kind.DATE:
            return dt.date.fromisoformat(value)
        case _:
            return value


@transaction.atomic
def _finish(flush: Flush, batch: str, rows: Sequence[Proposal], now: dt.datetime) -> None:
    done = Flush.objects.filter(id=flush.id, finished_at=None).update(finished_at=now, batch=batch)
    if not done:
        return
    Outgoing.objects.filter(flush=flush).update(arrived_at=now)
    payload: dict[str, Value] = {"flush": flush.id, "batch": batch, "facts": len(rows)}
    record(
        stream=Stream("register", "proposals"),
        act="proposal.flushed",
        actor="console",
        at=now,
        payload=payload,
    )

"""What waits for a person, listed from the store: pairs to tell apart, contested facts; and the batches received."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from yumiao.district.intakes.decided import list_decisions
from yumiao.district.intakes.following import follow_store, has_store, the_store
from yumiao.district.intakes.keeping import drop_upload, kept_uploads, sweep_aside
from yumiao.district.intakes.models import (
    BatchListed,
    ContestedFact,
    IntakeFile,
    OpenPair,
    State,
    StoreFollowed,
)
from yumiao.district.jobs.kinds import Kind, Work, declare_kind
from yumiao.district.jobs.periodic import Periodic, declare_periodic
from yumiao.district.jobs.selectors import latest_job
from yumiao.district.jobs.services import ask_for
from yumiao.district.journal.services import CONSOLE
from yumiao.district.registry.judged_facts import disputed_facts, judged_folder
from yumiao.district.registry.packs import library
from yumiao.district.registry.selectors import projection
from yumiao.importing.conflicts import list_conflicts
from yumiao.importing.naming import known_names
from yumiao.importing.queue import open_pairs
from yumiao.model.facts import CODE, NAME, SUBJECT
from yumiao.model.text import Text
from yumiao.store import State as StoreState

_EVEN = 0.5
_CHUNK = 500
_ABOUT = "desk"
_LOOKED_EVERY = dt.timedelta(seconds=15)
_SWEPT_EVERY = dt.timedelta(hours=1)
_ORPHAN_SECONDS = 3600


def run_desk(work: Work) -> Mapping[str, Any]:
    """List what waits for a person, and the batches, as the store has them now."""
    state, built = the_store().state(), projection()
    day = built.as_of if built is not None else timezone.localdate(work.now)
    work.tell(1, 3, Text("列出待辨认", "listing pairs to tell apart"))
    pairs = list(_pairs(state))
    work.tell(2, 3, Text("列出来源不一致", "listing facts on which sources disagree"))
    contested = list(_contested(state, day))
    with transaction.atomic():
        StoreFollowed.objects.update_or_create(id=1, defaults={"listed_root": state.root})
        OpenPair.objects.all().delete()
        OpenPair.objects.bulk_create(pairs, batch_size=_CHUNK, ignore_conflicts=True)
        ContestedFact.objects.all().delete()
        ContestedFact.objects.bulk_create(contested, batch_size=_CHUNK)
        list_batches(state)
        list_decisions(state)
    return {"pairs": len(pairs), "contested": len(contested)}


def list_batches(state: StoreState) -> None:
    """List every batch of the store, those taken back too."""
    BatchListed.objects.all().delete()
    BatchListed.objects.bulk_create(_batches(state), batch_size=_CHUNK)


def _batches(state: StoreState) -> Iterator[BatchListed]:
    for number, batch in enumerate(state.all_batches, start=1):
        manifest = batch.manifest
        yield BatchListed(
            id=manifest.id,
            number=number,
            kind=manifest.kind[:200],
            source=manifest.source[:80],
            files="\n".join(file.name for file in manifest.files),
            observed_on=manifest.observed_on,
            recorded_at=manifest.recorded_at[:40],
            who=manifest.who[:200],
            rows=manifest.rows,
            subjects=manifest.counts.get("subjects", 0),
            facts=manifest.counts.get("facts", 0),
            is_reverted=manifest.id in state.reverted,
        )


def _pairs(state: StoreState) -> Iterator[OpenPair]:
    rows = open_pairs(state)
    named = {row[SUBJECT]: row for row in known_names(state).iter_rows(named=True)} if rows.height else {}
    for row in rows.iter_rows(named=True):
        own, other, chance = named.get(row[SUBJECT], {}), named.get(row["other"], {}), row["probability"]
        yield OpenPair(
            subject=row[SUBJECT],
            name=(own.get(NAME) or "")[:300],
            code=(own.get(CODE) or "")[:40],
            other=row["other"],
            other_name=(other.get(NAME) or "")[:300],
            other_code=(other.get(CODE) or "")[:40],
            probability=chance,
            distance=None if chance is None else abs(chance - _EVEN),
            step=(row["step"] or "")[:80],
            evidence_zh=row["evidence_zh"] or "",
            evidence_en=row["evidence_en"] or "",
            batch=row["batch"] or "",
            file=(row["file"] or "")[:300],
        )


def _contested(state: StoreState, day: dt.date) -> Iterator[ContestedFact]:
    if not state.batches:
        return
    built, facts = projection(), None
    if built is not None and (built.store_root, built.as_of) == (state.root, day):
        facts = disputed_facts(judged_folder(Path(settings.YUMIAO_DATA), built.folder))
    for row in list_conflicts(state, library(), day, facts).iter_rows(named=True):
        yield ContestedFact(
            subject=row[SUBJECT],
            name=(row[NAME] or "")[:300],
            code=(row[CODE] or "")[:40],
            column=row["column"],
            value=(row["value"] or "")[:300],
            source=row["source"] or "",
            place=row["place"] or "",
            other=(row["other"] or "")[:300],
            other_source=row["other_source"] or "",
            other_place=row["other_place"] or "",
            policies=list(row["policies"]),
            hanging=len(row["policies"]),
        )


LAST = -50
"""It takes long, and nobody waits for it."""

DESK = declare_kind(
    Kind("intakes.desk", Text("列出待办", "List what waits for a person"), run_desk, priority=LAST)
)


@transaction.atomic
def ask_for_desk(*, actor: str, now: dt.datetime) -> str:
    """Ask for the lists to be made anew; returns the job, a waiting one where there is one."""
    latest = latest_job(DESK.name, _ABOUT)
    if latest is not None and latest.state == "queued":
        return latest.id
    return ask_for(DESK, actor=actor or CONSOLE, arguments={}, now=now, about=_ABOUT)


def follow(now: dt.datetime) -> None:
    """Journal what happened to the store, and ask for new lists where they are behind."""
    if not has_store():
        return
    state = the_store().state()
    row = StoreFollowed.objects.filter(id=1).first()
    if row is None or row.sequence < state.events[-1].seq:
        follow_store(now)
    if row is not None and row.listed_root == state.root:
        return
    latest = latest_job(DESK.name, _ABOUT)
    if latest is None or latest.is_over:
        ask_for_desk(actor="", now=now)


def sweep(now: dt.datetime) -> None:
    """Remove uploads that no intake has; those of intakes that nobody finishes are the business of `ending`."""
    data = Path(settings.YUMIAO_DATA)
    sweep_aside(data)
    ended = (State.COMMITTED, State.CANCELLED)
    wanted = set(IntakeFile.objects.exclude(intake__state__in=ended).values_list("id", flat=True))
    for file in kept_uploads(data, before=now.timestamp() - _ORPHAN_SECONDS) - wanted:
        drop_upload(data, file)


FOLLOW = declare_periodic(Periodic("intakes.follow", _LOOKED_EVERY, follow))
SWEEP = declare_periodic(Periodic("intakes.sweep", _SWEPT_EVERY, sweep))

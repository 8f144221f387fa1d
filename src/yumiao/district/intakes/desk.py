"""What waits for a person, listed from the store: pairs to tell apart, contested facts; and the batches received."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from yumiao.district.intakes.contested import (
    Rows,
    Search,
    basis_of,
    moved_since,
    write_contested,
)
from yumiao.district.intakes.decided import list_decisions
from yumiao.district.intakes.following import follow_store, has_store, the_store
from yumiao.district.intakes.keeping import drop_upload, kept_uploads, sweep_aside
from yumiao.district.intakes.models import (
    BatchListed,
    ContestedFact,
    IntakeFile,
    State,
    StoreFollowed,
)
from yumiao.district.intakes.waiting_pairs import Names, names_wanted, write_pairs
from yumiao.district.jobs.kinds import Kind, Work, declare_kind
from yumiao.district.jobs.periodic import Periodic, declare_periodic
from yumiao.district.jobs.selectors import latest_job
from yumiao.district.jobs.services import ask_for
from yumiao.district.journal.services import CONSOLE
from yumiao.district.registry.keeping import reconcile
from yumiao.district.registry.models import Projection
from yumiao.district.registry.packs import library
from yumiao.district.registry.selectors import projection
from yumiao.model.text import Text
from yumiao.store import State as StoreState

_CHUNK = 500
_TRIES = 4
"""So often it is begun, each time but the last giving way: a register that always moves is listed all the same."""
_ABOUT = "desk"
_LOOKED_EVERY = dt.timedelta(seconds=15)
_SWEPT_EVERY = dt.timedelta(hours=1)
_ORPHAN_SECONDS = 3600


@dataclass(frozen=True)
class _Looked:
    """What was found to be listed, and of which store and register.

    Attributes:
        names: of those in the queue.
        contested: the contested facts of ``subjects``; None: of everybody.
    """

    state: StoreState
    register: Projection | None
    basis: str
    names: Names
    contested: Rows
    subjects: Collection[str] | None


def run_desk(work: Work) -> Mapping[str, Any]:
    """List what waits for a person, and the batches, as the store has them now.

    The register goes first where it is behind: what sources disagree on is read out of it. Only those are looked at
    of whom the store says something else than when it was listed. Where that is everybody, more urgent jobs are let
    by on the way; nothing is written before all is found.
    """
    reconcile(work.now)
    work.give_way()
    looked = None
    for tries_left in reversed(range(_TRIES)):
        looked = _look(work, gives_way=tries_left > 0)
        if looked is not None:
            break
    assert looked is not None  # noqa: S101 - who gives no way always finds
    return _write(looked)


def _look(work: Work, *, gives_way: bool) -> _Looked | None:
    """Find what is to be listed; None where the register became another one meanwhile."""
    data, store, packs, register = Path(settings.YUMIAO_DATA), the_store(), library(), projection()
    state = store.state()
    day = register.as_of if register is not None else timezone.localdate(work.now)
    listed, basis = StoreFollowed.objects.filter(id=1).first() or StoreFollowed(), basis_of(packs, day)
    moved = moved_since(store, listed.listed_root, state)
    work.tell(0, 1, Text("列出待辨认", "listing pairs to tell apart"))
    names = names_wanted(state, moved)
    behind = moved_since(store, register.store_root, state) if register is not None else None
    search = Search(state, packs, day, data, register, behind)
    again = moved if listed.listed_basis == basis else None
    parts, found = search.parts(again), Rows()
    for number, part in enumerate(parts):
        work.tell(number, len(parts), Text("列出来源不一致", "listing facts on which sources disagree"))
        found |= search.find(part)
        if gives_way and number + 1 < len(parts):
            work.give_way()
            if not _is_same(projection(), register):
                return None
    return _Looked(state, register, basis, names, found, None if again is None else frozenset(again))


def _write(looked: _Looked) -> Mapping[str, Any]:
    """Write what differs from the lists that are there, all at once, and nothing that was decided meanwhile."""
    store = the_store()
    with transaction.atomic():
        # Whoever writes to the store waits here before the lists are touched, so what is read now is not undone.
        StoreFollowed.objects.select_for_update().get_or_create(id=1)
        now = store.state()
        late = moved_since(store, looked.state.root, now)
        pairs = write_pairs(now, {} if late is None else _without(looked.names, late))
        list_batches(now)
        list_decisions(now)
        if late is not None and _is_same(projection(), looked.register):
            write_contested(looked.contested, looked.subjects, frozenset(late))
            StoreFollowed.objects.update(listed_root=looked.state.root, listed_basis=looked.basis)
    return {"pairs": pairs, "contested": ContestedFact.objects.count()}


def _without(names: Names, subjects: Iterable[str]) -> Names:
    left_out = frozenset(subjects)
    return {subject: name for subject, name in names.items() if subject not in left_out}


def _is_same(one: Projection | None, other: Projection | None) -> bool:
    """Whether two registers are one: an answer read while another process replaced it is half of each."""
    return (one and (one.store_root, one.built_at)) == (other and (other.store_root, other.built_at))


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

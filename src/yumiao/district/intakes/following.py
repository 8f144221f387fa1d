"""The journal tells of every act on the store, whoever did it and wherever, once; acts of pages follow at once.

The store is written first. Where a process dies between the two, the worker finds what is not told yet.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db import transaction

from yumiao.district.intakes.models import StoreFollowed
from yumiao.district.journal.services import CONSOLE, Stream, record
from yumiao.district.personal import Value, canonical_json, is_token
from yumiao.district.registry.keeping import ask_for_refresh
from yumiao.model.problems import YumiaoError
from yumiao.store import Draft, Event, Store, open_store
from yumiao.store.moments import read_moment
from yumiao.store.values import Act

R = TypeVar("R")

TOLD = frozenset(
    {Act.IMPORT, Act.REVERT, Act.RESTORE, Act.MERGE, Act.SEPARATE, Act.SPLIT, Act.SAME, Act.UNDO, Act.DESTROY}
)
"""The acts of which the journal tells; minted ids, kept mappings and originals belong to an import."""

_TRIES = 3
_IDS = ("batch", "batches", "subject", "from", "into", "left", "right", "of")


def the_store() -> Store:
    """Open the store of this platform. Raises: YumiaoError where there is none."""
    return open_store(Path(settings.YUMIAO_STORE))


def has_store() -> bool:
    """Whether there is a store yet."""
    return (Path(settings.YUMIAO_STORE) / "store.json").exists()


def next_moment(store: Store, now: dt.datetime) -> str:
    """Return the moment of recording: now, or just after the last event where a clock ran ahead."""
    last = read_moment(store.state().events[-1].at)
    return max(now, last + dt.timedelta(microseconds=1)).isoformat()


def write_store(act: Callable[[Draft], R], *, by: str, now: dt.datetime) -> R:
    """Write to the store, journal it, and ask for the register to follow.

    Args:
        act: what is done to the draft; it may be called again where another writer came first.
        by: opaque id of the person.
    Raises: YumiaoError as the store or the act does; then nothing is written.
    """
    store = the_store()
    for attempt in range(_TRIES):
        try:
            with store.writing(by, next_moment(store, now)) as draft:
                result = act(draft)
            break
        except YumiaoError as error:
            if error.code != "store.too_early" or attempt == _TRIES - 1:
                raise
    follow_store(now)
    ask_for_refresh(actor=by, now=now)
    return result


@transaction.atomic
def follow_store(now: dt.datetime) -> int:
    """Journal every act on the store of which the journal does not tell yet; returns how many there were."""
    row, _ = StoreFollowed.objects.select_for_update().get_or_create(id=1)
    events = [event for event in the_store().state().events if event.seq > row.sequence]
    acts = [list(group) for _, group in groupby((e for e in events if e.act in TOLD), key=_together)]
    for group in acts:
        actor = group[0].who if is_token(group[0].who) and group[0].who else CONSOLE
        act, payload = _told(group)
        record(stream=Stream("store", "acts"), act=act, actor=actor[:79], at=now, payload=payload)
    if events:
        row.sequence = events[-1].seq
        row.save(update_fields=["sequence"])
    return len(acts)


def _together(event: Event) -> tuple[Act, int]:
    """By which events that one act of a person made are told as one."""
    return event.act, int(event.details.get("together", event.seq))


def _told(group: list[Event]) -> tuple[str, dict[str, Value]]:
    first = group[0]
    if "together" not in first.details:
        found: dict[str, Value] = {name: first.details[name] for name in _IDS if name in first.details}
        return f"store.{first.act.value}", {"seq": first.seq, **found}
    said = canonical_json([[each.details.get(name, "") for name in _IDS] for each in group])
    digest = hashlib.sha256(said.encode()).hexdigest()
    counted: dict[str, Value] = {
        "seq": first.seq,
        "last": group[-1].seq,
        "count": len(group),
        "sha256": digest,
    }
    return f"store.{first.act.value}_together", counted

"""The decisions on who is who, listed from the store: what holds, and what was taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction

from yumiao.district.intakes.models import DecisionListed, OpenPair
from yumiao.district.registry.models import Subject
from yumiao.importing.naming import known_names
from yumiao.model.facts import CODE, NAME, SUBJECT
from yumiao.store import Event
from yumiao.store import State as StoreState
from yumiao.store.aliases import undos_in_force
from yumiao.store.moments import read_moment
from yumiao.store.values import DECISIONS

_CHUNK = 500
_SIDES = {"from": "into", "subject": "into", "left": "right"}


@transaction.atomic
def list_decisions(state: StoreState) -> None:
    """Let the list say what the store does; only what is new or changed is written."""
    undone = undos_in_force(state.events)
    decisions = {event.seq: event for event in state.events if event.act in DECISIONS}
    held = {row.number: row for row in DecisionListed.objects.all()}
    strange = [number for number, row in held.items() if not _is_of(row, decisions.get(number))]
    DecisionListed.objects.filter(number__in=strange).delete()
    new = [event for number, event in decisions.items() if number not in held or number in set(strange)]
    names = _names(state, {side for event in new for side in sides_of(event)})
    DecisionListed.objects.bulk_create(_rows(new, names, undone), batch_size=_CHUNK)
    changed = []
    for number, row in held.items():
        undo = undone.get(number)
        if number not in strange and row.undo != (undo.seq if undo is not None else None):
            for name, value in _undone(undo).items():
                setattr(row, name, value)
            changed.append(row)
    DecisionListed.objects.bulk_update(changed, ["undo", "undone_at", "undone_by"], batch_size=_CHUNK)


def sides_of(event: Event) -> tuple[str, str]:
    """Return the two ids that a decision speaks of: the one that is read anew first."""
    first = next(key for key in _SIDES if key in event.details)
    return str(event.details[first]), str(event.details[_SIDES[first]])


def _is_of(row: DecisionListed, event: Event | None) -> bool:
    return event is not None and (row.act, row.at) == (event.act.value, read_moment(event.at))


def _rows(
    events: Iterable[Event], names: Mapping[str, str], undone: Mapping[int, Event]
) -> Iterator[DecisionListed]:
    for event in events:
        subject, other = sides_of(event)
        yield DecisionListed(
            number=event.seq,
            act=event.act.value,
            subject=subject[:300],
            name=names.get(subject, "")[:300],
            other=other[:300],
            other_name=names.get(other, "")[:300],
            batches=list(event.details.get("batches", ())),
            why=event.details.get("why", ""),
            who=event.who[:200],
            at=read_moment(event.at),
            together=event.details.get("together"),
            **_undone(undone.get(event.seq)),
        )


def _undone(undo: Event | None) -> dict[str, Any]:
    if undo is None:
        return {"undo": None, "undone_at": None, "undone_by": ""}
    return {"undo": undo.seq, "undone_at": read_moment(undo.at), "undone_by": undo.who[:200]}


def _names(state: StoreState, ids: set[str]) -> dict[str, str]:
    """What subjects are called: as the register says, or the queue, else as the store had them before any decision."""
    if not ids:
        return {}
    rows = Subject.objects.filter(id__in=ids).values_list("id", "name", "code")
    found = {each: name or code for each, name, code in rows}
    for side in ("subject", "other"):
        name, code = ("name", "code") if side == "subject" else ("other_name", "other_code")
        for each, *said in OpenPair.objects.filter(**{f"{side}__in": ids}).values_list(side, name, code):
            found.setdefault(each, said[0] or said[1])
    if ids <= found.keys():
        return found
    bare = replace(state, events=tuple(event for event in state.events if event.act not in DECISIONS))
    for known in (known_names(state), known_names(bare)):
        for row in known.filter(known[SUBJECT].is_in(sorted(ids))).iter_rows(named=True):
            found.setdefault(row[SUBJECT], row[NAME] or row[CODE] or "")
    return found

"""The queue: pairs of subjects of which nobody has said whether they are one; written where it differs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import reduce
from operator import or_
from typing import Any

import polars as pl
from django.db.models import Q

from yumiao.district.intakes.models import OpenPair
from yumiao.importing.naming import known_names
from yumiao.importing.queue import open_pairs
from yumiao.model.facts import CODE, NAME, SUBJECT
from yumiao.store import State

_EVEN = 0.5
_CHUNK = 500
_NAMED = ("subject", "name", "code", "other", "other_name", "other_code")
_FIELDS = (*_NAMED, "probability", "distance", "step", "evidence_zh", "evidence_en", "batch", "file")

Pair = tuple[str, str]
Names = Mapping[str, tuple[str, str]]
"""Subject → its latest name and code, empty where none was given."""


def names_wanted(state: State, moved: pl.Series | None) -> Names:
    """Return the names of those in the queue whom the list does not name yet, or not as they are called now.

    Args:
        moved: of whom the store may say other things than when the list was made; None: of anybody.
    """
    held = _names_held()
    known = set() if moved is None else held.keys() - set(moved)
    found = {each: held[each] for each in known}
    return {**found, **_names_of(state, _sides(open_pairs(state)) - known)}


def write_pairs(state: State, names: Names) -> int:
    """Let the queue say what a state does; returns how many pairs wait.

    Args:
        names: as `names_wanted` gave them; who is not named there is looked up.
    """
    rows = open_pairs(state)
    unnamed = _sides(rows) - names.keys()
    called = {**names, **_names_of(state, unnamed)} if unnamed else names
    wanted = {(pair.subject, pair.other): pair for pair in _pairs(rows, called)}
    held = {(row[0], row[3]): row for row in OpenPair.objects.order_by().values_list(*_FIELDS)}
    said = {pair: tuple(getattr(row, name) for name in _FIELDS) for pair, row in wanted.items()}
    gone = [pair for pair, row in held.items() if said.get(pair) != row]
    _delete(gone)
    new = [row for pair, row in wanted.items() if held.get(pair) != said[pair]]
    OpenPair.objects.bulk_create(new, batch_size=_CHUNK)
    return len(wanted)


def _names_held() -> dict[str, tuple[str, str]]:
    rows = OpenPair.objects.order_by().values_list(*_NAMED)
    found = {}
    for subject, name, code, other, other_name, other_code in rows:
        found[subject] = name, code
        found[other] = other_name, other_code
    return found


def _names_of(state: State, ids: Collection[str]) -> dict[str, tuple[str, str]]:
    if not ids:
        return {}
    rows = known_names(state.about(pl.Series(SUBJECT, sorted(ids), pl.String)))
    named = {row[SUBJECT]: ((row[NAME] or "")[:300], (row[CODE] or "")[:40]) for row in rows.to_dicts()}
    return {each: named.get(each, ("", "")) for each in ids}


def _sides(rows: pl.DataFrame) -> set[str]:
    return {*rows[SUBJECT], *rows["other"]}


def _pairs(rows: pl.DataFrame, names: Names) -> Iterator[OpenPair]:
    for row in rows.iter_rows(named=True):
        chance: Any = row["probability"]
        (name, code), (other_name, other_code) = names[row[SUBJECT]], names[row["other"]]
        yield OpenPair(
            subject=row[SUBJECT],
            name=name,
            code=code,
            other=row["other"],
            other_name=other_name,
            other_code=other_code,
            probability=chance,
            distance=None if chance is None else abs(chance - _EVEN),
            step=(row["step"] or "")[:80],
            evidence_zh=row["evidence_zh"] or "",
            evidence_en=row["evidence_en"] or "",
            batch=row["batch"] or "",
            file=(row["file"] or "")[:300],
        )


def _delete(pairs: list[Pair]) -> None:
    """Delete rows by both sides; a subject stands in few pairs."""
    for start in range(0, len(pairs), _CHUNK):
        named = (Q(subject=subject, other=other) for subject, other in pairs[start : start + _CHUNK])
        OpenPair.objects.filter(reduce(or_, named)).delete()

"""Bringing the register up to date: only what the store says of subjects that moved is judged and written again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from django.db import connection, models, transaction

from yumiao.district.indicators.ladder import CountedLadder, count_ladder, write_ladder
from yumiao.district.journal.services import CONSOLE, Stream, record
from yumiao.district.registry.changes import Basis, basis_of, noting_changes
from yumiao.district.registry.judged import has_judged, snapshot_of, sweep_judged, write_judged_later
from yumiao.district.registry.models import (
    OutcomeCurrent,
    Projection,
    SearchKey,
    Subject,
    SubjectAlias,
    TitleHeld,
)
from yumiao.district.registry.projecting import (
    OUTCOME_COLUMNS,
    Projected,
    SubjectRow,
    Tell,
    known_subject,
    project,
)
from yumiao.district.registry.replacing import delete_named, replace_rows
from yumiao.district.registry.services import (
    SUBJECT_COLUMNS,
    insert_rows,
    keys_of_subject,
    rebuild,
    table_name,
)
from yumiao.district.registry.titles import TITLE_COLUMNS
from yumiao.importing.touched import touched_subjects
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.packs.library import Library
from yumiao.store import State, Store

MOST_SHARE = 5
"""Where more than one subject in so many moved, building anew is quicker."""

_FEW = 1000
"""So many subjects are brought up to date in any case, however small the register is."""

MOST_GONE = 100
"""Where more subjects than so many leave the register, building anew is quicker: each is looked for in every table."""

_PLACES = 500
"""Ids that one statement names."""


@dataclass(frozen=True)
class Refreshed:
    """What bringing the register up to date did.

    Attributes:
        subjects: how many subjects were judged again.
        was_rebuilt: whether the whole register was built anew.
        is_current: whether it was up to date already, so that nothing was done.
    """

    subjects: int
    was_rebuilt: bool = False
    is_current: bool = False


def is_behind(store: Store) -> bool:
    """Whether the store knows more than the register says."""
    built = Projection.objects.values_list("store_root", flat=True).first()
    return built != store.state().root


def refresh(
    store: Store,
    library: Library,
    *,
    as_of: dt.date,
    data: Path,
    now: dt.datetime,
    tell: Tell | None = None,
    by: str = CONSOLE,
) -> Refreshed:
    """Bring the register up to date with the store; readers see the former one until the new one is whole.

    The result is what building it anew would give. It is built anew where there is none yet, where the packs changed,
    where a complete list or a split may concern anybody, and where many subjects moved.

    Args:
        as_of: the application date of a register that has to be built; one that is there keeps its own.
        by: opaque id of who asked.
    """
    built = Projection.objects.first()
    state = store.state()
    if built is not None and built.store_root == state.root and _is_same_packs(built, library):
        return Refreshed(0, is_current=True)
    day = built.as_of if built is not None else as_of
    touched = _touched(store, built, state, library, data)
    if built is None or touched is None:
        whole = rebuild(store, library, as_of=day, data=data, now=now, tell=tell, by=by)
        return Refreshed(whole.subjects, was_rebuilt=True)
    projected = project(state, library, day, tell, only=touched)
    known = {subject.id for subject in projected.subjects}
    if len(set(touched) - known) > MOST_GONE:
        whole = rebuild(store, library, as_of=day, data=data, now=now, tell=tell, by=by)
        return Refreshed(whole.subjects, was_rebuilt=True)
    folder = write_judged_later(projected.run, data, built.folder, touched)
    rows = _Rows.of(projected)
    held = frozenset(Subject.objects.values_list("id", flat=True))
    ladder = count_ladder(store, library, day, held.difference(touched) | known)
    after = Basis.of(day, projected.run.receipt)
    with transaction.atomic(), noting_changes(basis_of(built), after, now, touched.to_list()):
        current = Projection.objects.select_for_update().first()
        if current is None or current.store_root != built.store_root:
            raise YumiaoError(
                "registry.moved",
                Text(
                    "企业库同时被另一处重建，请稍后再试。",
                    "The register was built by somebody else meanwhile; try again in a moment.",
                ),
            )
        _write(current, projected, touched, rows, data, folder, ladder, library, now, by)
    sweep_judged(data, keep=frozenset({folder, built.folder}))
    return Refreshed(len(touched))


def _is_same_packs(built: Projection, library: Library) -> bool:
    pinned = {name: kept["pack"] for name, kept in built.receipt["policies"].items()}
    in_force = (library.in_force(family, built.as_of) for family in library.families())
    return pinned == {policy.id: policy.hash for policy in in_force if policy is not None}


def _touched(
    store: Store, built: Projection | None, state: State, library: Library, data: Path
) -> pl.Series | None:
    """The subjects to judge again; None where everything has to be built anew."""
    if built is None or not _is_same_packs(built, library) or not has_judged(data, built.folder):
        return None
    try:
        before = store.state_at(built.store_root)
    except YumiaoError:  # a register of another store, or of one that was replaced
        return None
    if state.events[: len(before.events)] != before.events:
        return None
    touched = touched_subjects(before, state)
    if touched is None or len(touched) > max(_FEW, built.subjects // MOST_SHARE):
        return None
    return touched


@dataclass(frozen=True)
class _Rows:
    """The rows of the subjects that moved, computed before anything is locked."""

    subjects: list[SubjectRow]
    keys: list[tuple[int, str]]
    outcomes: list[pl.DataFrame]

    @classmethod
    def of(cls, projected: Projected) -> _Rows:
        keys = sorted(pair for subject in projected.subjects for pair in keys_of_subject(subject))
        return cls([each.row() for each in projected.subjects], keys, list(projected.outcomes()))


def _write(
    built: Projection,
    projected: Projected,
    touched: pl.Series,
    rows: _Rows,
    data: Path,
    folder: str,
    ladder: CountedLadder,
    library: Library,
    now: dt.datetime,
    by: str,
) -> None:
    ids = touched.to_list()
    _write_aliases(projected.aliases, ids)
    _replace_keys(ids, rows.keys)
    _delete(Subject, "id", sorted(set(ids) - {row[0] for row in rows.subjects}))
    insert_rows(Subject, SUBJECT_COLUMNS, rows.subjects, replaced_by="id")
    replace_rows(TitleHeld, TITLE_COLUMNS, ("subject_id", "title"), ids, projected.titles)
    outcomes = [row for frame in rows.outcomes for row in frame.iter_rows()]
    more = replace_rows(OutcomeCurrent, OUTCOME_COLUMNS, ("subject_id", "family"), ids, outcomes)
    write_ladder(library, ladder)
    built.store_root = projected.root
    built.built_at = now
    built.folder = folder
    built.subjects = Subject.objects.count()
    built.outcomes += more
    built.receipt = {
        **projected.run.receipt,
        "subjects": built.subjects,
        "snapshot": snapshot_of(data, folder),
    }
    built.save()
    record(
        stream=Stream("register", "current"),
        act="register.refreshed",
        actor=by,
        at=now,
        payload={
            "store_root": projected.root,
            "as_of": built.as_of.isoformat(),
            "folder": folder,
            "subjects": len(ids),
            "outcomes": len(outcomes),
        },
    )


def _write_aliases(wanted: dict[str, str], touched: Sequence[str]) -> None:
    """Bring merged ids in line: those that moved, and every one that leads to a subject which is written again."""
    held = dict(SubjectAlias.objects.values_list("id", "subject_id"))
    again = set(touched)
    moved = [old for old, now in held.items() if wanted.get(old) != now or now in again]
    _delete(SubjectAlias, "id", moved)
    left = held.keys() - set(moved)
    insert_rows(SubjectAlias, ("id", "subject_id"), [pair for pair in wanted.items() if pair[0] not in left])


def _replace_keys(ids: Sequence[str], wanted: Sequence[tuple[int, str]]) -> None:
    """Replace the search keys of subjects: found by what they follow from, as the table is ordered by key."""
    held = {
        pair
        for start in range(0, len(ids), _PLACES)
        for row in Subject.objects.filter(id__in=ids[start : start + _PLACES]).values_list(
            "id", "name", "code", "territory", "identifiers"
        )
        for pair in keys_of_subject(known_subject(*row))
    }
    delete_named(SearchKey, ("key", "subject_id"), sorted(held.difference(wanted)))
    insert_rows(SearchKey, ("key", "subject_id"), sorted(set(wanted) - held))


def _delete(table: type[models.Model], column: str, ids: Iterable[str]) -> int:
    """Delete the rows of some ids by plain statements; returns how many went."""
    listed, count = list(ids), 0
    with connection.cursor() as cursor:
        for start in range(0, len(listed), _PLACES):
            part = listed[start : start + _PLACES]
            marks = ", ".join(["%s"] * len(part))
            name = connection.ops.quote_name(column)
            cursor.execute(
                f"DELETE FROM {table_name(table)} WHERE {name} IN ({marks})",  # noqa: S608 - names of our own
                part,
            )
            count += cursor.rowcount
    return count

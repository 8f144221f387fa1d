"""What changes the register: building it anew from the store; and the check that it says what the store says."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from django.db import connection, models, transaction

from yumiao.district.indicators.ladder import count_ladder, write_ladder
from yumiao.district.journal.services import CONSOLE, Stream, record
from yumiao.district.personal import Value
from yumiao.district.registry import keys
from yumiao.district.registry.changes import Basis, basis_of, noting_changes
from yumiao.district.registry.judged_facts import sweep_judged, write_judged
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
    KnownSubject,
    Projected,
    SubjectRow,
    Tell,
    project,
)
from yumiao.district.registry.titles import TITLE_COLUMNS
from yumiao.model.text import Text
from yumiao.packs.library import Library
from yumiao.store import Store

_CHUNK = 20_000
_SUBJECTS = 2_000
"""Subjects whose outcomes are sorted together."""
SUBJECT_COLUMNS = (
    "id",
    "name",
    "code",
    "territory",
    "known_as",
    "pinyin",
    "initials",
    "sort_key",
    "identifiers",
    "met",
    "not_met",
    "undetermined",
)


@dataclass(frozen=True)
class Rebuilt:
    """How many rows the register has now."""

    subjects: int
    outcomes: int
    keys: int


def rebuild(
    store: Store,
    library: Library,
    *,
    as_of: dt.date,
    data: Path,
    now: dt.datetime,
    tell: Tell | None = None,
    by: str = CONSOLE,
) -> Rebuilt:
    """Build the register anew; readers see the former one until the new one is whole.

    Args:
        as_of: the application date that every subject is judged for.
        data: folder in which the judged facts are kept.
        now: the moment of building, with its zone.
        by: opaque id of who builds it.
    """
    projected = project(store.state(), library, as_of, tell)
    folder = write_judged(projected.run, data)
    built = Projection.objects.first()
    former, basis = built.folder if built is not None else "", Basis.of(as_of, projected.run.receipt)
    tables = _compute_tables(projected, tell)  # before the transaction: while it lasts nobody else can write
    known = frozenset(subject.id for subject in projected.subjects)
    ladder = count_ladder(store, library, as_of, known, anew=True)
    with transaction.atomic(), noting_changes(basis_of(built), basis, now):
        _empty(SearchKey, SubjectAlias, OutcomeCurrent, TitleHeld, Subject)
        counts = [insert_rows(*table) for table in tables]
        write_ladder(library, ladder)
        Projection.objects.update_or_create(
            id=1,
            defaults={
                "store_root": projected.root,
                "as_of": as_of,
                "built_at": now,
                "folder": folder,
                "subjects": len(projected.subjects),
                "outcomes": counts[-1],
                "receipt": dict(projected.run.receipt),
            },
        )
        payload: dict[str, Value] = {
            "store_root": projected.root,
            "as_of": as_of.isoformat(),
            "folder": folder,
            "subjects": len(projected.subjects),
            "outcomes": counts[-1],
        }
        record(
            stream=Stream("register", "current"), act="register.rebuilt", actor=by, at=now, payload=payload
        )
    sweep_judged(data, keep=frozenset({folder, former}))  # a request may still be reading the former one
    return Rebuilt(len(projected.subjects), counts[-1], counts[2])


Table = tuple[type[models.Model], Sequence[str], Iterable[Sequence[Any]]]


def _compute_tables(projected: Projected, tell: Tell | None) -> list[Table]:
    """Compute every row: subjects, aliases, search keys, titles, outcomes."""
    total = len(projected.run.policies)
    outcomes = []
    for done, frame in enumerate(projected.outcomes(), start=1):
        outcomes.append(frame)
        if tell is not None:
            tell(Text("说明差距", "wording gaps"), done, total)
    if tell is not None:
        tell(Text("生成检索词", "making search keys"), 0, 0)
    subject_rows: list[SubjectRow] = []

    def read_subjects() -> Iterator[tuple[int, str]]:
        for subject in projected.subjects:
            subject_rows.append(subject.row())
            yield from keys_of_subject(subject)

    key_rows = pl.DataFrame(
        read_subjects(), schema={"key": pl.Int64, "subject_id": pl.String}, orient="row"
    ).sort("key", "subject_id")  # in the order of the index, which is then written front to back
    return [
        (Subject, SUBJECT_COLUMNS, subject_rows),
        (
            SubjectAlias,
            ("id", "subject_id"),
            list(projected.aliases({each.id for each in projected.subjects}).items()),
        ),
        (SearchKey, ("key", "subject_id"), key_rows.iter_rows()),
        (TitleHeld, TITLE_COLUMNS, projected.titles),
        (OutcomeCurrent, OUTCOME_COLUMNS, _by_subject(outcomes)),
    ]


def _by_subject(outcomes: Sequence[pl.DataFrame]) -> Iterator[Sequence[Any]]:
    """Yield the rows of all policies, those of one subject one after another; every frame has the same subjects."""
    height = max((frame.height for frame in outcomes), default=0)
    for start in range(0, height, _SUBJECTS):
        some = pl.concat(frame.slice(start, _SUBJECTS) for frame in outcomes)
        yield from some.sort("subject_id", maintain_order=True).iter_rows()


def _key_rows(projected: Projected) -> Iterator[tuple[int, str]]:
    for subject in projected.subjects:
        yield from keys_of_subject(subject)


def keys_of_subject(subject: KnownSubject) -> Iterator[tuple[int, str]]:
    """Yield the search keys of one subject: key, id."""
    found = keys.keys_of(list(subject.names), list(subject.numbers))
    return ((key, subject.id) for key in sorted(found))


def _empty(*tables: type[models.Model]) -> None:
    """Delete every row of some tables, those that refer to others first."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {table_name(table)}")  # noqa: S608 - a name of our own


def insert_rows(
    table: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    replaced_by: Sequence[str] = (),
) -> int:
    """Insert rows by plain statements: a million rows need no million objects. Returns how many there were.

    Args:
        replaced_by: the columns by which a row that is there already is replaced; empty: there is none.
    """
    names = ", ".join(_quoted(column) for column in columns)
    marks = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO {table_name(table)} ({names}) VALUES ({marks})"  # noqa: S608 - names of our own
    if replaced_by:
        others = [_quoted(column) for column in columns if column not in replaced_by]
        changed = ", ".join(f"{name} = excluded.{name}" for name in others)
        statement += f" ON CONFLICT ({', '.join(map(_quoted, replaced_by))}) DO UPDATE SET {changed}"
    count = 0
    remaining = iter(rows)
    with connection.cursor() as cursor:
        while chunk := list(itertools.islice(remaining, _CHUNK)):
            cursor.executemany(statement, chunk)
            count += len(chunk)
    return count


def table_name(table: type[models.Model]) -> str:
    """Return the name of a table as a statement writes it."""
    return _quoted(table._meta.db_table)  # noqa: SLF001 - Django's own way to ask a model for its table


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


# ── the check ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Difference:
    """One way in which the register is not what the store gives: what differs, and how many rows."""

    what: Text
    count: int
    examples: tuple[str, ...]


def find_differences(store: Store, library: Library, tell: Tell | None = None) -> list[Difference] | None:
    """Compare the register with what the store gives for the same date; None where there is no register.

    An empty list says that the register holds every subject, alias and outcome, and no other.
    """
    projection = Projection.objects.first()
    if projection is None:
        return None
    projected = project(store.state(), library, projection.as_of, tell)
    wanted_subjects = {subject.row() for subject in projected.subjects}
    held_subjects = set(Subject.objects.values_list(*SUBJECT_COLUMNS))
    wanted_keys, held_keys = (
        set(_key_rows(projected)),
        set(SearchKey.objects.values_list("key", "subject_id")),
    )
    held_titles = set(TitleHeld.objects.values_list(*TITLE_COLUMNS))
    wanted_aliases = set(projected.aliases({str(row[0]) for row in wanted_subjects}).items())
    held_aliases = set(SubjectAlias.objects.values_list("id", "subject_id"))
    found = [
        _difference(Text("主体", "subjects"), wanted_subjects, held_subjects, 0),
        _difference(Text("检索词", "search keys"), wanted_keys, held_keys, 1),
        _difference(Text("合并的编号", "merged ids"), wanted_aliases, held_aliases, 0),
        _difference(Text("资质", "titles"), set(projected.titles), held_titles, 0),
        *_outcome_differences(projected),
    ]
    return [each for each in found if each is not None]


def _outcome_differences(projected: Projected) -> Iterator[Difference | None]:
    families = set(OutcomeCurrent.objects.order_by().values_list("family", flat=True).distinct())
    for frame in projected.outcomes():
        wanted = set(frame.iter_rows())
        family = projected.run.policies[0].policy.family if frame.is_empty() else frame["family"][0]
        families.discard(family)
        held = set(OutcomeCurrent.objects.filter(family=family).values_list(*OUTCOME_COLUMNS))
        yield _difference(Text(f"结论 {family}", f"outcomes of {family}"), wanted, held, 0)
    for family in sorted(families):
        held = set(OutcomeCurrent.objects.filter(family=family).values_list(*OUTCOME_COLUMNS))
        yield _difference(Text(f"结论 {family}", f"outcomes of {family}"), set(), held, 0)


def _difference(
    what: Text, wanted: set[tuple[Any, ...]], held: set[tuple[Any, ...]], subject_at: int
) -> Difference | None:
    apart = wanted ^ held
    if not apart:
        return None
    subjects = sorted({str(row[subject_at]) for row in apart})
    return Difference(what, len(subjects), tuple(subjects[:5]))

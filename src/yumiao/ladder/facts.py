"""Titles held as facts that policies use: the dates between which a title is held, and the yes or no they give.

What is a fact here comes from rows of lists alone. No verdict is read, so that no title follows from a verdict on it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from yumiao.ladder.absence import CompleteList
from yumiao.ladder.histories import History, Term
from yumiao.model.facts import SOURCE_SCHEMA, SUBJECT, Facts, column_type
from yumiao.packs import expressions as ex
from yumiao.packs.library import Library

Value = dt.date | bool


@dataclass(frozen=True, slots=True)
class _Found:
    """A value with the place that it comes from."""

    subject: str
    column: str
    value: Value
    raw: str
    file: str
    sheet: str
    cell: str
    batch: str
    recorded_at: str


def held_metrics(library: Library) -> dict[str, tuple[str, ...]]:
    """Return for each title the yes/no metrics that mean no more than that it is held on the application date."""
    found: dict[str, tuple[str, ...]] = {}
    for name, metric in library.metrics.items():
        tree = ex.parse_statement(metric.derived) if metric.derived is not None else None
        if isinstance(tree, ex.Holds):
            found[tree.title] = (*found.get(tree.title, ()), name)
    return found


def add_title_facts(
    facts: Facts,
    histories: Iterable[History],
    library: Library,
    as_of: dt.date,
    absent: Mapping[tuple[str, str], CompleteList] | None = None,
) -> Facts:
    """Add to the facts what the lists of titles say on a day.

    A title whose dates are exact gives ``title_X_granted_on`` and ``title_X_valid_until``; one whose dates are not,
    but that is held or not for certain, gives the yes/no metrics that mean it is held. Absence from a complete list
    gives a known no to the subjects of its territory; it has an empty cell. What was received otherwise stays, and a
    value that differs is kept among the conflicts.

    Args:
        facts: one row per subject.
        histories: of any titles; those of subjects that ``facts`` does not have are left out.
        absent: who is known not to hold a title by a complete list (:func:`yumiao.ladder.absence.find_absent`).
    """
    known = set(facts.table[SUBJECT])
    kept = [history for history in histories if history.subject in known]
    metrics = held_metrics(library)
    found = [each for history in kept for each in _values(history, metrics, as_of)]
    found += _absent(absent or {}, metrics)
    return _merge(facts, found, library)


def _values(history: History, metrics: Mapping[str, Sequence[str]], as_of: dt.date) -> Iterator[_Found]:
    term = history.term_on(as_of)
    if term is None:
        return
    granted, end = term.granted_on, term.end
    if granted is not None:
        yield _found(history, term, f"title_{history.title}_granted_on", granted)
    if end.is_exact and term.is_end_known:
        yield _found(history, term, f"title_{history.title}_valid_until", end.low)
    valid = history.is_valid(as_of)
    told_by_dates = granted is not None and end.is_exact and term.is_end_known
    if valid is not None and term.is_end_known and not told_by_dates:
        for metric in metrics.get(history.title, ()):
            yield _found(history, term, metric, valid)


def _found(history: History, term: Term, column: str, value: Value) -> _Found:
    row = term.row if term.stop is None or column.endswith("_granted_on") else term.stop
    raw = _text(value)
    return _Found(
        history.subject, column, value, raw, row.file, row.sheet, row.cell, row.batch, row.recorded_at
    )


def _text(value: Value) -> str:
    return value.isoformat() if isinstance(value, dt.date) else "是" if value else "否"


def _absent(
    absent: Mapping[tuple[str, str], CompleteList], metrics: Mapping[str, Sequence[str]]
) -> Iterator[_Found]:
    """The known no of those whom a complete list does not name."""
    for (subject, title), each in absent.items():
        for metric in metrics.get(title, ()):
            place = (each.file, each.sheet, "", each.batch, each.recorded_at)
            yield _Found(subject, metric, False, "", *place)


def _merge(facts: Facts, found: Sequence[_Found], library: Library) -> Facts:
    """Put values where none was received; what differs from a received one is a conflict."""
    table, counting, losing = facts.table, [], []
    columns: dict[str, dict[str, _Found]] = {}
    for each in found:
        columns.setdefault(each.column, {})[each.subject] = each
    for column, by_subject in columns.items():
        dtype = column_type(library.metrics[column])
        received = dict(zip(table[SUBJECT], table[column], strict=True)) if column in table.columns else {}
        values: list[Any] = []
        for subject in table[SUBJECT]:
            before, new = received.get(subject), by_subject.get(subject)
            values.append(before if before is not None or new is None else new.value)
            if new is not None and before is None:
                counting.append(new)
            elif new is not None and before != new.value:
                losing.append(new)
        table = table.with_columns(pl.Series(column, values, dtype=dtype))
    return replace(
        facts,
        table=table,
        sources=pl.concat([facts.sources, _sources(counting)]),
        conflicts=pl.concat([facts.conflicts, _sources(losing)]),
    )


def _sources(found: Iterable[_Found]) -> pl.DataFrame:
    rows = [
        {
            SUBJECT: each.subject,
            "column": each.column,
            "value": _text(each.value) if isinstance(each.value, dt.date) else str(each.value).lower(),
            "raw": each.raw,
            "file": each.file,
            "sheet": each.sheet,
            "cell": each.cell,
            "batch": each.batch,
            "recorded_at": each.recorded_at,
        }
        for each in found
    ]
    return pl.DataFrame(rows, schema=SOURCE_SCHEMA)

"""Replacing the rows of some subjects: only those that differ are written, as every index of a large table costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, models

from yumiao.district.registry.services import insert_rows, table_name

_PLACES = 500
"""Ids that one statement names."""

Row = tuple[Any, ...]


def replace_rows(
    table: type[models.Model],
    columns: Sequence[str],
    key: Sequence[str],
    subjects: Sequence[str],
    wanted: Iterable[Row],
) -> int:
    """Let a table hold exactly some rows of some subjects; returns how many more rows it has then.

    Args:
        columns: ``subject_id`` and all others of a row.
        key: the columns, among them, by which a row is named; no two rows have the same.
        wanted: the rows in the order of the columns.
    """
    kept = {tuple(row) for row in wanted}
    held = set(_rows_of(table, columns, subjects))
    at = [columns.index(name) for name in key]
    delete_named(table, key, sorted(tuple(row[place] for place in at) for row in held - kept))
    insert_rows(table, columns, sorted(kept - held, key=lambda row: [row[place] for place in at]))
    return len(kept) - len(held)


def _rows_of(table: type[models.Model], columns: Sequence[str], subjects: Sequence[str]) -> Iterator[Row]:
    for start in range(0, len(subjects), _PLACES):
        part = list(subjects[start : start + _PLACES])
        yield from table._default_manager.filter(subject_id__in=part).values_list(*columns)  # noqa: SLF001 - Django's own name of it


def delete_named(table: type[models.Model], key: Sequence[str], named: Iterable[Row]) -> None:
    """Delete rows by the columns that name each."""
    where = " AND ".join(f"{connection.ops.quote_name(name)} = %s" for name in key)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"DELETE FROM {table_name(table)} WHERE {where}",  # noqa: S608 - names of our own
            list(named),
        )

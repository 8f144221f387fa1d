"""Replacing the rows of some subjects: only those that differ are written, as every index of a large table costs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import connection, models

from yumiao.district.registry.services import insert_rows, table_name

Row = tuple[Any, ...]


def replace_rows(
    table: type[models.Model],
    columns: Sequence[str],
    key: Sequence[str],
    gone: Collection[Row],
    come: Collection[Row],
) -> int:
    """Put some rows in the place of others; returns how many more the table has then.

    Args:
        columns: those of a row, in its order.
        key: the columns, among them, by which a row is named; no two rows have the same.
        gone: rows that are there and shall not be.
        come: rows that shall be there and are not.
    """
    at = [columns.index(name) for name in key]

    def name_of(row: Sequence[Any]) -> Row:
        return tuple(row[place] for place in at)

    delete_named(table, key, sorted(set(map(name_of, gone)).difference(map(name_of, come))))
    insert_rows(table, columns, sorted(come, key=name_of), replaced_by=key)
    return len(come) - len(gone)


def delete_named(table: type[models.Model], key: Sequence[str], named: Iterable[Row]) -> None:
    """Delete rows by the columns that name each."""
    where = " AND ".join(f"{connection.ops.quote_name(name)} = %s" for name in key)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"DELETE FROM {table_name(table)} WHERE {where}",  # noqa: S608 - names of our own
            list(named),
        )

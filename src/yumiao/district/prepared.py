"""Queries that almost every page asks: their SQL is written once, as writing it takes longer than answering it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet

Row = tuple[Any, ...]
Given = str | Sequence[str]
Model_ = TypeVar("Model_", bound=Model)

MOST = 64
"""So many ways of one query are kept written; of more, those not asked for longest go."""


def columns_of(model: type[Model]) -> tuple[str, ...]:
    """Return the columns of a model, in its order."""
    return tuple(each.attname for each in model._meta.concrete_fields)  # noqa: SLF001 - public by its documentation


@dataclass(frozen=True)
class _Written:
    """A query as a database takes it.

    Attributes:
        places: what stands at each place of the SQL: the number of a text that is given, or a value of the query's own.
        converters: by column, what turns a value of the database into one of Python.
    """

    sql: str
    places: tuple[tuple[int | None, Any], ...]
    converters: Mapping[int, tuple[Sequence[Callable[..., Any]], Any]]


class Prepared:
    """A query in which only texts vary: ids, codes, states; for the rest it is the one that the ORM makes of it.

    Attributes:
        build: takes what is fixed and, for each text to be given, a stand-in for it (for several, a list of them); the
            stand-ins are compared as they are, so that no lookup may change them. Returns rows of columns
            (``values_list``) or of a model.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]]) -> None:
        self.build = build
        self._written = lru_cache(maxsize=MOST)(self._write)

    def rows(self, *given: Given, fixed: tuple[Hashable, ...] = ()) -> list[Row]:
        """Return the rows; one query, none where nothing can be found.

        Args:
            given: the texts; of several in one place the query is written for each number of them.
            fixed: what the query is built of beside the texts.
        """
        connection = connections[DEFAULT_DB_ALIAS]
        shape = tuple(None if isinstance(each, str) else len(each) for each in given)
        written = self._written(connection.vendor, fixed, shape)
        if written is None:
            return []
        texts = [text for each in given for text in ((each,) if isinstance(each, str) else each)]
        values = [own if number is None else texts[number] for number, own in written.places]
        with connection.cursor() as cursor:
            cursor.execute(written.sql, values)
            found: list[Row] = cursor.fetchall()
        return _converted(found, written, connection) if written.converters else found

    def first(self, model: type[Model_], *given: Given) -> Model_ | None:
        """Return the first row as an object of a model, whose `columns_of` the query asks for; None for no row."""
        rows = self.rows(*given)
        return model.from_db(DEFAULT_DB_ALIAS, columns_of(model), rows[0]) if rows else None

    def _write(
        self, _vendor: str, fixed: tuple[Hashable, ...], shape: tuple[int | None, ...]
    ) -> _Written | None:
        marks: list[str] = []
        stand_ins: list[Given] = []
        for size in shape:
            new = [f"\x01{len(marks) + place}\x01" for place in range(1 if size is None else size)]
            stand_ins.append(new[0] if size is None else new)
            marks += new
        compiler = self.build(*fixed, *stand_ins).query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            sql, values = compiler.as_sql()
        except EmptyResultSet:
            return None
        numbers = {mark: number for number, mark in enumerate(marks)}
        places = tuple(
            (numbers.get(each) if isinstance(each, str) else None, None if each in marks else each)
            for each in values
        )
        if {number for number, _ in places} - {None} != set(range(len(marks))):
            raise ValueError(f"a text that is given does not stand in the query as it is: {sql}")
        columns = [column for column, _, _ in compiler.select[: compiler.col_count]]
        return _Written(sql, places, compiler.get_converters(columns))


def _converted(found: list[Row], written: _Written, connection: Any) -> list[Row]:
    rows = []
    for row in found:
        values = list(row)
        for place, (converters, column) in written.converters.items():
            for convert in converters:
                values[place] = convert(values[place], column, connection)
        rows.append(tuple(values))
    return rows

"""Where the facts of one subject came from, and which values lost against them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from yumiao.model.facts import SUBJECT
from yumiao.model.metrics import Metric
from yumiao.model.periods import split_column
from yumiao.model.units import Kind
from yumiao.packs.library import Library
from yumiao.rules import graph as g
from yumiao.rules.answers import Source

Stored = int | bool | str
"""A value as a row of facts holds it."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The cell and batch that a value came from, and when it was recorded."""

    source: Source
    recorded_at: str | None = None


@dataclass(frozen=True, slots=True)
class LosingValue:
    """A value that another source gives for a fact, and that does not count."""

    column: str
    value: Stored
    origin: Origin


def _origin(record: Mapping[str, str | None]) -> Origin:
    source = Source(*(record[name] for name in ("batch", "file", "sheet", "cell")))
    return Origin(source, record["recorded_at"])


def origins_of(sources: pl.DataFrame, subject: str) -> dict[str, Origin]:
    """Return the origin of each column's value, from a table of sources (``Facts.sources``)."""
    rows = sources.filter(pl.col(SUBJECT) == subject)
    return {record["column"]: _origin(record) for record in rows.iter_rows(named=True)}


def losing_values_of(library: Library, conflicts: pl.DataFrame, subject: str) -> tuple[LosingValue, ...]:
    """Return the values that lost for one subject, from a table of conflicts (``Facts.conflicts``)."""
    rows = conflicts.filter(pl.col(SUBJECT) == subject)
    return tuple(_losing_values(library, rows))


def _losing_values(library: Library, rows: pl.DataFrame) -> Iterator[LosingValue]:
    for record in rows.iter_rows(named=True):
        metric = library.metrics.get(split_column(record["column"].partition("#")[0])[0])
        if metric is not None and record["value"] is not None:
            yield LosingValue(record["column"], read_stored(metric, record["value"]), _origin(record))


def read_stored(metric: Metric, text: str) -> Stored:
    """Read a stored value back from its text."""
    match metric.kind:
        case Kind.BOOL:
            return text == "true"
        case Kind.DATE:
            return g.day_number(dt.date.fromisoformat(text))
        case Kind.CATEGORY:
            return text
    return int(text)

"""Facts of many subjects, as one wide table with the source of every value beside it."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from yumiao.model.metrics import Metric
from yumiao.model.problems import Problem
from yumiao.model.units import Kind

SUBJECT = "subject"
NAME = "name"
CODE = "code"
IDENTITY_COLUMNS = (SUBJECT, NAME, CODE)

LOW_SUFFIX = "#low"
HIGH_SUFFIX = "#high"
"""``column#low`` and ``column#high`` bound a fact known only as an interval; ``column`` is then NULL."""

SOURCE_SCHEMA: dict[str, pl.DataType] = {
    SUBJECT: pl.String(),
    "column": pl.String(),
    "value": pl.String(),
    "raw": pl.String(),
    "file": pl.String(),
    "sheet": pl.String(),
    "cell": pl.String(),
    "batch": pl.String(),
    "recorded_at": pl.String(),
}


def column_type(metric: Metric) -> pl.DataType:
    """Return the physical type of a metric's column; NULL is unknown and nothing else is."""
    types: dict[Kind, pl.DataType] = {
        Kind.QUANTITY: pl.Int64(),
        Kind.BOOL: pl.Boolean(),
        Kind.DATE: pl.Date(),
        Kind.CATEGORY: pl.String(),
    }
    return types[metric.kind]


def no_sources() -> pl.DataFrame:
    """Return an empty table of sources."""
    return pl.DataFrame(schema=SOURCE_SCHEMA)


@dataclass(frozen=True)
class Facts:
    """What is known of many subjects of one kind.

    Attributes:
        table: one row per subject: ``subject`` (text, unique), ``name``, ``code``, then one column per metric
            and year (``metric`` or ``metric@2025``) in smallest steps; NULL = unknown.
        sources: one row per known value: where it came from, down to the cell, and how it was written there.
        conflicts: values that lost against the one in ``table``, same shape as ``sources``.
        problems: what could not be read, and why.
    """

    table: pl.DataFrame
    sources: pl.DataFrame = field(default_factory=no_sources)
    conflicts: pl.DataFrame = field(default_factory=no_sources)
    problems: tuple[Problem, ...] = ()

    def __len__(self) -> int:
        return self.table.height

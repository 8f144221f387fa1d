"""What stands in a cell of a table: of which subject it speaks, and of which fact."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from yumiao.intake.candidates import target_column, year_at
from yumiao.intake.cells import column_letters
from yumiao.intake.facts import PlacedRows
from yumiao.model.facts import CODE, SUBJECT
from yumiao.model.metrics import Metric

_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")

ROW_SCHEMA: dict[str, pl.DataType] = {"number": pl.UInt32(), SUBJECT: pl.String(), "year": pl.Int64()}
"""One row per row of the table that names a subject: its number in the sheet, the subject's key, its year or NULL."""


@dataclass(frozen=True)
class ColumnMeaning:
    """What a column of a file says.

    Attributes:
        metric: what it is a value of; ``code`` for the codes of the subjects.
        year: of which year; None: as each row says, or of none.
        is_bound: whether it only bounds the metric from above.
        is_yearly: whether the metric is of years.
    """

    metric: str
    year: int | None = None
    is_bound: bool = False
    is_yearly: bool = False


@dataclass(frozen=True)
class CellMeanings:
    """What the cells of one table are about; of a sum of columns its first one stands for it.

    Attributes:
        columns: letters of a column → what it says.
        rows: who the rows are (:data:`ROW_SCHEMA`).
    """

    columns: Mapping[str, ColumnMeaning] = field(default_factory=dict)
    rows: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ROW_SCHEMA))

    def of_rows(self, numbers: set[int]) -> dict[int, tuple[str, int | None]]:
        """Return for some numbers of rows the key of the subject and the year; rows that name nobody are left out."""
        found = self.rows.filter(pl.col("number").is_in(sorted(numbers)))
        return {number: (key, year) for number, key, year in found.iter_rows()}

    def fact_of(self, letters: str, year: int | None) -> str:
        """Return the column of facts that a cell belongs to: ``metric@2025``; ``code``; empty where none is.

        Args:
            year: of the cell's row; None where its row has none.
        """
        meaning = self.columns.get(letters)
        if meaning is None or meaning.metric == CODE:
            return "" if meaning is None else CODE
        meant = meaning.year if meaning.year is not None else year
        if not meaning.is_yearly:
            return target_column((meaning.metric, None, meaning.is_bound))
        return "" if meant is None else target_column((meaning.metric, meant, meaning.is_bound))


def cell_parts(cell: str) -> tuple[str, int]:
    """Return letters and number of the row of a cell, of the first one of a sum; nothing and 0 for no cell."""
    found = _CELL.fullmatch(cell.partition("+")[0])
    return (found[1], int(found[2])) if found else ("", 0)


def cell_meanings(placed: PlacedRows, metrics: Mapping[str, Metric], as_of_year: int) -> CellMeanings:
    """Tell what the cells of the first placed table are about."""
    rows, table = placed.tables[0].rows, placed.tables[0].table
    columns: dict[str, ColumnMeaning] = {}
    for rule in table.mapping.columns:
        column = table.column_of(rule.parts[0])
        if column is None:
            continue
        year = None if rule.year is None else year_at(rule.year, as_of_year)
        is_yearly = metrics[rule.metric].period.is_yearly
        meaning = ColumnMeaning(rule.metric, year, rule.upper_bound, is_yearly)
        columns.setdefault(column_letters(column), meaning)
    code = table.mapping.subject.code
    column = None if code is None else table.column_of(code)
    if column is not None:
        columns[column_letters(column)] = ColumnMeaning(CODE)
    years = rows["y"].drop_nulls().unique()
    named = rows.join(placed.identities.select("s", SUBJECT), on="s", how="inner", maintain_order="left")
    sole = years[0] if len(years) == 1 else None
    return CellMeanings(
        columns,
        named.select(
            (pl.col("row").cast(pl.UInt32) + table.first_row_number).alias("number"),
            SUBJECT,
            pl.col("y").cast(pl.Int64).fill_null(pl.lit(sole, pl.Int64)).alias("year"),
        ),
    )

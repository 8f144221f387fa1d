"""The records of a table that was found, each cell read by the type of its column."""

from __future__ import annotations

import polars as pl

from yumiao.intake.layout.found import GROUP, KEPT_KINDS, KIND, ROW, FoundTable
from yumiao.intake.layout.grid import Grid
from yumiao.intake.layout.reading import read_column

ROW_NUMBER = "row_number"
ROW_GROUP = "row_group"
ROW_KIND = "row_kind"


def read_records(table: FoundTable) -> pl.DataFrame:
    """Read the rows of a table that hold values.

    Returns: one row per record, total or subtotal in the order of the sheet: one text column per column of the
        table named by its label path (plain decimals, ISO dates; NULL = empty cell), then ``row_group`` where
        headings stand between the rows, ``row_number`` (in the sheet, from 1) and ``row_kind``.
    """
    grid = Grid(table.sheet, table.block.first_column, table.block.last_column)
    kept = table.rows.filter(pl.col(KIND).is_in([kind.value for kind in KEPT_KINDS]))
    rows = kept[ROW]
    names = record_names(table)
    read = [
        read_column(grid.column(column.index).gather(rows), column).texts.alias(name)
        for name, column in zip(names, table.columns, strict=True)
    ]
    if kept[GROUP].null_count() < kept.height:
        read.append(kept[GROUP].alias(ROW_GROUP))
    numbers = (rows.cast(pl.Int64) + 1).alias(ROW_NUMBER)
    return pl.DataFrame([*read, numbers, kept[KIND].alias(ROW_KIND)])


def record_names(table: FoundTable) -> tuple[str, ...]:
    """Name the columns of the records; the names of the last columns are kept free for them."""
    taken = {ROW_NUMBER, ROW_GROUP, ROW_KIND}
    return tuple(f"{name} (1)" if name in taken else name for name in table.names)

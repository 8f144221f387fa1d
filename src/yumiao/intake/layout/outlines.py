"""Outlines: a first column that shows by gaps or by indenting what a row stands under."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from yumiao.intake.layout.doubts import addresses
from yumiao.intake.layout.found import GROUP, KIND, ROW, ColumnType, Doubt, FoundColumn, RowKind
from yumiao.intake.layout.grid import Grid
from yumiao.model.text import Text

_CARRIED = (RowKind.RECORD, RowKind.SUBTOTAL, RowKind.APART)

FEWEST = 4
"""Rows from which a first column may be an outline."""

SPARSE = 0.25
"""Share of empty cells from which a first column is an outline."""


def carry_outline(
    grid: Grid, columns: Sequence[FoundColumn], rows: pl.DataFrame
) -> tuple[pl.DataFrame, tuple[Doubt, ...]]:
    """Note for every record what it stands under, where the first column shows it by gaps or by indenting.

    The cells themselves stay as they are: that the text above goes on is a guess, and told as one.
    """
    if len(columns) < 2 or rows[GROUP].null_count() < rows.height or columns[0].type is not ColumnType.TEXT:
        return rows, ()
    kept = rows.filter(pl.col(KIND).is_in([kind.value for kind in _CARRIED]))[ROW]
    first = grid.column(columns[0].index).gather(kept)
    if kept.len() < FEWEST or first[0] is None:
        return rows, ()
    if _is_sparse(first, grid.column(columns[1].index).gather(kept)):
        return _with_groups(rows, kept, first.str.strip_chars().forward_fill()), (
            _gaps(columns[0], first, kept),
        )
    levels = _indents(first)
    if levels is None:
        return rows, ()
    return _with_groups(rows, kept, _ancestors(first.to_list(), levels)), (
        _indented(columns[0], levels, kept),
    )


def _with_groups(rows: pl.DataFrame, kept: pl.Series, groups: pl.Series) -> pl.DataFrame:
    carried = pl.DataFrame({ROW: kept, GROUP: groups})
    return rows.drop(GROUP).join(carried, on=ROW, how="left", maintain_order="left")


def _is_sparse(first: pl.Series, second: pl.Series) -> bool:
    """Whether a first column is empty where it would repeat, beside a second one that never is."""
    is_sparse = SPARSE * first.len() <= first.null_count() <= first.len() - 2
    return is_sparse and second.null_count() == 0


def _indents(first: pl.Series) -> list[int] | None:
    """Return how far each row label is indented; None where indenting shows no order of levels."""
    if first.null_count():
        return None
    blanks = first.str.extract(r"^([ \u{3000}\u{a0}\t]*)", 1).str.len_chars().to_list()
    is_stepped = blanks[0] == min(blanks) and max(blanks) > min(blanks)
    return blanks if is_stepped and sum(blank > min(blanks) for blank in blanks) >= 2 else None


def _ancestors(labels: Sequence[str], levels: Sequence[int]) -> pl.Series:
    """Join for every row the labels of less indented rows above it; NULL where there is none."""
    above: list[tuple[int, str]] = []
    groups: list[str | None] = []
    for label, level in zip(labels, levels, strict=True):
        above = [each for each in above if each[0] < level]
        groups.append(" / ".join(text for _, text in above) or None)
        above.append((level, label.strip()))
    return pl.Series(GROUP, groups, dtype=pl.String)


def _gaps(column: FoundColumn, first: pl.Series, rows: pl.Series) -> Doubt:
    empty = rows.filter(first.is_null())
    name = column.joined or column.letters
    text = Text(
        f"列“{name}”只在变化处填写，{empty.len()}行为空；单元格保持为空，所属另记在“row_group”列。",
        f"Column “{name}” is written only where it changes and is empty in {empty.len()} rows; the cells stay empty, "
        "what they stand under is noted in the column “row_group”.",
    )
    return Doubt("outline", text, addresses(empty, column.index), empty.len())


def _indented(column: FoundColumn, levels: Sequence[int], rows: pl.Series) -> Doubt:
    deeper = rows.filter(pl.Series([level > min(levels) for level in levels]))
    name = column.joined or column.letters
    text = Text(
        f"列“{name}”以缩进表示层级，{deeper.len()}行的所属记在“row_group”列。",
        f"Column “{name}” shows levels by indenting; what {deeper.len()} rows stand under is noted in the "
        "column “row_group”.",
    )
    return Doubt("outline", text, addresses(deeper, column.index), deeper.len())

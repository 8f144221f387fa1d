"""Subtotals that no word gives away: rows that are the sum of the rows below them.

Two proofs are taken. Below a total, a few rows may sum to the same as all the rows after them: then the few
are the same whole once more, cut into larger parts. And a row may be the sum of the rows right below it,
in every column of figures: with two columns or more that is no accident.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import polars as pl

from yumiao.intake.layout.found import KIND, ROW, ColumnType, FoundColumn, RowKind
from yumiao.intake.layout.grid import Grid
from yumiao.intake.layout.reading import read_column

MOST_ROWS = 1500
"""Longer tables are not searched: a sum found among so many rows proves little."""

MOST_PARTS = 60
"""The most rows that one subtotal is looked for in."""

TELLING = 6
"""Digits of a subtotal, over all its columns, from which an equal sum of the rows below is no accident."""

Figures = tuple[Fraction | None, ...]
"""The figures of one row, one per column; None where there is none."""


def find_subtotals(grid: Grid, columns: Sequence[FoundColumn], rows: pl.DataFrame) -> dict[int, str]:
    """Return the rows that are sums of others, with the proof: ``twice`` or ``below``.

    Args:
        rows: the kinds of the rows of the body.
    """
    kept = rows.filter(pl.col(KIND).is_in([RowKind.RECORD.value, RowKind.TOTAL.value, RowKind.APART.value]))
    figures = [column for column in columns if column.type is ColumnType.NUMBER and column.unit != "%"]
    if not figures or not 4 <= kept.height <= MOST_ROWS:
        return {}
    numbers, kinds = kept[ROW].to_list(), kept[KIND].to_list()
    table = _figures(grid, figures, kept[ROW])
    totals = [at for at, kind in enumerate(kinds) if kind == RowKind.TOTAL]
    found: dict[int, str] = {}
    if totals:
        # Rows listed apart are part of no division of the whole.
        rest = [at for at in range(totals[0] + 1, len(numbers)) if kinds[at] == RowKind.RECORD]
        found |= {numbers[at]: "twice" for at in _whole_twice(table, rest)}
    if len(figures) > 1 and not found:
        found |= {numbers[at]: "below" for at in _sums_below(table, kinds)}
    return found


def _figures(grid: Grid, columns: Sequence[FoundColumn], rows: pl.Series) -> list[Figures]:
    read = [read_column(grid.column(column.index).gather(rows), column) for column in columns]
    texts = [each.texts.set(each.unread, None).to_list() for each in read]
    return [
        tuple(None if text is None else Fraction(text) for text in row) for row in zip(*texts, strict=True)
    ]


def _whole_twice(table: Sequence[Figures], rest: Sequence[int]) -> list[int]:
    """Return the first few of ``rest`` if they sum to the same as the others, in every column."""
    for cut in range(2, min(MOST_PARTS, len(rest) // 2 + 1)):
        first, second = rest[:cut], rest[cut:]
        if len(second) > cut and _agree(table, first, second):
            return list(first)
    return []


def _agree(table: Sequence[Figures], first: Sequence[int], second: Sequence[int]) -> bool:
    """Whether two sets of rows have the same sums; a column with a gap says nothing."""
    told = 0
    for column in range(len(table[0])):
        one, other = (_sum(table, rows, column) for rows in (first, second))
        if one is None or other is None:
            continue
        # Published figures are rounded one by one: half a step each is allowed.
        if abs(one - other) * 2 > len(first) + len(second) or one == 0:
            return False
        told += 1
    return told > 0


def _sum(table: Sequence[Figures], rows: Sequence[int], column: int) -> Fraction | None:
    figures = [table[row][column] for row in rows]
    return None if None in figures else sum((figure for figure in figures if figure is not None), Fraction(0))


def _sums_below(table: Sequence[Figures], kinds: Sequence[str]) -> list[int]:
    return [
        at
        for at in range(len(table) - 2)
        if kinds[at] == RowKind.RECORD and _is_sum_of_following(table, kinds, at)
    ]


def _is_telling(figures: Figures) -> bool:
    """Whether figures are too large to be a sum by accident: all together at least ``TELLING`` digits."""
    told = [len(str(abs(figure.numerator))) for figure in figures if figure]
    return len(told) > 1 and sum(told) >= TELLING


def _is_sum_of_following(table: Sequence[Figures], kinds: Sequence[str], at: int) -> bool:
    """Whether at least two rows right below sum exactly to this one in all its columns, two at least not zero."""
    whole = table[at]
    if None in whole or not _is_telling(whole):
        return False
    # One column is summed to find how many rows might do, the others only where it agrees.
    column = next(number for number, figure in enumerate(whole) if figure)
    rest = whole[column]
    for parts, below in enumerate(range(at + 1, min(at + 1 + MOST_PARTS, len(table))), 1):
        part = table[below][column]
        if kinds[below] != RowKind.RECORD or part is None or rest is None:
            return False
        rest -= part
        if rest == 0 and parts >= 2 and _sums_to(table, at, below):
            return True
    return False


def _sums_to(table: Sequence[Figures], at: int, last: int) -> bool:
    rows = range(at + 1, last + 1)
    return all(_sum(table, rows, column) == figure for column, figure in enumerate(table[at]))

"""Where the labels of a table stand: the lines above them, their rows, and the first row of the body.

The rules read a header as a person does. A line of one cell is a title. The labels begin with the first row
of several cells that does not speak of the whole table. They go on while a row stands under labels that span
several columns, under an empty place, or inside a merged cell; the first row with figures ends them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median

from yumiao.intake.layout.grid import Grid, is_value
from yumiao.intake.layout.row_signs import (
    Cells,
    has_value,
    is_about_table,
    is_numbering_row,
    is_other_language_row,
    is_period_row,
    is_unit_row,
)
from yumiao.intake.layout.unit_words import unit_line

LOOK_AHEAD = 12
"""Rows below a line that are looked at to understand it."""

MOST_LINES = 200
"""The most lines that stand above the labels of a table."""

DEEPEST = 10
"""The most rows of labels that one table has."""


@dataclass(frozen=True, slots=True)
class Header:
    """The head of a table.

    Attributes:
        above: rows of titles, units and other lines above the labels.
        rows: rows of labels; empty where the table has none.
        other_rows: those of them that repeat the labels in another language.
        unit_rows: rows of units below the labels.
        numbering_rows: rows that number the columns.
        body: first row after all of these.
    """

    above: tuple[int, ...]
    rows: tuple[int, ...]
    body: int
    other_rows: tuple[int, ...] = ()
    unit_rows: tuple[int, ...] = ()
    numbering_rows: tuple[int, ...] = ()


@dataclass
class _Labels:
    """Which columns are labelled so far: open ones await more labels below, closed ones do not."""

    columns: frozenset[int]
    open: set[int] = field(default_factory=set)
    closed: set[int] = field(default_factory=set)
    depth: int = -1

    def add(self, grid: Grid, row: int, cells: Cells) -> None:
        """Take a row of labels in; a label over empty places on its right is open over them."""
        merges = {merge[1]: merge for merge in grid.merges_at(row) if merge[1] in cells}
        is_merged = any(right > left for _, left, _, right in merges.values())
        for column in cells:
            _, left, bottom, right = merges.get(column, (row, column, row, column))
            if right == left and bottom == row and not is_merged:
                right = self._spread(column, cells)
            span = set(range(left, right + 1)) & (self.columns | {left})
            (self.open if right > left else self.closed).update(span)
            (self.closed if right > left else self.open).difference_update(span)
            self.depth = max(self.depth, bottom)
        for column in _repeated(cells):
            self.open.add(column)
            self.closed.discard(column)

    def _spread(self, column: int, cells: Cells) -> int:
        right = column
        while right + 1 in self.columns and right + 1 not in cells and right + 1 not in self.closed:
            right += 1
        return right

    def awaits(self, cells: Cells) -> bool:
        """Whether a row stands under open labels or empty places only, and there is reason to read it so."""
        if any(column in self.closed for column in cells):
            return False
        labelled = self.open | self.closed
        begins_empty = min(self.columns, default=-1) not in labelled
        return bool(cells) and (bool(self.closed) or begins_empty)


def _repeated(cells: Cells) -> list[int]:
    """Return the columns whose label stands once more beside them, as after the splitting of merged cells."""
    return [
        column
        for column, text in cells.items()
        if text.strip() in {cells.get(column - 1, "").strip(), cells.get(column + 1, "").strip()}
    ]


def find_header(grid: Grid, start: int, end: int) -> Header | None:
    """Find the first header in rows ``start`` to ``end`` (not included), or None when there is no table.

    A table without labels gives a header without rows.
    """
    above: list[int] = []
    row = grid.next_filled(start)
    while row is not None and row < end and len(above) < MOST_LINES:
        cells = grid.row(row)
        is_line = len(cells) == 1 or is_about_table(cells) or any(map(unit_line, cells.values()))
        if is_line or _is_fragment(grid, row, end, cells):
            above.append(row)
        elif (found := _header_at(grid, row, end, cells, tuple(above))) is not None:
            return found
        else:
            above.append(row)
        row = grid.next_filled(row + 1)
    return None


def _header_at(grid: Grid, row: int, end: int, cells: Cells, above: tuple[int, ...]) -> Header | None:
    below = _rows_below(grid, row, end)
    if (
        has_value(cells)
        and not is_period_row(cells, [each for _, each in below])
        and not _is_month_row(cells)
    ):
        has_more = any(len(each) > 1 for _, each in below)
        return Header(above, (), row) if has_more else None
    header = _extended(grid, row, end, above)
    if any(number >= header.body for number, _ in _rows_below(grid, row, end)):
        return header
    return None


def _is_month_row(cells: Cells) -> bool:
    """Whether a first row labels columns by plain numbers from 1 on: months, quarters."""
    texts = [text.strip() for _, text in sorted(cells.items())]
    numbers = [int(text) for text in texts if text.isdecimal() and len(text) <= 2]
    is_rest_text = sum(map(is_value, texts)) == len(numbers) < len(texts)
    return is_rest_text and len(numbers) in {4, 12} and numbers == list(range(1, len(numbers) + 1))


def _extended(grid: Grid, first: int, end: int, above: tuple[int, ...]) -> Header:
    """Gather the rows of labels from ``first`` on."""
    labels = _Labels(_columns_in_use(grid, first, end))
    labels.add(grid, first, grid.row(first))
    rows, others, units, numbering = [first], [], [], []
    row = first + 1
    while row < min(end, first + DEEPEST):
        cells = grid.row(row)
        below = [each for _, each in _rows_below(grid, row, end)]
        if row <= labels.depth:
            if cells:
                rows.append(row)
                labels.add(grid, row, cells)
        elif not cells or not below:
            break
        elif is_unit_row(cells):
            units.append(row)
        elif is_numbering_row(cells, below):
            numbering.append(row)
        elif is_other_language_row(cells, _joined(grid, rows), below):
            rows.append(row)
            others.append(row)
        elif labels.awaits(cells) and (not has_value(cells) or is_period_row(cells, below)):
            rows.append(row)
            labels.add(grid, row, cells)
        else:
            break
        row += 1
    return Header(above, tuple(rows), row, tuple(others), tuple(units), tuple(numbering))


def _joined(grid: Grid, rows: list[int]) -> Cells:
    """Return the lowest label of every column."""
    labels: dict[int, str] = {}
    for row in rows:
        labels |= grid.row(row)
    return labels


def _columns_in_use(grid: Grid, row: int, end: int) -> frozenset[int]:
    """Return the columns that hold anything in the rows from ``row`` on that matter for its header."""
    rows = grid.sheet.cells.slice(row, min(end - row, 5 * LOOK_AHEAD))
    return frozenset(column for column in grid.columns if rows[str(column)].null_count() < rows.height)


def _rows_below(grid: Grid, row: int, end: int) -> list[tuple[int, Cells]]:
    """Return the next filled rows below ``row``, with their numbers."""
    found: list[tuple[int, Cells]] = []
    following = grid.next_filled(row + 1)
    while following is not None and following < end and len(found) < LOOK_AHEAD:
        found.append((following, grid.row(following)))
        following = grid.next_filled(following + 1)
    return found


def _is_fragment(grid: Grid, row: int, end: int, cells: Cells) -> bool:
    """Whether a row of few cells is a line above the labels: the next row labels the same columns in full."""
    below = [each for _, each in _rows_below(grid, row, end)]
    widths = [len(each) for each in below if len(each) > 1]
    if not widths or has_value(cells) or any(right > left for _, left, _, right in grid.merges_at(row)):
        return False
    usual = median(widths)
    following = below[0]
    is_full = len(following) >= 0.8 * usual and not has_value(following)
    return len(cells) < 0.5 * usual and is_full and min(cells) in following

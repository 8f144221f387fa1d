"""Tables side by side: where a sheet is cut from top to bottom."""

from __future__ import annotations

from yumiao.intake.labels import normalise_label
from yumiao.intake.layout.columns import labels_of_columns
from yumiao.intake.layout.found import Block
from yumiao.intake.layout.grid import Grid
from yumiao.intake.layout.headers import find_header


def find_bands(grid: Grid) -> tuple[Block, ...]:
    """Cut a sheet into the column bands of tables that stand side by side.

    An empty column parts two tables when the right one could stand alone: it has labels, its first column
    holds words, and it does not end in the same row or carries a title of its own. Any other empty column is
    only space inside one table. Labels that come twice in the same order are two tables without any space.
    """
    bands = _cut_at_empty(grid)
    return tuple(part for band in bands for part in _cut_at_repeat(grid, band))


def _cut_at_empty(grid: Grid) -> list[Block]:
    runs = _filled_runs(grid)
    if not runs:
        return []
    bands = [runs[0]]
    for run in runs[1:]:
        if _stands_alone(grid, bands[-1], run):
            bands.append(run)
        else:
            bands[-1] = (bands[-1][0], run[1])
    return [Block(0, first, grid.height - 1, last) for first, last in bands]


def _filled_runs(grid: Grid) -> list[tuple[int, int]]:
    """Return the runs of neighbouring columns that are not empty."""
    runs: list[tuple[int, int]] = []
    for column in grid.columns:
        texts = grid.sheet.cells[str(column)]
        if texts.null_count() == texts.len():
            continue
        if runs and runs[-1][1] == column - 1:
            runs[-1] = (runs[-1][0], column)
        else:
            runs.append((column, column))
    return runs


def _stands_alone(grid: Grid, left: tuple[int, int], right: tuple[int, int]) -> bool:
    if right[0] == right[1] or left[0] == left[1]:
        return False
    one, other = (Grid(grid.sheet, *run) for run in (left, right))
    if any(top_left <= left[1] and reach >= right[0] for _, top_left, _, reach in grid.sheet.merges):
        return False
    one_head, other_head = (find_header(each, 0, grid.height) for each in (one, other))
    if one_head is None or other_head is None or not one_head.rows or not other_head.rows:
        return False
    if other.is_of_figures(right[0], other_head.body):
        first = other.row(other_head.rows[0]).get(right[0], "")
        if normalise_label(first) not in {"序号", "编号", "no.", "no"}:
            return False
    same_end = one.last_filled() == other.last_filled()
    same_head = one_head.rows == other_head.rows
    return (
        not (same_end and same_head)
        or bool(other_head.above)
        or _shares_labels(one, other, one_head.rows[0], other_head.rows[0])
    )


def _shares_labels(one: Grid, other: Grid, row: int, other_row: int) -> bool:
    """Whether the first label of the right part is one of the left part's."""
    right = other.row(other_row)
    left = {normalise_label(text) for text in one.row(row).values()}
    return bool(right) and normalise_label(next(iter(right.values()))) in left


def _cut_at_repeat(grid: Grid, band: Block) -> list[Block]:
    """Cut a band whose labels come several times in the same order: a list set in two columns."""
    part = grid.cut(band)
    header = find_header(part, 0, grid.height)
    if header is None or not header.rows:
        return [band]
    labels = labels_of_columns(part, header)
    paths = [
        tuple(map(normalise_label, labels[column].texts)) if column in labels else ()
        for column in part.columns
    ]
    for size in range(2, len(paths) // 2 + 1):
        times = len(paths) // size
        if len(paths) % size == 0 and paths == paths[:size] * times and all(paths):
            starts = range(band.first_column, band.last_column + 1, size)
            return [Block(band.first_row, start, band.last_row, start + size - 1) for start in starts]
    return [band]

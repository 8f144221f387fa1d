"""Where a table ends because another one begins below it in the same columns."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from yumiao.intake.labels import normalise_label
from yumiao.intake.layout.grid import Grid, is_value, value_mask
from yumiao.intake.layout.headers import Header, find_header
from yumiao.intake.layout.row_signs import Cells, has_value, is_about_table, is_note
from yumiao.intake.layout.unit_words import unit_line
from yumiao.intake.layout.vocabulary import (
    CODE_LABEL,
    DATE_LABEL,
    FORM_LABELS,
    LABEL_WORDS,
    is_subtotal,
    is_total,
    plain_words,
)

_GOES_ON = re.compile(r"^[(（]?(?:续表?|接上表|上接|第.{1,6}页|共.{1,6}页|page\s*\d+)", re.IGNORECASE)

_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
"""A unified social credit code: never a label."""

MOST_LOOKED_AT = 300
"""Rows of one table that are looked at as possible beginnings of the next one."""

LOOKED_BACK = 200
"""Rows above a possible header in which its words are looked for."""

MOST_LINES = 12
"""The most lines that stand between two tables, or above a header that is repeated."""

PROBES = 3
"""Columns of figures that are searched for words in all their rows: labels stand in every one of them."""


@dataclass(frozen=True)
class Ending:
    """Where a table ends.

    Attributes:
        row: first row that no longer belongs to it.
        repeats: rows in which its header is repeated.
    """

    row: int
    repeats: tuple[int, ...]


def find_ending(grid: Grid, header: Header, end: int) -> Ending:
    """Find where the table below ``header`` ends, at ``end`` (not included) at the latest."""
    repeats = repeated_rows(grid, header, end)
    titles = {_plain(text) for row in header.above for text in grid.row(row).values()}
    figures = _figure_columns(grid, header.body)
    for row in _candidates(grid, header.body, end, figures):
        if row in repeats:
            continue
        start = _next_table(grid, header, row, end, repeats, titles, figures)
        if start is not None:
            return Ending(start, tuple(each for each in repeats if each < start))
    return Ending(end, tuple(repeats))


def repeated_rows(grid: Grid, header: Header, end: int) -> list[int]:
    """Return the rows of the body that repeat a row of the header, as at the top of printed pages."""
    found: set[int] = set()
    for row in header.rows:
        labels = grid.row(row)
        if len(labels) < 2:
            continue
        cells = grid.sheet.cells.slice(header.body, end - header.body)
        same = [pl.col(str(column)).eq(text).fill_null(value=False) for column, text in labels.items()]
        hits = cells.select(n=pl.sum_horizontal(each.cast(pl.UInt16) for each in same))["n"]
        needed = max(2, -(-4 * len(labels) // 5))
        found.update(int(each) + header.body for each in (hits >= needed).arg_true())
    return sorted(found)


def _figure_columns(grid: Grid, body: int) -> frozenset[int]:
    """Return the columns in which most filled cells of the first rows are value-like."""
    return frozenset(column for column in grid.columns if grid.is_of_figures(column, body))


def _candidates(grid: Grid, body: int, end: int, figures: frozenset[int]) -> list[int]:
    """Return the rows at which another table might begin: after an empty row, of one cell, words among figures."""
    filled = grid.filled[body:end]
    likely = ((filled.shift(1, fill_value=1) == 0) & (filled > 0)) | (filled == 1)
    probes = sorted(figures)[:PROBES]
    if probes:
        words = [_are_words(grid.sheet.cells[str(column)][body:end]) for column in probes]
        likely = likely | pl.select(pl.all_horizontal(words)).to_series()
    rows = likely.arg_true()
    return [int(row) + body for row in rows.head(MOST_LOOKED_AT)]


def _are_words(texts: pl.Series) -> pl.Series:
    """Say which cells hold something that is no value."""
    return texts.is_not_null() & ~value_mask(texts)


def _next_table(
    grid: Grid,
    header: Header,
    row: int,
    end: int,
    repeats: list[int],
    titles: set[str],
    figures: frozenset[int],
) -> int | None:
    """Return where the next table begins if one does at ``row``: at its title, or at its labels."""
    if row == header.body or _is_sum_row(grid.row(row)):
        return None
    lines, at = _lines_from(grid, row, end)
    if at is None:
        return None
    cells = grid.row(at)
    named = [text for line in lines for text in grid.row(line).values() if not is_note({0: text})]
    is_apart = bool(named) or (row > 0 and grid.filled[row - 1] == 0)
    if at in repeats:
        is_other = any(_plain(text) not in titles and not _goes_on(text) for text in named)
        return row if is_other and titles else None
    if not _looks_like_header(grid, header, at, end, cells, figures, is_apart=is_apart):
        return None
    return next((line for line in lines if not is_note(grid.row(line))), at)


def _lines_from(grid: Grid, row: int, end: int) -> tuple[list[int], int | None]:
    """Return the title lines from ``row`` on and the first row of several cells after them."""
    lines: list[int] = []
    at: int | None = row
    while at is not None and at < end and len(lines) < MOST_LINES:
        cells = grid.row(at)
        if len(cells) > 1 and not is_about_table(cells):
            return lines, at
        lines.append(at)
        at = grid.next_filled(at + 1)
    return lines, None


def _looks_like_header(
    grid: Grid, header: Header, row: int, end: int, cells: Cells, figures: frozenset[int], *, is_apart: bool
) -> bool:
    """Whether a row of text in the midst of a table holds the labels of another one."""
    found = find_header(grid, row, end)
    if found is None or not found.rows or found.rows[0] != row:
        return False
    if has_value({c: t for c, t in cells.items() if c in figures}) or is_note(cells):
        return False
    if _is_like_records(grid, header, row, cells):
        return False
    contrast = [column for column in cells if column in figures]
    if contrast and set(contrast) == figures and _has_figures_below(grid, found, end):
        return is_apart or len(cells) >= 3
    return is_apart and _labels_known(cells) and _differs_in_shape(grid, header, cells)


def _is_like_records(grid: Grid, header: Header, row: int, cells: Cells) -> bool:
    """Whether a row without figures is a record all the same: it has an organisation's code, or words of its columns.

    Labels are none of what stands below other labels; a record whose only figure is misspelt (2011-04 among dates)
    says 否 and 工业 like those above it.
    """
    if any(_CODE.fullmatch(text.strip()) for text in cells.values()):
        return True
    above = grid.sheet.cells.slice(max(header.body, row - LOOKED_BACK), min(LOOKED_BACK, row - header.body))
    known = sum(bool((above[str(column)] == text).any()) for column, text in cells.items())
    return known >= 2


def _has_figures_below(grid: Grid, header: Header, end: int) -> bool:
    return any(has_value(grid.row(row)) for row in range(header.body, min(end, header.body + 5)))


def _labels_known(cells: Cells) -> bool:
    """Whether several cells of a row are words that usually label columns."""
    texts = [plain_words(text) for text in cells.values()]
    if len(set(texts)) < len(texts) or any(len(text) > 20 for text in texts):
        return False
    known = [
        text
        for text in texts
        if text in FORM_LABELS
        or text in LABEL_WORDS
        or CODE_LABEL.search(text)
        or DATE_LABEL.search(text)
        or any(text.endswith(word) for word in LABEL_WORDS)
    ]
    return 2 * len(known) >= len(texts)


def _differs_in_shape(grid: Grid, header: Header, cells: Cells) -> bool:
    """Whether a row is no record of the table above: other columns, or no word in common with its body."""
    if not header.rows:
        return True
    labels = {normalise_label(text) for row in header.rows for text in grid.row(row).values()}
    return any(normalise_label(text) not in labels for text in cells.values()) or len(cells) == len(labels)


def _is_sum_row(cells: Cells) -> bool:
    return any(is_total(text) or is_subtotal(text) for text in list(cells.values())[:3] if not is_value(text))


def _goes_on(text: str) -> bool:
    """Whether a line above a repeated header belongs to the table before it: 续表, a unit, a page."""
    return unit_line(text) is not None or _GOES_ON.match(text.strip()) is not None


def _plain(text: str) -> str:
    return normalise_label(text)

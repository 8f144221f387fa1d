"""What each row of a body is: record, total, subtotal, heading, note, repeated header, nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from yumiao.intake.layout.found import GROUP, KIND, ROW, RowKind
from yumiao.intake.layout.grid import Grid, is_value
from yumiao.intake.layout.headers import Header
from yumiao.intake.layout.row_signs import Cells, is_note, is_numbering_row, is_table_number, is_unit_row
from yumiao.intake.layout.vocabulary import (
    APART,
    AREAS,
    NOTE_START,
    PAGE_LINE,
    is_subtotal,
    is_total,
    plain_words,
)

KEY_COLUMNS = 4
"""How many columns from the left may hold the label of a row."""

TAIL = 60
"""Rows at the end of a body among which notes are looked for."""

_SUM_WORDS = "计$|计[（(]|^全[国省市区县镇]|total"
_ENUMERATED = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}\s*[、.．]|[(（][一二三四五六七八九十]{1,3}[)）]|第[一二三四五六七八九十]{1,3}[类部分章节批组]|"
    r"[IVX]{1,4}\s*[.、．]|[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ])"
)
_SENTENCE = re.compile("[。；！？]")


def kinds_of_rows(grid: Grid, header: Header, end: int, repeats: Sequence[int]) -> pl.DataFrame:
    """Say what every row of the body is.

    Returns: one row per row from ``header.body`` to ``end`` (not included): row, kind, group.
    """
    kinds = _Kinds(grid, header, end)
    kinds.mark(repeats, RowKind.REPEATED_HEADER)
    for row in repeats:
        _mark_above_header(kinds, row - 1)
        _mark_below_header(kinds, row + 1)
    _mark_tail(kinds)
    _mark_sums(kinds)
    groups = _mark_single_cells(kinds)
    return kinds.frame(groups)


class _Kinds:
    """The kinds found so far; what is not marked is a record, or blank."""

    def __init__(self, grid: Grid, header: Header, end: int) -> None:
        self.grid, self.header, self.end = grid, header, end
        self.body = header.body
        self.filled = grid.filled[self.body : end]
        self.found: dict[int, RowKind] = {}

    def mark(self, rows: Sequence[int], kind: RowKind) -> None:
        for row in rows:
            if self.body <= row < self.end:
                self.found.setdefault(row, kind)

    def frame(self, groups: dict[int, str]) -> pl.DataFrame:
        numbers = pl.arange(self.body, self.end, dtype=pl.UInt32, eager=True).alias(ROW)
        kinds = pl.select(
            pl.when(self.filled > 0).then(pl.lit(RowKind.RECORD.value)).otherwise(pl.lit(RowKind.BLANK.value))
        ).to_series()
        if self.found:
            at = [row - self.body for row in self.found]
            kinds = kinds.scatter(at, [kind.value for kind in self.found.values()])
        heads = pl.Series(GROUP, [None], dtype=pl.String).new_from_index(0, numbers.len())
        if groups:
            heads = heads.scatter([row - self.body for row in groups], list(groups.values()))
            heads = heads.forward_fill()
        kept = pl.Series(kinds).is_in([RowKind.RECORD.value, RowKind.SUBTOTAL.value, RowKind.APART.value])
        return pl.DataFrame([numbers, kinds.alias(KIND), heads.set(~kept, None)])


def _mark_above_header(kinds: _Kinds, row: int) -> None:
    """Mark the lines above a repeated header that stand above the first one too: title, unit, table number."""
    above = {text.strip() for each in kinds.header.above for text in kinds.grid.row(each).values()}
    while row >= kinds.body:
        texts = [text.strip() for text in kinds.grid.row(row).values()]
        if not all(text in above or is_table_number(text) for text in texts):
            return
        if texts:
            kinds.mark([row], RowKind.REPEATED_HEADER)
        row -= 1


def _mark_below_header(kinds: _Kinds, row: int) -> None:
    """Mark what follows a repeated header: its second row, units, numbering."""
    while row < kinds.end:
        cells = kinds.grid.row(row)
        below = [kinds.grid.row(row + 1)] if row + 1 < kinds.end else []
        if is_numbering_row(cells, below):
            kinds.mark([row], RowKind.NUMBERING)
        elif row in kinds.found:
            pass
        elif is_unit_row(cells) or _repeats_label_row(kinds, cells):
            kinds.mark([row], RowKind.REPEATED_HEADER)
        else:
            return
        row += 1


def _repeats_label_row(kinds: _Kinds, cells: Cells) -> bool:
    return bool(cells) and any(cells == kinds.grid.row(row) for row in kinds.header.rows)


def _mark_tail(kinds: _Kinds) -> None:
    """Mark the notes at the end: from the first row that begins like one, only such rows or lines follow."""
    tail: list[int] = []
    row = kinds.end - 1
    while row >= kinds.body and len(tail) < TAIL:
        cells = kinds.grid.row(row)
        if cells and not _may_be_note(cells):
            break
        if cells:
            tail.insert(0, row)
        row -= 1
    starts = [each for each in tail if _begins_notes(kinds, each)]
    if starts:
        kinds.mark([each for each in tail if each >= starts[0]], RowKind.NOTE)


def _may_be_note(cells: Cells) -> bool:
    texts = list(cells.values())
    return (
        (len(cells) == 1 and not is_value(texts[0]))
        or is_note(cells)
        or all(":" in t or "：" in t for t in texts)
    )


def _begins_notes(kinds: _Kinds, row: int) -> bool:
    cells = kinds.grid.row(row)
    text = next(iter(cells.values())).strip()
    if is_note(cells) or (len(cells) > 1 and all(":" in t or "：" in t for t in cells.values())):
        return True
    if len(cells) > 1:
        return False
    is_apart = row > kinds.body and kinds.grid.filled[row - 1] == 0
    is_sentence = _SENTENCE.search(text) is not None or len(text) > 40
    is_key = min(cells) in kinds.grid.row(kinds.header.rows[-1]) if kinds.header.rows else False
    return is_sentence or (is_apart and not is_key) or (is_apart and len(kinds.grid.columns) > 3)


def _mark_sums(kinds: _Kinds) -> None:
    """Mark totals and subtotals by the label of the row: the first of its cells that is no number."""
    for column in kinds.grid.columns[:KEY_COLUMNS]:
        texts = kinds.grid.sheet.cells[str(column)][kinds.body : kinds.end]
        words = texts.str.replace_all(r"[\s\u3000]+", "").str.to_lowercase()
        likely = words.str.contains(_SUM_WORDS) | words.is_in([*AREAS, *APART])
        for at in likely.fill_null(value=False).arg_true():
            row = int(at) + kinds.body
            if row not in kinds.found and _row_label(kinds.grid.row(row)) == column:
                _mark_sum(kinds, row, texts[at])


def _row_label(cells: Cells) -> int | None:
    """Return the column of a row's label: the first cell that is no figure."""
    return next((column for column, text in sorted(cells.items()) if not is_value(text)), None)


def _mark_sum(kinds: _Kinds, row: int, text: str) -> None:
    words = plain_words(text)
    if is_total(text):
        kinds.mark([row], RowKind.TOTAL)
    elif is_subtotal(text) or (words in AREAS and _is_among_parts(kinds, row)):
        kinds.mark([row], RowKind.SUBTOTAL)
    elif words in APART:
        kinds.mark([row], RowKind.APART)


def _is_among_parts(kinds: _Kinds, row: int) -> bool:
    """Whether an area stands among rows that are no areas: then its parts are listed too."""
    column = _row_label(kinds.grid.row(row))
    texts = kinds.grid.sheet.cells[str(column)][kinds.body : min(kinds.end, kinds.body + 500)].drop_nulls()
    others = [
        text
        for text in texts
        if plain_words(text) not in AREAS and not is_total(text) and not is_subtotal(text)
    ]
    return len(others) >= 4


def _mark_single_cells(kinds: _Kinds) -> dict[int, str]:
    """Mark headings and notes among the rows of one cell; return the headings."""
    groups: dict[int, str] = {}
    if len(kinds.grid.columns) < 2 or (kinds.filled > 1).sum() == 0:
        return groups
    for at in (kinds.filled == 1).arg_true():
        row = int(at) + kinds.body
        if row in kinds.found:
            continue
        ((column, text),) = kinds.grid.row(row).items()
        if NOTE_START.match(text.strip()) or PAGE_LINE.match(text.strip()):
            kinds.mark([row], RowKind.NOTE)
        elif not is_value(text) and _is_heading(kinds, row, column, text):
            kinds.mark([row], RowKind.GROUP)
            groups[row] = text.strip()
    return groups


def _is_heading(kinds: _Kinds, row: int, column: int, text: str) -> bool:
    """Whether the only cell of a row heads the rows below it.

    A row that holds nothing but a name may as well be a record of which nothing is known: it is a heading
    only when it is merged over other columns, enumerated, or stands where the records have figures.
    """
    if row + 1 >= kinds.end:
        return False
    if any(right > left for _, left, _, right in kinds.grid.merges_at(row)) or _ENUMERATED.match(
        text.strip()
    ):
        return True
    return kinds.grid.is_of_figures(column, kinds.body)

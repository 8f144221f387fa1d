"""The tables of a sheet, in reading order, and what of it is no table."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import polars as pl

from yumiao.intake.cells import Sheet, column_letters
from yumiao.intake.layout.bands import find_bands
from yumiao.intake.layout.columns import build_columns
from yumiao.intake.layout.doubts import addresses, confidence_of
from yumiao.intake.layout.endings import find_ending
from yumiao.intake.layout.forms import is_form
from yumiao.intake.layout.found import (
    KEPT_KINDS,
    KIND,
    ROW,
    Block,
    Doubt,
    FoundTable,
    Leftover,
    LeftoverKind,
    RowKind,
    Survey,
)
from yumiao.intake.layout.grid import Grid
from yumiao.intake.layout.headers import Header, find_header
from yumiao.intake.layout.lists import find_list
from yumiao.intake.layout.outlines import carry_outline
from yumiao.intake.layout.row_kinds import kinds_of_rows
from yumiao.intake.layout.row_signs import is_about_table, is_note, is_table_number
from yumiao.intake.layout.sums import find_subtotals
from yumiao.intake.layout.unit_words import NO_UNIT, UnitWords, unit_line, units_of_line
from yumiao.intake.layout.vocabulary import PERIOD_LINE
from yumiao.model.text import Text

LONGEST_LABEL = 60
"""Characters: rows whose cells are usually longer are text, no labels."""


def find_tables(sheet: Sheet) -> tuple[FoundTable, ...]:
    """Find the tables of a sheet: from left to right, and from top to bottom; none where there is none."""
    return survey_sheet(sheet).tables


def survey_sheet(sheet: Sheet) -> Survey:
    """Find the tables of a sheet and say what the rest is."""
    if not sheet.width or not sheet.height:
        return Survey(sheet, (), (_empty(),))
    grid = Grid(sheet, 0, sheet.width - 1)
    tables: list[FoundTable] = []
    leftovers: list[Leftover] = []
    for band in find_bands(grid):
        for found in _survey_band(grid.cut(band)):
            (tables if isinstance(found, FoundTable) else leftovers).append(found)  # type: ignore[arg-type]
    if not tables and not leftovers:
        leftovers.append(_empty())
    return Survey(sheet, tuple(tables), tuple(leftovers))


def _empty() -> Leftover:
    return Leftover(LeftoverKind.EMPTY, None, Text("工作表是空的。", "The sheet is empty."))


def _survey_band(grid: Grid) -> list[FoundTable | Leftover]:
    found: list[FoundTable | Leftover] = []
    start = grid.next_filled(0)
    while start is not None:
        end = _next_empty(grid, start)
        if is_form(grid, start, end):
            found.append(_form(grid, start, end))
        else:
            part, end = _survey_part(grid, start)
            found.append(part)
        start = grid.next_filled(end) if end < grid.height else None
    return found


def _next_empty(grid: Grid, row: int) -> int:
    rest = grid.filled.slice(row) == 0
    at = rest.arg_max()
    return grid.height if at is None or not rest[at] else row + at


def _form(grid: Grid, start: int, end: int) -> Leftover:
    block = Block(start, grid.first, end - 1, grid.last)
    text = Text(
        f"{block.address} 是填写的表单（标签和值成对），不是表格；请改为首行是标签、每行一条记录。",
        f"{block.address} is a form (pairs of label and value), no table; "
        "please put the labels into one row and each record into a row below.",
    )
    return Leftover(LeftoverKind.FORM, block, text)


def _survey_part(grid: Grid, start: int) -> tuple[FoundTable | Leftover, int]:
    """Read the next table from ``start`` on; return it, or what is there instead, and where it ends."""
    header = find_header(grid, start, grid.height)
    if header is None or _is_prose(grid, header):
        listed = find_list(grid, start)
        if listed is None:
            return _prose(grid, start), grid.height
        header, end = listed
        return _build(grid, header, end, ()), end
    ending = find_ending(grid, header, grid.height)
    table = _build(grid, header, ending.row, ending.repeats)
    if not table.rows_of(*KEPT_KINDS).len():
        return _prose(grid, start, ending.row), ending.row
    return table, ending.row


def _is_prose(grid: Grid, header: Header) -> bool:
    texts = [text for row in header.rows for text in grid.row(row).values()]
    return bool(texts) and median(map(len, texts)) > LONGEST_LABEL


def _prose(grid: Grid, start: int, end: int | None = None) -> Leftover:
    last = grid.last_filled() if end is None else end - 1
    block = Block(start, grid.first, last, grid.last)
    text = Text(
        f"{block.address} 中没有表格：没有找到一行标签和其下的记录。",
        f"{block.address} holds no table: no row of labels with records below it was found.",
    )
    return Leftover(LeftoverKind.TEXT, block, text)


def _build(grid: Grid, header: Header, end: int, repeats: Sequence[int]) -> FoundTable:
    rows = kinds_of_rows(grid, header, end, repeats)
    line, unit, doubts = _unit_above(grid, header)
    columns, unsure = build_columns(grid, header, _kept(rows), unit)
    proven = find_subtotals(grid, columns, rows)
    if proven:
        rows = _with_subtotals(rows, list(proven))
        doubts = (*doubts, _subtotal_doubt(proven, grid.first))
    rows, outline = carry_outline(grid, columns, rows)
    doubts = (*doubts, *outline, *unsure, *_header_doubts(grid, header))
    last = _last_row(rows, header)
    block = Block(header.rows[0] if header.rows else header.body, columns[0].index, last, columns[-1].index)
    return FoundTable(
        grid.sheet,
        block,
        _title(grid, header),
        header.rows,
        columns,
        rows,
        line,
        confidence_of(doubts, columns),
        doubts,
    )


def _kept(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col(KIND).is_in([kind.value for kind in KEPT_KINDS]))


def _last_row(rows: pl.DataFrame, header: Header) -> int:
    filled = rows.filter(pl.col(KIND) != RowKind.BLANK.value)[ROW]
    return int(filled[-1]) if filled.len() else header.body - 1


def _with_subtotals(rows: pl.DataFrame, found: list[int]) -> pl.DataFrame:
    is_found = pl.col(ROW).is_in(found)
    return rows.with_columns(
        pl.when(is_found).then(pl.lit(RowKind.SUBTOTAL.value)).otherwise(pl.col(KIND)).alias(KIND)
    )


def _title(grid: Grid, header: Header) -> tuple[str, ...]:
    lines = (grid.row(row).values() for row in header.above)
    kept = ([text.strip() for text in line if _names_table(text)] for line in lines)
    return tuple(" ".join(texts) for texts in kept if texts)


def _names_table(text: str) -> bool:
    """Whether a cell above the labels is (part of) a title: its words, number or period, no unit, no 填报单位：…"""
    cell = {0: text}
    if is_table_number(text) or PERIOD_LINE.match(text.strip()):
        return True
    return not (is_about_table(cell) or is_note(cell))


def _unit_above(grid: Grid, header: Header) -> tuple[str, UnitWords, tuple[Doubt, ...]]:
    """Return the line of units above the labels, its unit, and a doubt where it names several."""
    for row in reversed(header.above):
        for column, text in grid.row(row).items():
            line = unit_line(text)
            if line is None:
                continue
            units = units_of_line(line)
            if len(units) == 1:
                return text.strip(), units[0], ()
            return text.strip(), NO_UNIT, (_several_units(row, column, text),)
    return "", NO_UNIT, ()


def _several_units(row: int, column: int, text: str) -> Doubt:
    words = Text(
        f"“{text.strip()}”列了多个单位，无法判断各列用哪一个；请在列名中注明。",
        f"“{text.strip()}” names several units; which column has which cannot be told. "
        "Please write them into the labels.",
    )
    return Doubt("units_several", words, addresses([row], column))


def _subtotal_doubt(proven: dict[int, str], column: int) -> Doubt:
    places = addresses(sorted(proven), column)
    count = len(proven)
    text = Text(
        f"有{count}行等于其他行之和，标为小计：{'、'.join(places)}{' …' if count > len(places) else ''}。",
        f"{count} rows are sums of others and are flagged as subtotals: "
        f"{', '.join(places)}{' …' if count > len(places) else ''}.",
    )
    return Doubt("sum_found", text, places, count)


def _header_doubts(grid: Grid, header: Header) -> list[Doubt]:
    found: list[Doubt] = []
    if not header.rows and grid.first < grid.last:
        text = Text(
            "没有找到表头，第一行就是数据；各列以列号为名。",
            "No labels were found, the first row holds values already; the columns are named by their letters.",
        )
        found.append(Doubt("no_header", text, addresses([header.body], grid.first)))
    spacers = _spacers(grid)
    if spacers:
        names = ", ".join(spacers)
        text = Text(
            f"表内有空列（{names}），按同一张表读取。", f"Empty columns inside ({names}); read as one table."
        )
        found.append(Doubt("spacer", text, tuple(spacers), len(spacers)))
    return found


def _spacers(grid: Grid) -> list[str]:
    empty = (c for c in grid.columns if grid.sheet.cells[str(c)].null_count() == grid.height)
    return [column_letters(column) for column in empty]

"""The columns of a table: label paths over several rows, units, types, and what stays unread."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from yumiao.intake.cells import cell_address
from yumiao.intake.labels import normalise_label
from yumiao.intake.layout.column_types import type_of_column, unit_of_cells
from yumiao.intake.layout.doubts import doubts_of_column
from yumiao.intake.layout.found import KIND, ROW, ColumnType, Doubt, FoundColumn, RowKind
from yumiao.intake.layout.grid import Grid
from yumiao.intake.layout.headers import Header
from yumiao.intake.layout.label_texts import split_languages
from yumiao.intake.layout.reading import ReadColumn, read_column
from yumiao.intake.layout.unit_words import NO_UNIT, UnitWords, take_unit, unit_of
from yumiao.intake.layout.vocabulary import is_subtotal, is_total
from yumiao.model.units import Dimension

_NO_MONEY = re.compile(
    "(?:人|户|家|个|件|项|次|台|篇|企业|单位|机构|专利|职工|员工|人员)(?:总)?数(?:量)?$|率$|占比$|比重$|增速$|增幅$"
)
"""Labels of counts and shares."""


@dataclass(frozen=True)
class Labels:
    """The labels above one column, outermost first, as received, with the cell each stands in."""

    texts: tuple[str, ...]
    places: tuple[tuple[int, int], ...]


def labels_of_columns(grid: Grid, header: Header) -> dict[int, Labels]:
    """Return the labels above every column: merged cells and spans without merging reach over their columns."""
    rows = [row for row in header.rows if row not in header.other_rows]
    reach: dict[int, list[tuple[int, int]]] = {column: [] for column in grid.columns}
    for row in rows:
        for place, columns in _reaches(grid, header, row):
            for column in columns:
                if column in reach and place not in reach[column]:
                    reach[column].append(place)
    return {
        column: Labels(tuple(grid.text(*place) or "" for place in places), tuple(places))
        for column, places in reach.items()
        if places
    }


def _reaches(grid: Grid, header: Header, row: int) -> list[tuple[tuple[int, int], list[int]]]:
    """Return for every label of a row the columns it stands over."""
    cells = grid.row(row)
    merges = {merge[1]: merge for merge in grid.merges_at(row) if merge[1] in cells}
    is_merged = any(right > left for _, left, _, right in merges.values())
    found: list[tuple[tuple[int, int], list[int]]] = []
    for column in cells:
        right = merges[column][3] if column in merges else column
        if right == column and not is_merged:
            right = _spread(grid, header, row, column, cells)
        found.append(((row, column), list(range(column, right + 1))))
    return found


def _spread(grid: Grid, header: Header, row: int, column: int, cells: Mapping[int, str]) -> int:
    """Return how far a label reaches over the empty places on its right that have labels below them.

    A label with nothing below it in its own column reaches on when it heads figures: a total with its parts
    beside it. The label of a column of words does not.
    """
    rows = [each for each in header.rows if each > row and each not in header.other_rows]
    below = {each for deeper in rows for each in grid.row(deeper)}
    if column not in below and not grid.is_of_figures(column, header.body):
        return column
    covered = {
        c for top, left, bottom, right in grid.merges if top < row <= bottom for c in range(left, right + 1)
    }
    right = column
    while right + 1 in below and right + 1 not in cells and right + 1 not in covered:
        right += 1
    return right


def build_columns(
    grid: Grid, header: Header, kept: pl.DataFrame, unit: UnitWords
) -> tuple[tuple[FoundColumn, ...], tuple[Doubt, ...]]:
    """Describe every column that has a label or holds something in a row that is kept.

    Args:
        kept: the rows that hold values: row, kind.
        unit: the unit of the line above the table, for columns of figures without one of their own.
    Returns: the columns, and what was unsure in their cells.
    """
    labels = labels_of_columns(grid, header)
    others = _row_texts(grid, header.other_rows)
    units = _row_texts(grid, header.unit_rows)
    rows = kept[ROW]
    is_sum = kept[KIND].is_in([RowKind.TOTAL.value, RowKind.SUBTOTAL.value])
    columns: list[FoundColumn] = []
    doubts: list[Doubt] = []
    for index in grid.columns:
        texts = grid.column(index).gather(rows)
        if index in labels or texts.null_count() < texts.len():
            column = _column(
                index, labels.get(index), others.get(index, ""), units.get(index, ""), texts, unit
            )
            read = _without_row_labels(_read(texts, column), texts, is_sum)
            columns.append(_placed(column, read, rows))
            doubts.extend(doubts_of_column(columns[-1], read, rows, has_header=bool(header.rows)))
    return tuple(columns), tuple(doubts)


def _read(texts: pl.Series, column: FoundColumn) -> ReadColumn:
    """Read the cells of a column whose type may leave some unread; others are only counted."""
    if column.type in {ColumnType.NUMBER, ColumnType.DATE, ColumnType.CODE}:
        return read_column(texts, column)
    return ReadColumn(texts, pl.repeat(value=False, n=texts.len(), dtype=pl.Boolean, eager=True))


def _without_row_labels(read: ReadColumn, texts: pl.Series, is_sum: pl.Series) -> ReadColumn:
    """Leave the words that label totals out of what is unread: 合计 in a column of numbers is in its place."""
    candidates = (read.unread & is_sum).arg_true()
    labels = [int(at) for at in candidates if is_total(texts[at]) or is_subtotal(texts[at])]
    if not labels:
        return read
    return replace(read, unread=read.unread.clone().scatter(labels, [False] * len(labels)))


def _row_texts(grid: Grid, rows: tuple[int, ...]) -> Mapping[int, str]:
    texts: dict[int, str] = {}
    for row in rows:
        texts |= grid.row(row)
        for _, left, _, right in grid.merges_at(row):
            texts |= {column: texts.get(left, "") for column in range(left, right + 1)}
    return texts


def _column(
    index: int, labels: Labels | None, other_row: str, unit_row: str, texts: pl.Series, line: UnitWords
) -> FoundColumn:
    parts = [_part(text) for text in (labels.texts if labels else ())]
    own = unit_of(unit_row) if unit_row else NO_UNIT
    if own is NO_UNIT or not own.text:
        own = next((unit for _, _, unit in reversed(parts) if unit.text), NO_UNIT)
    path = _path([words for words, _, _ in parts])
    other = _path([words for _, words, _ in parts if words] + ([other_row.strip()] if other_row else []))
    received = labels.texts if labels else ()
    own = own if own.text else unit_of_cells(texts)
    kind = type_of_column(texts, (*path, *other), own.text)
    if kind is not ColumnType.NUMBER:
        own = own if labels and any(unit.text for _, _, unit in parts) else NO_UNIT
    elif not own.text:
        own = _unit_of_line(path, texts, line)
    return FoundColumn(index, path, " / ".join(other), received, own.text, own.unit, kind)


def _part(text: str) -> tuple[str, str, UnitWords]:
    """Take one label apart: Chinese words (or the only ones), words in the other language, unit."""
    bare, unit = take_unit(text)
    words, other = split_languages(bare)
    if other:
        other, _ = take_unit(other)
    if not unit.text:
        words, unit = take_unit(words)
    return words, other, unit


def _path(words: list[str]) -> tuple[str, ...]:
    """Drop empty words and words that only repeat the one above them."""
    path: list[str] = []
    for each in words:
        if each and (not path or normalise_label(path[-1]) != normalise_label(each)):
            path.append(each)
    return tuple(path)


def _unit_of_line(path: tuple[str, ...], texts: pl.Series, line: UnitWords) -> UnitWords:
    """Return the unit of the line above the table where it can be this column's.

    A line of money stands above counts and shares too: 职工人数 below 单位：万元 is in no 万元.
    """
    if _is_counter(path, texts):
        return NO_UNIT
    is_money = line.unit is not None and line.unit.dimension in {Dimension.CNY, Dimension.USD}
    if is_money and path and _NO_MONEY.search(path[-1]):
        return NO_UNIT
    return line


def _is_counter(path: tuple[str, ...], texts: pl.Series) -> bool:
    """Whether a column of figures counts rows or years: the unit of the table is not its own."""
    if path and normalise_label(path[-1]) in {
        "序号",
        "编号",
        "no.",
        "no",
        "年份",
        "年度",
        "year",
        "行次",
        "位次",
        "排名",
    }:
        return True
    first = texts.drop_nulls().head(3).to_list()
    return first == ["1", "2", "3"] and not path


def _placed(column: FoundColumn, read: ReadColumn, rows: pl.Series) -> FoundColumn:
    """Say where the cells of a column stand and how many are not of its type."""
    cells = ""
    if rows.len():
        cells = f"{cell_address(int(rows[0]), column.index)}:{cell_address(int(rows[-1]), column.index)}"
    filled = read.texts.len() - read.texts.null_count()
    return replace(column, cells=cells, filled=filled, unread=int(read.unread.sum()))

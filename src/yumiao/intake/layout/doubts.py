"""What the reader of a layout was unsure of, in sentences with the cells concerned."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import polars as pl

from yumiao.intake.cells import cell_address
from yumiao.intake.layout.found import ColumnType, Doubt, FoundColumn
from yumiao.intake.layout.reading import ReadColumn
from yumiao.model.text import Text

LISTED = 5
"""Addresses named in one doubt; the rest is counted."""

TYPE_NAMES = {
    ColumnType.NUMBER: Text("数字", "number"),
    ColumnType.DATE: Text("日期", "date"),
    ColumnType.YES_NO: Text("是否", "yes or no"),
    ColumnType.CODE: Text("代码", "code"),
    ColumnType.TEXT: Text("文字", "text"),
    ColumnType.EMPTY: Text("空", "empty"),
}

WEIGHTS = {"no_header": 0.4, "no_label": 0.1, "units_several": 0.1, "spacer": 0.1, "rest_unread": 0.1}
"""How much each doubt takes from the confidence; those not named take a twentieth."""

_SHARE = re.compile("(?:率|占比|比重|比例|增速|增幅)$")
"""Labels of shares: 5 and 0.05 may mean the same there."""

_NOTES = {
    "scaled": Text("以其他单位（如“亿”）书写，已换算", "written in another unit (such as 亿) and converted"),
    "unit_mixed": Text(
        "没有写单位，而同列多数写了；未改动",
        "without the unit that most of the column carry; left as they are",
    ),
    "mark_removed": Text("数字后的注释标记已去掉", "the footnote mark behind the figure is taken off"),
    "serial_date": Text(
        "是电子表格的日期序号，已转为日期", "day numbers of a spreadsheet, turned into dates"
    ),
}


def doubts_of_column(
    column: FoundColumn, read: ReadColumn, rows: pl.Series, *, has_header: bool
) -> tuple[Doubt, ...]:
    """Return what was unsure in one column: its cells, its unit, and its label where the table has labels."""
    found = [_unread(column, read, rows)] if column.unread else []
    for code, mask in read.notes:
        if mask.any():
            found.append(_note(column, code, mask, rows))
    if (
        column.type is ColumnType.NUMBER
        and not column.unit
        and column.path
        and _SHARE.search(column.path[-1])
    ):
        found.append(_share_without_unit(column))
    if not column.path and has_header:
        text = Text(
            f"{column.letters} 列没有表头，以列号为名。",
            f"Column {column.letters} has no label; it is named by its letter.",
        )
        found.append(Doubt("no_label", text, (column.cells,)))
    return tuple(found)


def _unread(column: FoundColumn, read: ReadColumn, rows: pl.Series) -> Doubt:
    name, kind = column.joined or column.letters, TYPE_NAMES[column.type]
    places = addresses(rows.filter(read.unread), column.index)
    listed = _listed(places, column.unread)
    text = Text(
        f"列“{name}”有{column.unread}个单元格不是{kind.zh}，保持原样：{listed}。",
        f"Column “{name}”: {column.unread} cells are no {kind.en} and stay as received: {listed}.",
    )
    return Doubt("unread", text, places, column.unread)


def _note(column: FoundColumn, code: str, mask: pl.Series, rows: pl.Series) -> Doubt:
    name, count = column.joined or column.letters, int(mask.sum())
    places = addresses(rows.filter(mask), column.index)
    listed = _listed(places, count)
    text = Text(
        f"列“{name}”有{count}个单元格{_NOTES[code].zh}：{listed}。",
        f"Column “{name}”: {count} cells: {_NOTES[code].en}: {listed}.",
    )
    return Doubt(code, text, places, count)


def _share_without_unit(column: FoundColumn) -> Doubt:
    name = column.joined
    text = Text(
        f"列“{name}”没有注明是百分数还是小数；数值未改动。",
        f"Column “{name}” does not say whether it holds percentages or fractions; its figures are not changed.",
    )
    return Doubt("share_unit", text, (column.cells,))


def addresses(rows: Iterable[int], column: int) -> tuple[str, ...]:
    """Name the first few cells of a column."""
    return tuple(cell_address(int(row), column) for row, _ in zip(rows, range(LISTED), strict=False))


def _listed(places: Sequence[str], count: int) -> str:
    return ", ".join(places) + (" …" if count > len(places) else "")


def confidence_of(doubts: Sequence[Doubt], columns: Sequence[FoundColumn]) -> float:
    """Return how sure the reader is, from 0 to 1: every doubt takes its weight, unread cells their share."""
    filled = sum(column.filled for column in columns)
    unread = sum(column.unread for column in columns) / filled if filled else 0.0
    once = {doubt.code for doubt in doubts if doubt.code != "unread"}
    lost = sum(WEIGHTS.get(code, 0.05) for code in once) + unread
    return round(max(0.05, 1.0 - lost), 2)

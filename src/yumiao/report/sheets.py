"""Tables on the sheets of a workbook: written row by row, so that many rows need little memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import polars as pl
import xlsxwriter

from yumiao.model.outcomes import OUTCOME_LABELS, Outcome
from yumiao.model.text import Language

MAX_ROWS = 1_048_576
"""Rows of one sheet in a spreadsheet program."""

MAX_TEXT = 32_000
"""Characters of one cell that are written; spreadsheet programs take 32 767."""

SLICE = 10_000
"""Rows taken out of a frame at a time."""

Look = Literal["text", "number", "count", "outcome", "wrapped"]

COLOURS = {
    Outcome.MET: ("#1A6A4B", "#E4F1E9"),
    Outcome.NOT_MET: ("#A62F22", "#FBE9E5"),
    Outcome.UNDETERMINED: ("#765600", "#FBF2D8"),
}
"""Ink and ground of each outcome; the words say the same."""


@dataclass(frozen=True)
class Column:
    """One column of a sheet.

    Attributes:
        source: the frame's column; a ``number`` falls back to the text of ``otherwise`` where it is NULL.
        group, note: what stands above the label: the condition's wording and its clause; columns with the same
            ``group_id`` stand under one of each.
    """

    source: str
    label: str
    width: int = 14
    look: Look = "text"
    group: str = ""
    note: str = ""
    otherwise: str = ""
    group_id: str = ""


@dataclass(frozen=True)
class Table:
    """A frame to be written on one sheet, or several when it is too long."""

    title: str
    columns: Sequence[Column]
    frame: pl.DataFrame
    frozen: int = 2
    note: str = ""


class Book:
    """A workbook being written; nothing in it is a formula."""

    def __init__(self, path: Path, title: str, language: Language, created: datetime) -> None:
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.language = language
        self.book = xlsxwriter.Workbook(str(path), options)
        self.book.set_properties({"title": title, "created": created})
        self.formats = self._make_formats()
        self._taken: set[str] = set()

    def __enter__(self) -> Book:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.book.close()

    def _make_formats(self) -> Mapping[str, Any]:
        head = {"bold": True, "bg_color": "#EAEEE6", "border": 1, "border_color": "#DBE1D8", "valign": "top"}
        styles = {
            "title": {"bold": True, "font_size": 14, "font_color": "#1B5A45"},
            "subtitle": {"bold": True, "font_size": 12, "font_color": "#1B5A45"},
            "plain": {"valign": "top"},
            "faint": {"font_color": "#5A6860", "valign": "top"},
            "wrapped": {"text_wrap": True, "valign": "top"},
            "number": {"num_format": "#,##0.00", "valign": "top"},
            "count": {"num_format": "#,##0", "valign": "top"},
            "head": {**head, "text_wrap": True},
            "note": {**head, "bold": False, "italic": True, "text_wrap": True, "font_color": "#42514A"},
        }
        return {name: self.book.add_format(style) for name, style in styles.items()} | {
            outcome.value: self.book.add_format({"font_color": ink, "bg_color": ground, "bold": True})
            for outcome, (ink, ground) in COLOURS.items()
        }

    def sheet_name(self, title: str) -> str:
        """Make a name that a spreadsheet program accepts and that no other sheet has."""
        base = re.sub(r"[\[\]:*?/\\]", " ", title).strip().strip("'") or "Sheet"
        for number in range(1, 1000):
            suffix = "" if number == 1 else f" ({number})"
            name = base[: 31 - len(suffix)] + suffix
            if name.lower() not in self._taken:
                self._taken.add(name.lower())
                return name
        raise ValueError(f"too many sheets are called {title}")

    def add_sheet(self, title: str) -> Any:
        """Add a sheet under a free name."""
        return self.book.add_worksheet(self.sheet_name(title))

    def add_table(
        self, table: Table, max_rows: int = MAX_ROWS, tick: Callable[[int], None] | None = None
    ) -> int:
        """Write a table; return on how many sheets it stands."""
        room = max_rows - _first_row(table)
        starts = range(0, max(1, table.frame.height), room)
        for start in starts:
            self._add_part(table, table.frame.slice(start, room), tick)
        return len(starts)

    def _add_part(self, table: Table, rows: pl.DataFrame, tick: Callable[[int], None] | None) -> None:
        sheet = self.add_sheet(table.title)
        first = _first_row(table)
        for number, column in enumerate(table.columns):
            sheet.set_column(number, number, column.width)
        if table.note:
            sheet.write_string(0, 0, table.note, self.formats["faint"])
        self._write_groups(sheet, table, first)
        for number, column in enumerate(table.columns):
            sheet.write_string(first - 1, number, column.label, self.formats["head"])
        sheet.freeze_panes(first, min(table.frozen, len(table.columns)))
        last = first + rows.height - 1
        if rows.height:
            sheet.autofilter(first - 1, 0, last, len(table.columns) - 1)
            self._colour(sheet, table.columns, first, last)
        for done, cells in enumerate(_cells(rows, table.columns), start=first):
            self._write_row(sheet, done, cells, table.columns)
            if tick is not None and done % SLICE == 0:
                tick(SLICE)

    def _write_groups(self, sheet: Any, table: Table, first: int) -> None:
        """Write the wording and the clause of each condition across its columns."""
        if not _is_grouped(table):
            return
        sheet.set_row(first - 3, 64)
        for row, part in ((first - 3, "group"), (first - 2, "note")):
            look = self.formats["head" if part == "group" else "note"]
            for start, end, text in _spans([(each.group_id, getattr(each, part)) for each in table.columns]):
                if text and end > start:
                    sheet.merge_range(row, start, row, end, text, look)
                elif text:
                    sheet.write_string(row, start, text, look)

    def _colour(self, sheet: Any, columns: Sequence[Column], first: int, last: int) -> None:
        for number, column in enumerate(columns):
            if column.look == "outcome":
                for outcome in Outcome:
                    words = OUTCOME_LABELS[outcome].words(self.language)
                    rule = {
                        "type": "cell",
                        "criteria": "==",
                        "value": f'"{words}"',
                        "format": self.formats[outcome.value],
                    }
                    sheet.conditional_format(first, number, last, number, rule)

    def _write_row(self, sheet: Any, row: int, cells: Sequence[object], columns: Sequence[Column]) -> None:
        for number, (cell, column) in enumerate(zip(cells, columns, strict=True)):
            if cell is None or cell == "":
                continue
            if isinstance(cell, str):
                look = self.formats["wrapped"] if column.look == "wrapped" else None
                sheet.write_string(
                    row, number, cell if len(cell) <= MAX_TEXT else cell[:MAX_TEXT] + "…", look
                )
            else:
                look = self.formats["number" if column.look == "number" else "count"]
                sheet.write_number(row, number, cell, look)


def _is_grouped(table: Table) -> bool:
    return any(column.group for column in table.columns)


def _first_row(table: Table) -> int:
    """Return the row (from 0) of the first subject: below note, groups and labels."""
    return 1 + bool(table.note) + (2 if _is_grouped(table) else 0)


def _spans(cells: Sequence[tuple[str, str]]) -> Iterator[tuple[int, int, str]]:
    """Yield runs of neighbouring columns of one group with their text."""
    start = 0
    for number in range(1, len(cells) + 1):
        if number == len(cells) or cells[number][0] != cells[start][0] or not cells[start][0]:
            yield start, number - 1, cells[start][1]
            start = number


def _cells(frame: pl.DataFrame, columns: Sequence[Column]) -> Iterator[tuple[object, ...]]:
    """Yield the cells of each row; a number that is not known gives way to its text."""
    for start in range(0, frame.height, SLICE):
        part = frame.slice(start, SLICE)
        series = []
        for column in columns:
            own = part[column.source].to_list()
            if column.otherwise:
                texts = part[column.otherwise].to_list()
                own = [text if number is None else number for number, text in zip(own, texts, strict=True)]
            series.append(own)
        yield from zip(*series, strict=True)

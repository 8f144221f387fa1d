"""What is recognised in a sheet: tables with their labels, rows and doubts, and what is no table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import polars as pl

from yumiao.intake.cells import Sheet, cell_address, column_letters
from yumiao.model.text import Text
from yumiao.model.units import Unit

ROW = "row"
"""Column of row frames: the row's number in the sheet, from 0."""

KIND = "kind"
"""Column of row frames: one of :class:`RowKind`."""

GROUP = "group"
"""Column of row frames: the heading the row stands under, NULL where there is none."""


class RowKind(StrEnum):
    """What one row of a table's body is."""

    RECORD = "record"
    TOTAL = "total"
    SUBTOTAL = "subtotal"
    APART = "apart"
    GROUP = "group"
    NOTE = "note"
    REPEATED_HEADER = "repeated_header"
    NUMBERING = "numbering"
    BLANK = "blank"


KEPT_KINDS = (RowKind.RECORD, RowKind.TOTAL, RowKind.SUBTOTAL, RowKind.APART)
"""Kinds of rows that hold values: a table that is written out has these, each flagged with its kind.

``apart`` is a record that official statistics list beside their totals: Hong Kong, Macao, Taiwan.
"""


class ColumnType(StrEnum):
    """What the cells of a column are."""

    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"
    CODE = "code"
    TEXT = "text"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something the reader was not sure of.

    Attributes:
        code: stable identifier of the kind of doubt.
        text: the whole sentence: what, where, what was done about it.
        cells: addresses of the cells concerned, the first few of them.
        count: how many cells or rows are concerned.
    """

    code: str
    text: Text
    cells: tuple[str, ...] = ()
    count: int = 1


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of a sheet; rows and columns from 0, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    @property
    def address(self) -> str:
        """The rectangle as spreadsheets write it: ``A5:G42``."""
        first = cell_address(self.first_row, self.first_column)
        return f"{first}:{cell_address(self.last_row, self.last_column)}"


@dataclass(frozen=True, slots=True)
class FoundColumn:
    """One column of a table.

    Attributes:
        index: number of the column in the sheet, from 0.
        path: the labels above the cells from the outermost down, without unit and footnote marks.
        other: the same in the other language, or empty.
        parts: the labels above the cells as received, outermost first; empty where nothing stands there.
        unit: the unit as written (``人年``), or empty.
        known_unit: the same as a unit of Yumiao; None where it is not one of them or none is stated.
        type: what the cells are.
        cells: where the values stand, from the first kept row to the last (``D7:D42``).
        filled: cells among the kept rows that hold something.
        unread: cells among them that are not of the column's type and stay as received.
    """

    index: int
    path: tuple[str, ...]
    other: str = ""
    parts: tuple[str, ...] = ()
    unit: str = ""
    known_unit: Unit | None = None
    type: ColumnType = ColumnType.TEXT
    cells: str = ""
    filled: int = 0
    unread: int = 0

    @property
    def letters(self) -> str:
        """The column as spreadsheets name it: A, B, …"""
        return column_letters(self.index)

    @property
    def label(self) -> str:
        """The labels as received, in one string."""
        return " / ".join(part.strip() for part in self.parts)

    @property
    def joined(self) -> str:
        """The label path in one string."""
        return " / ".join(self.path)


@dataclass(frozen=True)
class FoundTable:
    """One table of a sheet.

    Attributes:
        sheet: the sheet it stands in; the cells are read from there.
        block: from the first row of the header to the last row of the body, notes included.
        title: the lines above the header that name the table.
        header_rows: numbers of the rows with labels, from 0; empty where the table has none.
        columns: in the order of the sheet; columns without label and cells are left out.
        rows: one row per row of the body: ``row`` (UInt32), ``kind`` (String), ``group`` (String).
        unit_line: the line of units above the table as received, or empty.
        confidence: from 0 to 1; 1 where nothing is in doubt.
    """

    sheet: Sheet
    block: Block
    title: tuple[str, ...]
    header_rows: tuple[int, ...]
    columns: tuple[FoundColumn, ...]
    rows: pl.DataFrame
    unit_line: str = ""
    confidence: float = 1.0
    doubts: tuple[Doubt, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """A name for every column: its joined labels, numbered where two columns have the same."""
        return unique_names([column.joined or column.letters for column in self.columns])

    def rows_of(self, *kinds: RowKind) -> pl.Series:
        """Return the numbers of the rows of these kinds, from 0."""
        return self.rows.filter(pl.col(KIND).is_in([kind.value for kind in kinds]))[ROW]

    def with_doubts(self, *doubts: Doubt) -> FoundTable:
        return replace(self, doubts=(*self.doubts, *doubts))


class LeftoverKind(StrEnum):
    """What a part of a sheet is that is no table."""

    EMPTY = "empty"
    FORM = "form"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Leftover:
    """A part of a sheet that is no table, and why."""

    kind: LeftoverKind
    block: Block | None
    text: Text


@dataclass(frozen=True)
class Survey:
    """All that was found in one sheet."""

    sheet: Sheet
    tables: tuple[FoundTable, ...]
    leftovers: tuple[Leftover, ...] = ()


def unique_names(names: list[str]) -> tuple[str, ...]:
    """Number the second and later of equal names: 名称, 名称 (2), …"""
    taken: set[str] = set()
    unique: list[str] = []
    for name in names:
        candidate, number = name, 1
        while candidate in taken:
            number += 1
            candidate = f"{name} ({number})"
        taken.add(candidate)
        unique.append(candidate)
    return tuple(unique)

"""Sheets of untyped cells: what stands in a file, before anyone says what it means.

Every cell is text or empty (NULL). A number is the shortest decimal that prints it, a date is ``2026-05-31``,
a formula that failed keeps its error (``#DIV/0!``), so that no cell becomes empty by being read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from math import isinf
from pathlib import Path

import polars as pl

from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.model.units import decimal_text, exact_number

MAX_FILE_BYTES = 512 * 1024 * 1024
"""The largest file that is read."""

MAX_UNPACKED_BYTES = 1024**3
"""The largest total size of what a compressed file may unpack to."""

MAX_CELLS = 50_000_000
"""The largest sheet that is read, as rows times columns."""

MAX_COLUMNS = 16_384
"""The most columns a sheet may have; spreadsheets have no more."""

_EXACT_INTEGERS = 10**15
"""Spreadsheets keep 15 digits; whole numbers from here on are printed with an exponent, so that it shows."""

_CHUNK = 8192

Scalar = str | int | float | bool | dt.date | dt.time | dt.timedelta | None


@dataclass(frozen=True)
class Sheet:
    """One sheet of a file.

    Attributes:
        cells: one row per spreadsheet row from row 1 on, one text column per spreadsheet column named by its
            number from 0 on; NULL = empty cell. Of merged cells the first one holds the text.
        merges: blocks of merged cells as first row, first column, last row, last column, from 0.
    """

    name: str
    cells: pl.DataFrame
    merges: tuple[tuple[int, int, int, int], ...] = ()

    @property
    def height(self) -> int:
        return self.cells.height

    @property
    def width(self) -> int:
        return self.cells.width

    @property
    def rows(self) -> list[list[str | None]]:
        """All cells as lists, for small sheets and tests."""
        return [list(row) for row in self.cells.iter_rows()]

    def row(self, index: int) -> tuple[str | None, ...]:
        """Return the cells of row ``index`` (from 0)."""
        return self.cells.row(index)


@dataclass(frozen=True)
class Workbook:
    """A file that was read.

    Attributes:
        encoding: how a text file was decoded (``utf-8``, ``gb18030``, ``utf-16``); empty otherwise.
        was_encrypted: whether the file had to be decrypted first.
    """

    path: Path
    sheets: tuple[Sheet, ...]
    encoding: str = ""
    was_encrypted: bool = False


def unique_name(name: str, taken: set[str]) -> str:
    """Name a sheet so that no other has its name: the second 名单 becomes ``名单 (2)``; add it to ``taken``."""
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name} ({number})"
    taken.add(found)
    return found


def column_letters(index: int) -> str:
    """Name a column (from 0) as spreadsheets do: A, B, …, Z, AA, …"""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """Turn column letters into the column's number (from 0)."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def cell_address(row: int, column: int) -> str:
    """Name a cell (row and column from 0) as officers read it: ``D37``."""
    return f"{column_letters(column)}{row + 1}"


def cell_text(value: Scalar) -> str:
    """Print one cell: numbers as their shortest decimal, dates as ISO dates, an empty cell as ''."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number_text(value)
    if isinstance(value, dt.datetime):
        is_day = value.time() == dt.time()
        return value.date().isoformat() if is_day else value.isoformat(sep=" ")
    return _elapsed_text(value) if isinstance(value, dt.timedelta) else value.isoformat()


def _elapsed_text(value: dt.timedelta) -> str:
    """Print a time gone by in hours, as spreadsheets show it: a day and a half as ``36:00:00``."""
    sign, seconds = "-" if value < dt.timedelta() else "", abs(value).total_seconds()
    minutes, rest = divmod(round(seconds), 60)
    return f"{sign}{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _number_text(value: float) -> str:
    """Print the shortest decimal; binary noise beyond the 15 digits that spreadsheets keep is none of it.

    A sum of fen stored as 1234.3000000000002 is 1234.3 to everyone who opens the file.
    """
    if abs(value) < _EXACT_INTEGERS and value == int(value):
        return str(int(value))
    kept = float(f"{value:.15g}")
    if isinf(kept):  # the largest numbers of all do not survive rounding
        return repr(value)
    return str(int(kept)) if abs(kept) < _EXACT_INTEGERS and kept == int(kept) else repr(kept)


def percent_cell(number: str) -> str:
    """Print a number shown as a percentage the way the spreadsheet shows it, exactly: 0.298 as ``29.8%``."""
    return decimal_text(exact_number(number) * 100, 20) + "%"


def sheet_of_rows(name: str, rows: Iterable[Sequence[Scalar]]) -> Sheet:
    """Gather rows of cells into a sheet, a few thousand at a time so that memory stays small.

    Raises: YumiaoError when the sheet is larger than ``MAX_CELLS``.
    """
    frames: list[pl.DataFrame] = []
    height = width = 0
    source = iter(rows)
    while chunk := list(islice(source, _CHUNK)):
        height, width = height + len(chunk), max([width, *map(len, chunk)])
        check_extent(name, height, width)
        frames.append(_frame(chunk))
    cells = pl.concat(frames, how="diagonal") if frames else pl.DataFrame()
    return Sheet(name, cells)


def check_extent(name: str, height: int, width: int) -> None:
    """Refuse a sheet of more than ``MAX_CELLS`` cells or ``MAX_COLUMNS`` columns.

    Raises: YumiaoError (``too_big``).
    """
    if height * width > MAX_CELLS or width > MAX_COLUMNS:
        raise too_big(
            f"工作表“{name}”有{height}行×{width}列，上限为{MAX_COLUMNS}列、{MAX_CELLS}个单元格",
            f"Sheet “{name}” has {height} rows × {width} columns; the limit is {MAX_COLUMNS} columns and "
            f"{MAX_CELLS} cells",
        )


def too_big(zh: str, en: str) -> YumiaoError:
    """Build the error for a file beyond the stated limits."""
    return YumiaoError("too_big", Text(zh + "；请拆分后再报送。", en + "; please split it."))


def _frame(rows: list[Sequence[Scalar]]) -> pl.DataFrame:
    width = max(map(len, rows))
    if any(len(row) != width for row in rows):
        rows = [[*row, *([None] * (width - len(row)))] for row in rows]
    columns = zip(*rows, strict=True)
    return pl.DataFrame([_series(str(index), values) for index, values in enumerate(columns)])


def _series(name: str, values: tuple[Scalar, ...]) -> pl.Series:
    if not set(map(type, values)) <= {str, type(None)}:
        values = tuple(value if type(value) is str else cell_text(value) for value in values)
    texts = pl.Series(name, values, dtype=pl.String)
    return texts.set(texts.str.strip_chars() == "", None)


def put_marks(sheet: Sheet, marks: dict[tuple[int, int], str]) -> Sheet:
    """Return the sheet with the texts of ``marks``, (row, column) from 0 -> text, put into its cells."""
    if not marks:
        return sheet
    cells = _extended(sheet.cells, marks)
    columns: dict[int, list[tuple[int, str]]] = {}
    for (row, column), text in marks.items():
        columns.setdefault(column, []).append((row, text))
    changed = [
        cells[str(column)].scatter([row for row, _ in places], [text for _, text in places])
        for column, places in columns.items()
    ]
    return Sheet(sheet.name, cells.with_columns(changed), sheet.merges)


def _extended(cells: pl.DataFrame, marks: Iterable[tuple[int, int]]) -> pl.DataFrame:
    places = list(marks)
    width = max(cells.width, 1 + max(column for _, column in places))
    height = max(cells.height, 1 + max(row for row, _ in places))
    missing = [pl.lit(None, pl.String).alias(str(index)) for index in range(cells.width, width)]
    cells = cells.with_columns(missing) if cells.width else pl.select(missing).clear()
    if height > cells.height:
        filler = pl.DataFrame(schema=cells.schema).clear(height - cells.height)
        cells = pl.concat([cells, filler])
    return cells


def empty_file(path: Path) -> YumiaoError:
    """Build the error for a file in which nothing stands."""
    return YumiaoError(
        "empty_file", Text(f"{path.name} 是空文件。", f"{path.name} is empty: there is nothing to read.")
    )


def unreadable(path: Path, zh: str, en: str) -> YumiaoError:
    """Build the error for a file that cannot be read, with what to do about it."""
    return YumiaoError("unreadable_file", Text(f"{path.name}：{zh}", f"{path.name}: {en}"))

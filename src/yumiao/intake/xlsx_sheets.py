"""The worksheets of an .xlsx file as untyped cells, read once from first to last byte in blocks of rows."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import IO

import numpy as np
import polars as pl

from yumiao.intake.cells import Sheet, check_extent, column_index, unique_name
from yumiao.intake.xlsx_package import Package, read_package
from yumiao.intake.xlsx_scan import CellBlock, scan_rows
from yumiao.intake.xlsx_texts import xml_blocks
from yumiao.intake.xlsx_values import cell_texts

Merges = tuple[tuple[int, int, int, int], ...]

_DATA = re.compile(rb"<sheetData\s*(/?)>")
_DATA_END = b"</sheetData"
_MERGE = re.compile(
    rb"<mergeCell\b[^<>]*?\bref=[\"']\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})[\"']"
)
_MAX_TAIL = 64 << 20


def read_sheets(archive: zipfile.ZipFile) -> tuple[Sheet, ...]:
    """Read every worksheet.

    Raises: YumiaoError when a sheet is too big; ValueError, KeyError, zipfile and XML errors when the file is
    damaged.
    """
    package = read_package(archive)
    found: list[Sheet] = []
    names: set[str] = set()
    for name, part in package.sheets:
        with archive.open(part) as stream:
            found.append(_read_sheet(unique_name(name, names), stream, package))
    return tuple(found)


def _read_sheet(name: str, stream: IO[bytes], package: Package) -> Sheet:
    reader = _SheetReader(name, package)
    tail: list[bytes] = []
    for content, is_data in _sections(stream):
        if is_data:
            reader.add(content)
        else:
            tail.append(content)
            if sum(map(len, tail)) > _MAX_TAIL:
                raise ValueError("what follows the cells is larger than any spreadsheet program writes")
    return Sheet(name, reader.cells(), _merges(b"".join(tail)))


def _sections(stream: IO[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield blocks of rows, marked true, and what comes after the rows."""
    before, after = True, False
    for block in xml_blocks(stream, b"row", b"worksheet"):
        content = block
        if before:
            found = _DATA.search(content)
            if found is None:
                continue
            before, after = False, bool(found[1])
            content = content[found.end() :]
        if after:
            yield content, False
            continue
        end = content.find(_DATA_END)
        yield (content if end < 0 else content[:end]), True
        if end >= 0:
            after = True
            yield content[end:], False
    if not before and not after:
        raise ValueError("the cells end too early")


def _merges(tail: bytes) -> Merges:
    """Read the blocks of merged cells, in the order of the file."""
    found = []
    for first, top, last, bottom in _MERGE.findall(tail):
        rows, columns = sorted((int(top) - 1, int(bottom) - 1)), sorted(map(_column, (first, last)))
        found.append((rows[0], columns[0], rows[1], columns[1]))
    return tuple(found)


def _column(letters: bytes) -> int:
    return column_index(letters.decode())


class _SheetReader:
    """Gathers blocks of cells into columns of text."""

    def __init__(self, name: str, package: Package) -> None:
        self._name = name
        self._package = package
        self._frames: list[pl.DataFrame] = []
        self._height = self._width = self._last_row = 0

    def add(self, content: bytes) -> None:
        """Add a block of rows; raise ValueError when rows come twice or out of order."""
        block = scan_rows(content, self._last_row)
        if not len(block.rows):
            return
        first, last = int(block.rows.min()), int(block.rows.max())
        if first < self._height:
            raise ValueError(f"row {first + 1} comes after row {self._height}")
        self._width = max(self._width, int(block.columns.max()) + 1)
        check_extent(self._name, last + 1, self._width)
        self._frames.append(self._frame(block, last + 1 - self._height))
        self._height = self._last_row = last + 1

    def cells(self) -> pl.DataFrame:
        """Return all cells."""
        return pl.concat(self._frames, how="diagonal") if self._frames else pl.DataFrame()

    def _frame(self, block: CellBlock, height: int) -> pl.DataFrame:
        places, texts = cell_texts(block, self._package)
        width = int(block.columns.max()) + 1
        index = np.full((width, height), len(texts), np.uint32)
        index[block.columns[places], block.rows[places] - self._height] = np.arange(len(texts))
        with_none = pl.concat([texts, pl.Series([None], dtype=pl.String)], rechunk=True)
        cells = with_none.gather(pl.Series(index.ravel(), dtype=pl.UInt32))
        return pl.DataFrame([cells.slice(at * height, height).alias(str(at)) for at in range(width)])

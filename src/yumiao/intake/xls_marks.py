"""What the reader of old .xls files would drop silently, or would not survive.

The records of every sheet are walked before the sheet is loaded: an extent beyond the limit, or one that
makes no sense, is refused instead of filling memory; failed formulas and numbers shown as percentages are
noted with their cells.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

import olefile  # type: ignore[import-untyped] # it ships no types

from yumiao.intake.cells import check_extent

_EOF, _BOUND_SHEET, _FORMAT, _XF, _TEXTS, _DIMENSIONS = 0x0A, 0x85, 0x41E, 0xE0, 0xFC, 0x200
_FORMULAS, _BOOL_OR_ERROR, _RK, _MANY_RK, _NUMBER = {0x06, 0x206, 0x406}, 0x205, 0x27E, 0xBD, 0x203
_CELLS = {*_FORMULAS, _BOOL_OR_ERROR, _RK, _MANY_RK, _NUMBER, 0x201, 0x204, 0xBE, 0xD6, 0xFD}
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_BUILT_IN_PERCENT = {9, 10}


@dataclass
class SheetMarks:
    """Places in one sheet, (row, column) from 0: of failed formulas, with the error, and of percentages."""

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    percents: set[tuple[int, int]] = field(default_factory=set)


def scan_book(content: bytes) -> list[SheetMarks]:
    """Return the marks of every worksheet, in the order of the book.

    Raises: YumiaoError when a sheet is too big; other errors when the file is damaged.
    """
    with olefile.OleFileIO(io.BytesIO(content)) as container:
        name = "Workbook" if container.exists("Workbook") else "Book"
        stream = container.openstream(name).read()
    is_unicode = name == "Workbook"
    starts: list[int] = []
    formats, styles = set(_BUILT_IN_PERCENT), []
    for kind, data in _records(stream, 0):
        if kind == _BOUND_SHEET and data[5] == 0:
            starts.append(struct.unpack_from("<I", data)[0])
        elif kind == _FORMAT and "%" in _format_text(data, is_unicode=is_unicode):
            formats.add(struct.unpack_from("<H", data)[0])
        elif kind == _XF:
            styles.append(struct.unpack_from("<H", data, 2)[0])
        elif kind == _TEXTS and struct.unpack_from("<I", data, 4)[0] > len(stream):
            raise ValueError("more texts are declared than the file can hold")
    percent_styles = frozenset(index for index, number in enumerate(styles) if number in formats)
    return [_scan_sheet(stream, start, percent_styles) for start in starts]


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Yield kind and content of every record from ``start`` to the end of its part."""
    position = start
    while position + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, position)
        yield kind, stream[position + 4 : position + 4 + length]
        if kind == _EOF:
            return
        position += 4 + length


def _format_text(data: bytes, *, is_unicode: bool) -> str:
    if not is_unicode:
        return data[3:].decode("latin-1")
    return data[5:].decode("utf-16-le" if data[4] & 1 else "latin-1", "replace")


def _scan_sheet(stream: bytes, start: int, percent_styles: frozenset[int]) -> SheetMarks:
    marks = SheetMarks()
    height = width = 0
    for kind, data in _records(stream, start):
        if kind == _DIMENSIONS:
            _check_dimensions(data)
        elif kind in _CELLS and len(data) >= 6:
            row, column, style = struct.unpack_from("<HHH", data)
            height, width = max(height, row + 1), max(width, column + 1)
            check_extent("", height, width)
            _mark(marks, kind, data, (row, column), is_percent=style in percent_styles)
            if kind == _MANY_RK:
                _mark_many(marks, data, (row, column), percent_styles)
    return marks


def _check_dimensions(data: bytes) -> None:
    wide = len(data) >= 14
    first_row, end_row, first_column, end_column = struct.unpack_from("<IIHH" if wide else "<HHHH", data)
    if first_row > end_row or first_column > end_column:
        raise ValueError("the extent of a sheet ends before it begins")
    check_extent("", end_row, end_column)


def _mark(marks: SheetMarks, kind: int, data: bytes, place: tuple[int, int], *, is_percent: bool) -> None:
    if kind == _BOOL_OR_ERROR and data[7]:
        marks.errors[place] = _ERRORS.get(data[6], "#ERROR")
    elif kind in _FORMULAS and data[12:14] == b"\xff\xff":
        if data[6] == 2:
            marks.errors[place] = _ERRORS.get(data[8], "#ERROR")
    elif is_percent and (kind in _FORMULAS or kind in {_RK, _NUMBER}):
        marks.percents.add(place)


def _mark_many(
    marks: SheetMarks, data: bytes, place: tuple[int, int], percent_styles: frozenset[int]
) -> None:
    row, first = place
    for offset in range((len(data) - 6) // 6):
        if struct.unpack_from("<H", data, 4 + 6 * offset)[0] in percent_styles:
            marks.percents.add((row, first + offset))

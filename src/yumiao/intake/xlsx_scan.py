"""The cells in the XML of a worksheet, found in whole blocks of rows at a time.

Spreadsheet programs write cells in one form: ``<c r="B7" s="3" t="s"><v>12</v></c>``, with an optional
formula before the value. Blocks in this form are read with array operations. A block with any cell written
otherwise (no address, other attributes, other quotes) is first rewritten into it, which is slow and rare.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from html import unescape

import numpy as np
import polars as pl
from numpy.typing import NDArray

from yumiao.intake.byte_words import Buffer, Places, word
from yumiao.intake.cells import column_index, column_letters
from yumiao.intake.xlsx_texts import SPACED, run_texts


class CellKind(IntEnum):
    """What the value of a cell is."""

    NUMBER = 0
    SHARED = 1
    TEXT = 2
    ERROR = 3
    BOOL = 4
    DAY = 5
    READY = 6
    """A text that needs nothing more: a formula that was never computed, with its ``=``, or a rich text."""


@dataclass(frozen=True)
class CellBlock:
    """The cells of some rows that hold something, one entry per cell.

    Attributes:
        rows, columns: place of the cell, from 0.
        styles: number of its style.
        kinds: a ``CellKind``.
        texts: what stands in the XML, entities still unexpanded; '' for cells that refer to a shared text.
        numbers: of cells that refer to a shared text its number; -1 where there is none.
    """

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    styles: NDArray[np.int64]
    kinds: NDArray[np.int8]
    texts: pl.Series
    numbers: NDArray[np.int64]


class OddCellError(ValueError):
    """A cell is not in the form that array operations can read."""


_TYPES = {
    b'n"': CellKind.NUMBER,
    b's"': CellKind.SHARED,
    b'e"': CellKind.ERROR,
    b'b"': CellKind.BOOL,
    b'd"': CellKind.DAY,
    b'str"': CellKind.TEXT,
    b"inlineSt": CellKind.TEXT,
}
_INLINE_LENGTH = len(b'inlineStr"')
_TAG = re.compile(rb"<(row|c)((?:\s[^<>]*?)?)(/?)>")
_ATTRIBUTE = re.compile(rb"\s([A-Za-z:]{1,40})\s{0,9}=\s{0,9}(?:\"([^\"<>]*)\"|'([^'<>]*)')")
_ADDRESS = re.compile(rb"([A-Z]{1,3})([1-9]\d{0,6})")
_ROW_NUMBER = re.compile(rb"[1-9]\d{0,6}")
_VALUE = re.compile(rb"<v(?:\s[^<>]*)?>([^<>]*)</v")
_FORMULA = re.compile(rb"<f(?:\s[^<>]*?)?(?<!/)>([^<>]*)</f")
_LONGEST_FORMULA = 60


def scan_rows(content: bytes, rows_before: int) -> CellBlock:
    """Find the cells of a block that ends between rows.

    Args:
        content: XML of rows, without a name-space prefix.
        rows_before: number of the last row before this block, for rows that carry no number.
    Raises: ValueError when the block is damaged.
    """
    try:
        return _scan(Buffer(content))
    except OddCellError:
        return _scan(Buffer(_rewritten(content, rows_before)))


def _scan(buffer: Buffer) -> CellBlock:
    tags = buffer.places_of(b"<")
    tags = np.append(tags, np.full(8, len(buffer.content)))  # what is asked of the last cell finds no tag
    heads = buffer.fours[tags] & np.uint32(0xFFFFFF)
    index = np.flatnonzero((heads & 0xFFFF) == word(b"<c"))
    third = heads[index] >> 16
    inside_texts = (third == ord("h")) | (third == ord("o"))  # charset, color, condense of rich texts
    index = index[~inside_texts]
    starts = tags[index]
    columns, rows, place = _addresses(buffer, starts)
    _check_order(rows, columns)
    styles, place = _styles(buffer, place)
    kinds, place = _kinds(buffer, place)
    is_open = buffer.bytes[place] == ord(">")
    _demand(is_open | ((buffer.fours[place] & 0xFFFF) == word(b"/>")))
    kept = np.flatnonzero(is_open)
    index, rows, columns, styles, kinds = index[kept], rows[kept], columns[kept], styles[kept], kinds[kept]
    values = _Values(buffer, tags, heads, index, kinds)
    filled = np.flatnonzero(values.ends > values.starts)
    starts, ends, kinds = values.starts[filled], values.ends[filled], kinds[filled]
    numbers = np.full(len(filled), -1)
    shared = np.flatnonzero(kinds == CellKind.SHARED)
    found, are_numbers = buffer.numbers_at(starts[shared], (ends - starts)[shared])
    numbers[shared] = np.where(are_numbers, found, -1)
    starts[shared] = ends[shared] = 0  # their texts are elsewhere
    texts = buffer.texts_at(starts, ends)
    block = CellBlock(rows[filled], columns[filled], styles[filled], kinds, texts, numbers)
    return _with_odd_cells(block, values.odd, rows, columns, styles)


def _check_order(rows: NDArray[np.int64], columns: NDArray[np.int64]) -> None:
    """Refuse a row after a later one and a cell that comes twice: which of two values holds nobody can say."""
    keys = rows * 16_384 + columns
    if (np.diff(keys) > 0).all():
        return
    if (np.diff(rows) < 0).any() or len(np.unique(keys)) < len(keys):
        raise ValueError("rows are out of order, or a cell comes twice")


def _demand(holds: NDArray[np.bool_]) -> None:
    if not holds.all():
        raise OddCellError("a cell is written in another form")


def _addresses(buffer: Buffer, starts: Places) -> tuple[NDArray[np.int64], NDArray[np.int64], Places]:
    """Read column and row (from 0) of cells, and where their address ends."""
    _demand(buffer.fours[starts + 2] == word(b' r="'))
    letters = buffer.eights[starts + 6]
    one, two, three = (
        ((letters >> np.uint64(8 * at)) & np.uint64(255)).astype(np.int64) - 64 for at in range(3)
    )
    has_two, has_three = two > 0, (two > 0) & (three > 0)
    _demand((one >= 1) & (one <= 26) & (two <= 26) & ((three <= 26) | ~has_two))
    columns = np.where(has_three, (one * 26 + two) * 26 + three, np.where(has_two, one * 26 + two, one))
    place = starts + 7 + has_two + has_three
    lengths = buffer.lengths_until(b'"', place)
    rows, are_numbers = buffer.numbers_at(place, lengths)
    _demand(are_numbers & (rows >= 1))
    return columns - 1, rows - 1, place + lengths + 1


def _styles(buffer: Buffer, place: Places) -> tuple[NDArray[np.int64], Places]:
    has_style = np.flatnonzero(buffer.fours[place] == word(b' s="'))
    styles = np.zeros(len(place), np.int64)
    digits = place[has_style] + 4
    lengths = buffer.lengths_until(b'"', digits)
    styles[has_style], are_numbers = buffer.numbers_at(digits, lengths)
    _demand(are_numbers)
    place = place.copy()
    place[has_style] = digits + lengths + 1
    return styles, place


def _kinds(buffer: Buffer, place: Places) -> tuple[NDArray[np.int8], Places]:
    has_type = np.flatnonzero(buffer.fours[place] == word(b' t="'))
    kinds = np.zeros(len(place), np.int8)
    words = buffer.eights[place[has_type] + 4]
    found, ends = np.full(len(has_type), -1, np.int8), np.zeros(len(has_type), np.int64)
    for name, kind in _TYPES.items():
        same = (words & np.uint64((1 << 8 * len(name)) - 1)) == np.uint64(word(name))
        found[same], ends[same] = kind, _INLINE_LENGTH if len(name) == 8 else len(name)
    _demand(found >= 0)
    kinds[has_type] = found
    place = place.copy()
    place[has_type] += 4 + ends
    return kinds, place


class _Values:
    """Where the values of cells begin and end; equal where a cell holds none.

    Attributes:
        odd: (position among the cells, text, kind) of cells whose content needs a closer look.
    """

    def __init__(
        self,
        buffer: Buffer,
        tags: Places,
        heads: NDArray[np.uint32],
        index: Places,
        kinds: NDArray[np.int8],
    ) -> None:
        self.starts, self.ends = np.zeros(len(index), np.int64), np.zeros(len(index), np.int64)
        self.kinds = kinds
        self.odd: list[tuple[int, str, CellKind]] = []
        first = index + 1
        has_formula = np.flatnonzero((heads[first] & 0xFFFF) == word(b"<f"))
        first[has_formula] += np.where(heads[first[has_formula] + 1] == word(b"</f"), 2, 1)
        is_inline = heads[first] == word(b"<is")
        text = np.where(is_inline, first + 1, first)
        opening = heads[text]
        simple = (opening == word(b"<v>")) & ~is_inline & (heads[text + 1] == word(b"</v"))
        spaced = np.zeros(len(index), bool)
        if is_inline.any():
            spaced = is_inline & (opening == word(b"<t ")) & buffer.has_text(tags[text], SPACED)
            one_run = spaced | (is_inline & (opening == word(b"<t>")))
            simple |= one_run & (heads[text + 1] == word(b"</t")) & (heads[text + 2] == word(b"</i"))
        ready = np.flatnonzero(simple)
        self.starts[ready] = tags[text[ready]] + np.where(spaced[ready], len(SPACED), 3)
        self.ends[ready] = tags[text[ready] + 1]
        empty = (heads[first] == word(b"</c")) | (heads[first] == word(b"<v/"))
        uncomputed = np.zeros(len(index), bool)
        uncomputed[has_formula] = (self.ends == self.starts)[has_formula]
        uncomputed &= kinds != CellKind.TEXT  # a formula whose result is an empty text has a result
        last = np.append(index[1:], len(tags) - 1)
        for at in np.flatnonzero(uncomputed | ~(simple | empty)).tolist():
            self._look_closer(at, buffer.content[tags[index[at]] : tags[last[at]]])

    def _look_closer(self, at: int, piece: bytes) -> None:
        value, formula = _VALUE.search(piece), _FORMULA.search(piece)
        kind = CellKind(int(self.kinds[at]))
        if value is not None and value[1]:
            self.odd.append((at, value[1].decode("utf-8"), kind))
        elif formula is not None or b"<f" in piece:
            shown = unescape(formula[1].decode("utf-8")) if formula else ""
            if kind is not CellKind.TEXT:
                self.odd.append((at, "=" + shown[:_LONGEST_FORMULA], CellKind.READY))
        elif b"<is" in piece:
            self.odd.append((at, run_texts(piece), CellKind.READY))
        elif re.search(rb"<v\b", piece) and value is None and not re.search(rb"<v\s*/>", piece):
            raise ValueError("the value of a cell has no end")


def _with_odd_cells(
    block: CellBlock,
    odd: list[tuple[int, str, CellKind]],
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    styles: NDArray[np.int64],
) -> CellBlock:
    if not odd:
        return block
    places = np.array([at for at, _, _ in odd])
    texts = [text for _, text, _ in odd]
    numbers = [int(text) if text.isascii() and text.isdigit() and len(text) <= 8 else -1 for text in texts]
    return CellBlock(
        np.append(block.rows, rows[places]),
        np.append(block.columns, columns[places]),
        np.append(block.styles, styles[places]),
        np.append(block.kinds, np.array([kind for _, _, kind in odd], np.int8)),
        pl.concat([block.texts, pl.Series(texts, dtype=pl.String)]),
        np.append(block.numbers, np.array(numbers)),
    )


def _rewritten(content: bytes, rows_before: int) -> bytes:
    """Write every row and cell with its address, style and type in the usual order, and nothing else."""
    row, column = rows_before, 0

    def start_tag(found: re.Match[bytes]) -> bytes:
        nonlocal row, column
        attributes = {name: one or other for name, one, other in _ATTRIBUTE.findall(found[2])}
        address = attributes.get(b"r", b"")
        if found[1] == b"row":
            row, column = (int(address) if _ROW_NUMBER.fullmatch(address) else row + 1), 0
            return b'<row r="%d"%s>' % (row, found[3])
        place = _ADDRESS.fullmatch(address)
        column = column_index(place[1].decode()) + 1 if place else column + 1
        address = address if place else b"%s%d" % (column_letters(column - 1).encode(), row)
        others = b"".join(
            b' %s="%s"' % (name, attributes[name]) for name in (b"s", b"t") if name in attributes
        )
        return b'<c r="%s"%s%s>' % (address, others, found[3])

    return _TAG.sub(start_tag, content)

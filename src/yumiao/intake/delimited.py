"""Comma- and tab-separated text as untyped cells: recognised strictly, read as a stream.

Blocks in good form (every quote opens or closes a whole field) are split by Polars; from the first other
block on the rest of the file goes to the standard library's reader, which is slower and the definition.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path

import numpy as np
import polars as pl

from yumiao.intake.cells import Sheet, Workbook, check_extent, empty_file, sheet_of_rows, unreadable
from yumiao.intake.text_blocks import UndecodableError, possible_encodings, utf8_blocks
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

_LONGEST_RECORD = 64 << 20
_HEAD_BYTES = 1 << 20
_QUOTE = ord('"')


def read_delimited(path: Path) -> Workbook:
    """Read separated text into one sheet named after the file; row n is the file's nth record.

    A .tsv file is separated by tabs, and so is any other whose first lines hold tabs and no comma.

    Raises: YumiaoError when the bytes are neither UTF-8 nor GB18030, the quoting is broken, a record is too
    long or the sheet too big.
    """
    failures: list[UndecodableError] = []
    for encoding in possible_encodings(path):
        try:
            cells = _cells(path, encoding)
        except UndecodableError as error:
            failures.append(error)
            continue
        if not cells.width or cells.null_count().sum_horizontal()[0] == cells.width * cells.height:
            raise empty_file(path)
        return Workbook(path, (Sheet(path.stem, cells),), encoding=encoding)
    raise _unknown_encoding(path, failures)


def _cells(path: Path, encoding: str) -> pl.DataFrame:
    blocks = utf8_blocks(path, encoding)
    first = next(blocks)
    splitter = _Splitter(path, b"\t" if _has_tabs(path, first) else b",")
    for block in chain([first], blocks):
        if not splitter.add(block):
            return splitter.slow_cells(blocks)
    return splitter.cells()


def _has_tabs(path: Path, block: bytes) -> bool:
    if path.suffix.lower() == ".tsv":
        return True
    head = b"\n".join(block[:_HEAD_BYTES].split(b"\n", 20)[:20])
    return b"\t" in head and b"," not in head


class _Splitter:
    """Splits blocks of text into fields, as long as every quote opens or closes a whole field."""

    def __init__(self, path: Path, delimiter: bytes) -> None:
        self._path = path
        self._delimiter = delimiter
        self._frames: list[pl.DataFrame] = []
        self._height = self._width = self._lines = 0
        self._rest = b""

    def add(self, block: bytes) -> bool:
        """Take a block; return False when what is left must be read the slow way."""
        text = self._rest + block
        end = len(text) if not block else _last_record_end(text)
        if len(text) - end > _LONGEST_RECORD:
            raise self._too_long(self._lines + 1 + text.count(b"\n", 0, end))
        self._rest = text[end:]
        records = text[:end]
        if not records:
            return True
        frame = self._split(records) if _is_well_formed(records, self._delimiter[0]) else None
        if frame is None:
            self._rest = text
            return False
        self._keep(frame)
        self._lines += records.count(b"\n") if _QUOTE in records else frame.height
        return True

    def cells(self) -> pl.DataFrame:
        """Return all cells."""
        return pl.concat(self._frames, how="diagonal") if self._frames else pl.DataFrame()

    def slow_cells(self, blocks: Iterator[bytes]) -> pl.DataFrame:
        """Return all cells, those of the rest by way of the standard library."""
        reader = csv.reader(_lines(self._rest, blocks), delimiter=self._delimiter.decode(), strict=True)
        try:
            rest = sheet_of_rows(self._path.stem, (record or [""] for record in reader))
        except csv.Error as error:
            raise self._broken(self._lines + reader.line_num, error) from error
        self._keep(rest.cells)
        return self.cells()

    def _keep(self, frame: pl.DataFrame) -> None:
        self._height, self._width = self._height + frame.height, max(self._width, frame.width)
        check_extent(self._path.stem, self._height, self._width)
        self._frames.append(frame)

    def _split(self, records: bytes) -> pl.DataFrame | None:
        """Split records; None when one has more fields than those before it, or lines end in another way."""
        if b"\r" in records and records.count(b"\r") != records.count(b"\r\n"):
            return None
        width = self._width or _first_width(records, self._delimiter.decode())
        check_extent(self._path.stem, self._height, width)
        try:
            frame = pl.read_csv(
                records,
                has_header=False,
                separator=self._delimiter.decode(),
                quote_char='"' if _QUOTE in records else None,
                schema={str(column): pl.String for column in range(width)},
                missing_columns="insert",
                truncate_ragged_lines=False,
            )
        except pl.exceptions.PolarsError:
            return None
        return _without_blanks(frame)

    def _too_long(self, line: int) -> YumiaoError:
        return unreadable(
            self._path,
            f"从第{line}行起的一条记录超过{_LONGEST_RECORD}字节，可能是引号不成对；请检查后另存。",
            f"the record from line {line} on is longer than {_LONGEST_RECORD} bytes, perhaps for a quote that "
            "is never closed; please check it and save the file again.",
        )

    def _broken(self, line: int, error: csv.Error) -> YumiaoError:
        return unreadable(
            self._path,
            f"第{line}行引号不成对或内容过长，无法分列（{error}）。",
            f"line {line} has unbalanced quotes or is too long and cannot be split ({error}).",
        )


def _first_width(records: bytes, delimiter: str) -> int:
    """Return the most fields that one of the first records has; titles above a table have fewer."""
    head = io.StringIO(records[:_HEAD_BYTES].decode(errors="ignore"), newline="")
    widths = [1]
    with suppress(csv.Error):  # a field too long for this reader is none for the other
        widths.extend(len(record) for record in islice(csv.reader(head, delimiter=delimiter), 100))
    return max(widths)


def _last_record_end(text: bytes) -> int:
    """Return where the last whole record ends, 0 when there is none: after a line end outside quotes."""
    end = text.rfind(b"\n") + 1
    if _QUOTE not in text:
        return end
    characters = np.frombuffer(text, np.uint8)
    quotes = np.flatnonzero(characters == _QUOTE)
    line_ends = np.flatnonzero(characters == ord("\n"))
    outside = line_ends[np.searchsorted(quotes, line_ends) % 2 == 0]
    return int(outside[-1]) + 1 if len(outside) else 0


def _is_well_formed(records: bytes, delimiter: int) -> bool:
    """Tell whether every quote opens or closes a whole field, or is one of a pair inside it."""
    if _QUOTE not in records:
        return True
    characters = np.frombuffer(b"\n" + records + b"\n", np.uint8)
    quotes = np.flatnonzero(characters == _QUOTE)
    if len(quotes) % 2:
        return False
    before, after = characters[quotes[::2] - 1], characters[quotes[1::2] + 1]
    edges = np.array([delimiter, ord("\n"), ord("\r"), _QUOTE], np.uint8)
    return bool(np.isin(before, edges).all() and np.isin(after, edges).all())


def _without_blanks(frame: pl.DataFrame) -> pl.DataFrame:
    """Put NULL for fields of nothing but spaces; only columns where a field may begin with one are looked at."""
    every = pl.all()
    possible = frame.select(((every < "!") | ((every >= "\x85") & (every < "\u3001"))).any())
    names = [name for name in frame.columns if possible[name][0]]
    blank = pl.col(names).str.strip_chars() == ""
    return frame.with_columns(pl.when(~blank).then(pl.col(names)).name.keep()) if names else frame


def _lines(rest: bytes, blocks: Iterator[bytes]) -> Iterator[str]:
    """Yield lines with their ends; a line end of two characters is never cut in two."""
    for block in blocks:
        rest += block
        end = max(rest.rfind(b"\n"), rest.rfind(b"\r", 0, -1)) + 1
        yield from io.StringIO(rest[:end].decode(), newline="")
        rest = rest[end:]
    yield from io.StringIO(rest.decode(), newline="")


def _unknown_encoding(path: Path, failures: list[UndecodableError]) -> YumiaoError:
    places_zh = "，".join(f"{failure.encoding}（第{failure.line}行）" for failure in failures)
    places_en = ", ".join(f"{failure.encoding} (line {failure.line})" for failure in failures)
    return YumiaoError(
        "unknown_encoding",
        Text(
            f"{path.name}：无法按下列编码读取：{places_zh}；请另存为“CSV UTF-8”。",
            f"{path.name}: it does not decode as {places_en}; please save it as “CSV UTF-8”.",
        ),
    )

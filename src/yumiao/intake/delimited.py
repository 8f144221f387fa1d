"""Comma- and tab-separated text: UTF-8 or GB18030, recognised strictly and decoded as a stream."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from pathlib import Path

from yumiao.intake.cells import Workbook, empty_file, sheet_of_rows, unreadable
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

_BLOCK = 1 << 20
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NAMES = {"utf-8-sig": "utf-8"}


def read_delimited(path: Path) -> Workbook:
    """Read a .csv or .tsv file into one sheet named after the file; row n is the file's nth record.

    Raises: YumiaoError when the bytes are neither UTF-8 nor GB18030, or the quoting is broken.
    """
    _refuse_spreadsheet(path)
    encoding = recognise_encoding(path)
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    with path.open(encoding=encoding, errors="strict", newline="") as stream:
        reader = csv.reader(stream, delimiter=delimiter, strict=True)
        try:
            sheet = sheet_of_rows(path.stem, _records(reader))
        except csv.Error as error:
            raise _broken_record(path, reader.line_num, error) from error
    if not sheet.width or all(column.is_null().all() for column in sheet.cells):
        raise empty_file(path)
    return Workbook(path, (sheet,), encoding=_NAMES.get(encoding, encoding))


def _refuse_spreadsheet(path: Path) -> None:
    with path.open("rb") as stream:
        head = stream.read(8)
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        suffix = ".xlsx" if head.startswith(b"PK") else ".xls"
        raise YumiaoError(
            "wrong_extension",
            Text(
                f"{path.name}：内容实为电子表格；请把扩展名改为 {suffix}。",
                f"{path.name}: the content is that of a spreadsheet; please rename it to {suffix}.",
            ),
        )


def _records(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    for record in reader:
        yield record or [""]


def recognise_encoding(path: Path) -> str:
    """Name the encoding of a text file: by byte order mark, else the first of UTF-8 and GB18030 that fits.

    The whole file is decoded before it is believed. Raises: YumiaoError when none fits or it is no text.
    """
    with path.open("rb") as stream:
        head = stream.read(4)
    marked = [encoding for mark, encoding in _MARKS if head.startswith(mark)]
    for encoding in marked or ["utf-8", "gb18030"]:
        if _decodes(path, encoding):
            return encoding
    raise YumiaoError(
        "unknown_encoding",
        Text(
            f"{path.name}：既不是 UTF-8 也不是 GB18030 编码的文本；请另存为“CSV UTF-8”。",
            f"{path.name}: neither UTF-8 nor GB18030 text; please save it as “CSV UTF-8”.",
        ),
    )


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as stream:
        try:
            while block := stream.read(_BLOCK):
                _refuse_control(path, decoder.decode(block))
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _refuse_control(path: Path, text: str) -> None:
    if _CONTROL.search(text):
        raise unreadable(
            path,
            "文件含有控制字符，不是文本文件；若是电子表格，请改为正确的扩展名。",
            "it holds control characters: no text file; if it is a spreadsheet, give it its own extension.",
        )


def _broken_record(path: Path, line: int, error: csv.Error) -> YumiaoError:
    return unreadable(
        path,
        f"第{line}行引号不成对或内容过长，无法分列（{error}）。",
        f"line {line} has unbalanced quotes or is too long and cannot be split ({error}).",
    )

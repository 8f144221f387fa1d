"""What the spreadsheet reader would drop silently: failed formulas, formulas never computed, percent signs.

The XML of every sheet is read as a stream before the sheet is loaded, so that a file of one cell in the last
corner is refused instead of filling memory. Every pattern here reads its input once: no hostile text makes it
go back.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from html import unescape
from typing import IO
from xml.etree import ElementTree as ET

from yumiao.intake.cells import cell_text, check_extent, column_index, percent_cell

_BLOCK = 4 << 20
_MAX_ROW_BYTES = 64 << 20
_MAX_PART_BYTES = 16 << 20
_ROW = re.compile(rb"<(?:\w{1,20}:)?row\b[^<>]*?\br=[\"'](\d+)[\"']")
_COLUMN = re.compile(rb"<(?:\w{1,20}:)?c\b[^<>]*?\br=[\"']([A-Z]{1,3})\d")
_CELL_START = re.compile(rb"<(?:\w{1,20}:)?c\b")
_PLACE = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d+)[\"']")
_STYLE = re.compile(rb"\bs=[\"'](\d+)[\"']")
_FAILED = re.compile(rb"\bt=[\"']e[\"']")
_TYPED = re.compile(rb"\bt=[\"'](?!n[\"'])")
_TEXT_RESULT = re.compile(rb"\bt=[\"']str[\"']")
_VALUE = re.compile(rb"<(?:\w{1,20}:)?v(?: [^<>]*)?>([^<>]*)</")
_FORMULA = re.compile(rb"<(?:\w{1,20}:)?f(?: [^<>]*)?(?:/>|>([^<>]*)</)")
_HAS_FORMULA = re.compile(rb"<(?:\w{1,20}:)?f\b")
_BUILT_IN_PERCENT = {9, 10}
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

Marks = dict[tuple[int, int], str]


def scan_sheets(archive: zipfile.ZipFile) -> dict[str, Marks]:
    """Return, by sheet name, the cells to be put right: (row, column) from 0 -> text.

    The texts are ``#DIV/0!`` for a failed formula, ``=A1+B1`` for one without a stored result, and ``29.8%``
    for a number that is shown as a percentage.

    Raises: YumiaoError when a sheet is too big; zipfile, XML and value errors when the file is damaged.
    """
    for part in archive.infolist():
        if part.filename.lower().endswith("sharedstrings.xml"):
            _read_through(archive, part)
    names = {part.filename.lower(): part.filename for part in archive.infolist()}
    percent_styles = _percent_styles(archive, names.get("xl/styles.xml"))
    marks: dict[str, Marks] = {}
    for sheet, part_name in _sheet_parts(archive):
        found = names.get(part_name.lower())
        if found is not None:
            with archive.open(found) as stream:
                marks[sheet] = _scan(sheet, stream, percent_styles)
    return marks


def _read_through(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Unpack a part once; a part that unpacks to more than it declares fails here, not in the reader."""
    with archive.open(part) as stream:
        while stream.read(_BLOCK):
            pass


def _parse(archive: zipfile.ZipFile, name: str) -> ET.Element:
    if archive.getinfo(name).file_size > _MAX_PART_BYTES:
        raise ValueError(f"{name} is larger than any spreadsheet writes")
    return ET.fromstring(archive.read(name))  # noqa: S314 - expat bounds the growth of entities


def _sheet_parts(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    book = _parse(archive, "xl/workbook.xml")
    targets = {
        node.get("Id"): node.get("Target", "") for node in _parse(archive, "xl/_rels/workbook.xml.rels")
    }
    found = []
    for node in book.iter():
        if node.tag.endswith("}sheet"):
            target = targets.get(node.get(_RELATION), "")
            found.append((node.get("name", ""), target.lstrip("/") if target[:1] == "/" else f"xl/{target}"))
    return found


def _percent_styles(archive: zipfile.ZipFile, name: str | None) -> frozenset[bytes]:
    """Return the numbers of the cell styles that show a percentage."""
    if name is None:
        return frozenset()
    root = _parse(archive, name)
    formats = set(_BUILT_IN_PERCENT)
    for node in root.iter():
        if node.tag.endswith("}numFmt") and "%" in node.get("formatCode", ""):
            formats.add(int(node.get("numFmtId", "0")))
    styles = next((node for node in root.iter() if node.tag.endswith("}cellXfs")), ())
    return frozenset(
        str(index).encode() for index, node in enumerate(styles) if int(node.get("numFmtId", "0")) in formats
    )


def _scan(sheet: str, stream: IO[bytes], percent_styles: frozenset[bytes]) -> Marks:
    marks: Marks = {}
    height = width = 0
    for block in _whole_rows(stream):
        height = max([height, *map(int, _ROW.findall(block))])
        letters = set(_COLUMN.findall(block))
        width = max([width, *(column_index(found.decode()) + 1 for found in letters)])
        check_extent(sheet, height, width)
        if percent_styles or _FAILED.search(block) or _HAS_FORMULA.search(block):
            marks.update(_marked_cells(block, percent_styles))
    return marks


def _whole_rows(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the XML in pieces that end between rows."""
    rest = b""
    while block := stream.read(_BLOCK):
        rest += block
        cut = rest.rfind(b"row>") + 4
        if cut >= 4:
            yield rest[:cut]
            rest = rest[cut:]
        elif len(rest) > _MAX_ROW_BYTES:
            raise ValueError("one row of the sheet is larger than any spreadsheet writes")
    yield rest


def _marked_cells(block: bytes, percent_styles: frozenset[bytes]) -> Iterator[tuple[tuple[int, int], str]]:
    for piece in _CELL_START.split(block)[1:]:
        attributes, _, body = piece.partition(b">")
        text = _mark(attributes, body, percent_styles)
        place = None if text is None else _PLACE.search(attributes)
        if place is not None and text is not None:
            yield (int(place[2]) - 1, column_index(place[1].decode())), text


def _mark(attributes: bytes, body: bytes, percent_styles: frozenset[bytes]) -> str | None:
    if _FAILED.search(attributes):
        value = _VALUE.search(body)
        return value[1].decode() if value else "#ERROR"
    if percent_styles and not _TYPED.search(attributes):
        style = _STYLE.search(attributes)
        value = _VALUE.search(body) if style and style[1] in percent_styles else None
        if value is not None and value[1].strip():
            return percent_cell(cell_text(float(value[1])))
    if _HAS_FORMULA.search(body):
        return _uncomputed(attributes, body)
    return None


def _uncomputed(attributes: bytes, body: bytes) -> str | None:
    """Return the formula of a cell that holds no result, None where there is one (an empty text is one)."""
    value, formula = _VALUE.search(body), _FORMULA.search(body)
    if (value and value[1]) or _TEXT_RESULT.search(attributes):
        return None
    words = (formula[1] if formula else None) or b""
    return "=" + unescape(words.decode("utf-8", "replace"))[:60]

"""What the spreadsheet reader would drop silently: failed formulas, formulas never computed, absurd extents.

The XML of every sheet is read as a stream before the sheet is loaded, so that a file of one cell in the last
corner is refused instead of filling memory.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from html import unescape
from typing import IO
from xml.etree import ElementTree as ET

from yumiao.intake.cells import check_extent, column_index

_BLOCK = 4 << 20
_MAX_ROW_BYTES = 64 << 20
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br=[\"'](\d+)[\"']")
_COLUMN = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br=[\"']([A-Z]{1,3})\d")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_PLACE = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d+)[\"']")
_FAILED = re.compile(rb"\bt=[\"']e[\"']")
_TEXT_RESULT = re.compile(rb"\bt=[\"']str[\"']")
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>(.*?)</(?:\w+:)?v>", re.DOTALL)
_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?f>)", re.DOTALL)
_HAS_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

Marks = dict[tuple[int, int], str]


def scan_sheets(archive: zipfile.ZipFile) -> dict[str, Marks]:
    """Return, by sheet name, the cells a reader would lose: (row, column) -> ``#DIV/0!`` or ``=A1+B1``.

    Raises: YumiaoError when a sheet is too big; zipfile, XML and value errors when the file is damaged.
    """
    for part in archive.infolist():
        if part.filename.lower().endswith("sharedstrings.xml"):
            _read_through(archive, part)
    names = {part.filename.lower(): part.filename for part in archive.infolist()}
    marks: dict[str, Marks] = {}
    for sheet, part_name in _sheet_parts(archive):
        found = names.get(part_name.lower())
        if found is not None:
            with archive.open(found) as stream:
                marks[sheet] = _scan(sheet, stream)
    return marks


def _read_through(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Unpack a part once; a part that unpacks to more than it declares fails here, not in the reader."""
    with archive.open(part) as stream:
        while stream.read(_BLOCK):
            pass


def _sheet_parts(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - expat bounds entities
    relations = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - the same
    targets = {node.get("Id"): node.get("Target", "") for node in relations}
    found = []
    for node in book.iter():
        if node.tag.endswith("}sheet"):
            target = targets.get(node.get(_RELATION), "")
            found.append((node.get("name", ""), target.lstrip("/") if target[:1] == "/" else f"xl/{target}"))
    return found


def _scan(sheet: str, stream: IO[bytes]) -> Marks:
    marks: Marks = {}
    height = width = 0
    for block in _whole_rows(stream):
        height = max([height, *map(int, _ROW.findall(block))])
        letters = set(_COLUMN.findall(block))
        width = max([width, *(column_index(found.decode()) + 1 for found in letters)])
        check_extent(sheet, height, width)
        if _FAILED.search(block) or _HAS_FORMULA.search(block):
            marks.update(_marked_cells(block))
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


def _marked_cells(block: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    for attributes, body in _CELL.findall(block):
        place = _PLACE.search(attributes)
        text = _mark(attributes, body) if place else None
        if place and text is not None:
            yield (int(place[2]) - 1, column_index(place[1].decode())), text


def _mark(attributes: bytes, body: bytes) -> str | None:
    value = _VALUE.search(body)
    if _FAILED.search(attributes):
        return value[1].decode() if value else "#ERROR"
    formula = _FORMULA.search(body)
    if formula is None or (value and value[1]) or _TEXT_RESULT.search(attributes):
        return None
    return "=" + unescape((formula[1] or b"").decode("utf-8", "replace"))[:60]

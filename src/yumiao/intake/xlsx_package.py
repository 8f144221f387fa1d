"""The parts of an .xlsx file around its sheets: which sheets there are, what their styles show, shared texts."""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass
from enum import IntEnum
from xml.etree import ElementTree as ET

import numpy as np
import polars as pl
from numpy.typing import NDArray

from yumiao.intake.xlsx_texts import read_shared_texts

_MAX_PART_BYTES = 16 << 20
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|General', re.IGNORECASE)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_DATE_LETTERS = re.compile(r"[ymdhs]|e(?![+-])", re.IGNORECASE)
_LONGEST_FORMAT = 255  # what spreadsheet programs allow
_BUILT_IN_PERCENT = {9, 10}
_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)}
"""With the numbers that Chinese, Japanese and Korean programs give to their own ways to write a date."""
_BUILT_IN_ELAPSED = {46}


class Shown(IntEnum):
    """How a style shows a number."""

    PLAIN = 0
    PERCENT = 1
    DATE = 2
    ELAPSED = 3


@dataclass(frozen=True)
class Package:
    """What is needed to read the sheets.

    Attributes:
        sheets: name and part of every worksheet, in the order of the book.
        shown: for every cell style a ``Shown``.
        shared: the shared texts.
        is_1904: whether days are counted from 1904 on.
    """

    sheets: tuple[tuple[str, str], ...]
    shown: NDArray[np.int8]
    shared: pl.Series
    is_1904: bool


def read_package(archive: zipfile.ZipFile) -> Package:
    """Read the parts around the sheets.

    Raises: ValueError, KeyError, zipfile and XML errors when the file is damaged.
    """
    # some writers part folders with backslashes, or begin with a slash
    names = {name.lower().replace("\\", "/").lstrip("/"): name for name in archive.namelist()}
    place = _book_place(archive, names)
    book = _parse(archive, names[place])
    folder, file = posixpath.split(place)
    targets = _targets(archive, names.get(f"{folder}/_rels/{file}.rels".lstrip("/")), folder)
    styles = _first(targets, names, "/styles")
    shared = _first(targets, names, "/sharedStrings")
    return Package(
        tuple(_sheets(book, targets, names)),
        np.array(_shown(_parse(archive, styles)) if styles else [Shown.PLAIN], np.int8),
        _shared(archive, shared),
        _is_1904(book),
    )


def _book_place(archive: zipfile.ZipFile, names: dict[str, str]) -> str:
    """Return where the workbook part is, in the form of the keys of ``names``."""
    root = _targets(archive, names.get("_rels/.rels"), "")
    found = [part for kind, part in root.values() if kind.endswith("/officeDocument") and part in names]
    place = next(iter(found), "xl/workbook.xml")
    if place not in names:
        raise ValueError("the file has no workbook part")
    return place


def _parse(archive: zipfile.ZipFile, name: str) -> ET.Element:
    if archive.getinfo(name).file_size > _MAX_PART_BYTES:
        raise ValueError(f"{name} is larger than any spreadsheet program writes")
    content = archive.read(name)
    if b"<!DOCTYPE" in content:
        raise ValueError(f"{name} declares a document type, which no spreadsheet program does")
    return ET.fromstring(content)  # noqa: S314 - without a document type there are no entities


def _targets(archive: zipfile.ZipFile, name: str | None, folder: str) -> dict[str, tuple[str, str]]:
    """Return relations by id: kind, and the place of the part they lead to, in small letters."""
    if name is None:
        return {}
    found = {}
    for node in _parse(archive, name):
        target = node.get("Target", "").lower().replace("\\", "/")
        part = target.lstrip("/") if target[:1] == "/" else posixpath.normpath(posixpath.join(folder, target))
        found[node.get("Id", "")] = (node.get("Type", ""), part)
    return found


def _first(targets: dict[str, tuple[str, str]], names: dict[str, str], kind: str) -> str | None:
    parts = (names.get(part) for known, part in targets.values() if known.endswith(kind))
    return next((part for part in parts if part), None)


def _sheets(
    book: ET.Element, targets: dict[str, tuple[str, str]], names: dict[str, str]
) -> list[tuple[str, str]]:
    found = []
    for node in book.iter():
        if not node.tag.endswith("}sheet"):
            continue
        relation = node.get(_RELATION) or node.get(_STRICT_RELATION) or ""
        kind, part = targets.get(relation, ("", ""))
        if part not in names:
            raise ValueError(f"the part of sheet {node.get('name')} is missing")
        if kind.endswith("/worksheet"):  # charts have sheets of their own kind
            found.append((node.get("name", ""), names[part]))
    return found


def _is_1904(book: ET.Element) -> bool:
    settings = [node for node in book.iter() if node.tag.endswith("}workbookPr")]
    return any(node.get("date1904", "").lower() in {"1", "true", "on"} for node in settings)


def _shown(styles: ET.Element) -> list[Shown]:
    codes = {
        int(node.get("numFmtId", "0")): node.get("formatCode", "")
        for node in styles.iter()
        if node.tag.endswith("}numFmt")
    }
    cells = next((node for node in styles.iter() if node.tag.endswith("}cellXfs")), ())
    return [_shown_by(int(node.get("numFmtId", "0")), codes) for node in cells] or [Shown.PLAIN]


def _shown_by(number: int, codes: dict[int, str]) -> Shown:
    if number in codes:
        return shown_by_format(codes[number])
    if number in _BUILT_IN_PERCENT:
        return Shown.PERCENT
    if number in _BUILT_IN_ELAPSED:
        return Shown.ELAPSED
    return Shown.DATE if number in _BUILT_IN_DATES else Shown.PLAIN


def shown_by_format(code: str) -> Shown:
    """Tell what a number format shows, from its first section: ``yyyy"年"m"月"`` is a date."""
    section = _LITERALS.sub("", code[:_LONGEST_FORMAT]).split(";")[0]
    if "%" in section:
        return Shown.PERCENT
    if _ELAPSED.search(section):
        return Shown.ELAPSED
    return Shown.DATE if _DATE_LETTERS.search(section) else Shown.PLAIN


def _shared(archive: zipfile.ZipFile, name: str | None) -> pl.Series:
    if name is None:
        return pl.Series(dtype=pl.String)
    with archive.open(name) as stream:
        return read_shared_texts(stream)

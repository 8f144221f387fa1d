"""A hostile file: what it is, how it is made, and what must happen to it."""

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import xlsxwriter
from xlsxwriter.utility import xl_cell_to_rowcol


@dataclass(frozen=True)
class Refused:
    """The file is refused with this code and words of advice; ``guess`` is a password that is given."""

    code: str
    words: str = ""
    guess: str | None = None


@dataclass(frozen=True)
class Cells:
    """The file is read: these cells, by sheet; all sheets are listed."""

    sheets: dict[str, list[list[str | None]]]
    merges: dict[str, tuple[tuple[int, int, int, int], ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Size:
    """The file is read: rows, columns and filled cells of its only sheet."""

    rows: int
    columns: int
    filled: int


@dataclass(frozen=True)
class Records:
    """The file is read and its tables are found: the records of each, totals and notes left out."""

    tables: list[list[dict[str, str]]]


@dataclass(frozen=True)
class Hostile:
    """One hostile file.

    Attributes:
        name: its name.
        what: what is hostile about it.
        happens: what is done with it, for the page.
        make: writes it.
        expected: what is done with it, for the test.
    """

    name: str
    what: str
    happens: str
    make: Callable[[Path], object]
    expected: Refused | Cells | Size | Records


def text(content: str, encoding: str = "utf-8") -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content.encode(encoding))


def raw(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


def rows_csv(rows: list[list[str]]) -> Callable[[Path], object]:
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return text(stream.getvalue())


def book(write: Callable[[xlsxwriter.Workbook], object], **options: object) -> Callable[[Path], object]:
    """Write a workbook with XlsxWriter, whatever extension the path has."""

    def make(path: Path) -> None:
        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream, {"in_memory": True, **options}) as workbook:
            write(workbook)
        path.write_bytes(stream.getvalue())

    return make


def sheet(rows: list[list[object]], *merges: str, name: str = "表") -> Callable[[Path], object]:
    """Write one sheet; a merge names its block, its text stands in its first cell."""

    def write(workbook: xlsxwriter.Workbook) -> None:
        found = workbook.add_worksheet(name)
        for row, cells in enumerate(rows):
            for column, value in enumerate(cells):
                if value is not None:
                    found.write(row, column, value)
        for block in merges:
            top, left = xl_cell_to_rowcol(block.split(":")[0])
            found.merge_range(block, rows[top][left])

    return book(write)


SMALL = [["企业", "人数"], ["甲公司", 7]]
SMALL_TEXT = [["企业", "人数"], ["甲公司", "7"]]
small = sheet(SMALL)


def edited(
    part: str, change: Callable[[bytes], bytes], make: Callable[[Path], object] = small
) -> Callable[[Path], object]:
    """Change the XML of one part of a good workbook."""

    def edit(path: Path) -> None:
        make(path)
        with (
            zipfile.ZipFile(io.BytesIO(path.read_bytes())) as old,
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for name in old.namelist():
                content = old.read(name)
                new.writestr(name, change(content) if name == part else content)

    return edit


def cells_xml(xml: str) -> Callable[[Path], object]:
    """Put other rows into the only sheet of a good workbook."""

    def change(content: bytes) -> bytes:
        start, end = content.index(b"<sheetData>") + len(b"<sheetData>"), content.index(b"</sheetData>")
        return content[:start] + xml.encode() + content[end:]

    return edited("xl/worksheets/sheet1.xml", change)


SHEET = "xl/worksheets/sheet1.xml"

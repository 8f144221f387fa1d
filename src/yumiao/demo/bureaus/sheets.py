"""Tables as the files that bureaus send: workbooks with titles and merged headers, delimited text, web pages."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

import xlsxwriter

Cell = str | int | float
Row = Sequence[Cell]

HOLES = ("—", "/", "", "", "")
"""How bureaus write what they do not know; mostly they leave it empty."""

NOTICE = "演示数据：企业名称、代码和数字均为虚构"


@dataclass
class BureauTable:
    """One table.

    Attributes:
        title: what stands above it.
        header: labels of the columns, one text each; a tuple of two is a label under a merged one.
        rows: cells; an empty text is an empty cell.
        notes: lines below the table.
    """

    title: str
    header: list[str | tuple[str, str]]
    rows: list[list[Cell]]
    unit: str = ""
    notes: list[str] = field(default_factory=list)


def write_book(table: BureauTable, sheet: str, made_on: dt.date) -> bytes:
    """Write a workbook: title, notice and unit, a header of one or two rows with merged cells, rows, notes."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    made = dt.datetime.combine(made_on, dt.time(9))
    book.set_properties({"title": table.title, "created": made, "comments": NOTICE})
    bold = book.add_format({"bold": True, "align": "center", "valign": "vcenter"})
    page = book.add_worksheet(sheet)
    page.set_column(0, len(table.header) - 1, 16)
    page.merge_range(0, 0, 0, len(table.header) - 1, table.title, bold)
    page.write_string(1, 0, f"{NOTICE}。{table.unit}")
    first = _write_header(page, table.header, bold)
    for number, cells in enumerate(table.rows, start=first):
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                page.write_string(number, column, cell) if cell else None
            else:
                page.write_number(number, column, cell)
    for number, note in enumerate(table.notes, start=first + len(table.rows) + 1):
        page.write_string(number, 0, note)
    book.close()
    return buffer.getvalue()


def _write_header(
    page: xlsxwriter.worksheet.Worksheet, header: Sequence[str | tuple[str, str]], bold: object
) -> int:
    """Write labels from the third row on; returns the row of the first record."""
    if not any(isinstance(label, tuple) for label in header):
        for column, label in enumerate(header):
            page.write(2, column, label, bold)
        return 3
    column = 0
    while column < len(header):
        label = header[column]
        if isinstance(label, str):
            page.merge_range(2, column, 3, column, label, bold)
            column += 1
            continue
        width = sum(isinstance(each, tuple) and each[0] == label[0] for each in header)
        page.merge_range(2, column, 2, column + width - 1, label[0], bold)
        for offset in range(width):
            page.write(3, column + offset, header[column + offset][1], bold)
        column += width
    return 4


def write_text(table: BureauTable, encoding: str) -> bytes:
    """Write a comma-separated file: a title line, the header, the rows."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([f"{table.title}（{NOTICE}）"])
    writer.writerow([label if isinstance(label, str) else "".join(label) for label in table.header])
    writer.writerows(table.rows)
    return buffer.getvalue().encode(encoding)


def write_page(table: BureauTable) -> bytes:
    """Write a web page with one table, as notices are published."""
    parts = [
        "<!doctype html>",
        f'<html lang="zh-CN"><head><meta charset="utf-8"><title>{html.escape(table.title)}</title></head><body>',
        f"<h1>{html.escape(table.title)}</h1><p>{NOTICE}。</p><table>",
        _line("th", table.header),
        *(_line("td", row) for row in table.rows),
        "</table>",
        *(f"<p>{html.escape(note)}</p>" for note in table.notes),
        "</body></html>",
    ]
    return "\n".join(parts).encode("utf-8")


def _line(tag: str, cells: Sequence[object]) -> str:
    return "<tr>" + "".join(f"<{tag}>{html.escape(str(cell))}</{tag}>" for cell in cells) + "</tr>"

"""Tables as files: the same bytes for the same tables."""

from __future__ import annotations

import csv
import datetime as dt
import io

import xlsxwriter

from yumiao.demo.tables import FileTable

MADE_ON = dt.datetime(2026, 7, 1, tzinfo=dt.UTC).replace(tzinfo=None)
"""What the files say of when they were made."""

NOTES = (
    "填报说明（演示数据）",
    "一、本表企业名称、代码、数字均为虚构，仅供演示。",
    "二、金额单位为万元，人数单位为人；缺数填“—”“无”“/”或留空，均表示未知，不表示零。",
    "三、每家企业每年一行；合计行不计。",
)


def write_workbook(table: FileTable, sheet: str) -> bytes:
    """Write a workbook: a sheet of notes, then the table under its title, the header in row 3."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": table.title, "created": MADE_ON})
    bold = book.add_format({"bold": True})
    notes = book.add_worksheet("填报说明")
    notes.set_column(0, 0, 90)
    for row, text in enumerate(NOTES):
        notes.write_string(row, 0, text)
    page = book.add_worksheet(sheet)
    page.set_column(0, 1, 26)
    page.write_string(0, 0, table.title, bold)
    for column, label in enumerate(table.header):
        page.write_string(2, column, label, bold)
    for row, cells in enumerate(table.rows, start=3):
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                page.write_string(row, column, cell) if cell else None
            else:
                page.write_number(row, column, cell)
    book.close()
    return buffer.getvalue()


def write_delimited(table: FileTable, encoding: str) -> bytes:
    """Write a comma-separated file: the title, if any, then header and rows."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    if table.title:
        writer.writerow([table.title])
    writer.writerow(table.header)
    writer.writerows(table.rows)
    return buffer.getvalue().encode(encoding)

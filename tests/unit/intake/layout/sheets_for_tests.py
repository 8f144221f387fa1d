"""Sheets drawn as text: one line per row, cells between bars, merged cells by their address."""

import re

from yumiao.intake.cells import column_index, sheet_of_rows
from yumiao.intake.layout.records import read_records
from yumiao.intake.layout.survey import find_tables


def draw(picture, *merges, name="Sheet1"):
    """Make a sheet of a picture; an empty place is an empty cell, ``\\n`` a line break in a cell."""
    lines = picture.lstrip("\n").rstrip().splitlines()
    rows = [[cell.strip().replace("\\n", "\n") or None for cell in line.split("|")] for line in lines]
    return with_merges(sheet_of_rows(name, rows), *merges)


def with_merges(sheet, *addresses):
    blocks = []
    for address in addresses:
        left, top, right, bottom = re.match(r"([A-Z]+)(\d+):([A-Z]+)(\d+)$", address).groups()
        blocks.append((int(top) - 1, column_index(left), int(bottom) - 1, column_index(right)))
    return type(sheet)(sheet.name, sheet.cells, tuple(blocks))


def only_table(sheet):
    (table,) = find_tables(sheet)
    return table


def records(table):
    """The records of a table as dictionaries, without the number of the row."""
    frame = read_records(table).drop("row_number")
    return [
        {name: value for name, value in row.items() if value is not None} for row in frame.rows(named=True)
    ]


def plain_records(table):
    """The records proper, without totals and without what the reader adds."""
    rows = (row for row in records(table) if row["row_kind"] == "record")
    return [{name: value for name, value in row.items() if not name.startswith("row_")} for row in rows]

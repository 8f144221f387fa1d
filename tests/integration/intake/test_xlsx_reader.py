"""Whole workbooks: the same cells as another reader finds, in blocks of any size."""

import datetime as dt
import random
import re
import zipfile

import openpyxl
import pytest
import python_calamine
import xlsxwriter

from yumiao.intake import xlsx_texts
from yumiao.intake.cells import cell_text
from yumiao.intake.workbooks import read_workbook
from yumiao.intake.xlsx_package import Shown, shown_by_format
from yumiao.model.problems import YumiaoError


def value(chance):
    """Draw a value of a kind that the other reader shows as we do."""
    makers = [
        lambda: None,
        lambda: chance.random() * 10 ** chance.randrange(-12, 20),
        lambda: round(chance.random() * 1e6, chance.randrange(12)),
        lambda: chance.randrange(-(10**6), 10**6),
        lambda: f" 文字 & <{chance.random()}>\n",
        lambda: "  ",
        lambda: chance.random() < 0.5,
        lambda: dt.datetime.fromisoformat("2020-01-01") + dt.timedelta(minutes=chance.randrange(10**6)),
        lambda: dt.date.fromisoformat("2020-02-01") + dt.timedelta(days=chance.randrange(5000)),
    ]
    return chance.choice(makers)()


def write_with_xlsxwriter(path, chance, *, constant_memory):
    book = xlsxwriter.Workbook(path, {"constant_memory": constant_memory})
    day, money = (
        book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        book.add_format({"num_format": "#,##0.00"}),
    )
    for name in ("一", "二"):
        sheet = book.add_worksheet(name)
        for row in range(60):
            for column in range(1, 12):
                found = value(chance)
                if isinstance(found, dt.date):
                    sheet.write_datetime(row, column, found, day)
                elif chance.random() < 0.1:
                    sheet.write_formula(row, column, '=1&"<"', money, chance.choice(["#N/A", "x<y", 3.5]))
                else:
                    sheet.write(row, column, found, money)
    book.close()


def write_with_openpyxl(path, chance):
    book = openpyxl.Workbook()
    for row in range(60):
        for column in range(12):
            if chance.random() < 0.8:
                book.active.cell(row * 2 + 3, column + 2, value(chance))
    book.save(path)


WRITERS = {
    "xlsxwriter": lambda path, chance: write_with_xlsxwriter(path, chance, constant_memory=False),
    "xlsxwriter, texts in cells": lambda path, chance: write_with_xlsxwriter(
        path, chance, constant_memory=True
    ),
    "openpyxl": write_with_openpyxl,
}


def trimmed(rows):
    """Leave out empty cells at the ends of rows, and empty rows at the end."""
    kept = [list(row) for row in rows]
    for row in kept:
        while row and row[-1] is None:
            row.pop()
    while kept and not kept[-1]:
        kept.pop()
    return kept


def read_by_calamine(path):
    """Read with the other reader; failed formulas, which it drops, are left out of the comparison."""
    book = python_calamine.load_workbook(path)
    found = {}
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        before = [None] * (sheet.start[1] if sheet.start else 0)
        rows = [[*before, *row] for row in sheet.iter_rows()]
        found[name] = trimmed(
            [[None if not cell_text(cell).strip() else cell_text(cell) for cell in row] for row in rows]
        )
    return found


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("block", [xlsx_texts.BLOCK_BYTES, 700])
def test_a_workbook_has_the_cells_that_another_reader_finds(tmp_path, monkeypatch, writer, block):
    monkeypatch.setattr(xlsx_texts, "BLOCK_BYTES", block)
    path = tmp_path / "表.xlsx"
    WRITERS[writer](path, random.Random(7))

    sheets = read_workbook(path).sheets

    without_errors = {
        sheet.name: trimmed([[None if cell == "#N/A" else cell for cell in row] for row in sheet.rows])
        for sheet in sheets
    }
    assert without_errors == read_by_calamine(path)


def test_a_workbook_whose_xml_has_a_prefix_is_read(tmp_path):
    plain, prefixed = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    write_with_xlsxwriter(plain, random.Random(1), constant_memory=False)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(prefixed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.startswith(("xl/worksheets/sheet", "xl/sharedStrings", "xl/styles", "xl/workbook.xml")):
                content = re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", content).replace(b"xmlns=", b"xmlns:x=")
            new.writestr(name, content)

    assert [sheet.rows for sheet in read_workbook(prefixed).sheets] == [
        sheet.rows for sheet in read_workbook(plain).sheets
    ]


def test_parts_named_with_backslashes_are_found(tmp_path):
    plain, odd = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    write_with_openpyxl(plain, random.Random(1))
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(odd, "w") as new:
        for name in old.namelist():
            new.writestr(name.replace("/", "\\"), old.read(name))

    assert read_workbook(odd).sheets[0].rows == read_workbook(plain).sheets[0].rows


@pytest.mark.parametrize("number", [14, 22, 27, 31, 36, 57, 58])
def test_the_built_in_ways_to_write_a_date_are_known_also_those_of_chinese_programs(tmp_path, number):
    path = tmp_path / "表.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet().write_number(0, 0, 46173, book.add_format({"num_format": number}))
    book.close()

    assert read_workbook(path).sheets[0].rows == [["2026-05-31"]]


def test_xml_damaged_anywhere_is_refused_or_read_and_never_crashes(tmp_path):
    chance = random.Random(20260601)
    plain, damaged = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    write_with_xlsxwriter(plain, random.Random(1), constant_memory=False)
    with zipfile.ZipFile(plain) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    ends = {"read": 0, "refused": 0}
    for _ in range(120):
        name = chance.choice(
            ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"]
        )
        content = bytearray(parts[name])
        for _ in range(chance.choice([1, 3, 20])):
            place = chance.randrange(len(content))
            content[place : place + chance.randrange(3)] = chance.choice(
                [b"", b"<", b">", b'"', b"\xff", b"9", b"<c "]
            )
        with zipfile.ZipFile(damaged, "w") as archive:
            for part, good in parts.items():
                archive.writestr(part, bytes(content) if part == name else good)
        try:
            read_workbook(damaged)
            ends["read"] += 1
        except YumiaoError as refused:
            assert refused.code in {"unreadable_file", "too_big", "empty_file"}  # noqa: PT017 - both ends are right
            ends["refused"] += 1

    assert min(ends.values()) > 10


def test_merged_cells_are_told_by_their_corners(tmp_path):
    path = tmp_path / "表.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("一")
    sheet.merge_range("B2:D2", "收入")
    sheet.merge_range("A2:A3", "企业")
    sheet.conditional_format("A1:A9", {"type": "cell", "criteria": ">", "value": 1})
    book.close()

    (found,) = read_workbook(path).sheets

    assert found.rows == [[None] * 2, ["企业", "收入"]]
    assert found.merges == ((1, 1, 1, 3), (1, 0, 2, 0))


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("General", Shown.PLAIN),
        ("0.00_);[Red]\\(0.00\\)", Shown.PLAIN),
        ("0.00E+00", Shown.PLAIN),
        ('0.0"days"', Shown.PLAIN),
        ("[$¥-804]#,##0.00", Shown.PLAIN),
        ("@", Shown.PLAIN),
        ("0.0%", Shown.PERCENT),
        ('0"%"', Shown.PLAIN),
        ("yyyy-mm-dd", Shown.DATE),
        ('[$-804]yyyy"年"m"月"d"日";@', Shown.DATE),
        ('e"年"m"月"', Shown.DATE),
        ("h:mm AM/PM", Shown.DATE),
        ("[h]:mm:ss", Shown.ELAPSED),
        ("[Red]0", Shown.PLAIN),
    ],
)
def test_a_number_format_shows_a_date_a_percentage_or_a_number(code, shown):
    assert shown_by_format(code) is shown

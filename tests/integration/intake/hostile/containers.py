"""Spreadsheets that are broken, huge, locked, or not what they say."""

import datetime as dt
import io
import zipfile
from pathlib import Path

import msoffcrypto.format.ooxml
from tests.integration.intake.hostile.cases import (
    SHEET,
    SMALL,
    SMALL_TEXT,
    Cells,
    Hostile,
    Refused,
    Size,
    book,
    cells_xml,
    edited,
    raw,
    sheet,
    small,
    text,
)

OLD_XLS = Path(__file__).parents[1] / "files" / "firms.xls"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def cut(path):
    small(path)
    path.write_bytes(path.read_bytes()[:-700])


def flipped(path):
    """Turn one bit in the middle of the packed cells."""
    small(path)
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        part = archive.getinfo(SHEET)
    content[part.header_offset + 30 + len(part.filename) + part.compress_size // 2] ^= 0x10
    path.write_bytes(content)


def zip_bomb(path):
    small(path)
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/media/zeros.bin", "w", force_zip64=True) as part,
    ):
        for _ in range(129):
            part.write(bytes(8 << 20))


def empty_texts(content):
    """Put in eighty megabytes of shared texts that are nothing."""
    return content[: content.index(b"<si>")] + b"<si/>" * (16 << 20) + b"</sst>"


def entity_bomb(content):
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    declared = f'<!DOCTYPE x [<!ENTITY e0 "boom">{levels}]>'.encode()
    return content.replace(b"<worksheet", declared + b"<worksheet", 1).replace(b"<v>7</v>", b"<v>&e11;</v>")


def outer_entity(content):
    declared = b'<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/hostname">]>'
    return content.replace(b"<workbook", declared + b"<workbook", 1).replace(
        b'name="\xe8\xa1\xa8"', b'name="&file;"'
    )


def locked(path):
    small(path)
    plain, hidden = io.BytesIO(path.read_bytes()), io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(plain).encrypt("无人知道", hidden)
    path.write_bytes(hidden.getvalue())


def macro_book(path):
    """Write a workbook with a macro part and the content type that goes with it."""
    small(path)
    with (
        zipfile.ZipFile(io.BytesIO(path.read_bytes())) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            if name == "[Content_Types].xml":
                content = content.replace(
                    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                    b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
                )
            new.writestr(name, content)
        new.writestr("xl/vbaProject.bin", OLE + bytes(4096))


def hidden_only(workbook):
    shown = workbook.add_worksheet("封面")
    hidden = workbook.add_worksheet("数据")
    for row, cells in enumerate(SMALL):
        hidden.write_row(row, 0, cells)
    hidden.hide()
    shown.activate()


def errors(workbook):
    found = workbook.add_worksheet("表")
    found.write_row(0, 0, ["企业", "比率", "名次", "合计"])
    found.write(1, 0, "甲公司")
    found.write_formula(1, 1, "=1/0", None, "#DIV/0!")
    found.write_formula(1, 2, '=VLOOKUP("x",A1:B2,2,0)', None, "#N/A")
    found.write_formula(1, 3, "=SUM(A1:A2)", None, "")


def dates(workbook):
    found, day = workbook.add_worksheet("表"), workbook.add_format({"num_format": 'yyyy"年"m"月"d"日"'})
    for row, value in enumerate([1, 59, 60, 61, -1, 45000, 45000.5, 0.75, 3_000_000]):
        found.write_number(row, 0, value, day)


def dates_1904(workbook):
    found, day = workbook.add_worksheet("表"), workbook.add_format({"num_format": "yyyy-mm-dd"})
    found.write_datetime(0, 0, dt.datetime.fromisoformat("2026-05-31"), day)
    found.write_number(1, 0, 0, day)


def codes(workbook):
    found = workbook.add_worksheet("表")
    found.write_column(0, 0, ["000035", "913204120000000004", "1.50", "TRUE", "2026-05-31"])
    found.write_column(0, 1, [35, 913204120000000004, 1.5, True, 46173])


def rows_of_nothing(path):
    """Write a million rows that only have a height and a style."""
    first = '<row r="1"><c r="A1"><v>1</v></c></row>'
    cells_xml(first + "".join(f'<row r="{n}" s="1" customFormat="1" ht="20"/>' for n in range(3, 1_000_003)))(
        path
    )


def in_order(content):
    rows = content[content.index(b"<row ") : content.index(b"</sheetData>")]
    first, second = rows.split(b"</row>")[:2]
    return content.replace(rows, second + b"</row>" + first + b"</row>")


CONTAINERS = (
    Hostile("空文件.xlsx", "no byte at all", "refused as empty", raw(b""), Refused("empty_file")),
    Hostile(
        "空表.xlsx", "a workbook with one empty sheet", "refused as empty", sheet([]), Refused("empty_file")
    ),
    Hostile(
        "截断.xlsx",
        "a workbook whose end was lost on the way",
        "refused as damaged",
        cut,
        Refused("unreadable_file", "另存"),
    ),
    Hostile(
        "坏字节.xlsx",
        "one bit of the packed cells turned",
        "refused as damaged: the sums of the archive are checked",
        flipped,
        Refused("unreadable_file"),
    ),
    Hostile(
        "不是表.xlsx",
        "PK and then noise",
        "refused as damaged",
        raw(b"PK\x03\x04" + bytes(range(256)) * 8),
        Refused("unreadable_file"),
    ),
    Hostile(
        "不是表.xls",
        "the mark of an old workbook and then noise",
        "refused as damaged",
        raw(OLE + bytes(range(256)) * 8),
        Refused("unreadable_file"),
    ),
    Hostile(
        "炸弹.xlsx",
        "a zip bomb: a megabyte that unpacks to more than a gigabyte",
        "refused as too big before anything is unpacked",
        zip_bomb,
        Refused("too_big", "拆分"),
    ),
    Hostile(
        "空文字.xlsx",
        "millions of empty shared texts, packed to nothing",
        "refused as too big: no real table packs so well",
        edited("xl/sharedStrings.xml", empty_texts),
        Refused("too_big", "拆分"),
    ),
    Hostile(
        "实体.xlsx",
        "entities in the cells that grow without end",
        "refused as damaged: no spreadsheet program declares entities",
        edited(SHEET, entity_bomb),
        Refused("unreadable_file"),
    ),
    Hostile(
        "外部实体.xlsx",
        "an entity that names a file of this machine",
        "refused as damaged; the file is not opened",
        edited("xl/workbook.xml", outer_entity),
        Refused("unreadable_file"),
    ),
    Hostile(
        "末角.xlsx",
        "one cell in the last corner, so that the sheet has 17 billion cells",
        "refused as too big before memory is taken",
        cells_xml(
            '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        ),
        Refused("too_big", "拆分"),
    ),
    Hostile(
        "百万空行.xlsx",
        "a million rows with a height and a style, and nothing in them",
        "read; the empty rows do not count",
        rows_of_nothing,
        Cells({"表": [["1"]]}),
    ),
    Hostile(
        "加密.xlsx",
        "encrypted, the password unknown",
        "refused: a password is needed",
        locked,
        Refused("password_needed"),
    ),
    Hostile(
        "加密二.xlsx",
        "encrypted, another password given",
        "refused: the password is wrong",
        locked,
        Refused("password_wrong", guess="猜的"),
    ),
    Hostile(
        "宏.xlsm",
        "a workbook with macros",
        "read; macros are never looked at",
        macro_book,
        Cells({"表": SMALL_TEXT}),
    ),
    Hostile(
        "公式注入.xlsx",
        "texts that begin with =, +, - or @",
        "read as the texts they are; nothing computes them",
        sheet([["备注"], ["@SUM(A1)"], ["+cmd|' /C calc'!A0"], ["-2+3"]]),
        Cells({"表": [["备注"], ["@SUM(A1)"], ["+cmd|' /C calc'!A0"], ["-2+3"]]}),
    ),
    Hostile(
        "错误值.xlsx",
        "failed formulas, and one that was never computed",
        "read; the cells show #DIV/0!, #N/A and the formula, none becomes empty",
        book(errors),
        Cells({"表": [["企业", "比率", "名次", "合计"], ["甲公司", "#DIV/0!", "#N/A", "=SUM(A1:A2)"]]}),
    ),
    Hostile(
        "仅隐藏.xlsx",
        "the only sheet with content is hidden",
        "read like any other sheet",
        book(hidden_only),
        Cells({"封面": [], "数据": SMALL_TEXT}),
    ),
    Hostile(
        "同名表.xlsx",
        "two sheets of the same name",
        "both are read, each with its own cells",
        edited(
            "xl/workbook.xml",
            lambda content: content.replace(b'name="B"', b'name="A"'),
            book(lambda workbook: [workbook.add_worksheet(name).write(0, 0, name) for name in "AB"]),
        ),
        Cells({"A": [["A"]], "A (2)": [["B"]]}),
    ),
    Hostile(
        "古日期.xlsx",
        "dates before 1900-03-01, the day that never was, negative days, days beyond the year 9999",
        "read; what is a day becomes that day, the rest stays the number it is",
        book(dates),
        Cells(
            {
                "表": [
                    ["1900-01-01"],
                    ["1900-02-28"],
                    ["60"],
                    ["1900-03-01"],
                    ["-1"],
                    ["2023-03-15"],
                    ["2023-03-15 12:00:00"],
                    ["18:00:00"],
                    ["3000000"],
                ]
            }
        ),
    ),
    Hostile(
        "1904.xlsx",
        "days counted from 1904 on",
        "read with that calendar",
        book(dates_1904, date_1904=True),
        Cells({"表": [["2026-05-31"], ["1904-01-01"]]}),
    ),
    Hostile(
        "文本数字.xlsx",
        "numbers, codes and dates as text beside the same as numbers",
        "read; texts keep every character, numbers show the 15 digits that the file can hold",
        book(codes),
        Cells(
            {
                "表": [
                    ["000035", "35"],
                    ["913204120000000004", "9.1320412e+17"],
                    ["1.50", "1.5"],
                    ["TRUE", "TRUE"],
                    ["2026-05-31", "46173"],
                ]
            }
        ),
    ),
    Hostile(
        "次序乱.xlsx",
        "rows out of order",
        "refused as damaged: a row must not be overwritten by a later one",
        edited(SHEET, in_order),
        Refused("unreadable_file"),
    ),
    Hostile(
        "无地址.xlsx",
        "cells without addresses",
        "read; a cell without address follows the one before it",
        cells_xml(
            '<row><c t="inlineStr"><is><t>企业</t></is></c><c><v>1</v></c></row><row r="3"><c><v>2</v></c></row>'
        ),
        Cells({"表": [["企业", "1"], [None, None], ["2", None]]}),
    ),
    Hostile(
        "缺关系.xlsx",
        "a workbook that does not say where its sheets are",
        "refused as damaged, not taken for empty",
        edited(
            "xl/_rels/workbook.xml.rels", lambda content: content.replace(b"worksheets/sheet1", b"sheets/1")
        ),
        Refused("unreadable_file"),
    ),
    Hostile(
        "缺文字.xlsx",
        "a cell that refers to a shared text that is not there",
        "refused as damaged",
        cells_xml('<row r="1"><c r="A1" t="s"><v>999</v></c></row>'),
        Refused("unreadable_file"),
    ),
    Hostile(
        "非数.xlsx",
        "inf, NaN and words where a number must stand",
        "read as they stand; no number is made of them",
        cells_xml(
            '<row r="1"><c r="A1"><v>NaN</v></c><c r="B1"><v>inf</v></c>'
            '<c r="C1"><v>abc</v></c><c r="D1"><v>1e999</v></c></row>'
        ),
        Cells({"表": [["NaN", "inf", "abc", "1e999"]]}),
    ),
    Hostile(
        "长单元格.xlsx",
        "a cell of 32,767 characters, the most that spreadsheets allow",
        "read whole",
        sheet([["企业"], ["甲" * 32_767]]),
        Size(2, 1, 2),
    ),
    Hostile(
        "实为旧版.xlsx",
        "an old .xls workbook called .xlsx",
        "read as what it is",
        raw(OLD_XLS.read_bytes()),
        Size(3, 6, 18),
    ),
    Hostile(
        "实为新版.xls",
        "an .xlsx workbook called .xls",
        "read as what it is",
        small,
        Cells({"表": SMALL_TEXT}),
    ),
    Hostile(
        "实为文本.xlsx",
        "comma-separated text called .xlsx",
        "refused: rename it to .csv",
        text("企业,人数\n甲公司,7\n"),
        Refused("wrong_extension", ".csv"),
    ),
    Hostile(
        "实为XML.xls",
        "an XML spreadsheet of 2003 called .xls",
        "refused: save it as .xlsx",
        text('<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>'),
        Refused("wrong_extension", ".xlsx"),
    ),
    Hostile(
        "实为表.csv",
        "a workbook called .csv",
        "refused: rename it",
        small,
        Refused("wrong_extension", ".xlsx"),
    ),
    Hostile(
        "说明.pdf",
        "a kind of file that is not read",
        "refused, with the kinds that are",
        raw(b"%PDF-1.7"),
        Refused("wrong_extension", ".xlsx"),
    ),
)

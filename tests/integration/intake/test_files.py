"""Real files of every kind: spreadsheets, encrypted ones, text in both encodings, and hostile ones.

``files/firms.xls`` was written once with xlwt: two firms, a failed formula in F3, percentages in column D.
"""

import csv
import datetime as dt
import io
import random
import zipfile
from pathlib import Path

import msoffcrypto.format.ooxml
import openpyxl
import pytest
import xlsxwriter
from tests.unit.intake.metrics_for_tests import METRICS

from yumiao.intake.facts import read_facts
from yumiao.intake.workbooks import read_workbook
from yumiao.model.problems import YumiaoError

OLD_XLS = Path(__file__).parent / "files" / "firms.xls"
HEADER = [
    "统一社会信用代码",
    "企业名称",
    "2024年营业收入（万元）",
    "2024年市场占有率（%）",
    "成立日期",
    "2024年研发人员",
]
A, B = "91320412MADEM0003L", "93320412MAFARM000X"
EXPECTED_ROWS = [
    HEADER,
    [A, "甲公司", "1234.56", "29.8%", "2015-06-01", "12"],
    [B, "乙公司", "-1.5", "5%", "2020年1月2日", "#DIV/0!"],
]


@pytest.fixture
def xlsx(tmp_path) -> Path:
    path = tmp_path / "firms.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("企业")
    day, percent = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "0.0%"})
    sheet.write_row(0, 0, HEADER)
    sheet.write_row(1, 0, [A, "甲公司", 1234.56])
    sheet.write(1, 3, 0.298, percent)
    sheet.write_datetime(1, 4, dt.datetime.fromisoformat("2015-06-01"), day)
    sheet.write(1, 5, 12)
    sheet.write_row(2, 0, [B, "乙公司", -1.5])
    sheet.write(2, 3, 0.05, percent)
    sheet.write(2, 4, "2020年1月2日")
    sheet.write_formula(2, 5, "=1/0", None, "#DIV/0!")
    book.close()
    return path


def encrypt(source: Path, target: Path, password: str) -> Path:
    with source.open("rb") as plain, target.open("wb") as locked:
        msoffcrypto.format.ooxml.OOXMLFile(plain).encrypt(password, locked)
    return target


def refusal(path: Path, password: str | None = None) -> str:
    with pytest.raises(YumiaoError) as refused:
        read_workbook(path, password)
    assert path.name in refused.value.text.zh or refused.value.code == "too_big"
    assert refused.value.text.en
    return refused.value.code


def write_csv(path: Path, encoding: str) -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream).writerows(EXPECTED_ROWS)
    return path


def test_an_xlsx_file_keeps_every_cell_as_it_is_shown(xlsx):
    (sheet,) = read_workbook(xlsx).sheets

    assert (sheet.name, sheet.rows) == ("企业", EXPECTED_ROWS)


def test_an_old_xls_file_keeps_every_cell_as_it_is_shown():
    (sheet,) = read_workbook(OLD_XLS).sheets

    assert (sheet.name, sheet.rows) == ("企业", EXPECTED_ROWS)


@pytest.mark.parametrize(
    ("encoding", "recognised"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gb18030", "gb18030"), ("utf-16", "utf-16")],
)
def test_text_files_are_read_in_their_encoding(tmp_path, encoding, recognised):
    book = read_workbook(write_csv(tmp_path / "firms.csv", encoding))

    assert (book.encoding, book.sheets[0].rows) == (recognised, EXPECTED_ROWS)


def test_a_tab_separated_file_is_read(tmp_path):
    path = tmp_path / "firms.tsv"
    path.write_text('企业名称\t备注\n甲\t"一,\n二"\n', encoding="gb18030")

    assert read_workbook(path).sheets[0].rows == [["企业名称", "备注"], ["甲", "一,\n二"]]


def test_every_kind_of_file_gives_the_same_facts(tmp_path, xlsx):
    paths = [xlsx, OLD_XLS, write_csv(tmp_path / "firms.csv", "gb18030")]

    tables = [
        read_facts(
            [path], metrics=METRICS, mapping=None, as_of=dt.date(2026, 6, 1), recorded_at="now", batch="b"
        )
        for path in paths
    ]

    assert [facts.table.rows() for facts in tables] == [
        [
            (A, "甲公司", A, 1_234_560_000, 12, 298_000, dt.date(2015, 6, 1)),
            (B, "乙公司", B, None, None, 50_000, dt.date(2020, 1, 2)),
        ]
    ] * 3
    assert [[(problem.code, problem.cell) for problem in facts.problems] for facts in tables] == [
        [("outside_domain", "C3"), ("not_a_number", "F3")]
    ] * 3


def test_the_first_sheet_with_a_matching_header_is_read_and_addresses_are_the_sheets_own(tmp_path):
    path = tmp_path / "firms.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("说明").write(0, 0, "填报说明")
    sheet = book.add_worksheet("数据")
    sheet.write_row(3, 2, ["企业名称", "2024年研发人员"])
    sheet.write_row(4, 2, ["甲", 7])
    book.close()

    facts = read_facts(
        [path], metrics=METRICS, mapping=None, as_of=dt.date(2026, 6, 1), recorded_at="now", batch="b"
    )

    assert facts.sources.select("subject", "sheet", "cell", "raw").rows() == [("甲", "数据", "D5", "7")]


def test_a_formula_that_was_never_computed_is_reported_and_not_taken_for_an_empty_cell(tmp_path):
    path = tmp_path / "firms.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["企业名称", "2024年研发人员"])
    book.active.append(["甲", "=3+4"])
    book.save(path)

    facts = read_facts(
        [path], metrics=METRICS, mapping=None, as_of=dt.date(2026, 6, 1), recorded_at="now", batch="b"
    )

    assert [(problem.code, problem.cell, problem.found) for problem in facts.problems] == [
        ("not_a_number", "B2", "=3+4")
    ]
    assert "打开并保存" in facts.problems[0].text.zh


def test_a_file_encrypted_with_the_default_password_opens_by_itself(tmp_path, xlsx):
    book = read_workbook(encrypt(xlsx, tmp_path / "locked.xlsx", "VelvetSweatshop"))

    assert book.was_encrypted
    assert book.sheets[0].rows == EXPECTED_ROWS


def test_a_file_with_a_password_needs_it(tmp_path, xlsx):
    locked = encrypt(xlsx, tmp_path / "locked.xlsx", "秘密")

    assert refusal(locked) == "password_needed"
    assert refusal(locked, "别的") == "password_wrong"
    assert read_workbook(locked, "秘密").sheets[0].rows == EXPECTED_ROWS


def test_a_file_whose_content_is_not_what_its_name_says_is_refused(tmp_path, xlsx):
    (tmp_path / "web.csv").write_text("<html><table><tr><td>企业</td></tr></table>", encoding="utf-8")
    (tmp_path / "text.xlsx").write_text("企业,备注", encoding="utf-8")
    (tmp_path / "really.csv").write_bytes(xlsx.read_bytes())
    (tmp_path / "report.pdf").write_bytes(b"%PDF-1.7")

    assert refusal(tmp_path / "web.csv") == "wrong_extension"
    assert refusal(tmp_path / "text.xlsx") == "wrong_extension"
    assert refusal(tmp_path / "really.csv") == "wrong_extension"
    assert refusal(tmp_path / "report.pdf") == "wrong_extension"


def test_a_spreadsheet_with_the_extension_of_the_other_kind_is_read(tmp_path, xlsx):
    new, old = tmp_path / "really.xls", tmp_path / "really.xlsx"
    new.write_bytes(xlsx.read_bytes())
    old.write_bytes(OLD_XLS.read_bytes())

    assert [read_workbook(path).sheets[0].rows for path in (new, old)] == [EXPECTED_ROWS] * 2


def test_missing_and_empty_files_are_said_to_be_so(tmp_path):
    (tmp_path / "nothing.csv").write_bytes(b"")
    (tmp_path / "blank.csv").write_text("\n , \n", encoding="utf-8")
    book = xlsxwriter.Workbook(tmp_path / "blank.xlsx")
    book.add_worksheet("表")
    book.close()

    assert refusal(tmp_path / "missing.csv") == "file_missing"
    assert refusal(tmp_path / "nothing.csv") == "empty_file"
    assert refusal(tmp_path / "blank.csv") == "empty_file"
    assert refusal(tmp_path / "blank.xlsx") == "empty_file"


def test_text_that_is_neither_utf_8_nor_gb18030_is_refused_and_not_guessed(tmp_path):
    (tmp_path / "odd.csv").write_bytes("企业名称,备注\n".encode("gb18030") + b"\xff\xff\n")
    (tmp_path / "binary.csv").write_bytes(b"a,b\n\x00\x01\n")
    (tmp_path / "quotes.csv").write_text('企业名称\n"甲\n', encoding="utf-8")

    assert refusal(tmp_path / "odd.csv") == "unknown_encoding"
    assert refusal(tmp_path / "binary.csv") == "unreadable_file"
    assert refusal(tmp_path / "quotes.csv") == "unreadable_file"


def edited(source: Path, target: Path, part: str, change) -> Path:
    """Copy a spreadsheet with one part of it changed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == part else content)
    return target


def test_one_cell_in_the_last_corner_is_refused_before_memory_is_filled(tmp_path, xlsx):
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    path = edited(
        xlsx,
        tmp_path / "corner.xlsx",
        "xl/worksheets/sheet1.xml",
        lambda content: content.replace(b"</sheetData>", corner),
    )

    assert refusal(path) == "too_big"


def test_entities_that_grow_without_end_are_refused(tmp_path, xlsx):
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "boom">{levels}]><x>&e11;</x>'.encode()
    path = edited(xlsx, tmp_path / "bomb.xlsx", "xl/workbook.xml", lambda _: bomb)

    assert refusal(path) == "unreadable_file"


def test_a_zip_that_unpacks_beyond_the_limit_is_refused(tmp_path, xlsx):
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(xlsx) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name))
        with new.open("xl/media/zeros.bin", "w", force_zip64=True) as part:
            for _ in range(1025):
                part.write(bytes(1 << 20))

    assert refusal(path) == "too_big"


def test_damaged_spreadsheets_are_refused_or_read_but_never_crash(tmp_path, xlsx, capfd):
    chance = random.Random(20260601)
    for source in (xlsx, OLD_XLS):
        content = source.read_bytes()
        path = tmp_path / f"damaged{source.suffix}"
        for _ in range(150):
            damaged = bytearray(content)
            for _ in range(chance.choice([1, 4, 30])):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            path.write_bytes(damaged[: chance.choice([len(damaged), chance.randrange(1, len(damaged))])])
            try:
                read_workbook(path)
            except YumiaoError as refused:
                assert refused.text.zh  # noqa: PT017 - either outcome is right; another exception is not
    capfd.readouterr()  # the reader prints the trace of what it did not expect


def test_a_part_that_holds_more_than_it_declares_is_refused(tmp_path, xlsx):
    path = tmp_path / "lying.xlsx"
    content = io.BytesIO(xlsx.read_bytes())
    with zipfile.ZipFile(content) as archive:
        info = archive.getinfo("xl/sharedStrings.xml")
    raw = bytearray(content.getvalue())
    size = info.file_size.to_bytes(4, "little")
    while (at := raw.find(size)) >= 0:
        raw[at : at + 4] = (10).to_bytes(4, "little")
    path.write_bytes(raw)

    assert refusal(path) == "unreadable_file"


def test_folder_given_as_a_dot_is_named_in_the_refusal(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(YumiaoError) as caught:
        read_workbook(Path())
    assert caught.value.text.en == ". is no file (perhaps a folder); please give a file."

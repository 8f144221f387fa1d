"""`yumiao read`: tables of real files recognised and written down."""

import json

import pytest
import xlsxwriter
from msoffcrypto.format.ooxml import OOXMLFile

from yumiao.cli.app import run

HTML = """<html><body><table>
<tr><td>企业名称：</td><td>甲公司</td></tr>
<tr><td>电话：</td><td>1</td></tr>
</table></body></html>"""


@pytest.fixture
def workbook_path(tmp_path):
    """Two sheets: one table with a header over two rows and a note; one sheet with two tables."""
    path = tmp_path / "报表.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("收入")
        sheet.merge_range("A1:E1", "2024年企业情况")
        sheet.write("E2", "单位：万元")
        sheet.merge_range("A3:A4", "企业名称")
        sheet.merge_range("B3:C3", "2023年")
        sheet.merge_range("D3:E3", "2024年")
        sheet.write_row("B4", ["营业收入", "研发费用", "营业收入", "研发费用"])
        sheet.write_row("A5", ["甲公司", 1200.5, 60, "1,300", "７０"])
        sheet.write_row("A6", ["乙公司", 0.05, "—", 3, 4])
        sheet.write_row("A7", ["合计", 1200.55, 60, 1303, 74])
        sheet.write("A8", "注：由企业填报。")
        other = book.add_worksheet("名单")
        other.write_row("A1", ["企业名称", "认定年份"])
        other.write_row("A2", ["甲公司", 2023])
        other.write_row("A4", ["姓名", "职务"])
        other.write_row("A5", ["张某", "经理"])
    return path


def test_table_of_a_workbook_is_written_with_its_columns(workbook_path, tmp_path, capsys):
    out = tmp_path / "out.csv"

    assert run(["read", str(workbook_path), "--sheet", "收入", "--to", str(out)], {}) == 0

    assert out.read_text(encoding="utf-8-sig").splitlines() == [
        "企业名称,2023年 / 营业收入,2023年 / 研发费用,2024年 / 营业收入,2024年 / 研发费用,row_number,row_kind",
        "甲公司,1200.5,60,1300,70,5,record",
        "乙公司,0.05,—,3,4,6,record",
        "合计,1200.55,60,1303,74,7,total",
    ]
    description = json.loads((tmp_path / "out.columns.json").read_text(encoding="utf-8"))
    assert (description["file"], description["sheet"], description["block"]) == ("报表.xlsx", "收入", "A3:E8")
    assert [each["unit_code"] for each in description["columns"]] == [None, *["CNY_10k"] * 4]
    shown = capsys.readouterr().out
    assert "? 列“2023年 / 研发费用”有1个单元格不是数字，保持原样：C6。" in shown
    assert "记录 2，合计 1，注释 1" in shown


def test_file_with_several_tables_lists_them_and_asks(workbook_path, tmp_path, capsys):
    assert run(["read", str(workbook_path), "--to", str(tmp_path / "out.csv"), "--lang", "en"], {}) == 1

    out, err = capsys.readouterr()
    assert [line.split()[0] for line in out.splitlines() if line.strip()[:1].isdigit()] == ["1", "2", "3"]
    assert "several_tables" in err
    assert "--table" in err
    assert not (tmp_path / "out.csv").exists()


def test_table_is_chosen_by_its_number(workbook_path, tmp_path):
    out = tmp_path / "out.csv"

    assert run(["read", str(workbook_path), "--sheet", "名单", "--table", "2", "--to", str(out)], {}) == 0

    assert out.read_text(encoding="utf-8-sig") == "姓名,职务,row_number,row_kind\n张某,经理,5,record\n"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--table", "4"], "table_not_found"),
        (["--table", "0"], "table_not_found"),
        (["--sheet", "无"], "sheet_not_found"),
    ],
)
def test_table_or_sheet_that_is_not_there_is_said(workbook_path, options, code, capsys):
    assert run(["read", str(workbook_path), *options], {}) == 1
    assert code in capsys.readouterr().err


def test_form_is_refused_with_what_to_do(tmp_path, capsys):
    page = tmp_path / "a.html"
    page.write_text(HTML, encoding="utf-8")

    assert run(["read", str(page), "--lang", "en"], {}) == 1

    err = capsys.readouterr().err
    assert "no_table" in err
    assert "is a form (pairs of label and value)" in err


def test_without_a_target_nothing_is_written(tmp_path, capsys):
    table = tmp_path / "a.csv"
    table.write_text("企业名称,收入（万元）\n甲公司,5\n", encoding="gb18030")

    assert run(["read", str(table), "--lang", "en"], {}) == 0

    assert "records 1; confidence 100%" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == [table]


def test_target_that_is_there_is_kept(workbook_path, tmp_path, capsys):
    out = tmp_path / "out.csv"
    out.write_text("kept", encoding="utf-8")

    assert run(["read", str(workbook_path), "--sheet", "收入", "--to", str(out)], {}) == 1

    assert "file_exists" in capsys.readouterr().err
    assert out.read_text(encoding="utf-8") == "kept"


def test_encrypted_file_without_its_password_is_said(tmp_path, workbook_path, capsys):
    locked = tmp_path / "locked.xlsx"
    with workbook_path.open("rb") as plain, locked.open("wb") as target:
        OOXMLFile(plain).encrypt("secret", target)

    assert run(["read", str(locked), "--lang", "en"], {}) == 1
    assert "password_needed" in capsys.readouterr().err
    assert run(["read", str(locked), "--password", "secret", "--sheet", "收入"], {}) == 0

"""A table written down: CSV and description, both or none."""

import json

import pytest
from tests.unit.intake.layout.sheets_for_tests import draw, only_table

from yumiao.intake.layout.writing import columns_path, describe_table, write_table
from yumiao.model.problems import YumiaoError

PICTURE = """
2024年企业情况 | | |
单位：万元 | | |
企业名称 | 营业收入 | 增长 | 成立日期
甲公司 | 1,200.50 | 5% | 2003年5月1日
=乙公司 | 约3 | (2%) | 2010.7
合计 | 1200.5 | |
"""

CSV = """\
\ufeff企业名称,营业收入,增长,成立日期,row_number,row_kind
甲公司,1200.50,5,2003-05-01,4,record
=乙公司,约3,-2,2010-07,5,record
合计,1200.5,,,6,total
"""


@pytest.fixture
def table():
    return only_table(draw(PICTURE, name="企业"))


def test_table_is_written_with_its_description(table, tmp_path):
    path = tmp_path / "new" / "out.csv"

    write_table(table, path, file="a.xlsx")

    assert path.read_text(encoding="utf-8") == CSV
    assert json.loads(columns_path(path).read_text(encoding="utf-8")) == describe_table(table, file="a.xlsx")
    assert sorted(each.name for each in path.parent.iterdir()) == ["out.columns.json", "out.csv"]


def test_description_says_where_everything_stands_and_what_is_unsure(table):
    description = describe_table(table, file="a.xlsx")

    assert {
        key: description[key]
        for key in ("file", "sheet", "block", "title", "header_rows", "unit_line", "rows")
    } == {
        "file": "a.xlsx",
        "sheet": "企业",
        "block": "A3:D6",
        "title": ["2024年企业情况"],
        "header_rows": [3],
        "unit_line": "单位：万元",
        "rows": {"record": 2, "total": 1},
    }
    assert description["columns"][1] == {
        "name": "营业收入",
        "column": "B",
        "path": ["营业收入"],
        "other_language": "",
        "label": "营业收入",
        "unit": "万元",
        "unit_code": "CNY_10k",
        "type": "number",
        "cells": "B4:B6",
        "filled": 3,
        "unread": 1,
    }
    (doubt,) = description["doubts"]
    assert (doubt["code"], doubt["cells"], doubt["count"]) == ("unread", ["B5"], 1)
    assert doubt["zh"]
    assert doubt["en"]


@pytest.mark.parametrize("there", ["out.csv", "out.columns.json"])
def test_file_that_is_there_is_not_overwritten(table, tmp_path, there):
    (tmp_path / there).write_text("kept", encoding="utf-8")

    with pytest.raises(YumiaoError) as error:
        write_table(table, tmp_path / "out.csv", file="a.xlsx")

    assert error.value.code == "file_exists"
    assert [(each.name, each.read_text(encoding="utf-8")) for each in tmp_path.iterdir()] == [(there, "kept")]


def test_write_that_fails_midway_leaves_nothing(table, tmp_path, monkeypatch):
    target = tmp_path / "out.csv"
    rename = type(target).rename

    def rename_but_not_the_csv(path, to):
        if to == target:
            raise OSError(28, "No space left on device")
        return rename(path, to)

    monkeypatch.setattr(type(target), "rename", rename_but_not_the_csv)
    with pytest.raises(YumiaoError) as error:
        write_table(table, target, file="a.xlsx")

    assert error.value.code == "not_writable"
    assert "No space left" in str(error.value.text.en)
    assert list(tmp_path.iterdir()) == []


def test_folder_that_is_a_file_is_an_error(table, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(YumiaoError) as error:
        write_table(table, tmp_path / "file" / "out.csv", file="a.xlsx")

    assert error.value.code in {"not_writable", "file_exists"}

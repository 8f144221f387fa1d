"""Every hostile file meets the end that the page promises."""

import os
from pathlib import Path

import pytest
from tests.integration.intake.hostile.cases import Cells, Records, Refused, Size
from tests.integration.intake.hostile.page import PAGE, hostile_files, render_page
from tests.unit.intake.layout.sheets_for_tests import plain_records

from yumiao.intake import workbooks
from yumiao.intake.layout.survey import find_tables
from yumiao.intake.workbooks import read_workbook
from yumiao.model.problems import YumiaoError

FILES = hostile_files()


def check(path: Path, expected) -> None:
    match expected:
        case Refused():
            with pytest.raises(YumiaoError) as refused:
                read_workbook(path, expected.guess)
            assert refused.value.code == expected.code
            assert expected.words in refused.value.text.zh
            assert (
                refused.value.text.en.isascii()
                or "“" in refused.value.text.en
                or path.name in refused.value.text.en
            )
        case Cells():
            sheets = read_workbook(path).sheets
            assert {sheet.name: sheet.rows for sheet in sheets} == expected.sheets
            assert {sheet.name: sheet.merges for sheet in sheets if sheet.merges} == expected.merges
        case Size():
            (sheet,) = read_workbook(path).sheets
            filled = sum(sheet.cells[name].count() for name in sheet.cells.columns)
            assert (sheet.height, sheet.width, filled) == (expected.rows, expected.columns, expected.filled)
        case Records():
            found = [table for sheet in read_workbook(path).sheets for table in find_tables(sheet)]
            assert [plain_records(table) for table in found] == expected.tables


@pytest.mark.parametrize("hostile", FILES, ids=lambda hostile: hostile.name)
def test_a_hostile_file_meets_the_end_that_is_promised(tmp_path, capfd, hostile):
    path = tmp_path / hostile.name
    hostile.make(path)

    check(path, hostile.expected)

    capfd.readouterr()  # the reader of old workbooks prints the trace of what it did not expect


def test_there_are_enough_hostile_files_and_each_has_its_own_name():
    assert len(FILES) >= 30
    assert len({hostile.name for hostile in FILES}) == len(FILES)


def test_the_page_lists_what_the_tests_assert():
    assert PAGE.read_text(encoding="utf-8") == render_page()


@pytest.mark.parametrize("kind", ["folder", "pipe", "broken link"])
def test_what_is_no_file_is_refused_and_never_waited_for(tmp_path, kind):
    path = tmp_path / "表.csv"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(tmp_path / "nowhere.csv")

    check(path, Refused("file_missing"))


def test_a_link_to_a_file_is_read(tmp_path):
    (tmp_path / "real.csv").write_text("a,b\n", encoding="utf-8")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")

    check(tmp_path / "link.csv", Cells({"link": [["a", "b"]]}))


def test_a_file_changed_while_it_is_read_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "表.csv"
    path.write_text("a,b\n", encoding="utf-8")
    read = workbooks.read_delimited

    def read_and_meet_another_writer(found):
        book = read(found)
        with path.open("a", encoding="utf-8") as stream:
            stream.write("c,d\n")
        return book

    monkeypatch.setattr(workbooks, "read_delimited", read_and_meet_another_writer)

    check(path, Refused("file_changed", "再试"))


def test_a_file_that_the_system_does_not_open_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "表.csv"
    path.write_text("a,b\n", encoding="utf-8")

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)

    check(path, Refused("unreadable_file", "权限"))


def test_a_file_beyond_the_limit_is_refused_with_advice(tmp_path, monkeypatch):
    path = tmp_path / "表.csv"
    path.write_text("a,b\n" * 10, encoding="utf-8")
    monkeypatch.setattr(workbooks, "MAX_FILE_BYTES", 20)

    check(path, Refused("too_big", "拆分"))

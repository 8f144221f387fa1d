"""The listed firms brought into a store in two guises: what is known afterwards is the same."""

import csv
import datetime as dt
import shutil
from pathlib import Path

import pytest
import xlsxwriter

from yumiao.importing.imports import commit_import
from yumiao.importing.reading import read_incoming
from yumiao.packs.library import load_packs
from yumiao.store import create_store

MAPPING = Path(__file__).with_name("listed-firms.mapping.yaml")
ON = dt.date(2022, 9, 1)
PEOPLE = (
    "职工人数",
    "研发人员",
    "硕士人数",
    "硕士以上人数",
    "博士人数",
    "博士以上人数",
    "生产人员",
    "销售人员",
    "技术人员",
)


@pytest.fixture(scope="module")
def library():
    return load_packs()


@pytest.fixture(scope="module")
def rows(shared_folder):
    [path] = (shared_folder / "data" / "listed-firms-jiangsu").glob("*.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return path, list(csv.reader(file))


def imported(library, folder, path):
    folder.mkdir()
    mapping = shutil.copy(MAPPING, folder / "mapping.yaml")
    store = create_store(folder / "store", at="2026-07-01T08:00:00+08:00", who="test", store_id="00" * 8)
    incoming = read_incoming([path], [mapping], library, store, today=ON, source="annual_report", on=ON)
    report = commit_import(store, incoming, library, at="2026-07-01T08:01:00+08:00", who="test")
    facts = store.state().snapshot(library.metrics, library.reported.precedence)
    return report, facts


def in_another_guise(rows, path):
    """A workbook with the columns the other way round, titles above, a row of headings over the labels, notes below."""
    header, *body = [list(reversed(row)) for row in rows]
    book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False})
    sheet = book.add_worksheet("上市公司")
    sheet.merge_range(0, 0, 0, len(header) - 1, "江苏上市公司年度数据")
    sheet.write(1, 0, "金额单位：元")
    for column, label in enumerate(header):
        sheet.write(2, column, "人员情况" if label in PEOPLE else "")
        sheet.write(3, column, label)
    for number, row in enumerate(body):
        for column, cell in enumerate(row):
            sheet.write_string(4 + number, column, cell)
    sheet.write(5 + len(body), 0, "注：数据来自公开披露的年度报告。")
    book.close()
    return path


def told(facts):
    """What is known of each firm, whatever id it has."""
    return facts.table.drop("subject").sort("name", nulls_last=True)


def test_same_facts_come_from_two_guises_of_one_file(library, rows, tmp_path):
    path, cells = rows

    first, plain = imported(library, tmp_path / "plain", path)
    second, other = imported(library, tmp_path / "other", in_another_guise(cells, tmp_path / "guise.xlsx"))

    assert (first.files[0].good_rows, second.files[0].good_rows) == (1286, 1286)
    assert plain.table.height == 515
    columns = sorted(plain.table.columns)
    assert sorted(other.table.columns) == columns
    assert (
        told(other)
        .select(sorted(told(other).columns))
        .equals(told(plain).select(sorted(told(plain).columns)))
    )


def test_second_guise_brings_nothing_new_to_a_store_that_knows_the_first(library, rows, tmp_path):
    path, cells = rows
    mapping = shutil.copy(MAPPING, tmp_path / "mapping.yaml")
    store = create_store(tmp_path / "store", at="2026-07-01T08:00:00+08:00", who="test", store_id="00" * 8)
    known = {"today": ON, "source": "annual_report", "on": ON}
    first = read_incoming([path], [mapping], library, store, **known)
    commit_import(store, first, library, at="2026-07-01T08:01:00+08:00", who="test")
    before = store.state().snapshot(library.metrics, library.reported.precedence)

    guise = in_another_guise(cells, tmp_path / "guise.xlsx")
    second = read_incoming([guise], [mapping], library, store, **known)
    report = commit_import(store, second, library, at="2026-07-01T08:02:00+08:00", who="test")

    after = store.state().snapshot(library.metrics, library.reported.precedence)
    assert {str(standing) for standing, count in report.files[0].comparison.counts().items() if count} == {
        "same"
    }
    assert after.table.equals(before.table)
    assert after.conflicts.is_empty()

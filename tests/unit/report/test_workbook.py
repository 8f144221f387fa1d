"""The officers' workbook."""

import datetime as dt

import openpyxl
import polars as pl
import pytest
from tests.demo_runs import demo_lists, demo_summary

from yumiao.model.outcomes import Outcome
from yumiao.model.text import Text
from yumiao.report.sheets import Book, Column, Table
from yumiao.report.workbook import write_workbook

CREATED = dt.datetime(2026, 7, 15, 9)  # noqa: DTZ001 - what a file says of itself has no zone


@pytest.fixture(scope="module")
def summary():
    return demo_summary()


@pytest.fixture(scope="module")
def book(summary, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "report.xlsx"
    write_workbook(summary, demo_lists(), path, created=CREATED, notice=Text("全部虚构", "all invented"))
    return openpyxl.load_workbook(path)


def write_table(path, table, **options):
    with Book(path, "t", "zh", CREATED) as book:
        count = book.add_table(table, **options)
    return openpyxl.load_workbook(path), count


def table_of(texts, title="表"):
    return Table(title, [Column("a", "甲")], pl.DataFrame({"a": texts}))


def test_workbook_has_the_lists_and_one_sheet_for_each_policy(book, summary):
    titles = book.sheetnames

    lists = [
        "说明",
        "接近达标",
        "仍可能符合",
        "待问",
        *(["来源不一致"] if demo_lists().contested.height else []),
    ]
    assert titles == [*lists, *titles[len(lists) : -1], "问题"]
    assert len(titles) == len(lists) + len(summary.policies) + 1


def test_first_sheet_counts_as_the_run_does(book, summary):
    rows = {row[0]: row[1:4] for row in book["说明"].iter_rows(values_only=True)}

    for policy in summary.policies:
        counts = [policy.counts[each] for each in (Outcome.MET, Outcome.NOT_MET, Outcome.UNDETERMINED)]
        assert list(rows[policy.title.zh]) == counts


def test_first_sheet_carries_notice_date_and_receipt(book, summary):
    cells = [cell for row in book["说明"].iter_rows(values_only=True) for cell in row if cell]

    assert {"全部虚构", "2026-07-15", summary.run.receipt["snapshot"]} <= set(cells)


def test_policy_sheet_has_one_row_for_each_subject_with_its_outcome(book, summary):
    sheet = book["高新技术企业"]
    rows = list(sheet.iter_rows(min_row=5, values_only=True))

    verdicts = summary.run.policy("hnte").verdicts
    labels = {outcome.value: outcome.label.zh for outcome in Outcome}
    assert [row[0] for row in rows] == summary.facts["name"].to_list()
    assert [row[2] for row in rows] == [labels[each] for each in verdicts["outcome"]]


def test_policy_sheet_names_each_condition_with_its_clause(book, summary):
    sheet = book["高新技术企业"]
    wording = {cell.value for cell in sheet[2] if cell.value}
    clauses = " ".join(str(cell.value) for cell in sheet[3] if cell.value)

    conditions = summary.run.policy("hnte").graph.conditions
    assert {condition.text.zh for condition in conditions} <= wording
    assert all(condition.citation.clause in clauses for condition in conditions)


def test_sheets_can_be_filtered_and_keep_their_head_in_sight(book):
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes is not None
        assert sheet.auto_filter.ref is not None or sheet.max_row <= 3


def test_no_cell_of_the_workbook_is_a_formula(book):
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}

    assert "f" not in kinds


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+2", "@SUM(A1)", '=HYPERLINK("http://x","y")', "{=1}"])
def test_text_that_looks_like_a_formula_stays_a_text(tmp_path, text):
    found, _ = write_table(tmp_path / "t.xlsx", table_of([text]))

    cell = found["表"]["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_table_too_long_for_one_sheet_goes_on_in_a_second_of_the_same_name(tmp_path):
    found, count = write_table(tmp_path / "t.xlsx", table_of([str(each) for each in range(7)]), max_rows=4)

    assert count == 3
    assert found.sheetnames == ["表", "表 (2)", "表 (3)"]
    values = [cell.value for sheet in found for cell in sheet["A"][1:]]
    assert values == [str(each) for each in range(7)]
    assert all(sheet["A1"].value == "甲" for sheet in found)


@pytest.mark.parametrize("title", ["a/b\\c[d]:e*f?", "'x'", "长" * 60, ""])
def test_sheet_name_is_one_that_spreadsheet_programs_take(tmp_path, title):
    found, _ = write_table(tmp_path / "t.xlsx", table_of(["1"], title))

    (name,) = found.sheetnames
    assert 1 <= len(name) <= 31
    assert not set("[]:*?/\\") & set(name)


def test_two_sheets_of_one_name_are_told_apart(tmp_path):
    with Book(tmp_path / "t.xlsx", "t", "zh", CREATED) as book:
        book.add_table(table_of(["1"], "Same"))
        book.add_table(table_of(["2"], "same"))

    assert openpyxl.load_workbook(tmp_path / "t.xlsx").sheetnames == ["Same", "same (2)"]


def test_text_longer_than_a_cell_takes_is_cut_with_a_mark(tmp_path):
    found, _ = write_table(tmp_path / "t.xlsx", table_of(["x" * 40_000]))

    assert found["表"]["A2"].value.endswith("…")


def test_same_run_gives_the_same_bytes(summary, tmp_path):
    paths = [tmp_path / "a.xlsx", tmp_path / "b.xlsx"]
    for path in paths:
        write_workbook(summary, demo_lists(), path, created=CREATED)

    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_english_workbook_has_english_labels(summary, tmp_path):
    write_workbook(summary, demo_lists("en"), tmp_path / "e.xlsx", created=CREATED)

    names = openpyxl.load_workbook(tmp_path / "e.xlsx").sheetnames
    assert names[:4] == ["Overview", "Near misses", "Still possible", "Questions"]
    assert all(name.isascii() for name in names)


def test_two_conditions_of_one_wording_keep_their_own_columns(tmp_path):
    columns = [
        Column("a", "x", group="同", note=f"第{number}条", group_id=str(number)) for number in (1, 1, 2)
    ]

    found, _ = write_table(tmp_path / "t.xlsx", Table("表", columns, pl.DataFrame({"a": ["1"]})))

    heads = [[cell.value for cell in row] for row in found["表"].iter_rows(max_row=2)]
    assert heads == [["同", None, "同"], ["第1条", None, "第2条"]]

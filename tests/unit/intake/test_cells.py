"""Sheets of untyped cells: addresses, and how values are printed."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yumiao.intake.cells import (
    cell_address,
    cell_text,
    column_index,
    column_letters,
    percent_cell,
    put_marks,
    sheet_of_rows,
)
from yumiao.model.problems import YumiaoError


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("000035", "000035"),
        (-1.0, "-1"),
        (0.05, "0.05"),
        (0.1 + 0.2, "0.3"),
        (1234.1 + 0.2, "1234.3"),
        (9999999.99999999, "9999999.99999999"),
        (2 - 1e-15, "2"),
        (123456789012.34, "123456789012.34"),
        (320412.0, "320412"),
        (913204120000000004.0, "9.1320412e+17"),
        (True, "TRUE"),
        (dt.date(2026, 5, 31), "2026-05-31"),
        (dt.datetime.fromisoformat("2026-05-31"), "2026-05-31"),
        (dt.datetime.fromisoformat("2026-05-31T08:30"), "2026-05-31 08:30:00"),
        (dt.time(8, 30), "08:30:00"),
    ],
)
def test_a_cell_is_printed_as_the_shortest_text_that_means_it(value, text):
    assert cell_text(value) == text


@pytest.mark.parametrize(
    ("column", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (16383, "XFD")]
)
def test_columns_are_named_as_spreadsheets_name_them(column, letters):
    assert column_letters(column) == letters
    assert column_index(letters) == column


def test_a_cell_is_named_by_column_and_row():
    assert cell_address(36, 3) == "D37"


@given(st.integers(0, 20_000))
def test_letters_and_numbers_of_columns_are_inverse(column):
    assert column_index(column_letters(column)) == column


def test_rows_of_different_length_keep_every_cell():
    sheet = sheet_of_rows("表", [["a"], ["b", "c", 1.5], [], [" "]])

    assert sheet.rows == [["a", None, None], ["b", "c", "1.5"], [None, None, None], [None, None, None]]


def test_long_sheets_with_a_wider_part_far_down_keep_every_cell():
    rows = [["a"]] * 10_000 + [["b", "c"]]

    assert sheet_of_rows("表", rows).rows[-2:] == [["a", None], ["b", "c"]]


def test_marks_replace_cells_also_beyond_the_sheet():
    sheet = put_marks(sheet_of_rows("表", [["a"]]), {(0, 0): "#REF!", (1, 2): "=A1"})

    assert sheet.rows == [["#REF!", None, None], [None, None, "=A1"]]


def test_a_sheet_beyond_the_limit_is_refused_before_it_is_built():
    rows = (["x"] * 16_385 for _ in range(10**9))

    with pytest.raises(YumiaoError) as refused:
        sheet_of_rows("表", rows)

    assert refused.value.code == "too_big"


@pytest.mark.parametrize(("number", "shown"), [("0.298", "29.8%"), ("1", "100%"), ("-0.0005", "-0.05%")])
def test_a_number_shown_as_a_percentage_is_printed_as_shown(number, shown):
    assert percent_cell(number) == shown

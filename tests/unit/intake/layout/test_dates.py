"""Dates as people type them: ISO, a month stays a month, day numbers only where dates are declared."""

import polars as pl
import pytest

from yumiao.intake.layout.dates import read_date, read_dates


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2024年3月1日", "2024-03-01"),
        ("2024-3-1", "2024-03-01"),
        ("2024/03/01", "2024-03-01"),
        ("2024.3.1", "2024-03-01"),
        ("2024-03-01 10:20:30", "2024-03-01"),
        ("20240301", "2024-03-01"),
        ("2024.3", "2024-03"),
        ("2024年3月", "2024-03"),
        ("202403", "2024-03"),
        ("2024年", "2024"),
    ],
)
def test_date_in_a_usual_writing_is_read(text, date):
    assert read_date(text) == date


@pytest.mark.parametrize("text", ["2024-13-01", "2024-02-30", "20241301", "3月1日", "0001-01-01", "未定", ""])
def test_text_that_is_no_date_is_none(text):
    assert read_date(text) is None


@pytest.mark.parametrize("text", ["2024.3", "20240301", "2024", "202403"])
def test_figure_is_no_date_unless_the_column_says_so(text):
    assert read_date(text, is_declared=False) is None


def test_day_numbers_are_dates_only_where_the_column_says_so():
    texts = pl.Series(["45352", "2024-03-01", "待定", None])

    declared, plain = (read_dates(texts, is_declared=is_declared) for is_declared in (True, False))

    assert declared.texts.to_list() == ["2024-03-01", "2024-03-01", "待定", None]
    assert declared.serials.to_list() == [True, False, False, False]
    assert declared.unread.to_list() == [False, False, True, False]
    assert plain.texts.to_list() == ["45352", "2024-03-01", "待定", None]

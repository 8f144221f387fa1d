"""Many numbers at a time are printed as one by one."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from yumiao.intake.cells import cell_text, percent_cell
from yumiao.intake.number_texts import date_texts, elapsed_texts, number_texts, percent_texts

NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(-1e6, 1e6),
    st.integers(-(10**20), 10**20).map(float),
    st.decimals(-(10**6), 10**6, places=4).map(float),
    # close to a tie of the 15th digit
    st.tuples(st.integers(10**14, 10**15), st.integers(0, 18)).map(
        lambda pair: (pair[0] + 0.5) / 10 ** pair[1]
    ),
)


def printed(value: float) -> str:
    return repr(int(value)) if value == int(value) and abs(value) < 1e21 else repr(value)


@settings(deadline=None)  # the first call pays for imports
@given(st.lists(NUMBERS, min_size=1))
@example([0.1 + 0.2, 1e-5, -0.0, 1e15, 999999999999999.9, 2 - 1e-15, 8562062.939999999])
def test_numbers_are_printed_as_one_by_one(values):
    texts = pl.Series([printed(value) for value in values])

    assert number_texts(texts).to_list() == [cell_text(value) for value in values]


@settings(deadline=None)  # the first call pays for imports
@given(st.lists(NUMBERS, min_size=1))
@example([0.298, 1.0, -0.0005, 0.0, 1e-9])
@example([999999999999.998])  # times a hundred just below a power of ten
def test_percentages_are_printed_as_one_by_one(values):
    numbers = pl.Series([cell_text(value) for value in values])

    assert percent_texts(numbers).to_list() == [percent_cell(number) for number in numbers]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("1.0", "1"),
        ("1E-3", "0.001"),
        ("007", "7"),
        (".5", "0.5"),
        ("-0", "0"),
        ("5.", "5"),
        ("1.50", "1.5"),
        ("1e999", "1e999"),
        ("NaN", "NaN"),
        ("abc", "abc"),
        (" 7 ", "7"),
        ("0.00001", "1e-05"),
    ],
)
def test_numbers_written_in_other_ways_are_printed_the_usual_way_and_other_texts_stay(written, text):
    assert number_texts(pl.Series([written])).to_list() == [text]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("1", "1900-01-01"),
        ("59", "1900-02-28"),
        ("60", "60"),
        ("61", "1900-03-01"),
        ("46173", "2026-05-31"),
        ("46173.5", "2026-05-31 12:00:00"),
        ("0.75", "18:00:00"),
        ("0", "00:00:00"),
        ("2958465", "9999-12-31"),
        ("2958466", "2958466"),
        ("-1", "-1"),
        ("NaN", "NaN"),
    ],
)
def test_numbers_of_days_are_printed_as_dates_and_what_is_no_day_stays(number, text):
    assert date_texts(pl.Series([number, number]), is_1904=False).to_list() == [text] * 2


@settings(deadline=None)  # the first call pays for imports
@given(st.dates(dt.date(1904, 1, 2), dt.date(9999, 12, 31)))
def test_days_counted_from_1904_are_the_same_days(day):
    number = str((day - dt.date(1904, 1, 1)).days)

    assert date_texts(pl.Series([number]), is_1904=True).to_list() == [day.isoformat()]


def test_times_gone_by_are_printed_in_hours():
    assert elapsed_texts(pl.Series(["1.5", "0.0000115740740740741", "-1"])).to_list() == [
        "36:00:00",
        "0:00:01",
        "-1",
    ]

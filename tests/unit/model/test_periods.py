"""Years as rules name them, and the columns in which they stand."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yumiao.model.periods import PeriodKind, Year, column_name, period_label, split_column

AS_OF = dt.date(2026, 6, 1)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,20}(\.[a-z0-9_]{1,10})?", fullmatch=True)


@given(NAMES, st.none() | st.integers(1949, 2100))
def test_column_name_comes_apart_into_the_metric_and_year_it_was_made_of(metric, year):
    assert split_column(column_name(metric, year)) == (metric, year)


@pytest.mark.parametrize(
    ("column", "parts"),
    [
        ("sales@2025", ("sales", 2025)),
        ("established_on", ("established_on", None)),
        ("ip_count.hnte", ("ip_count.hnte", None)),
        ("contact@home", ("contact@home", None)),
        ("sales@", ("sales@", None)),
    ],
)
def test_column_whose_end_is_no_year_is_a_name_as_it_stands(column, parts):
    assert split_column(column) == parts


@pytest.mark.parametrize(
    ("year", "number"),
    [(Year(-1), 2025), (Year(0), 2026), (Year(-3), 2023), (Year(2023, relative=False), 2023)],
)
def test_year_counts_from_the_application_year_unless_it_is_a_literal_one(year, number):
    assert year.at(AS_OF) == number


def test_usual_year_is_the_last_one_that_is_over_or_the_running_calendar_year():
    usual = {kind: (kind.is_yearly, kind.default_offset) for kind in PeriodKind}

    assert usual == {
        PeriodKind.FISCAL_YEAR: (True, -1),
        PeriodKind.YEAR_END: (True, -1),
        PeriodKind.CALENDAR_YEAR: (True, 0),
        PeriodKind.AT_APPLICATION: (False, -1),
    }


@pytest.mark.parametrize(
    ("kind", "year", "label"),
    [
        (PeriodKind.FISCAL_YEAR, 2025, "FY2025"),
        (PeriodKind.YEAR_END, 2025, "YE2025"),
        (PeriodKind.CALENDAR_YEAR, 2026, "CY2026"),
        (PeriodKind.AT_APPLICATION, None, "now"),
    ],
)
def test_period_is_labelled_by_its_kind_and_year(kind, year, label):
    assert period_label(kind, year) == label

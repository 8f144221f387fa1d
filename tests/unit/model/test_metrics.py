"""A metric stores what is inside its domain, exactly, and refuses the rest by name."""

import datetime as dt
from fractions import Fraction

import polars as pl
import pytest

from yumiao.model.facts import column_type
from yumiao.model.metrics import Metric
from yumiao.model.periods import PeriodKind
from yumiao.model.text import Text
from yumiao.model.units import UNITS, Kind


def metric(kind, **parts):
    return Metric("m", Text("甲", "A"), kind, PeriodKind.AT_APPLICATION, **parts)


def quantity(unit, **parts):
    return metric(Kind.QUANTITY, unit=UNITS[unit], **parts)


YES_NO = metric(Kind.BOOL)
DATE = metric(Kind.DATE)
GRADE = metric(Kind.CATEGORY, values=(("A", Text("甲", "first")), ("B", Text("乙", "second"))))
MONEY = quantity("CNY_10k", minimum=0, maximum=10**12)
POINTS = quantity("point", minimum=0, maximum=60_000, whole=True)


@pytest.mark.parametrize(
    ("metric", "value", "stored"),
    [
        (YES_NO, True, True),
        (YES_NO, False, False),
        (DATE, dt.date(2019, 3, 1), dt.date(2019, 3, 1)),
        (DATE, dt.datetime(2019, 3, 1, 8, 30, tzinfo=dt.UTC), dt.date(2019, 3, 1)),
        (DATE, "2019-03-01", dt.date(2019, 3, 1)),
        (GRADE, "B", "B"),
        (GRADE, "乙", "B"),
        (GRADE, "first", "A"),
        (MONEY, 400, 400_000_000),
        (MONEY, 0.1, 100_000),
        (MONEY, "0.000001", 1),
        (MONEY, Fraction(1, 4), 250_000),
        (MONEY, 0, 0),
        (MONEY, 1_000_000, 10**12),
        (POINTS, 6, 60_000),
        (quantity("person"), -3, -3),
    ],
)
def test_stored_value_is_that_of_the_table_of_facts(metric, value, stored):
    found = metric.store(value)

    assert (type(found), found) == (type(stored), stored)


@pytest.mark.parametrize(
    ("metric", "value", "message"),
    [
        (YES_NO, 1, "m: expected yes or no, found 1"),
        (YES_NO, "是", "m: expected yes or no, found '是'"),
        (DATE, "2019-02-30", "day is out of range for month|day 30 must be in range"),
        (DATE, 2019, "Invalid isoformat string"),
        (GRADE, "C", "m: expected one of A, B, found 'C'"),
        (MONEY, "many", "not a finite decimal number: 'many'"),
        (MONEY, True, "m: expected a number, found True"),
        (MONEY, None, "m: expected a number, found None"),
        (MONEY, -1, r"m: -1 is outside its domain \[0.0, 1000000.0\]"),
        (MONEY, 1_000_001, "m: 1000001 is outside its domain"),
        (MONEY, "0.0000001", "finer than the smallest step"),
        (MONEY, float("nan"), "not a finite decimal number: nan"),
        (POINTS, 2.5, "m: expected a whole number, found 2.5"),
    ],
)
def test_value_of_another_kind_or_outside_the_domain_is_refused_by_name(metric, value, message):
    with pytest.raises(ValueError, match=message):
        metric.store(value)


@pytest.mark.parametrize(
    ("metric", "text"),
    [(MONEY, "[0.0, 1000000.0]"), (quantity("percent", maximum=1_000_000), "[-∞, 100.0]"), (DATE, "[-∞, ∞]")],
)
def test_domain_is_shown_in_the_metrics_own_unit(metric, text):
    assert metric.domain_text() == text


def test_column_type_follows_the_kind():
    types = {each.kind: column_type(each) for each in (YES_NO, DATE, GRADE, MONEY)}

    assert types == {
        Kind.BOOL: pl.Boolean(),
        Kind.DATE: pl.Date(),
        Kind.CATEGORY: pl.String(),
        Kind.QUANTITY: pl.Int64(),
    }

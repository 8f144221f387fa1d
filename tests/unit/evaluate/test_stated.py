"""Facts that a caller states: exact in every unit, unknown where nothing is said, refused in words."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yumiao.evaluate.stated import StatedFact, state_facts
from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX
from yumiao.model.metrics import Metric
from yumiao.model.periods import PeriodKind
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.model.units import UNITS, Dimension, Kind

MONEY = [unit.code for unit in UNITS.values() if unit.dimension is Dimension.CNY]
METRICS = {
    metric.id: metric
    for metric in (
        Metric(
            "revenue", Text("营业收入"), Kind.QUANTITY, PeriodKind.FISCAL_YEAR, UNITS["CNY_10k"], minimum=0
        ),
        Metric("is_listed", Text("上市"), Kind.BOOL, PeriodKind.AT_APPLICATION),
        Metric("founded_on", Text("成立日期"), Kind.DATE, PeriodKind.AT_APPLICATION),
        Metric("place", Text("地"), Kind.CATEGORY, PeriodKind.AT_APPLICATION, values=(("a", Text("甲")),)),
    )
}


def table_of(*stated):
    return state_facts(METRICS, stated, subject="s1", name="甲").table


@given(fen=st.integers(0, 10**15), unit=st.sampled_from(MONEY))
def test_amount_in_any_unit_is_kept_to_the_last_step(fen, unit):
    amount = Fraction(fen, UNITS[unit].steps)
    table = table_of(StatedFact("revenue", "FY2025", f"{amount.numerator}/{amount.denominator}", unit=unit))

    assert table["revenue@2025"].to_list() == [fen]


@given(st.floats(allow_nan=True, allow_infinity=True) | st.text(max_size=30) | st.integers() | st.booleans())
def test_any_value_is_either_kept_or_refused_in_both_languages(value):
    for metric, period in (("revenue", "FY2025"), ("is_listed", ""), ("founded_on", "now"), ("place", "")):
        try:
            table = table_of(StatedFact(metric, period, value))
        except YumiaoError as error:
            (problem,) = error.problems
            assert problem.path == "facts[0].value"
            assert metric in problem.text.zh
            assert metric in problem.text.en
        else:
            assert table.height == 1


def test_table_has_one_row_with_identity_values_and_intervals():
    table = table_of(
        StatedFact("revenue", "FY2024", low="1.5", high=2),
        StatedFact("revenue", "FY2025"),
        StatedFact("is_listed", value=False),
        StatedFact("founded_on", "now", "2016-03-01"),
        StatedFact("place", value="甲"),
    )

    assert table.rows(named=True) == [
        {
            "subject": "s1",
            "name": "甲",
            "code": None,
            "revenue@2024": None,
            "revenue@2024" + LOW_SUFFIX: 1_500_000,
            "revenue@2024" + HIGH_SUFFIX: 2_000_000,
            "revenue@2025": None,
            "is_listed": False,
            "founded_on": dt.date(2016, 3, 1),
            "place": "a",
        }
    ]


@pytest.mark.parametrize("period", ["２０２５", "FY２０２５", "FY25", "fy2025", "CY2025", "now", ""])
def test_period_is_written_as_answers_write_it(period):
    with pytest.raises(YumiaoError) as caught:
        table_of(StatedFact("revenue", period, 1))

    assert [each.path for each in caught.value.problems] == ["facts[0].period"]
    assert "FY2025" in caught.value.problems[0].text.en

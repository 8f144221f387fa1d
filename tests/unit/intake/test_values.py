"""Cell texts turned into exact values: nothing rounded, nothing guessed, nothing silently emptied."""

import datetime as dt
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.shipped_packs import shipped_packs
from tests.unit.intake.metrics_for_tests import METRICS

from yumiao.intake.labels import FRACTION
from yumiao.intake.mapping import ColumnRule
from yumiao.intake.values import Fault, parse_column, parse_quantities, parse_sum, tidy_texts
from yumiao.model.units import UNITS

WAN = UNITS["CNY_10k"]


def texts_of(*cells: str | None) -> pl.Series:
    return pl.Series(cells, dtype=pl.String)


def rule_for(metric: str, **changes) -> ColumnRule:
    fields = {"label": metric, "metric": metric, "parts": (metric,), "unit": METRICS[metric].unit} | changes
    return ColumnRule(**fields)


def read(metric: str, *cells: str | None, **changes) -> list[tuple[object, str | None]]:
    parsed = parse_column(texts_of(*cells), rule_for(metric, **changes), METRICS[metric])
    return list(zip(parsed.values.to_list(), parsed.faults.to_list(), strict=True))


def value_of(text: str, unit=WAN, missing=()) -> tuple[int | None, str | None]:
    parsed = parse_quantities(tidy_texts(texts_of(text)), unit, missing)
    return parsed.values[0], parsed.faults[0]


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("1", 1_000_000),
        ("0", 0),
        ("-0", 0),
        ("-1.5", -1_500_000),
        ("+2", 2_000_000),
        ("１，２３４．５", 1_234_500_000),
        ("1,234,567.89", 1_234_567_890_000),
        (" 12.340000000000 ", 12_340_000),
        ("007", 7_000_000),
        (".5", 500_000),
        ("5.", 5_000_000),
        ("3万元", 3_000_000),
        ("1e5", 100_000_000_000),
        ("1.5E-3", 1_500),
        ("−2", -2_000_000),
    ],
)
def test_a_decimal_is_read_exactly(text, steps):
    assert value_of(text) == (steps, None)


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "1.2.3",
        "1,23",
        "12,3456",
        "--1",
        "nan",
        "inf",
        "1e",
        "٣",
        "①",
        "2²",
        "(5)",
        "3元",
        "#DIV/0!",
        "5%",
    ],
)
def test_any_other_text_is_reported_and_never_turned_into_a_number(text):
    assert value_of(text) == (None, Fault.NOT_A_NUMBER)


@pytest.mark.parametrize("text", ["0.0000001", "1.2345678", "1e-7"])
def test_a_value_finer_than_a_fen_is_reported_and_not_rounded(text):
    assert value_of(text) == (None, Fault.FINER_THAN_STEP)


@pytest.mark.parametrize("text", ["1" * 19, "1e30", "999999999999999"])
def test_a_value_too_large_for_the_store_is_reported(text):
    assert value_of(text) == (None, Fault.NUMBER_TOO_LARGE)


@given(st.integers(-(10**11), 10**11), st.integers(0, 6), st.sampled_from(sorted(UNITS)))
def test_every_decimal_text_has_the_value_that_fractions_give(digits, places, unit_code):
    unit = UNITS[unit_code]
    whole, rest = divmod(abs(digits), 10**places)
    text = ("-" if digits < 0 else "") + (f"{whole}.{rest:0{places}d}" if places else str(whole))

    expected = Fraction(text) * unit.steps
    value, fault = value_of(text, unit)

    if expected.denominator != 1:
        assert (value, fault) == (None, Fault.FINER_THAN_STEP)
    elif abs(expected) >= 10**18:
        assert (value, fault) == (None, Fault.NUMBER_TOO_LARGE)
    else:
        assert (value, fault) == (expected.numerator, None)


@given(st.text(max_size=12))
def test_no_text_becomes_unknown_without_being_empty(text):
    tidied = tidy_texts(texts_of(text))[0]
    value, fault = value_of(text)

    assert (value is None and fault is None) == (tidied is None)


def test_only_declared_codes_and_empty_cells_are_unknown():
    cells = ("-1.0", "-1", "－1.00", "—", None, " ", "0", "-2", "无")

    assert read("net_profit", *cells, missing=("-1", "—")) == [
        (None, None),
        (None, None),
        (None, None),
        (None, None),
        (None, None),
        (None, None),
        (0, None),
        (-2_000_000, None),
        (None, Fault.NOT_A_NUMBER),
    ]


def test_zero_is_a_known_value_unless_it_is_declared_missing():
    assert read("rd_staff", "0") == [(0, None)]
    assert read("rd_staff", "0", "0.0", missing=("0",)) == [(None, None), (None, None)]


def test_a_value_outside_its_domain_is_reported():
    assert read("operating_revenue", "-1", "1") == [(None, Fault.OUTSIDE_DOMAIN), (1_000_000, None)]
    assert read("market_share", "100", "100.0001") == [(1_000_000, None), (None, Fault.OUTSIDE_DOMAIN)]


def test_half_a_person_is_finer_than_a_person():
    assert read("rd_staff", "1.5", "2.0") == [(None, Fault.FINER_THAN_STEP), (2, None)]


def test_points_chosen_by_experts_are_whole():
    assert read("expert_points", "7.5", "7") == [(None, Fault.NOT_WHOLE), (70_000, None)]


def test_shares_are_read_as_percentages_or_fractions_as_the_column_says():
    assert read("market_share", "29.8", "29.8%", "29.8％") == [(298_000, None)] * 3
    assert read("market_share", "0.298", "29.8%", unit=FRACTION) == [(298_000, None)] * 2


def test_yes_and_no_are_read_by_declared_words_only():
    assert read("certified", "是", "否", "TRUE", "√", "无", None) == [
        (True, None),
        (False, None),
        (True, None),
        (None, Fault.NOT_YES_NO),
        (None, Fault.NOT_YES_NO),
        (None, None),
    ]
    assert read("certified", "√", "×", "/", yes=("√",), no=("×",), missing=("/",)) == [
        (True, None),
        (False, None),
        (None, None),
    ]


def test_dates_are_read_in_every_usual_form():
    written = ("2020-01-02", "2020/1/2", "2020年1月2日", "2020.01.02", "20200102", "2020-01-02 00:00:00")

    assert read("established_on", *written) == [(dt.date(2020, 1, 2), None)] * 6


@pytest.mark.parametrize("text", ["2020-02-30", "2020-13-01", "2020-01", "43832", "20-1-2", "0001-01-01"])
def test_what_is_no_full_date_is_reported(text):
    assert read("established_on", text) == [(None, Fault.NOT_A_DATE)]


def test_categories_are_read_by_code_label_or_declared_word():
    assert read("grade", "A", "较高", "甲", "丙", values=(("甲", "A"),)) == [
        ("A", None),
        ("B", None),
        ("A", None),
        (None, Fault.UNKNOWN_CATEGORY),
    ]


def test_a_sum_is_unknown_if_any_part_is_and_reports_a_faulty_part():
    rule, metric = rule_for("total_assets", unit=UNITS["CNY"], missing=("-1",)), METRICS["total_assets"]

    parsed = parse_sum([texts_of("1.5", "-1.0", "x", None), texts_of("2", "2", "2", "2")], rule, metric)

    assert parsed.values.to_list() == [350, None, None, None]
    assert parsed.faults.to_list() == [None, None, Fault.NOT_A_NUMBER, None]


def test_a_sum_beyond_the_store_is_reported_and_does_not_wrap():
    rule, metric = rule_for("total_assets", unit=UNITS["CNY"]), METRICS["total_assets"]
    large = texts_of("9999999999999999")

    parsed = parse_sum([large] * 12, rule, metric)

    assert (parsed.values[0], parsed.faults[0]) == (None, Fault.NUMBER_TOO_LARGE)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9))
def test_a_column_gives_what_the_metric_itself_would_store(number):
    metric = METRICS["net_profit"]

    assert read("net_profit", str(number)) == [(metric.store(str(number)), None)]


def test_quantity_beyond_what_any_of_its_kind_can_be_is_refused_before_it_reaches_a_rule():
    metric = shipped_packs().metrics["staff_total"]
    rule = ColumnRule("职工总数", "staff_total", ("职工总数",), unit=metric.unit)

    parsed = parse_column(pl.Series(["1000000000", "1000000001", "1000000000000"]), rule, metric)

    assert parsed.values.to_list() == [1_000_000_000, None, None]
    assert parsed.faults.to_list() == [None, Fault.NUMBER_TOO_LARGE, Fault.NUMBER_TOO_LARGE]

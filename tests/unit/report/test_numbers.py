"""Numbers as officers read them."""

from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yumiao.model.units import UNITS, decimal_text
from yumiao.report.numbers import PLACES, grouped, grouped_text, steps_text


def shown(steps: int, unit: str, **options: str) -> str:
    frame = pl.DataFrame({"steps": [steps]}, schema={"steps": pl.Int64})
    return frame.select(steps_text(pl.col("steps"), UNITS[unit].steps, **options)).item()


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (10**10, "10,000,000,000")],
)
def test_whole_number_has_a_comma_between_thousands(number, text):
    assert pl.select(grouped_text(pl.lit(number))).item() == text


def test_amount_that_ends_is_shown_as_it_is():
    assert shown(1_234_500_000, "CNY_10k") == "1,234.5"


def test_amount_that_is_cut_is_marked():
    assert shown(1_239_999, "CNY_10k") == "≈1.23"


def test_amount_below_zero_keeps_its_sign():
    assert shown(-1_500_000, "CNY_10k") == "-1.5"


def test_amount_still_missing_is_never_understated():
    assert shown(1_230_001, "CNY_10k", cut="up") == "1.24"


def test_count_has_no_decimals():
    assert shown(1200, "person") == "1,200"


def test_unknown_amount_stays_unknown():
    frame = pl.DataFrame({"steps": [None]}, schema={"steps": pl.Int64})

    assert frame.select(steps_text(pl.col("steps"), 100)).item() is None


@given(st.integers(-(10**16), 10**16), st.sampled_from(["CNY_10k", "percent", "point", "person", "CNY"]))
def test_column_text_without_commas_equals_the_text_of_one_value(steps, unit):
    exact = decimal_text(Fraction(steps, UNITS[unit].steps), PLACES)

    assert shown(steps, unit).replace(",", "") == exact.replace("≈-", "≈-")


@given(st.integers(0, 10**15))
def test_amount_rounded_up_is_enough_and_less_than_one_place_too_much(steps):
    amount = Fraction(shown(steps, "CNY_10k", cut="up").replace(",", "")) * UNITS["CNY_10k"].steps

    assert 0 <= amount - steps < Fraction(UNITS["CNY_10k"].steps, 10**PLACES)


def test_single_value_is_grouped_like_a_column():
    assert grouped(Fraction(12_345_678, 100)) == "123,456.78"

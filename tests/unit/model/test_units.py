"""Quantities are whole numbers of smallest steps, and shown text never says more than they do."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yumiao.model.units import (
    DIMENSION_STEPS,
    UNIT_BY_NAME,
    UNITS,
    Dimension,
    InexactValueError,
    decimal_text,
    exact_number,
    from_steps,
    percent_text,
    to_steps,
)

# ── numbers ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        (0.05, Fraction(1, 20)),
        (0.1 + 0.2, Fraction("0.30000000000000004")),
        (1e-7, Fraction(1, 10**7)),
        (1e22, Fraction(10**22)),
        (3, Fraction(3)),
        ("29.96", Fraction(2996, 100)),
        ("1e3", Fraction(1000)),
        (Decimal("0.10"), Fraction(1, 10)),
    ],
)
def test_exact_number_is_the_decimal_as_printed(value, exact):
    assert exact_number(value) == exact


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**8), max_value=10**8))
def test_exact_number_of_a_binary_number_is_the_short_decimal_it_was_written_as(written):
    cell = float(written)

    assert exact_number(cell) == Fraction(written)


@pytest.mark.parametrize("value", ["", "3 万", "1/3", "nan", "-inf", float("nan"), float("inf")])
def test_exact_number_of_no_finite_decimal_is_refused(value):
    with pytest.raises(ValueError, match="not a finite decimal number"):
        exact_number(value)


# ── steps ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "unit", "steps"),
    [
        (400, "CNY_10k", 400_000_000),
        ("0.01", "CNY", 1),
        ("0.000001", "CNY_10k", 1),
        (1, "CNY_100m", 10_000_000_000),
        (10, "USD_100m", 100_000_000_000),
        (12, "person", 12),
        (-5, "item", -5),
        ("7.5", "point", 75_000),
        (29.8, "percent", 298_000),
        ("0.0001", "percent", 1),
        (Fraction(1, 4), "year", 2_500),
    ],
)
def test_steps_of_a_value_are_whole(value, unit, steps):
    assert to_steps(value, UNITS[unit]) == steps


@pytest.mark.parametrize(
    ("value", "unit"),
    [
        ("0.001", "CNY"),
        ("0.0000001", "CNY_10k"),
        ("1.5", "person"),
        ("0.5", "day"),
        ("0.00001", "percent"),
        (Fraction(1, 3), "point"),
    ],
)
def test_value_finer_than_one_step_is_refused_and_not_rounded(value, unit):
    with pytest.raises(InexactValueError, match="finer than the smallest step"):
        to_steps(value, UNITS[unit])


@given(st.sampled_from(sorted(UNITS)), st.integers(-(10**15), 10**15))
def test_steps_come_back_from_the_value_they_stand_for(code, steps):
    unit = UNITS[code]

    assert to_steps(from_steps(steps, unit), unit) == steps


def test_units_of_one_dimension_count_the_same_step():
    in_one_dimension = {
        dimension: {unit.code: unit.steps for unit in UNITS.values() if unit.dimension is dimension}
        for dimension in (Dimension.CNY, Dimension.USD, Dimension.RATIO)
    }

    assert in_one_dimension == {
        Dimension.CNY: {
            "CNY": 100,
            "CNY_1k": 100_000,
            "CNY_10k": 1_000_000,
            "CNY_1m": 100_000_000,
            "CNY_100m": 10_000_000_000,
        },
        Dimension.USD: {"USD_10k": 1_000_000, "USD_100m": 10_000_000_000},
        Dimension.RATIO: {"percent": 10_000},
    }
    assert DIMENSION_STEPS[Dimension.RATIO] == 100 * UNITS["percent"].steps


def test_every_spelling_names_one_unit():
    spellings = [(name, unit) for unit in UNITS.values() for name in unit.names]

    assert dict(spellings) == UNIT_BY_NAME
    assert len(spellings) == len(UNIT_BY_NAME)


# ── text ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Fraction(3), 4, "3"),
        (Fraction(25, 10), 4, "2.5"),
        (Fraction(-25, 10), 4, "-2.5"),
        (Fraction(29999, 10000), 2, "≈2.99"),
        (Fraction(1, 3), 4, "≈0.3333"),
        (Fraction(2, 3), 0, "≈0"),
        (Fraction(-2, 3), 2, "≈-0.66"),
        (Fraction(1000000), 4, "1000000"),
    ],
)
def test_decimal_text_is_cut_and_marked_where_it_is_cut(value, places, text):
    assert decimal_text(value, places) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(3, 10), "30%"),
        (Fraction(29999, 100000), "≈29.99%"),
        (Fraction(1), "100%"),
        (Fraction(-1, 8), "-12.5%"),
    ],
)
def test_percent_text_of_a_share_below_a_threshold_never_shows_the_threshold(value, text):
    assert percent_text(value) == text


@given(st.fractions(max_denominator=10**6), st.integers(0, 6))
def test_decimal_text_never_shows_more_than_the_value_and_less_than_one_last_place_below(value, places):
    text = decimal_text(value, places)

    shown = Fraction(text.removeprefix("≈"))
    assert 0 <= abs(value) - abs(shown) < Fraction(1, 10**places)
    assert shown * value >= 0
    assert text.startswith("≈") == (shown != value)

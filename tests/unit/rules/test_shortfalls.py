"""How far a condition is from being met: the smallest amount that does it, exactly."""

import operator
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.unit.packs.small_packs import graph_of, needing, policy_text

from yumiao.rules.compile import compile_policy
from yumiao.rules.emit_python import make_function

WAN = 1_000_000
SIGNS = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}
QUICK = {
    "deadline": None,
    "database": None,
    "derandomize": True,
    "phases": [Phase.explicit, Phase.generate],
    "suppress_health_check": list(HealthCheck),
}
AMOUNTS = st.integers(0, 5_000)
SHARES = st.sampled_from([0, 1, 2, 5, 10, 33, 60, 100, 150])


def gap_of(need, row, rest=""):
    compiled = compile_policy(graph_of(needing(need, rest=rest)))
    return make_function(compiled.program, ["gap.C0"])(row)["gap.C0"]


def years(name, *values):
    """Values of the years up to 2025."""
    return {f"{name}@{2026 - len(values) + number}": value for number, value in enumerate(values)}


def is_smallest(gap, sign, left, right):
    """Whether moving the left side by the gap makes it hold, and by one step less does not."""
    direction = 1 if sign in (">=", ">") else -1
    holds = [SIGNS[sign](left + direction * amount, right) for amount in (gap, gap - 1)]
    return holds == [True, False] if gap else SIGNS[sign](left, right)


# ── the smallest amount ───────────────────────────────────────────────────────────────────────────────


@settings(max_examples=60, **QUICK)
@given(st.sampled_from(sorted(SIGNS)), AMOUNTS, AMOUNTS)
def test_gap_of_an_amount_is_the_smallest_that_makes_it_hold(sign, value, bound):
    gap = gap_of(f"staff {sign} {bound} 人", years("staff", value))

    assert is_smallest(gap, sign, value, bound)


@settings(max_examples=60, **QUICK)
@given(st.sampled_from(sorted(SIGNS)), st.sampled_from([2, 3, 7]), AMOUNTS, AMOUNTS)
def test_gap_of_a_part_of_an_amount_is_the_smallest_that_makes_it_hold(sign, parts, value, bound):
    gap = gap_of(f"sales / {parts} {sign} {bound} 元", years("sales", value))

    assert is_smallest(gap, sign, Fraction(value, parts), bound * 100)


@settings(max_examples=60, **QUICK)
@given(st.sampled_from(sorted(SIGNS)), AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS)
def test_gap_of_unlike_parts_is_the_smallest_that_makes_it_hold(sign, last, before, rd, bound):
    row = years("sales", before, last) | years("rd", rd)

    gap = gap_of(f"mean(sales, last 2 FY) + rd / 3 {sign} {bound} 元", row)

    assert is_smallest(gap, sign, Fraction(last + before, 2) + Fraction(rd, 3), bound * 100)


@settings(max_examples=60, **QUICK)
@given(st.sampled_from(sorted(SIGNS)), AMOUNTS, st.integers(1, 5_000), SHARES)
def test_gap_of_a_share_is_the_smallest_change_of_its_numerator(sign, top, bottom, percent):
    row = years("rd", top) | years("sales", bottom)

    gap = gap_of(f"rd / sales {sign} {percent}%", row)

    assert is_smallest(gap, sign, top, Fraction(percent * bottom, 100))


@settings(max_examples=60, **QUICK)
@given(
    st.sampled_from(sorted(SIGNS)),
    st.lists(AMOUNTS, min_size=2, max_size=2),
    st.lists(st.integers(1, 5_000), min_size=3, max_size=3),
    SHARES,
)
def test_gap_of_a_share_of_means_is_the_smallest_change_of_its_numerator(sign, rd, sales, percent):
    row = years("rd", *rd) | years("sales", *sales)

    gap = gap_of(f"mean(rd, last 2 FY) / mean(sales, last 3 FY) {sign} {percent}%", row)

    assert is_smallest(gap, sign, Fraction(sum(rd), 2), Fraction(percent * sum(sales), 300))


@settings(max_examples=40, **QUICK)
@given(AMOUNTS, st.integers(1, 5_000), st.integers(1, 3), SHARES)
def test_gap_of_growth_is_the_smallest_change_of_its_last_year(last, first, span, percent):
    row = {"sales@2025": last, f"sales@{2025 - span}": first}

    gap = gap_of(f"compound_growth(sales, FY-{1 + span}, FY-1) >= {percent}%", row)

    assert is_smallest(gap, ">=", last, first * Fraction(100 + percent, 100) ** span)


# ── brackets and scores ───────────────────────────────────────────────────────────────────────────────

BRACKET = "parameters: {p: {by: sales, bands: [{to: 5000 万元, is: 5%}, {else, is: 3%}]}}\n"
SCORE = """\
scores:
  total:
    of: 8 分
    bands: [{when: honest, points: 6}, {when: listed, points: 3–4}, {else, points: 0}]
"""


@pytest.mark.parametrize(
    ("sales", "rd", "gap"),
    [
        (5_000 * WAN, 250 * WAN, 0),
        (5_000 * WAN, 250 * WAN - 1, 1),
        (5_000 * WAN + 1, 150 * WAN, 1),
        (10_000 * WAN, 200 * WAN, 100 * WAN),
        (0, 5, None),
        (None, 5, None),
        (5_000 * WAN, None, None),
    ],
)
def test_gap_of_a_bracket_is_that_of_the_row_that_applies(sales, rd, gap):
    assert gap_of("rd / sales >= p", {"sales@2025": sales, "rd@2025": rd}, BRACKET) == gap


@pytest.mark.parametrize(
    ("row", "gap"),
    [
        ({"honest": True}, 0),
        ({"honest": False, "listed": False}, 50_000),
        ({"honest": False, "listed": True}, 10_000),
        ({"honest": False}, 10_000),
        ({"listed": False}, None),
        ({}, None),
    ],
)
def test_gap_of_a_score_counts_from_the_most_points_that_are_possible(row, gap):
    assert gap_of("total >= 5 分", row, SCORE) == gap


# ── none and unknown ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("need", "row", "gap"),
    [
        ("staff >= 10 人", {"staff@2025": 10}, 0),
        ("staff >= 10 人", {}, None),
        ("rd / sales >= 5%", {"rd@2025": 5}, None),
        ("rd / sales >= 5%", {"rd@2025": 5, "sales@2025": 0}, None),
        ("honest", {"honest": False}, None),
        ("honest", {"honest": True}, 0),
        ("staff = 10 人", {"staff@2025": 9}, None),
        ("staff >= 10 人 or honest", {"staff@2025": 9, "honest": False}, None),
        ("tech >= 6 人 and staff >= 0 人", {"staff@2025": 5}, None),
    ],
)
def test_gap_is_zero_when_met_and_unknown_where_no_one_amount_can_be_said(need, row, gap):
    assert gap_of(need, row) == gap


def test_gap_of_a_condition_that_names_another_is_that_of_the_other():
    compiled = compile_policy(graph_of(needing("C1", "staff >= 10 人")))

    found = make_function(compiled.program, ["gap.C0", "gap.C1"])({"staff@2025": 7})

    assert found == {"gap.C0": 3, "gap.C1": 3}


def test_gap_of_a_condition_on_days_is_in_days():
    text = policy_text(
        "conditions: {C0: {zh: 甲, need: 'days(established_on, application_date) >= 365 天'}}\nmet_when: [C0]\n"
    )
    compiled = compile_policy(graph_of(text))

    found = make_function(compiled.program, ["gap.C0"])({"established_on": 20_605 - 300})

    assert found == {"gap.C0": 65}

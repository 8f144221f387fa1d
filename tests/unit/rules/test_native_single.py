"""One subject against several policies in one call: the outcomes are those of the generated function."""

import datetime as dt

import pytest
from tests.law_policies import made

from yumiao.rules.compile import compile_policy
from yumiao.rules.emit_python import make_judge
from yumiao.rules.graph import day_number
from yumiao.rules.native_layout import text_words
from yumiao.rules.native_single import Outcomes

TIGHT = {
    "conditions": {
        "A": {"zh": "甲", "need": "rd / revenue >= 5%"},
        "B": {"zh": "乙", "need": "revenue >= 1000 万元"},
    },
    "met_when": ["A", "B"],
}
LOOSE = {"conditions": {"A": {"zh": "甲", "need": "revenue >= 10 万元"}}, "met_when": ["A"]}
MILLION = 10**6
"""Fen in 1 万元."""

ROWS = [
    {},
    {"revenue@2025": 2000 * MILLION, "rd@2025": 100 * MILLION},
    {"revenue@2025": 2000 * MILLION, "rd@2025": 100 * MILLION - 1},
    {"rd@2025": 40 * MILLION},
    {"rd@2025": 60 * MILLION},
    {"revenue@2025": 0},
    {"revenue@2025": 20 * MILLION, "rd@2025": None},
]


@pytest.fixture(scope="module")
def compiled():
    return [compile_policy(made(text).graph) for text in (TIGHT, LOOSE)]


def test_outcomes_are_those_of_the_generated_functions_second_reading_included(compiled):
    outcomes = Outcomes(compiled)
    judges = [make_judge(each) for each in compiled]

    found = [outcomes(row) for row in [*ROWS, *reversed(ROWS)]]

    assert found == [[judge(row)["outcome"] for judge in judges] for row in [*ROWS, *reversed(ROWS)]]
    assert any(judges[0](row)["again"] for row in ROWS)


@pytest.mark.parametrize("value", [-1, 10**19, 10**40])
def test_subject_with_a_fact_outside_its_domain_is_judged_by_the_generated_function(compiled, value):
    outcomes, row = Outcomes(compiled), {"revenue@2025": value, "rd@2025": 5}

    found = outcomes(row)

    assert found == [make_judge(each)(row)["outcome"] for each in compiled]
    assert outcomes(ROWS[1]) == [2, 2]


def test_no_policy_has_no_outcome():
    assert Outcomes([])({}) == []


def test_view_of_a_text_holds_its_length_and_its_bytes():
    low, high = text_words("制造业")

    view = low.to_bytes(8, "little", signed=True) + high.to_bytes(8, "little", signed=True)
    assert view == b"\x09\0\0\0" + "制造业".encode() + b"\0\0\0"
    assert text_words("信息传输、软件")[0] != text_words("信息传")[0]


def test_day_number_counts_days_as_arrow_does():
    assert day_number(dt.date(1970, 1, 2)) == 1

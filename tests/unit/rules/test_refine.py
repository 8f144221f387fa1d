"""Clauses read together: what no single value could satisfy is ruled out, and nothing else is."""

import pytest
from hypothesis import given
from tests.law_cases import hidden, law, without
from tests.law_policies import subjects
from tests.unit.packs.small_packs import graph_of, needing, policy_text

from yumiao.rules import graph as g
from yumiao.rules.bounds import Reader
from yumiao.rules.compile import REASON_BITS, compile_policy
from yumiao.rules.emit_python import make_function
from yumiao.rules.program import Program
from yumiao.rules.refine import MOST_ALTERNATIVES, _Refiner, clauses_resting_on, conjuncts

NOT_MET, OPEN, MET = range(3)


def outcomes(text, row, ranged=()):
    """The outcome clause by clause, and clauses read together."""
    found = make_function(compile_policy(graph_of(text), frozenset(ranged)).program)(row)
    return found["first.outcome"], found["outcome"]


def known(**values):
    return {name.replace("__", "@"): value for name, value in values.items()}


# ── what is ruled out ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("needs", "row"),
    [
        (["sales >= 100 元", "sales < 100 元"], {}),
        (["staff <= 10 人", "tech > 10 人"], {}),
        (["rd >= sales", "sales >= 100 元", "rd < 100 元"], {}),
        (["rd / sales >= 50%", "rd / sales < 50%", "rd <= sales"], known(rd__2025=100)),
        (["sum(rd, last 2 FY) >= 100 元", "rd < 10 元", "rd[FY-2] <= 90 元"], {}),
        (["established_on >= 2024-01-01", "year(established_on) < 2024"], {}),
        (["rd >= 100 元 or rd[FY-2] >= 100 元", "rd < 50 元", "rd[FY-2] < 50 元"], {}),
        (["honest and sales >= 100 元", "not honest or sales < 100 元"], {}),
    ],
)
def test_conditions_that_no_single_value_satisfies_are_not_met(needs, row):
    assert outcomes(needing(*needs), row) == (OPEN, NOT_MET)


@pytest.mark.parametrize(
    "need",
    [
        "sales >= 100 元 or sales < 100 元",
        "staff >= 10 人 or tech < 10 人",
        "sales > 50 元 or sales <= 60 元 or honest",
    ],
)
def test_alternatives_of_which_every_value_satisfies_one_are_met(need):
    assert outcomes(needing(need), {}) == (OPEN, MET)


@pytest.mark.parametrize(
    ("needs", "row"),
    [
        (["sales >= 100 元", "sales < 101 元"], {}),
        (["staff <= 10 人", "tech >= 10 人"], {}),
        (["rd >= sales", "sales >= 100 元", "rd <= 100 元"], {}),
        (["rd / sales >= 50%", "rd / sales <= 50%"], known(rd__2025=100)),
        (["sum(rd, last 2 FY) >= 100 元", "rd <= 10 元", "rd[FY-2] <= 90 元"], {}),
        (["honest or sales >= 100 元", "not honest or sales < 100 元"], {}),
    ],
)
def test_conditions_that_some_value_satisfies_stay_open(needs, row):
    assert outcomes(needing(*needs), row) == (OPEN, OPEN)


BRACKET = "parameters: {p: {by: sales, bands: [{to: 100 元, is: 10%}, {else, is: 5%}]}}\n"


@pytest.mark.parametrize(
    ("needs", "row", "together"),
    [
        (["rd / sales >= p", "sales <= 100 元"], known(rd__2025=400), OPEN),
        (["rd / sales >= p", "sales <= 100 元", "sales >= 50 元"], known(rd__2025=499), NOT_MET),
        (["rd / sales >= p", "sales > 100 元"], known(rd__2025=500), NOT_MET),
        (["rd / sales >= p", "sales > 100 元"], known(rd__2025=501), OPEN),
    ],
)
def test_row_of_a_bracket_is_read_with_the_conditions_on_its_value(needs, row, together):
    assert outcomes(needing(*needs, rest=BRACKET), row) == (OPEN, together)


def test_years_of_a_young_firm_are_read_with_the_conditions_on_its_age():
    text = policy_text(
        "conditions:\n"
        "  A: {zh: 甲, need: 'sum(rd, last 2 FY) >= 100 元', younger: actual_years}\n"
        "  B: {zh: 乙, need: 'year(established_on) >= 2025'}\n"
        "met_when: [A, B]\n"
    )

    found = [outcomes(text, known(rd__2024=9_000, rd__2025=last)) for last in (9_999, 10_000)]

    assert found == [(OPEN, NOT_MET), (OPEN, OPEN)]


def test_interval_is_narrowed_like_a_missing_fact():
    text = needing("rd >= sales", "sales >= 100 元")
    ends = {"rd@2025#low": 0, "rd@2025#high": 9_999}

    assert outcomes(text, ends, {"rd@2025", "sales@2025"}) == (OPEN, NOT_MET)


def test_condition_whose_own_clauses_share_a_fact_is_decided_by_itself():
    compiled = compile_policy(graph_of(needing("sales >= 100 元 and sales < 100 元", "honest")))

    found = make_function(compiled.program)({})

    assert (found["condition.C0"], found["condition.C1"]) == (NOT_MET, OPEN)


def test_class_that_its_rule_and_those_above_leave_no_room_for_is_not_possible():
    text = policy_text(
        "classes: {large: {zh: 大, when: staff >= 10 人}, small: {zh: 小, when: staff >= 20 人 or tech >= 20 人}}\n"
    )

    found = make_function(compile_policy(graph_of(text)).program)({})

    names = ("large", "small", "not_met")
    assert [found[f"first.class.{name}"] for name in names] == [True, True, True]
    assert [found[f"class.{name}"] for name in names] == [True, False, True]


# ── when it is asked ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("needs", "tangled"),
    [
        (["sales >= 100 元", "rd >= 100 元"], ()),
        (["sales >= 100 元", "sales[FY-2] >= 100 元"], ()),
        (["sales >= 100 元", "sales < 200 元"], ("sales@2025",)),
        (["staff <= 10 人", "tech >= 5 人"], ("staff@2025", "tech@2025")),
        (["sales >= 100 元 or honest", "listed"], ()),
    ],
)
def test_facts_hang_together_where_two_clauses_rest_on_them(needs, tangled):
    assert compile_policy(graph_of(needing(*needs))).tangled == tangled


@pytest.mark.parametrize(
    ("row", "again"),
    [({}, True), ({"sales@2025": 15_000}, False), ({"honest": False}, False), ({"honest": True}, True)],
)
def test_second_reading_is_asked_for_where_the_verdict_is_open_and_a_shared_fact_is_missing(row, again):
    compiled = compile_policy(graph_of(needing("sales >= 100 元", "sales < 200 元", "honest")))

    assert make_function(compiled.program, ["again"])(row) == {"again": again}


FOUR = [
    f"{name}{year} {sign} {bound} 元"
    for name in ("rd", "sales")
    for year in ("", "[FY-2]")
    for sign, bound in ((">=", 1), ("<=", 9))
]


@pytest.mark.parametrize(("row", "labelled"), [({}, True), ({"rd@2025": 500}, False)])
def test_with_more_than_three_tangled_facts_missing_an_open_verdict_may_be_decided(row, labelled):
    found = make_function(compile_policy(graph_of(needing(*FOUR))).program)(row)

    bits = {name: bool(found["reasons"] & bit) for name, bit in REASON_BITS.items()}
    assert (found["outcome"], bits["missing_facts"], bits["may_be_decided"]) == (OPEN, True, labelled)


def test_no_more_alternatives_are_unfolded_than_the_limit():
    eight = [f"sales >= {number} 元 or rd >= {number} 元" for number in range(1, 9)]
    graph = graph_of(needing(*eight))
    refiner = _Refiner(graph, Reader(graph, Program()))

    alternatives = refiner.alternatives(graph.outcome, holds=True, shared=frozenset())

    assert 1 < len(alternatives) <= MOST_ALTERNATIVES < 2**8


# ── parts of a statement ──────────────────────────────────────────────────────────────────────────────


def test_conjuncts_are_what_has_to_hold_at_once():
    graph = graph_of(needing("honest and (listed and grade is A)", "honest or listed"))

    found = conjuncts(graph.outcome)

    assert [type(node) for node in found] == [g.IsTrue, g.IsTrue, g.OneOf, g.Count]


@pytest.mark.parametrize(
    ("need", "count"),
    [
        ("sales >= 1 元", 1),
        ("sales >= 1 元 and (sales < 9 元 or not sales > 5 元)", 3),
        ("rd / sales >= 5%", 1),
        ("honest", 0),
    ],
)
def test_clauses_resting_on_a_fact_are_counted(need, count):
    graph = graph_of(needing(need))

    assert clauses_resting_on(graph.conditions[0].statement, "sales@2025") == count


# ── nothing is lost ───────────────────────────────────────────────────────────────────────────────────


@law(25)
@given(hidden(subjects(), most=4))
def test_second_reading_keeps_every_answer_of_the_first_and_only_takes_away(subject):
    case, row, columns = subject
    row = without(row, columns)

    found = make_function(compile_policy(case.graph).program)(row)

    first = {name.removeprefix("first."): value for name, value in found.items() if name.startswith("first.")}
    reached = {name for name, value in found.items() if name.startswith("class.") and value}
    assert first["outcome"] in (OPEN, found["outcome"])
    assert reached <= {name for name, value in first.items() if name.startswith("class.") and value}

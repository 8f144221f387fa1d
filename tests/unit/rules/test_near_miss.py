"""Near misses: not met, by little, in few conditions, each of which somebody can move."""

import pytest
from tests.unit.packs.small_packs import METRICS, graph_of, needing, policy_text

from yumiao.rules.compile import compile_policy
from yumiao.rules.emit_python import make_function
from yumiao.rules.near_miss import NearMissEdge

LEVERS = """\
levers:
  hire: {label: {zh: 招聘}, moves: {staff: 1}, step: 1 人}
  train: {label: {zh: 培训}, moves: {tech: 1}, step: 1 人}
  invent: {label: {zh: 申请}, moves: {patents: 1}, step: 1 件}
  spend: {label: {zh: 投入}, moves: {rd: 1}, step: 1 万元}
  earn: {label: {zh: 得分}, moves: {quality: 1}, step: 1 分}
"""
NO = (False, None)


def near_miss(text, row, edge=None):
    """Whether it is one, and how far the farthest condition is, in thousandths."""
    compiled = compile_policy(graph_of(text, metrics=METRICS + LEVERS), near=edge)
    found = make_function(compiled.program, ["near", "distance"])(row)
    return found["near"], found["distance"]


# ── one condition ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("need", "row", "found"),
    [
        ("staff >= 100 人", {"staff@2025": 100}, NO),
        ("staff >= 100 人", {"staff@2025": 99}, (True, 10)),
        ("staff >= 100 人", {"staff@2025": 80}, (True, 200)),
        ("staff >= 100 人", {"staff@2025": 79}, NO),
        ("staff >= 100 人", {}, NO),
        ("staff > 100 人", {"staff@2025": 100}, (True, 10)),
        ("staff <= 100 人", {"staff@2025": 120}, (True, 200)),
        ("staff <= 100 人", {"staff@2025": 121}, NO),
        ("rd / sales >= 5%", {"rd@2025": 40, "sales@2025": 1_000}, (True, 200)),
        ("rd / sales >= 5%", {"rd@2025": 39, "sales@2025": 1_000}, NO),
        ("rd / sales >= 5%", {"rd@2025": 39, "sales@2025": 0}, NO),
        ("sales >= 100 元", {"sales@2025": 9_999}, NO),
        ("honest", {"honest": False}, NO),
        ("not staff >= 100 人", {"staff@2025": 100}, NO),
    ],
)
def test_condition_is_near_within_a_fifth_of_its_threshold_when_a_lever_moves_it(need, row, found):
    assert near_miss(needing(need), row) == found


@pytest.mark.parametrize(
    ("edge", "staff", "found"),
    [
        (NearMissEdge(within=0), 99, NO),
        (NearMissEdge(), 85, (True, 150)),
        (None, 85, (True, 150)),
    ],
)
def test_edge_is_a_fifth_unless_stated(edge, staff, found):
    assert near_miss(needing("staff >= 100 人"), {"staff@2025": staff}, edge) == found


# ── several ───────────────────────────────────────────────────────────────────────────────────────────

THREE = needing("staff >= 100 人", "tech >= 100 人", "patents >= 10 件")


@pytest.mark.parametrize(
    ("staff", "tech", "patents", "found"),
    [
        (100, 100, 9, (True, 100)),
        (100, 85, 9, (True, 150)),
        (90, 85, 9, NO),
        (100, 85, 7, NO),
        (100, 100, None, NO),
        (100, 85, None, (True, 150)),
        (100, 100, 10, NO),
    ],
)
def test_at_most_two_conditions_fail_and_the_farthest_counts(staff, tech, patents, found):
    assert near_miss(THREE, {"staff@2025": staff, "tech@2025": tech, "patents": patents}) == found


@pytest.mark.parametrize(("at_most", "found"), [(1, NO), (3, (True, 150))])
def test_policy_says_how_many_may_fail(at_most, found):
    row = {"staff@2025": 95, "tech@2025": 85, "patents": 9 if at_most == 3 else 10}

    assert near_miss(THREE, row, NearMissEdge(at_most=at_most)) == found


ROUTES = policy_text(
    "conditions:\n"
    "  A: {zh: 甲, need: staff >= 100 人}\n  B: {zh: 乙, need: tech >= 100 人}\n  C: {zh: 丙, need: patents >= 10 件}\n"
    "routes: {both: {zh: 甲, when: A and B}, third: {zh: 乙, when: C}}\nmet_when: [any route]\n"
)


@pytest.mark.parametrize(
    ("staff", "tech", "patents", "found"),
    [
        (90, 90, 8, (True, 200)),
        (90, 90, 7, (True, 100)),
        (90, 79, 7, NO),
        (100, 99, 8, (True, 10)),
    ],
)
def test_of_several_routes_the_one_with_the_fewest_failing_conditions_counts(staff, tech, patents, found):
    assert near_miss(ROUTES, {"staff@2025": staff, "tech@2025": tech, "patents": patents}) == found


def test_condition_named_twice_fails_once_for_each_time_it_must_hold():
    text = policy_text("conditions: {A: {zh: 甲, need: staff >= 100 人}}\nmet_when: [A, A, A]\n")

    assert near_miss(text, {"staff@2025": 99}) == NO


# ── brackets, scores, classes ─────────────────────────────────────────────────────────────────────────

BRACKET = "parameters: {p: {by: sales, bands: [{to: 50 元, is: 10%}, {else, is: 5%}]}}\n"
SCORE = "scores: {total: {of: 6 分, points: quality}}\n"


@pytest.mark.parametrize(
    ("sales", "rd", "found"),
    [(5_000, 450, (True, 100)), (10_000, 450, (True, 100)), (10_000, 399, NO), (None, 450, NO)],
)
def test_bracket_is_near_by_the_row_that_applies(sales, rd, found):
    row = {"sales@2025": sales, "rd@2025": rd}

    assert near_miss(needing("rd / sales >= p", rest=BRACKET), row) == found


@pytest.mark.parametrize(("quality", "found"), [(50_000, NO), (40_000, (True, 200)), (30_000, NO)])
def test_score_is_near_by_its_points(quality, found):
    assert near_miss(needing("total >= 5 分", rest=SCORE), {"quality": quality}) == found


def test_class_is_never_a_near_miss():
    text = policy_text("classes: {large: {zh: 大, when: staff >= 100 人}}\n")

    assert near_miss(text, {"staff@2025": 99}) == NO

"""Plans: a way to be met on a later date, with proof that nothing less suffices; or what stands in the way."""

import datetime as dt
import random
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.rules.rows import (
    HNTE_DATE,
    hnte_row,
    judges,
    policy_of,
    row_of,
    shipped,
    worked_examples,
)

from yumiao.model.outcomes import Outcome
from yumiao.model.text import Text
from yumiao.rules.answers import Assumption, Change, Moved, Subject, answer_schema
from yumiao.rules.carrying import carry_forward
from yumiao.rules.explaining import explain
from yumiao.rules.moves import Budget
from yumiao.rules.plan_search import PlanSearch, effort_of
from yumiao.rules.planning import Obstacle, Planner, next_application, plan

A_YEAR_LATER = dt.date(2027, 6, 1)
STRONG = {
    "ip_tech_level_grade": "A",
    "org_system_points": 6,
    "org_rd_body_points": 6,
    "org_incentive_points": 4,
    "org_training_points": 4,
}
"""Points enough even when sales and assets stand still for a year."""


def hnte_plan(*, on=None, calls=5_000, **changes):
    return plan(judges(), policy_of("hnte"), HNTE_DATE, hnte_row(**changes), on=on, calls=calls)


def levers_of(found):
    return [[(change.lever, change.steps) for change in each.changes] for each in found.plans]


# ── plans ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_seventeen_of_two_hundred_need_three_recognised_or_four_hired():
    """Three hires make 20 of 203, which is 9.85 %."""
    found = hnte_plan(staff_total=200, tech_staff=17, **STRONG)

    assert (found.on, found.outcome) == (A_YEAR_LATER, Outcome.NOT_MET)
    assert levers_of(found) == [
        [("redesignate_staff", 3)],
        [("hire_tech_staff", 4)],
        [("hire_rd_staff", 4)],
    ]
    assert [(each.label, each.effort) for each in found.plans] == [
        ("proven", "3"),
        ("proven", "12"),
        ("proven", "12"),
    ]


def test_plan_tells_side_effects_needs_and_assumptions():
    hire = hnte_plan(staff_total=200, tech_staff=17, **STRONG).plans[1]

    assert hire.changes == (
        Change(
            lever="hire_tech_staff",
            change="4",
            unit="person",
            steps=4,
            moves=(
                Moved("tech_staff", "FY2026", Text("科技人员", "Technology staff"), "17", "21", "person"),
                Moved("staff_total", "FY2026", Text("职工总数", "Total staff"), "200", "204", "person"),
            ),
            needs=Text("劳动合同、社会保险和岗位说明", "contracts, social insurance and job descriptions"),
            text=Text("新聘科技人员 4 人", "Hire technology staff: 4 persons"),
        ),
    )
    assert hire.text == Text(
        "2027年6月1日申请：新聘科技人员 4 人", "applying on 2027-06-01: Hire technology staff: 4 persons"
    )
    staff = Assumption(
        metric="staff_total",
        period="FY2026",
        value="200",
        taken_from="FY2025",
        text=Text(
            "2026年职工总数暂按2025年的 200 人 计", "Total staff of 2026 is taken over from 2025: 200 persons"
        ),
    )
    assert staff in hire.assumptions


def test_plan_without_changes_where_the_facts_carried_forward_suffice():
    found = hnte_plan(**STRONG)

    assert found.outcome is Outcome.MET
    assert [(each.changes, each.label, each.effort) for each in found.plans] == [((), "proven", "0")]
    assert found.plans[0].text.zh == "2027年6月1日申请即符合，无须改变"


def test_plans_become_part_of_the_answer_in_its_published_shape():
    row = hnte_row(staff_total=200, tech_staff=17, **STRONG)
    plans = plan(judges(), policy_of("hnte"), HNTE_DATE, row).plans

    answer = explain(judges(), policy_of("hnte"), HNTE_DATE, row, subject=Subject("s1"), plans=plans)

    assert answer.plans == plans
    jsonschema.validate(answer.to_json(), answer_schema())


def test_default_date_is_the_next_window_else_a_year_later():
    assert next_application(policy_of("tech_sme"), dt.date(2026, 3, 1)) == dt.date(2026, 6, 1)
    assert next_application(policy_of("hnte"), HNTE_DATE) == A_YEAR_LATER
    assert next_application(policy_of("hnte"), dt.date(2028, 2, 29)) == dt.date(2029, 2, 28)


# ── no plan ───────────────────────────────────────────────────────────────────────────────────────────────


def test_closed_year_cannot_be_planned():
    found = hnte_plan(on=dt.date(2026, 9, 1), staff_total=200, tech_staff=17)

    assert found.plans == ()
    assert [(each.obstacle, each.condition) for each in found.hindrances] == [
        (Obstacle.CLOSED_PERIOD, "H4_tech_staff")
    ]


def test_condition_without_lever_is_named():
    found = hnte_plan(owns_core_ip=False, **STRONG)

    assert [(each.obstacle, each.condition) for each in found.hindrances] == [
        (Obstacle.NO_LEVER, "H2_core_ip")
    ]


def test_missing_facts_are_asked_for_before_planning():
    """The missing total staff stands beside a failed share; no change is certain to suffice before it is known."""
    found = hnte_plan(total_income=None, staff_total=200, tech_staff=17, **STRONG)

    assert found.plans == ()
    assert Obstacle.MISSING_FACTS in [each.obstacle for each in found.hindrances]
    assert [(question.metric, question.period) for question in found.questions] == [
        ("total_income", "FY2026")
    ]


def test_search_that_may_not_ask_enough_still_finds_a_plan_that_cannot_be_reduced():
    found = hnte_plan(calls=20, staff_total=200, tech_staff=17, hightech_revenue=2000, **STRONG)

    assert [each.label for each in found.plans] == ["best_found"]
    check_certificate(
        "hnte", HNTE_DATE, hnte_row(staff_total=200, tech_staff=17, hightech_revenue=2000, **STRONG), found
    )


# ── laws ──────────────────────────────────────────────────────────────────────────────────────────────────


def check_certificate(name, as_of, row, found, settings_of=None):
    """A plan with all its side effects is met; with any change dropped or one step smaller it is not."""
    judge = judges().policy(policy_of(name), found.on, settings_of)
    later = carry_forward(shipped(), judge.graph, row, as_of)
    levers = shipped().levers

    def outcome(steps):
        facts = dict(later.row)
        for lever, number in steps.items():
            for metric, change in levers[lever].moves:
                for leaf in judge.graph.leaves.values():
                    is_open = leaf.year is None or leaf.year >= as_of.year
                    if leaf.metric.id == metric and is_open and facts.get(leaf.column) is not None:
                        facts[leaf.column] += change * number
        return judge.result(later.settled(facts)).outcome

    for each in found.plans:
        steps = {change.lever: change.steps for change in each.changes}
        assert outcome(steps) is Outcome.MET
        for lever, number in steps.items():
            assert outcome({**steps, lever: number - 1}) is not Outcome.MET
            assert outcome({**steps, lever: 0}) is not Outcome.MET


PLANNED = ("hnte", "tech_sme", "srdi_sme_2022", "srdi_sme_2026", "innovative_sme", "little_giant_2026")


def firms():
    """Worked examples of policies with levers, by number."""
    known = {policy_of(name).id: name for name in PLANNED}
    return [(known[each.policy.id], each) for each in worked_examples() if each.policy.id in known]


def weakened(number, seed):
    """A worked example with some of its numbers made smaller, so that something is to be planned."""
    name, prepared = firms()[number % len(firms())]
    choice = random.Random(seed)
    row = dict(prepared.row)
    numbers = [
        column for column, value in row.items() if isinstance(value, int) and not isinstance(value, bool)
    ]
    dates = {"established_on"}
    for column in choice.sample(numbers, min(3, len(numbers))):
        if column not in dates and "#" not in column:
            metric = shipped().metrics[column.partition("@")[0]]
            grid = metric.unit.steps if metric.whole else 1
            row[column] = int(row[column] * choice.choice([0.5, 0.8, 0.9]) // grid * grid)
    return name, prepared, row


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 2**32))
def test_every_plan_is_met_and_nothing_less_is(number, seed):
    name, prepared, row = weakened(number, seed)
    example = prepared.example

    found = plan(judges(), prepared.policy, example.as_of, row, settings=example.settings, calls=3_000)

    if found.version == prepared.policy.version:
        check_certificate(name, example.as_of, row, found, example.settings)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 2**32))
def test_proven_plan_has_the_fewest_levers_and_then_the_least_effort(number, seed):
    """Against trying every number of steps, with levers that go five steps far."""
    _, prepared, row = weakened(number, seed)
    on = next_application(prepared.policy, prepared.example.as_of)
    judge = judges().policy(prepared.policy, on, prepared.example.settings)
    later = carry_forward(shipped(), judge.graph, row, prepared.example.as_of)
    planner = Planner(judge, later, prepared.example.as_of)
    if planner.point({}):
        return
    moves = [replace(move, most=min(move.most, 5)) for move in coarse(planner.moves)]

    found = PlanSearch(moves, planner, Budget(100_000), wanted=1).run()

    best = cheapest(planner, moves)
    if best is None:
        assert not found or len(found[0].moves) > 2
    else:
        assert (len(found[0].moves), found[0].effort, found[0].proven) == (*best, True)


def coarse(moves):
    """Levers whose steps are as large as a tenth of what they move, so that few steps make a difference."""
    for move in moves:
        size = 100 if move.lever.unit == "CNY_10k" else 1
        columns = tuple((column, change * size) for column, change in move.columns)
        yield replace(move, columns=columns, most=move.most // size)


def cheapest(planner, moves):
    """The fewest levers and the least effort of all numbers of steps of at most two levers."""
    moves = [move for move in moves if move.most > 0]
    for size in (1, 2):
        efforts = [
            effort_of(chosen, steps)
            for chosen in combinations(moves, size)
            for steps in product(*(range(1, move.most + 1) for move in chosen))
            if planner.point(dict(zip(chosen, steps, strict=True)))
        ]
        if efforts:
            return size, min(efforts)
    return None


def test_effort_is_the_sum_of_steps_times_their_cost():
    found = hnte_plan(staff_total=200, tech_staff=17, hightech_revenue=2000, **STRONG)
    best = found.plans[0]
    costs = {name: lever.cost for name, lever in shipped().levers.items()}

    assert Fraction(best.effort) == sum(costs[change.lever] * change.steps for change in best.changes)


@pytest.mark.parametrize("name", PLANNED)
def test_nothing_known_gives_no_plan_but_says_what_to_ask(name):
    as_of = dt.date(2026, 6, 1)

    found = plan(judges(), policy_of(name), as_of, row_of(name, as_of, {}))

    assert found.plans == ()
    assert Obstacle.MISSING_FACTS in [each.obstacle for each in found.hindrances]
    assert found.questions

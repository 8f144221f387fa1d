"""The oracle's completions: the critical points bring about whatever any value inside the domain brings about."""

import datetime as dt
from itertools import product

from hypothesis import given
from hypothesis import strategies as st
from tests.law_cases import law
from tests.law_policies import made

from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX
from yumiao.model.outcomes import Outcome
from yumiao.rules.critical_points import Polynomial
from yumiao.rules.reference import judge_complete

SMALL = 8
"""All whole numbers up to here are tried in these tests."""


def limited(columns):
    """The row in which nothing is known but that each of some columns is a small number."""
    return {
        column + suffix: end for column in columns for suffix, end in ((LOW_SUFFIX, 0), (HIGH_SUFFIX, SMALL))
    }


def reached_on_the_grid(case, columns):
    """What the reference interpreter says for every small value of every column, part ≤ whole."""
    found = set()
    for values in product(range(SMALL + 1), repeat=len(columns)):
        row = dict(zip(columns, values, strict=True))
        if row.get("technicians@2025", 0) <= row.get("staff@2025", SMALL):
            found.add(judge_complete(case.library, case.policy, case.as_of, row).outcome)
    return found


TERMS = {"technicians": "technicians@2025", "staff": "staff@2025", "staff[2024]": "staff@2024"}
SIGNS = st.sampled_from([">=", ">", "<=", "<"])


@st.composite
def clauses(draw):
    one, other = draw(st.permutations(list(TERMS)))[:2]
    sign, number = draw(SIGNS), draw(st.integers(0, SMALL))
    share = draw(st.sampled_from([50, 100, 200]))
    return draw(
        st.sampled_from(
            [
                f"{one} {sign} {number} 人",
                f"{one} / {other} {sign} {share}%",
                f"{one} + {other} {sign} {number} 人",
                f"{one} {sign} {other}",
                f"growth(staff) {sign} {share}%",
            ]
        )
    )


@law(60)
@given(st.lists(clauses(), min_size=1, max_size=4), st.booleans())
def test_completions_at_critical_points_reach_what_all_completions_reach(needs, together):
    conditions = {f"C{number}": {"zh": "甲", "need": need} for number, need in enumerate(needs)}
    case = made(
        {"conditions": conditions, "met_when": [f"{'all' if together else 'any'} of {', '.join(conditions)}"]}
    )
    columns = list(case.columns)

    reached = case.reached(limited(columns))

    assert {Outcome(name) for name in reached.reached} == reached_on_the_grid(case, columns)


def test_missing_date_is_completed_on_both_sides_of_each_edge():
    case = made(
        {
            "conditions": {"C0": {"zh": "甲", "need": "days(established_on, application_date) >= 365 天"}},
            "met_when": ["C0"],
        }
    )
    stage = case.completions.start({})

    dates = [
        dt.date(1970, 1, 1) + dt.timedelta(days=value)
        for value in case.completions.values(stage, stage.missing[0])
    ]

    assert dates == [
        dt.date(1900, 1, 1),
        dt.date(1900, 1, 2),
        dt.date(2025, 5, 31),
        dt.date(2025, 6, 1),
        dt.date(2025, 6, 2),
        dt.date(2199, 12, 30),
        dt.date(2199, 12, 31),
    ]


def test_part_is_never_completed_above_its_whole():
    case = made({"conditions": {"C0": {"zh": "甲", "need": "technicians >= 5 人"}}, "met_when": ["C0"]})

    reached = case.reached({"staff@2025": 4})

    assert reached.reached == {"not_met"}
    assert reached.conditions == {"C0": {False}}


def test_roots_are_the_whole_numbers_on_either_side():
    square = Polynomial({("x", "x"): 1, (): -10})

    assert square.roots() >= {-4, -3, 3, 4}
    assert Polynomial({("x",): 3, (): -10}).roots() == {3, 4}
    assert Polynomial({("x",): 2, (): -10}).roots() == {5}


def test_values_left_out_are_admitted():
    case = made(
        {
            "conditions": {"C0": {"zh": "甲", "need": "rd / revenue >= 3% or cost / revenue > 60%"}},
            "met_when": ["C0"],
        }
    )

    assert case.reached({}).exhaustive
    assert not case.reached({}, limit=10).exhaustive

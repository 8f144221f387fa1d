"""What may be concluded from facts known, unknown, or known as an interval: pairs of truths, exact at the edge."""

import datetime as dt
import operator
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from tests.unit.packs.small_packs import AS_OF, graph_of, needing, policy_text

from yumiao.model.metrics import Metric
from yumiao.model.periods import PeriodKind
from yumiao.model.text import Text
from yumiao.model.units import UNITS, Kind
from yumiao.rules import graph as g
from yumiao.rules.bounds import Reader, class_statements, magnitude_of
from yumiao.rules.bounds.grids import Grid, grids_of
from yumiao.rules.emit_python import make_function
from yumiao.rules.program import Program

TEN_THOUSAND = 10_000
MET, FAILED, OPEN = (True, False), (False, True), (True, True)
QUICK = {
    "deadline": None,
    "database": None,
    "derandomize": True,
    "phases": [Phase.explicit, Phase.generate],
    "suppress_health_check": list(HealthCheck),
}


def read_statements(graph, statements, ranged=()):
    """A function from a row to whether each statement can hold and can fail."""
    program = Program()
    reader = Reader(graph, program, frozenset(ranged))
    for name, statement in statements.items():
        truths = reader.statement(statement)
        program.output(f"{name}+", truths.hold)
        program.output(f"{name}-", truths.fail)
    judge = make_function(program)

    def read(row):
        found = judge(row)
        return {name: (found[f"{name}+"], found[f"{name}-"]) for name in statements}

    return read


def truths(need, rest="", **row):
    """Whether a condition can hold and can fail; ``_low`` and ``_high`` in names are the ends of intervals."""
    row = {
        name.replace("__", "@").replace("_low", "#low").replace("_high", "#high"): value
        for name, value in row.items()
    }
    graph = graph_of(needing(need, rest=rest))
    ranged = {name.partition("#")[0] for name in row if "#" in name}
    return read_statements(graph, {"C": graph.conditions[0].statement}, ranged)(row)["C"]


# ── one statement ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("need", "row", "pair"),
    [
        ("honest", {"honest": True}, MET),
        ("honest", {"honest": False}, FAILED),
        ("honest", {}, OPEN),
        ("not honest", {"honest": True}, FAILED),
        ("not honest", {}, OPEN),
        ("grade is A", {"grade": "A"}, MET),
        ("grade is A", {"grade": "B"}, FAILED),
        ("grade is A", {}, OPEN),
        ("grade in (A, B)", {"grade": "B"}, MET),
        ("always", {}, MET),
        ("never", {}, FAILED),
        ("honest and listed", {"honest": False}, FAILED),
        ("honest and listed", {"honest": True}, OPEN),
        ("honest or listed", {"honest": True}, MET),
        ("honest or listed", {"honest": False}, OPEN),
        ("at least 2 of honest, listed, grade is A", {"honest": True, "listed": True}, MET),
        ("at least 2 of honest, listed, grade is A", {"honest": False, "listed": False}, FAILED),
        ("at least 2 of honest, listed, grade is A", {"honest": True}, OPEN),
        ("at least 2 of honest, listed, grade is A", {"honest": False, "listed": True}, OPEN),
        ("none of honest, listed", {"listed": True}, FAILED),
        ("holds(sound)", {"title_sound_granted_on": 20_000, "title_sound_valid_until": 21_000}, MET),
        ("holds(sound)", {"title_sound_valid_until": 20_000}, FAILED),
        ("holds(sound)", {"title_sound_valid_until": 21_000}, OPEN),
    ],
)
def test_statement_can_hold_and_can_fail_as_far_as_its_facts_allow(need, row, pair):
    assert truths(need, **row) == pair


@pytest.mark.parametrize(
    ("need", "row", "pair"),
    [
        ("staff >= 10 人", {"staff__2025": 10}, MET),
        ("staff >= 10 人", {"staff__2025": 9}, FAILED),
        ("staff > 10 人", {"staff__2025": 10}, FAILED),
        ("staff <= 10 人", {"staff__2025": 10}, MET),
        ("staff < 10 人", {"staff__2025": 10}, FAILED),
        ("staff = 10 人", {"staff__2025": 10}, MET),
        ("staff >= 10 人", {}, OPEN),
        ("staff >= 10 人", {"staff__2025_low": 10, "staff__2025_high": 20}, MET),
        ("staff >= 10 人", {"staff__2025_low": 5, "staff__2025_high": 9}, FAILED),
        ("staff >= 10 人", {"staff__2025_low": 9, "staff__2025_high": 10}, OPEN),
        ("staff >= 10 人", {"staff__2025_low": 10, "staff__2025_high": None}, MET),
        ("staff >= 10 人", {"staff__2025_low": None, "staff__2025_high": 9}, FAILED),
        ("staff >= 10 人", {"staff__2025": 12, "staff__2025_low": None, "staff__2025_high": None}, MET),
        ("staff >= 0 人", {}, MET),
        ("staff > 0 人", {}, OPEN),
        ("staff < 0 人", {}, FAILED),
        ("share <= 100%", {}, MET),
        ("share > 100%", {}, FAILED),
        ("profit >= 0 元", {}, OPEN),
        ("sales - rd >= 0 元", {"sales__2025": 5}, OPEN),
        ("sales - rd <= 5 元", {"sales__2025": 500}, MET),
        ("sales + rd >= 5 元", {"sales__2025": 500}, MET),
        ("sales / 3 >= 1 元", {"sales__2025": 300}, MET),
        ("sales / 3 >= 1 元", {"sales__2025": 299}, FAILED),
        ("established_on <= 2020-01-01", {}, OPEN),
    ],
)
def test_comparison_is_decided_by_value_interval_or_domain(need, row, pair):
    assert truths(need, **row) == pair


@pytest.mark.parametrize(
    ("need", "row", "pair"),
    [
        ("tech >= 6 人", {"staff__2025": 5}, FAILED),
        ("tech >= 5 人", {"staff__2025": 5}, OPEN),
        ("staff >= 5 人", {"tech__2025": 5}, MET),
        ("staff >= 6 人", {"tech__2025": 5}, OPEN),
        ("tech >= 6 人", {"staff__2025_low": 3, "staff__2025_high": 5}, FAILED),
        ("staff >= 5 人", {"tech__2025_low": 5, "tech__2025_high": 9}, MET),
    ],
)
def test_part_is_never_above_its_whole(need, row, pair):
    other = "tech" if need.startswith("staff") else "staff"

    assert truths(f"{need} and {other} >= 0 人", **row) == pair


# ── brackets ──────────────────────────────────────────────────────────────────────────────────────────

BRACKET = (
    "parameters: {p: {by: sales, bands: [{to: 5000 万元, is: 5%}, {below: 20000 万元, is: 4%}, {else, is: 3%}]},"
    " q: {is: unknown, open_to: [district]}}\n"
)
WAN = 1_000_000


@pytest.mark.parametrize(
    ("sales", "rd", "pair"),
    [
        (5_000, 250, MET),
        (5_000, 249, FAILED),
        (5_001, 201, MET),
        (20_000, 600, MET),
        (20_000, 599, FAILED),
        (19_999, 799, FAILED),
    ],
)
def test_row_of_a_bracket_is_that_of_the_known_value(sales, rd, pair):
    assert truths("rd / sales >= p", BRACKET, sales__2025=sales * WAN, rd__2025=rd * WAN) == pair


@pytest.mark.parametrize(
    ("ends", "rd", "pair"),
    [
        ((4_000, 6_000), 300, MET),
        ((4_000, 6_000), 250, MET),
        ((4_000, 6_000), 249, OPEN),
        ((4_000, 6_000), 159, FAILED),
        ((None, None), 1, OPEN),
        ((None, None), 0, FAILED),
    ],
)
def test_bracket_whose_value_is_unknown_asks_every_row_that_may_apply(ends, rd, pair):
    low, high = (end and end * WAN for end in ends)

    assert (
        truths("rd / sales >= p", BRACKET, sales__2025_low=low, sales__2025_high=high, rd__2025=rd * WAN)
        == pair
    )


def test_parameter_that_nobody_has_set_can_go_either_way():
    assert truths("staff >= q", BRACKET, staff__2025=10) == OPEN


# ── classes ───────────────────────────────────────────────────────────────────────────────────────────

CLASSES = policy_text(
    "classes: {large: {zh: 大, when: staff >= 300 人}, small: {zh: 小, when: staff >= 10 人}}\n"
)


@pytest.mark.parametrize(
    ("ends", "reach"),
    [
        ((300, 300), {"large"}),
        ((299, 299), {"small"}),
        ((9, 9), {"not_met"}),
        ((9, 10), {"small", "not_met"}),
        ((None, None), {"large", "small", "not_met"}),
    ],
)
def test_class_can_be_reached_when_its_rule_can_hold_and_none_above_it_must(ends, reach):
    graph = graph_of(CLASSES)

    found = read_statements(graph, class_statements(graph.classes), {"staff@2025"})(
        {"staff@2025#low": ends[0], "staff@2025#high": ends[1]}
    )

    assert {name for name, (hold, _) in found.items() if hold} == reach


# ── quotients ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("sign", [">=", ">", "<=", "<"])
@pytest.mark.parametrize(
    ("row", "pair"),
    [
        ({"sales__2025": 0, "rd__2025": 5}, FAILED),
        ({"sales__2025": 0}, FAILED),
        ({"sales__2025_low": 0, "sales__2025_high": 0, "rd__2025": 0}, FAILED),
        ({}, OPEN),
        ({"rd__2025": 5}, OPEN),
    ],
)
def test_quotient_over_zero_meets_no_threshold(sign, row, pair):
    assert truths(f"rd / sales {sign} 5%", **row) == pair


@pytest.mark.parametrize("sign", [">=", "<="])
def test_quotient_over_less_than_zero_meets_no_threshold(sign):
    assert truths(f"rd / profit {sign} 5%", rd__2025=5, profit__2025=-100) == FAILED


@pytest.mark.parametrize(
    ("rd", "sales", "at_least", "more"),
    [
        (5, 100, MET, FAILED),
        (500, 10_000, MET, FAILED),
        (499, 10_000, FAILED, FAILED),
        (501, 10_000, MET, MET),
    ],
)
def test_share_at_its_threshold_is_exact(rd, sales, at_least, more):
    row = {"rd__2025": rd, "sales__2025": sales}

    assert (truths("rd / sales >= 5%", **row), truths("rd / sales > 5%", **row)) == (at_least, more)


SIGNS = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}
KEYS = sorted(SIGNS)
BOUNDS = st.builds(Fraction, st.integers(-12, 36), st.integers(1, 12))
COMPARISONS = st.lists(st.tuples(st.sampled_from(KEYS), BOUNDS), min_size=1, max_size=6, unique=True)
FAR_OUT = 5_000


def leaf(name, minimum=None, maximum=None):
    metric = Metric(
        name,
        Text(name),
        Kind.QUANTITY,
        PeriodKind.AT_APPLICATION,
        unit=UNITS["person"],
        minimum=minimum,
        maximum=maximum,
    )
    return g.Leaf(name, metric, None)


def one(column, weight=1):
    return g.Linear(((column, Fraction(weight)),))


def bare_graph(leaves, statements):
    """A graph of some statements that stand in no policy."""
    conditions = tuple(g.ConditionNode(name, Text(name), None, node) for name, node in statements.items())
    columns = {leaf.column: leaf for leaf in leaves}
    return g.PolicyGraph("made", "1", AS_OF, {}, columns, (), conditions, (), (), None, None)


def compare_all(value, comparisons):
    """One statement for each comparison of one quotient or mean growth."""
    node = g.GrowthComparison if isinstance(value, g.MeanGrowth) else g.QuotientComparison
    shown = g.Shown(None, ">=", g.Linear(()), "percent", "")
    return {f"{sign} {bound}": node(value, sign, bound, shown) for sign, bound in comparisons}


def exactly(ratio, comparisons, periods=0):
    """What each comparison comes to for an exact ratio; None meets none."""
    return {
        f"{sign} {bound}": ratio is not None
        and SIGNS[sign](ratio, (1 + bound) ** periods if periods else bound)
        for sign, bound in comparisons
    }


def ratio_of(top, bottom):
    return Fraction(top, bottom) if bottom > 0 else None


@st.composite
def known_or_not(draw, values):
    """A value, an interval (either end may be open), or nothing."""
    form = draw(st.sampled_from(["value", "value", "interval", "unknown"]))
    if form == "value":
        value = draw(values)
        return (value, value)
    if form == "unknown":
        return (None, None)
    ends = sorted(draw(st.tuples(values, values)))
    return tuple(end if draw(st.booleans()) else None for end in ends)


def row_of(**ends):
    """A row of facts: a value where both ends are the same, else an interval."""
    row = {}
    for name, (low, high) in ends.items():
        if low is not None and low == high:
            row[name] = low
        else:
            row |= {f"{name}#low": low, f"{name}#high": high}
    return row


def possible_values(ends, minimum):
    """Values between two ends: all small ones, and one far out on each open side."""
    low, high = ends
    least = low if low is not None else minimum if minimum is not None else -FAR_OUT
    most = high if high is not None else FAR_OUT
    near = [value for value in range(-13, 14) if least <= value <= most]
    return sorted({*near, least, most})


@settings(max_examples=150, **QUICK)
@given(st.integers(-60, 60), st.integers(-3, 60), COMPARISONS, st.sampled_from([None, 0]), st.integers(0, 3))
def test_known_quotient_is_compared_exactly(top, bottom, comparisons, minimum, periods):
    assume(minimum is None or min(top, bottom) >= 0)
    if periods:
        comparisons = [(sign, bound) for sign, bound in comparisons if bound >= -1]
        assume(comparisons)
    statements = compare_all(g.Quotient(one("top"), one("bottom"), periods), comparisons)
    graph = bare_graph([leaf("top", minimum), leaf("bottom", minimum)], statements)

    found = read_statements(graph, statements)({"top": top, "bottom": bottom})

    expected = exactly(ratio_of(top, bottom), comparisons, periods)
    assert found == {name: (holds, not holds) for name, holds in expected.items()}


@settings(max_examples=150, **QUICK)
@given(
    known_or_not(st.integers(-12, 12)),
    known_or_not(st.integers(-2, 12)),
    COMPARISONS,
    st.sampled_from([None, 0]),
    st.booleans(),
)
def test_quotient_can_hold_and_can_fail_exactly_where_some_completion_does(
    top, bottom, comparisons, minimum, ranged
):
    is_plain = all(low == high for low, high in (top, bottom))
    assume(ranged or is_plain)
    assume(minimum is None or all(end is None or end >= 0 for end in (*top, *bottom)))
    statements = compare_all(g.Quotient(one("top"), one("bottom")), comparisons)
    graph = bare_graph([leaf("top", minimum), leaf("bottom", minimum)], statements)

    found = read_statements(graph, statements, {"top", "bottom"} if ranged else ())(
        row_of(top=top, bottom=bottom)
    )

    values = product(possible_values(top, minimum), possible_values(bottom, minimum))
    completions = [exactly(ratio_of(*pair), comparisons) for pair in values]
    assert found == {
        name: (any(each[name] for each in completions), not all(each[name] for each in completions))
        for name in statements
    }


@pytest.mark.parametrize(
    ("thresholds", "steps", "fine", "codes"),
    [
        ({Fraction(1, 4): ">=", Fraction(1, 10): ">="}, 20, False, {Fraction(1, 4): 5, Fraction(1, 10): 2}),
        ({Fraction(1, 4): ">=", Fraction(1, 10): ">"}, 20, True, {Fraction(1, 4): 10, Fraction(1, 10): 4}),
        ({Fraction(-1, 2): "<"}, 2, False, {Fraction(-1, 2): -1}),
    ],
)
def test_all_thresholds_of_one_quotient_lie_on_one_grid(thresholds, steps, fine, codes):
    comparisons = [(sign, bound) for bound, sign in thresholds.items()]
    quotient = g.Quotient(one("top"), one("bottom"))
    graph = bare_graph([leaf("top"), leaf("bottom")], compare_all(quotient, comparisons))

    [grid] = grids_of(graph).values()

    assert grid == Grid(steps, fine, frozenset(thresholds))
    assert {bound: grid.code(bound) for bound in thresholds} == codes


# ── mean growth ───────────────────────────────────────────────────────────────────────────────────────


def mean_ratio(first, second, third, later_pair):
    """½·(v2/v1 + v3/v2), or v3/v2 after a first value of zero; None where it is not defined."""
    if second <= 0:
        return None
    if first <= 0:
        return Fraction(third, second) if later_pair else None
    return (Fraction(second, first) + Fraction(third, second)) / 2


@settings(max_examples=120, **QUICK)
@given(
    st.lists(st.integers(0, 30), min_size=3, max_size=3),
    COMPARISONS,
    st.booleans(),
    st.sampled_from([0, None]),
    st.booleans(),
)
def test_known_mean_growth_is_compared_exactly(values, comparisons, later_pair, minimum, ranged):
    first, second, third = values
    names = ("first", "second", "third")
    statements = compare_all(
        g.MeanGrowth(*names, later_pair), [(sign, bound - 1) for sign, bound in comparisons]
    )
    graph = bare_graph([leaf(name, minimum) for name in names], statements)

    found = read_statements(graph, statements, names if ranged else ())(dict(zip(names, values, strict=True)))

    ratio = mean_ratio(first, second, third, later_pair)
    holds = exactly(ratio, comparisons)
    assert list(found.values()) == [(each, not each) for each in holds.values()]


@pytest.mark.parametrize(
    ("values", "later_pair", "pair"),
    [
        ((0, 10, 20), False, FAILED),
        ((0, 10, 20), True, MET),
        ((10, 0, 20), False, FAILED),
        ((10, 0, 20), True, FAILED),
        ((0, 0, 20), True, FAILED),
        ((10, 10, 0), False, FAILED),
        ((10, 20, 20), False, MET),
        ((None, 10, 20), False, OPEN),
        ((10, None, 20), False, OPEN),
        ((10, 20, None), False, OPEN),
        ((10, 30, None), True, MET),
        ((None, 0, 20), True, FAILED),
        ((0, None, None), False, FAILED),
    ],
)
def test_mean_growth_from_zero_meets_no_threshold_unless_the_later_pair_counts(values, later_pair, pair):
    names = ("first", "second", "third")
    statements = compare_all(g.MeanGrowth(*names, later_pair), [(">=", Fraction(1, 2))])
    graph = bare_graph([leaf(name, 0) for name in names], statements)

    found = read_statements(graph, statements)(dict(zip(names, values, strict=True)))

    assert found == {">= 1/2": pair}


@settings(max_examples=150, **QUICK)
@given(
    st.lists(known_or_not(st.integers(0, 12)), min_size=3, max_size=3),
    COMPARISONS,
    st.booleans(),
    st.booleans(),
)
def test_mean_growth_that_is_certain_is_so_for_every_completion(values, comparisons, later_pair, ranged):
    assume(ranged or all(low == high for low, high in values))
    names = ("first", "second", "third")
    statements = compare_all(
        g.MeanGrowth(*names, later_pair), [(sign, bound - 1) for sign, bound in comparisons]
    )
    graph = bare_graph([leaf(name, 0) for name in names], statements)

    row = row_of(**dict(zip(names, values, strict=True)))
    found = list(read_statements(graph, statements, names if ranged else ())(row).values())

    for completion in product(*(possible_values(ends, 0)[:15] for ends in values)):
        holds = list(exactly(mean_ratio(*completion, later_pair), comparisons).values())
        assert all(pair[0] if each else pair[1] for pair, each in zip(found, holds, strict=True))


# ── scores ────────────────────────────────────────────────────────────────────────────────────────────

SCORE = policy_text("""\
scores:
  total:
    of: 8 分
    parts:
      size:
        of: 5 分
        value: staff
        bands: [{from: 100 人, points: 4–5}, {from: 10 人, points: 2}, {else, points: 0}]
      people: {of: 4 分, points: quality}
      best:
        of: 3 分
        better_of:
          one: {bands: [{when: honest, points: 3}, {else, points: 1}]}
          two: {bands: [{when: listed, points: 2}, {else, points: 0}]}
met_when: [total >= 6 分]
""")


def score(**row):
    """Lowest and highest points of each part, in points."""
    graph = graph_of(SCORE)
    program = Program()
    reader = Reader(graph, program, frozenset({"staff@2025"}))
    for node in graph.scores:
        ends = reader.steps(node.score)
        program.output(f"{node.id}+", ends.high)
        program.output(f"{node.id}-", ends.low)
    found = make_function(program)(
        {name.replace("__", "@").replace("_of", "#"): value for name, value in row.items()}
    )
    return {
        node.id: tuple(Fraction(found[f"{node.id}{end}"], TEN_THOUSAND) for end in "-+")
        for node in graph.scores
    }


@pytest.mark.parametrize(
    ("row", "points"),
    [
        (
            {"staff__2025": 10, "quality": 30_000, "honest": False, "listed": True},
            [(7, 7), (2, 2), (3, 3), (2, 2)],
        ),
        (
            {"staff__2025": 100, "quality": 0, "honest": True, "listed": False},
            [(7, 8), (4, 5), (0, 0), (3, 3)],
        ),
        (
            {"staff__2025": 9, "quality": 60_000, "honest": True, "listed": True},
            [(7, 7), (0, 0), (4, 4), (3, 3)],
        ),
        (
            {"staff__2025": 100, "quality": 60_000, "honest": True, "listed": True},
            [(8, 8), (4, 5), (4, 4), (3, 3)],
        ),
        ({}, [(1, 8), (0, 5), (0, 4), (1, 3)]),
        ({"listed": True}, [(2, 8), (0, 5), (0, 4), (2, 3)]),
        (
            {"staff__2025_oflow": 5, "staff__2025_ofhigh": 50, "quality": 0, "honest": False},
            [(1, 4), (0, 2), (0, 0), (1, 2)],
        ),
        (
            {"staff__2025_oflow": 100, "staff__2025_ofhigh": None, "quality": 0},
            [(5, 8), (4, 5), (0, 0), (1, 3)],
        ),
    ],
)
def test_points_are_an_interval_under_missing_facts_and_experts_choice(row, points):
    names = ("total", "total.size", "total.people", "total.best")

    found = score(**row)

    assert {name: found[name] for name in names} == dict(zip(names, points, strict=True))


# ── magnitudes ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("column", "magnitude"),
    [
        ("share", 1_000_000),
        ("sales@2025", 10**15),
        ("staff@2025", 10**9),
        ("established_on", 10**7),
        ("quality", 60_000),
    ],
)
def test_largest_magnitude_of_a_fact_is_that_of_its_domain_or_of_its_dimension(column, magnitude):
    graph = graph_of(
        needing("share > 0%", "sales > 0 元", "staff > 0 人", "established_on > 2019-01-01", "quality > 0 分")
    )

    assert magnitude_of(graph.leaves[column]) == magnitude


def test_date_is_read_as_days():
    assert truths("established_on >= 2020-01-01", established_on=g.day_number(dt.date(2020, 1, 1))) == MET

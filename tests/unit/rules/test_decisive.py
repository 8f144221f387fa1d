"""Decisive conditions: those in some smallest set that alone forces the outcome."""

import datetime as dt
from itertools import combinations, product

from hypothesis import given
from hypothesis import strategies as st

from yumiao.model.metrics import Citation
from yumiao.model.outcomes import Outcome
from yumiao.model.text import Text
from yumiao.rules import graph as g
from yumiao.rules.decisive import DecisiveSearch
from yumiao.rules.judging import Result

NAMES = ("A", "B", "C", "D", "E")
ATOMS = {name: g.Named(name, g.IsTrue(name)) for name in NAMES}

MET, NOT_MET, OPEN = Outcome.MET, Outcome.NOT_MET, Outcome.UNDETERMINED


def all_of(*parts):
    return g.Count(len(parts), parts)


def any_of(*parts):
    return g.Count(1, parts)


def graph_of(statement):
    conditions = tuple(g.ConditionNode(name, Text(name), Citation(), ATOMS[name].body) for name in NAMES)
    return g.PolicyGraph("p", "v", dt.date(2026, 6, 1), {}, {}, (), conditions, (), (), statement, None)


def holds(node, values):
    match node:
        case g.Named(condition=name):
            return values[name]
        case g.Count(least=least, parts=parts):
            return sum(holds(part, values) for part in parts) >= least


def possible(statement, fixed):
    """The outcomes that remain when some conditions are fixed."""
    free = [name for name in NAMES if name not in fixed]
    values = (dict(zip(free, choice, strict=True)) for choice in product((True, False), repeat=len(free)))
    return {holds(statement, {**fixed, **chosen}) for chosen in values}


def decisive(statement, **outcomes):
    found = {name: outcomes.get(name, OPEN) for name in NAMES}
    fixed = {name: outcome is MET for name, outcome in found.items() if outcome is not OPEN}
    remaining = possible(statement, fixed)
    names = tuple(name for name, value in (("met", True), ("not_met", False)) if value in remaining)
    outcome = Outcome.of(True in remaining, False in remaining)
    result = Result(outcome, names, None, None, ())
    return set(DecisiveSearch(graph_of(statement), result, found).find())


def test_every_condition_of_a_met_conjunction_decides():
    a, b, c = ATOMS["A"], ATOMS["B"], ATOMS["C"]

    assert decisive(all_of(a, b, c), A=MET, B=MET, C=MET) == {"A", "B", "C"}


def test_each_failed_condition_of_a_conjunction_decides_alone():
    a, b, c = ATOMS["A"], ATOMS["B"], ATOMS["C"]

    assert decisive(all_of(a, b, c), A=NOT_MET, B=NOT_MET, C=MET) == {"A", "B"}


def test_route_that_needs_fewer_conditions_decides():
    a, b, c = ATOMS["A"], ATOMS["B"], ATOMS["C"]

    assert decisive(any_of(all_of(a, b), c), A=MET, B=MET, C=MET) == {"C"}


def test_open_outcome_is_decided_by_whatever_could_settle_it_alone():
    a, b, c = ATOMS["A"], ATOMS["B"], ATOMS["C"]

    assert decisive(all_of(a, b, c), A=MET) == {"B", "C"}


def formulas():
    atoms = st.sampled_from(NAMES).map(ATOMS.get)

    def counted(parts):
        return st.integers(1, len(parts)).map(lambda least: g.Count(least, tuple(parts)))

    return st.recursive(
        atoms, lambda below: st.lists(below, min_size=2, max_size=3).flatmap(counted), max_leaves=8
    )


@given(formulas(), st.lists(st.sampled_from([MET, NOT_MET, OPEN]), min_size=5, max_size=5))
def test_decisive_conditions_are_those_of_all_smallest_forcing_sets(statement, outcomes):
    found = dict(zip(NAMES, outcomes, strict=True))
    fixed = {name: outcome is MET for name, outcome in found.items() if outcome is not OPEN}
    if len(possible(statement, fixed)) == 2:
        return

    for size in range(len(NAMES) + 1):
        forcing = [
            set(names)
            for names in combinations(fixed, size)
            if len(possible(statement, {name: fixed[name] for name in names})) == 1
        ]
        if forcing:
            break

    assert decisive(statement, **found) == set().union(*forcing)

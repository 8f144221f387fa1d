"""Policies are compiled once for a process, and never for something else than they are asked for."""

import datetime as dt

import polars as pl
from tests.unit.packs.small_packs import AS_OF, library_of, needing

from yumiao.evaluate import evaluate
from yumiao.evaluate.preparing import lowered, prepared
from yumiao.model.facts import SOURCE_SCHEMA, Facts
from yumiao.model.outcomes import Outcome
from yumiao.rules.judging import SubjectJudge

LIBRARY = library_of(needing("staff >= 10 人", "honest"))
OTHER = library_of(needing("staff >= 11 人", "honest"))
COLUMNS = ("subject", "staff@2025", "honest")


def policy_of(library):
    return library.policies[0]


def outcomes(library, staff):
    table = pl.DataFrame(
        {"subject": ["A"], "name": ["甲"], "code": [""], "staff@2025": [staff], "honest": [True]}
    )
    run = evaluate(library, Facts(table, pl.DataFrame(schema=SOURCE_SCHEMA)), as_of=AS_OF)
    return run.policies[0].verdicts["outcome"].to_list()


def test_the_same_text_and_date_give_the_same_graph_and_program():
    graph = lowered(LIBRARY, policy_of(LIBRARY), AS_OF, {})
    program = prepared(policy_of(LIBRARY), graph, COLUMNS, AS_OF)

    assert lowered(LIBRARY, policy_of(LIBRARY), AS_OF, {}) is graph
    assert prepared(policy_of(LIBRARY), graph, (*COLUMNS, "no matter"), AS_OF) is program


def test_another_date_text_or_missing_column_gives_another_one():
    graph = lowered(LIBRARY, policy_of(LIBRARY), AS_OF, {})
    program = prepared(policy_of(LIBRARY), graph, COLUMNS, AS_OF)
    later = AS_OF + dt.timedelta(days=1)

    assert lowered(LIBRARY, policy_of(LIBRARY), later, {}) is not graph
    assert lowered(OTHER, policy_of(OTHER), AS_OF, {}) is not graph
    assert prepared(policy_of(LIBRARY), graph, ("subject", "honest"), AS_OF) is not program


def test_texts_that_differ_in_a_number_are_judged_by_their_own_number():
    assert outcomes(LIBRARY, 10) == [Outcome.MET]
    assert outcomes(OTHER, 10) == [Outcome.NOT_MET]
    assert outcomes(LIBRARY, 10) == [Outcome.MET]


def test_rows_of_exact_values_are_judged_alike_by_a_program_for_intervals():
    exact, usual = SubjectJudge(LIBRARY), SubjectJudge(LIBRARY, frozenset({"staff@2025"}))
    policy = policy_of(LIBRARY)
    rows = [
        {"staff@2025": staff, "honest": honest} for staff in (9, 10, None) for honest in (True, False, None)
    ]
    between = {"staff@2025#low": 8, "staff@2025#high": 12, "honest": True}

    for row in (*rows, between):
        assert usual.policy(policy, AS_OF).result(row) == exact.policy(policy, AS_OF).result(row)
    assert usual.policy(policy, AS_OF).ranged(rows[0]) == {"staff@2025"}
    assert exact.policy(policy, AS_OF).ranged(rows[0]) == frozenset()

"""The outcome alone: the same as that of the whole judgement, with plain failures told first."""

import datetime as dt

import pytest
from hypothesis import given
from tests.law_cases import hidden, law, shipped_ids, shipped_subjects, without
from tests.law_policies import subjects
from tests.unit.packs.small_packs import graph_of, needing

from yumiao.rules.compile import compile_policy
from yumiao.rules.emit_outcome import make_outcome, outcome_source


@law(120)
@given(hidden(subjects()))
def test_outcome_alone_is_that_of_the_whole_judgement(subject):
    case, row, columns = subject

    for known in (row, without(row, columns)):
        assert case.outcome(known) == case.judge(known)["outcome"]


@pytest.mark.parametrize("policy_id", shipped_ids())
def test_outcome_alone_agrees_on_every_policy_that_ships(policy_id):
    @law(15)
    @given(hidden(shipped_subjects(policy_id), most=4))
    def check(subject):
        case, row, columns = subject
        for known in (row, without(row, columns)):
            assert case.outcome(known) == case.judge(known)["outcome"]

    check()


SCORE = (
    "scores: {total: {of: 8 分, bands: [{when: tech / staff >= 30%, points: 8}, {when: tech / staff >= 20%, points: 5},"
    " {when: tech / staff >= 10%, points: 3}, {else, points: 0}]}}\n"
)


def test_plain_failure_is_told_before_any_score_is_worked_out():
    compiled = compile_policy(graph_of(needing("honest", "total >= 5 分", rest=SCORE)))

    early, _, late = outcome_source(compiled.program).partition("return 0")

    assert "'honest'" in early
    assert [name for name in ("'tech@2025'", "'staff@2025'") if name in early] == []
    assert [name for name in ("'tech@2025'", "'staff@2025'") if name not in late] == []
    assert make_outcome(compiled)({"honest": False}) == 0


def test_outcome_of_a_policy_of_classes_needs_no_plain_condition():
    compiled = compile_policy(graph_of(needing("established_on >= 2020-01-01")))

    assert make_outcome(compiled)({"established_on": dt.date(2021, 1, 1).toordinal()}) in (0, 1, 2)

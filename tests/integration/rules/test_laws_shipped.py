"""The laws of the rule engine, on every policy that ships, with facts of its worked examples moved and hidden."""

from itertools import pairwise

import pytest
from hypothesis import given
from tests.law_cases import (
    contradictions,
    hidden,
    intervals,
    law,
    retractions,
    shipped_ids,
    shipped_subjects,
    without,
)

pytestmark = pytest.mark.parametrize("policy_id", shipped_ids())


def test_verdict_on_complete_facts_is_that_of_the_text(policy_id):
    @law(25)
    @given(shipped_subjects(policy_id))
    def check(subject):
        case, row = subject

        assert case.answer(row) == case.reference(row)

    check()


def test_certain_answer_with_facts_missing_holds_under_every_completion(policy_id):
    @law(12)
    @given(hidden(shipped_subjects(policy_id)))
    def check(subject):
        case, row, columns = subject
        row = without(row, columns)

        reached = case.reached(row, limit=2_000)

        assert contradictions(case.answer(row), reached, case.policy.body.is_class_policy) == []

    check()


def test_learning_a_fact_takes_no_answer_back(policy_id):
    @law(12)
    @given(hidden(shipped_subjects(policy_id), most=12))
    def check(subject):
        case, row, order = subject
        answers = [case.answer(without(row, order[known:])) for known in range(len(order) + 1)]

        taken_back = [retractions(before, after) for before, after in pairwise(answers)]

        assert taken_back == [[]] * len(order)

    check()


def test_certain_answer_with_facts_known_as_intervals_holds_inside_them(policy_id):
    @law(6)
    @given(intervals(shipped_subjects(policy_id)))
    def check(subject):
        case, row, ranged = subject

        reached = case.reached(row, limit=2_000)

        answer = case.answer(row, case.ranged_judge(ranged))
        assert contradictions(answer, reached, case.policy.body.is_class_policy) == []

    check()

"""The laws of the rule engine, on small policies made at random."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from tests.law_cases import contradictions, hidden, intervals, law, retractions, without
from tests.law_policies import subjects


@law(150)
@given(subjects())
def test_verdict_on_complete_facts_is_that_of_the_text(subject):
    case, row = subject

    assert case.answer(row) == case.reference(row)


@law(120)
@given(subjects(), st.data())
def test_certain_answer_with_facts_missing_holds_under_every_completion(subject, data):
    case, row = subject
    row = without(row, data.draw(hidden(case)))

    reached = case.reached(row, limit=1_000)

    assert contradictions(case.answer(row), reached, case.policy.body.is_class_policy) == []


@law(120)
@given(subjects(), st.data())
def test_learning_a_fact_takes_no_answer_back(subject, data):
    case, row = subject
    order = data.draw(hidden(case, most=8))
    answers = [case.answer(without(row, order[known:])) for known in range(len(order) + 1)]

    taken_back = [retractions(before, after) for before, after in pairwise(answers)]

    assert taken_back == [[]] * len(order)


@law(80)
@given(subjects(), st.data())
def test_certain_answer_with_facts_known_as_intervals_holds_inside_them(subject, data):
    case, row = subject
    row, ranged = data.draw(intervals(case, row, data.draw(hidden(case))))

    reached = case.reached(row, limit=1_000)

    answer = case.answer(row, case.ranged_judge(ranged))
    assert contradictions(answer, reached, case.policy.body.is_class_policy) == []

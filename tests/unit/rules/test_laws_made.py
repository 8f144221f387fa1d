"""The laws of the rule engine, on small policies made at random."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from tests.law_cases import contradictions, hidden, intervals, is_settled, law, retractions, without
from tests.law_policies import subjects

from yumiao.rules.native_judge import NativeJudge, TableJudge


@law(150)
@given(subjects())
def test_verdict_on_complete_facts_is_that_of_the_text(subject):
    case, row = subject

    answer, text = case.answer(row), case.reference(row)

    assert answer.scores == text.scores
    assert contradictions(answer, case.reached(row), case.policy.body.is_class_policy) == []
    if is_settled(text):
        assert answer == text


@law(120)
@given(hidden(subjects()))
def test_certain_answer_with_facts_missing_holds_under_every_completion(subject):
    case, row, columns = subject
    row = without(row, columns)

    reached = case.reached(row, limit=1_000)

    assert contradictions(case.answer(row), reached, case.policy.body.is_class_policy) == []


@law(120)
@given(hidden(subjects(), most=8))
def test_learning_a_fact_takes_no_answer_back(subject):
    case, row, order = subject
    answers = [case.answer(without(row, order[known:])) for known in range(len(order) + 1)]

    taken_back = [retractions(before, after) for before, after in pairwise(answers)]

    assert taken_back == [[]] * len(order)


@law(80)
@given(intervals(subjects()))
def test_certain_answer_with_facts_known_as_intervals_holds_inside_them(subject):
    case, row, ranged = subject

    reached = case.reached(row, limit=1_000)

    answer = case.answer(row, case.ranged_judge(ranged))
    assert contradictions(answer, reached, case.policy.body.is_class_policy) == []


@law(25)
@given(subjects(), st.randoms(use_true_random=False))
def test_machine_code_says_the_same_as_the_generated_function_whatever_is_missing(subject, chance):
    case, row = subject
    rows = [row, *(without(row, chance.sample(sorted(row), chance.randint(0, len(row)))) for _ in range(17))]
    table = case.table(rows)

    with TableJudge(table) as judged:
        found = judged.codes(NativeJudge(case.compiled))

    expected = [case.judge(each) for each in rows]
    names = [name for name in expected[0] if not name.startswith("first.")]
    assert found.select(names).to_dicts() == [{name: each[name] for name in names} for each in expected]

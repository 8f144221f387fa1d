"""What is left open with up to three facts missing is open: two completions lead to different outcomes."""

import pytest
from hypothesis import given
from tests.law_cases import hesitations, hidden, law, shipped_ids, shipped_subjects, without

from yumiao.model.outcomes import Outcome


@pytest.mark.parametrize("policy_id", shipped_ids())
def test_open_answer_with_three_facts_missing_has_completions_of_different_outcome(policy_id):
    @law(20)
    @given(hidden(shipped_subjects(policy_id), most=3))
    def check(subject):
        case, row, columns = subject
        row = without(row, columns)
        answer, classes = case.answer(row), case.policy.body.is_class_policy
        if answer.outcome is not Outcome.UNDETERMINED:
            return

        reached = case.reached(row, limit=5_000, until_open=not classes)

        assert hesitations(answer, reached, classes) == []

    check()

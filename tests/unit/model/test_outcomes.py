"""Three outcomes, words in two languages, problems that say where they are."""

import pytest

from yumiao.model.outcomes import Confidence, Outcome, Reason
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text


@pytest.mark.parametrize(
    ("can_hold", "can_fail", "outcome"),
    [
        (True, False, Outcome.MET),
        (False, True, Outcome.NOT_MET),
        (True, True, Outcome.UNDETERMINED),
        (False, False, Outcome.NOT_MET),
    ],
)
def test_outcome_follows_from_whether_a_statement_can_hold_and_can_fail(can_hold, can_fail, outcome):
    assert Outcome.of(can_hold, can_fail) is outcome


def test_outcomes_are_the_same_three_tokens_everywhere():
    assert {outcome.value: outcome.label for outcome in Outcome} == {
        "met": Text("符合", "met"),
        "not_met": Text("不符合", "not met"),
        "undetermined": Text("未定", "undetermined"),
    }


@pytest.mark.parametrize("named", [*Outcome, *Reason, *Confidence])
def test_everything_shown_has_words_in_both_languages(named):
    assert (bool(named.label.zh), bool(named.label.en)) == (True, True)


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        (Text("甲", "A"), "甲", "A"),
        (Text("甲"), "甲", "甲"),
        (Text("", "A"), "A", "A"),
    ],
)
def test_text_without_one_language_is_given_in_the_other(text, zh, en):
    assert (text.words("zh"), text.words("en"), str(text)) == (zh, en, zh)


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ({"file": "a.xlsx", "sheet": "财务", "cell": "D37"}, "a.xlsx 财务 D37: 不对"),
        ({"file": "cn/a.yaml", "line": 31, "path": "bands[1].to"}, "cn/a.yaml:31 bands[1].to: 不对"),
        ({}, "不对"),
    ],
)
def test_problem_says_where_it_is_before_what_it_is(place, shown):
    assert str(Problem("code", Text("不对", "wrong"), **place)) == shown


def test_error_carries_code_words_and_the_problems_behind_it():
    problem = Problem("inner", Text("不对", "wrong"))

    error = YumiaoError("outer", Text("有问题", "has problems"), (problem,))

    assert (str(error), error.code, error.text, error.problems) == (
        "有问题",
        "outer",
        Text("有问题", "has problems"),
        (problem,),
    )

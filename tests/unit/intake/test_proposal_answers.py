"""What a person answers: understood, or asked again; an empty answer changes nothing."""

import polars as pl
import pytest
from tests.unit.intake.metrics_for_tests import METRICS

from yumiao.intake.evidence import Ask
from yumiao.intake.file_proposals import propose_columns
from yumiao.intake.labels import FRACTION
from yumiao.intake.proposal_answers import ANSWERED, answer_question, choose_metric
from yumiao.intake.proposals import SeenColumn, Standing
from yumiao.model.periods import Year
from yumiao.model.units import UNITS


def column_of(label, cells):
    seen = [SeenColumn("企业名称"), SeenColumn(label, pl.Series(cells, dtype=pl.String))]
    return propose_columns(seen, METRICS).column(label)


def answer(column, ask, text):
    question = next(question for question in column.questions if question.ask is ask)
    return answer_question(column, question, text, METRICS.get(column.metric))


REVENUE = column_of("营业收入", ["500", "-1", "600"])
MARKS = column_of("是否高企", ["√", "×", "√"])
MIXED = column_of("是否高企", ["是", "否", "否", "无", "是", "是", "否"])
CONTACT = column_of("联系人", ["张三"])
TOWN = column_of("所属镇街", ["湖塘镇"])


@pytest.mark.parametrize(
    ("column", "ask", "text", "changed"),
    [
        (REVENUE, Ask.UNIT, "万元", {"unit": UNITS["CNY_10k"]}),
        (REVENUE, Ask.UNIT, " 亿元 ", {"unit": UNITS["CNY_100m"]}),
        (REVENUE, Ask.YEAR, "2025", {"year": Year(2025, relative=False)}),
        (REVENUE, Ask.YEAR, "上年", {"year": Year(-1)}),
        (REVENUE, Ask.MISSING, "y", {"missing": ("-1",)}),
        (REVENUE, Ask.MISSING, "否", {"missing": ()}),
        (MARKS, Ask.WORDS, "√", {"yes": ("√",), "no": ("×",)}),
        (MARKS, Ask.WORDS, "n", {"yes": ("是", "yes", "true"), "no": ("√", "×")}),
        (MIXED, Ask.WORDS, "n", {"yes": ("是",), "no": ("否", "无")}),
        (CONTACT, Ask.PERSONS, "是", {"standing": Standing.PERSON}),
        (TOWN, Ask.TERRITORY, "y", {"standing": Standing.TERRITORY}),
        (TOWN, Ask.TERRITORY, "n", {"standing": Standing.UNUSED}),
    ],
)
def test_answer_settles_its_question_and_no_other(column, ask, text, changed):
    answered = answer(column, ask, text)

    assert {name: getattr(answered, name) for name in changed} == changed
    assert [question.ask for question in answered.questions] == [
        question.ask for question in column.questions if question.ask is not ask
    ]


@pytest.mark.parametrize(
    ("column", "ask", "text"),
    [
        (REVENUE, Ask.UNIT, "人"),
        (REVENUE, Ask.UNIT, "many"),
        (REVENUE, Ask.YEAR, "next"),
        (REVENUE, Ask.MISSING, "perhaps"),
        (MARKS, Ask.WORDS, "是"),
        (CONTACT, Ask.PERSONS, "n"),
        (TOWN, Ask.TERRITORY, "武进"),
    ],
)
def test_answer_that_is_not_understood_is_no_answer(column, ask, text):
    assert answer(column, ask, text) is None


@pytest.mark.parametrize("column", [REVENUE, MARKS, CONTACT, TOWN])
def test_empty_answer_changes_nothing(column):
    assert all(answer_question(column, question, " ", None) == column for question in column.questions)


def test_question_that_no_word_answers_is_never_answered():
    questions = column_of("知识产权等级", ["甲", "乙", "甲"]).questions

    [values] = [question for question in questions if question.ask is Ask.VALUES]
    assert Ask.VALUES not in ANSWERED
    assert answer_question(REVENUE, values, "x", None) is None


def test_chosen_metric_brings_its_own_questions():
    chosen = choose_metric(column_of("占比情况", ["0.3", "0.5"]), METRICS["market_share"], has_years=True)

    assert (chosen.standing, chosen.metric, chosen.confidence) == (Standing.PROPOSED, "market_share", 1.0)
    assert [question.ask for question in chosen.questions] == [Ask.UNIT]
    settled = answer(chosen, Ask.UNIT, "小数")
    assert (settled.unit, settled.is_settled) == (FRACTION, True)


def test_no_metric_chosen_leaves_the_column_out():
    left = choose_metric(REVENUE, None, has_years=True)

    assert (left.standing, left.metric, left.questions) == (Standing.UNUSED, None, ())

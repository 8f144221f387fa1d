"""Contested facts: sources disagree, and the outcome depends on whom one believes."""

import datetime as dt

import polars as pl
from tests.unit.rules.rows import HNTE_DATE, hnte_row, judge_of, judges, policy_of, row_of, shipped

from yumiao.model.facts import SOURCE_SCHEMA
from yumiao.model.outcomes import Outcome
from yumiao.model.text import Text
from yumiao.rules.answers import Contested, Source, Subject
from yumiao.rules.contested import find_contested
from yumiao.rules.explaining import explain
from yumiao.rules.origins import LosingValue, Origin, losing_values_of

ORIGIN = Origin(Source("b2", "科技局.xlsx", "名单", "F12"), "2026-04-01")
STRONG = {
    "ip_tech_level_grade": "A",
    "org_system_points": 6,
    "org_rd_body_points": 6,
    "org_incentive_points": 4,
    "org_training_points": 4,
}


def hnte(**changes):
    return judge_of("hnte", HNTE_DATE), hnte_row(**STRONG, **changes)


def test_losing_value_that_changes_the_outcome_is_contested():
    judge, row = hnte(staff_total=200, tech_staff=20)

    found = find_contested(judge, row, [LosingValue("tech_staff@2025", 19, ORIGIN)])

    assert found == (
        Contested(
            metric="tech_staff",
            period="FY2025",
            value="20",
            other="19",
            unit="person",
            source=Source("b2", "科技局.xlsx", "名单", "F12"),
            outcome=Outcome.NOT_MET,
            class_=None,
            text=Text(
                "若科技人员按 科技局.xlsx 名单 F12 的 19 人 计，结论为不符合",
                "with Technology staff of 19 persons from 科技局.xlsx 名单 F12 it is not met",
            ),
        ),
    )


def test_losing_value_on_the_same_side_of_the_threshold_is_not_contested():
    judge, row = hnte(staff_total=200, tech_staff=21)

    assert find_contested(judge, row, [LosingValue("tech_staff@2025", 20, ORIGIN)]) == ()


def test_values_of_one_file_that_change_the_outcome_only_together_are_all_contested():
    judge, row = hnte(staff_total=200, tech_staff=21)
    losing = [LosingValue("tech_staff@2025", 20, ORIGIN), LosingValue("staff_total@2025", 205, ORIGIN)]

    found = find_contested(judge, row, losing)

    assert [(each.metric, each.other, each.outcome) for each in found] == [
        ("tech_staff", "20", Outcome.NOT_MET),
        ("staff_total", "205", Outcome.NOT_MET),
    ]


def test_values_of_two_files_are_not_believed_together():
    judge, row = hnte(staff_total=200, tech_staff=21)
    elsewhere = Origin(Source("b3", "人社局.xlsx", "名单", "B2"))
    losing = [LosingValue("tech_staff@2025", 20, ORIGIN), LosingValue("staff_total@2025", 205, elsewhere)]

    assert find_contested(judge, row, losing) == ()


def test_fact_that_the_policy_does_not_ask_for_is_not_contested():
    judge, row = hnte()

    assert find_contested(judge, row, [LosingValue("market_share_pct@2025", 1, ORIGIN)]) == ()


def test_other_class_is_another_outcome():
    as_of = dt.date(2026, 3, 1)
    facts = {"size_industry": "industry", "staff_period_end": 300, "operating_revenue": 40000}
    row = row_of("size_class", as_of, facts)

    found = find_contested(
        judge_of("size_class", as_of), row, [LosingValue("staff_period_end@2025", 299, ORIGIN)]
    )

    assert [(each.outcome, each.class_, each.text.zh) for each in found] == [
        (Outcome.MET, "small", "若从业人员期末人数按 科技局.xlsx 名单 F12 的 299 人 计，结论为小型")
    ]


def test_derived_facts_follow_the_value_that_is_believed():
    judge, row = hnte(owns_core_ip=None)

    def derive(facts):
        return {**facts, "owns_core_ip": facts["ip_class1_count.hnte"] > 0}

    found = find_contested(judge, derive(row), [LosingValue("ip_class1_count.hnte", 0, ORIGIN)], derive)

    assert [each.metric for each in found] == ["ip_class1_count.hnte"]


def test_answer_lists_what_is_contested():
    row = hnte_row(staff_total=200, tech_staff=20, **STRONG)
    losing = [LosingValue("tech_staff@2025", 19, ORIGIN)]

    answer = explain(judges(), policy_of("hnte"), HNTE_DATE, row, subject=Subject("s1"), losing=losing)

    assert [each.metric for each in answer.contested] == ["tech_staff"]


def test_losing_values_are_read_from_a_table_of_conflicts():
    base = {"subject": "s1", "raw": "", "file": "科技局.xlsx", "sheet": "名单", "cell": "F12", "batch": "b2"}
    values = [
        ("tech_staff@2025", "19"),
        ("owns_core_ip", "true"),
        ("established_on", "2019-03-01"),
        ("size_industry", "industry"),
        ("no_such_metric", "1"),
    ]
    records = [
        {**base, "column": column, "value": value, "recorded_at": "2026-04-01"} for column, value in values
    ]
    conflicts = pl.DataFrame(records, schema=SOURCE_SCHEMA)

    found = losing_values_of(shipped(), conflicts, "s1")

    assert [(each.column, each.value) for each in found] == [
        ("tech_staff@2025", 19),
        ("owns_core_ip", True),
        ("established_on", (dt.date(2019, 3, 1) - dt.date(1970, 1, 1)).days),
        ("size_industry", "industry"),
    ]
    assert {each.origin for each in found} == {ORIGIN}

"""Whom to see, what to ask."""

import polars as pl
import pytest
from tests.demo_runs import demo_summary

from yumiao.model.outcomes import Outcome
from yumiao.report import lists
from yumiao.report.finding import find_subjects
from yumiao.report.lists import near_miss_table, still_possible_table
from yumiao.report.questions import most_asked, question_table


@pytest.fixture(scope="module")
def summary():
    return demo_summary(412, 360)


def policy_of(summary, family):
    return next(each for each in summary.policies if each.evaluated.policy.family == family)


def test_counts_of_each_policy_add_up_to_all_subjects(summary):
    assert {sum(policy.counts.values()) for policy in summary.policies} == {summary.subjects}


def test_condition_counts_add_up_to_all_subjects(summary):
    for policy in summary.policies:
        assert {each.met + each.not_met + each.open for each in policy.conditions} <= {summary.subjects}


def test_rungs_are_the_policies_that_bring_a_title_the_widest_first(summary):
    rungs = summary.rungs()

    counts = [rung.counts[Outcome.MET] for rung in rungs]
    assert counts == sorted(counts, reverse=True)
    assert "size_class" not in {rung.evaluated.policy.family for rung in rungs}


def test_near_misses_are_listed_nearest_first_with_what_is_missing(summary):
    found = near_miss_table(summary, policy_of(summary, "hnte"), "zh")

    assert found.height == policy_of(summary, "hnte").evaluated.verdicts["near_miss"].sum() > 5
    assert found["distance"].to_list() == sorted(found["distance"].to_list())
    assert found.filter(pl.col("gap_text").str.contains("还差|超出")).height > 5
    assert found["value_text"].null_count() == found["failing_text"].null_count() == 0


def test_near_misses_beyond_those_explained_still_say_the_number(summary, monkeypatch):
    monkeypatch.setattr(lists, "EXPLAINED", 0)

    found = near_miss_table(summary, policy_of(summary, "hnte"), "zh")

    assert found.filter(pl.col("gap_text").str.contains("还差|超出")).height > 5


def test_still_possible_are_all_undetermined_with_the_facts_they_lack(summary):
    policy = policy_of(summary, "hnte")

    found = still_possible_table(summary, policy, "zh")

    assert found.height == policy.counts[Outcome.UNDETERMINED]
    lacking = found.filter(pl.col("reasons_text").str.contains("缺少事实"))
    assert lacking.height > 5
    assert (lacking["missing_text"] != "").all()


def test_questions_are_asked_once_for_all_policies_that_rest_on_them(summary):
    table = question_table(summary, "zh")

    joint = most_asked(table, 100, "zh")

    assert joint.select("metric", "period").is_unique().all()
    assert joint["verdicts"].sum() == table["verdicts"].sum()
    assert joint["verdicts"].to_list() == sorted(joint["verdicts"].to_list(), reverse=True)


def test_question_names_its_year(summary):
    found = question_table(summary, "zh").filter(pl.col("metric") == "operating_revenue")

    assert found["question"][0] == "2025年营业收入是多少万元？"


def test_coverage_counts_who_is_known_the_least_known_first(summary):
    known = [each.known for each in summary.coverage]

    assert known == sorted(known)
    tech_staff = next(each for each in summary.coverage if each.metric.id == "tech_staff")
    assert tech_staff.known == summary.facts["tech_staff@2025"].is_not_null().sum()


def test_subject_is_found_by_code_name_or_part_of_them(summary):
    name, code = summary.facts["name"][3], summary.facts["code"][3]

    assert find_subjects(summary.facts, f" {code.lower()} ")["code"].to_list() == [code]
    assert find_subjects(summary.facts, name)["code"].to_list() == [code]
    assert code in find_subjects(summary.facts, name[2:5])["code"].to_list()
    assert find_subjects(summary.facts, code[8:])["code"].to_list() == [code]


def test_subject_that_is_not_there_is_not_found(summary):
    assert find_subjects(summary.facts, "没有这家").is_empty()
    assert find_subjects(summary.facts, "  ").is_empty()

"""What is first in the way of each subject: what its conditions say one by one, written anew only where facts moved."""

import polars as pl
import pytest
from tests.demo_runs import demo_run

from yumiao.district.registry.former import find_moved
from yumiao.district.registry.hindrances import Words, columns_read, first_hindrances, hindrances_now
from yumiao.model.outcomes import Outcome
from yumiao.report.details import read_details
from yumiao.report.wording import outcome_words

POLICIES = ("hnte", "tech_sme", "srdi_sme", "little_giant", "innovative_sme", "size_class")


@pytest.fixture(scope="module")
def run():
    return demo_run()


def said_one_by_one(run, policy, language):
    """The same, read row by row from what is shown of every condition."""
    details = read_details(run.judged_facts(), run.policy(policy), language)
    labels = outcome_words(language)
    missing = "缺 " if language == "zh" else "missing: "
    found = []
    for row in details.frame.iter_rows(named=True):
        label, texts = labels[row["outcome"]], []
        for each in details.conditions:
            if row["outcome"] == Outcome.MET.value or row[f"outcome.{each.id}"] != label:
                continue
            if not row[f"matters.{each.id}"]:
                continue
            gap = row.get(f"gap.{each.id}") if each.has_gap else row.get(f"part_gaps.{each.id}")
            lacks = row[f"missing.{each.id}"]
            exact = gap if row["outcome"] == Outcome.NOT_MET.value else lacks and missing + lacks
            texts.append(exact or each.text.words(language))
        found.append(texts[0] if texts else "")
    return found


@pytest.mark.parametrize("policy", POLICIES)
def test_first_hindrance_is_what_the_first_condition_in_the_way_says(run, policy):
    found = first_hindrances(run.judged_facts(), run.policy(policy))

    assert found["zh"].to_list() == said_one_by_one(run, policy, "zh")
    assert found["en"].to_list() == said_one_by_one(run, policy, "en")


def test_hindrances_of_some_rows_are_those_of_all_at_these_rows(run):
    evaluated, rows = run.policy("hnte"), pl.Series([7, 0, 3])

    assert first_hindrances(run.judged_facts(), evaluated, rows).equals(
        first_hindrances(run.judged_facts(), evaluated)[rows]
    )


def test_words_stay_where_no_fact_that_the_policy_reads_moved_and_are_written_anew_elsewhere(run):
    judged, evaluated = run.judged_facts(), run.policy("hnte")
    read = next(column for column in judged.columns if column in columns_read(evaluated))
    unread = next(column for column in judged.columns[1:] if column not in columns_read(evaluated))
    subjects = judged["subject"]
    texts = pl.DataFrame({"subject": subjects, "zh": ["旧"] * len(subjects), "en": ["old"] * len(subjects)})
    moved = pl.DataFrame({"subject": subjects, unread: [True] * len(subjects)})
    moved = moved.with_columns((pl.int_range(len(subjects)) < 2).alias(read))[:-1]

    found = hindrances_now(judged, evaluated, Words({"hnte": texts}, moved))

    anew = first_hindrances(judged, evaluated)
    assert found["zh"].to_list() == [*anew["zh"][:2], *["旧"] * (len(subjects) - 3), anew["zh"][-1]]
    assert found["en"].to_list() == [*anew["en"][:2], *["old"] * (len(subjects) - 3), anew["en"][-1]]


def test_without_former_words_everything_is_written(run):
    judged, evaluated = run.judged_facts(), run.policy("tech_sme")

    assert hindrances_now(judged, evaluated, Words()).equals(first_hindrances(judged, evaluated))


def test_moved_facts_are_those_that_differ_become_known_or_unknown_and_all_of_whoever_is_new():
    before = pl.DataFrame(
        {"subject": ["b", "a"], "x": [1, 2], "y": [None, "u"], "gone": [None, 5], "same": [0, 0]}
    )
    after = pl.DataFrame(
        {"subject": ["a", "b", "c"], "x": [2, 3, None], "y": ["u", "v", None], "same": [0, 0, 0]}
    )

    assert find_moved(before, after).to_dict(as_series=False) == {
        "subject": ["a", "b", "c"],
        "x": [False, True, True],
        "y": [False, True, True],
        "same": [False, False, True],
        "gone": [True, False, True],
    }
    assert find_moved(before, before).to_dict(as_series=False) == {"subject": ["b", "a"]}

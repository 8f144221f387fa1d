"""The invented district shows what the program is for: every outcome, holes, faults, near misses."""

from collections import Counter

import pytest
from tests.demo_runs import demo_run

from yumiao.demo.district import SEED, SIZE

LADDER = ("tech_sme", "innovative_sme", "hnte", "srdi_sme", "little_giant")


@pytest.fixture(scope="module", params=[SEED, 9])
def run(request):
    return demo_run(request.param, SIZE)


def test_every_outcome_occurs_on_every_rung_of_the_ladder(run):
    for family in LADDER:
        assert all(count > 0 for count in run.policy(family).counts().values()), family


def test_every_size_class_occurs(run):
    classes = set(run.policy("size_class").verdicts["class"].drop_nulls())

    assert classes == {"large", "medium", "small", "micro"}


def test_there_are_near_misses_to_see(run):
    assert run.policy("hnte").verdicts["near_miss"].sum() > 10


def test_faults_of_real_files_are_found_and_named(run):
    codes = Counter(problem.code for problem in run.facts.problems)

    assert {"not_a_number", "not_a_date", "code_invalid", "total_row", "row_repeated"} <= codes.keys()
    assert codes["files_disagree"] > 10
    assert codes.total() - codes["files_disagree"] < 20


def test_nearly_every_enterprise_has_holes_and_none_is_read_as_zero(run):
    columns = [name for name in run.facts.table.columns if name.startswith("operating_revenue")]

    assert all(0 < run.facts.table[name].null_count() < run.facts.table.height / 4 for name in columns)
    assert all((run.facts.table[name].drop_nulls() > 0).all() for name in columns)


def test_lists_of_the_named_decide_who_holds_a_title(run):
    assert run.facts.table["valid_hnte_certificate"].null_count() == 0

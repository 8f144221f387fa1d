"""The packs that ship: nothing wrong with them, every worked example as expected, every policy readable."""

import re

import pytest
from tests.shipped_packs import shipped_packs

from yumiao.packs.folder import packs_folder
from yumiao.packs.library import read_packs
from yumiao.rules.checking import check_packs, show_problems
from yumiao.rules.examples import run_examples
from yumiao.rules.showing import show_policy

LIBRARY = shipped_packs()


def test_shipped_packs_have_no_problems():
    library, reading = read_packs()

    assert show_problems(check_packs(library, reading), "en") == "No problems."


def test_shipped_examples_all_come_out_as_expected():
    report = run_examples(LIBRARY, [packs_folder()])

    assert list(report.lines("en"))[:-1] == []
    assert len(report.results) > 1000


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("policy", LIBRARY.policies, ids=[policy.id for policy in LIBRARY.policies])
def test_shipped_policy_is_shown_with_every_clause_and_without_names_of_metrics(policy, language):
    shown = show_policy(LIBRARY, policy, language)

    clauses = [condition.cite for condition in policy.body.conditions.values()]
    names = set(re.findall(r"\b[a-z][a-z0-9]*_[a-z0-9_]+", shown))
    assert [clause for clause in clauses if clause not in shown] == []
    assert names & LIBRARY.metrics.keys() == set()

"""The shipped examples pin every number of the shipped packs: each mutant is noticed, or argued to be no other rule."""

import dataclasses
from functools import cache

import pytest
from tests.shipped_packs import shipped_packs

from yumiao.packs.folder import packs_folder
from yumiao.rules.examples import read_examples
from yumiao.rules.mutations import EQUIVALENT, mutation_report


@cache
def shipped():
    examples, problems = read_examples(packs_folder())
    assert problems == ()
    return shipped_packs(), examples


@pytest.mark.parametrize("policy_id", [policy.id for policy in shipped_packs().policies])
def test_mutants_of_a_shipped_policy_are_all_noticed_by_its_examples(policy_id):
    library, examples = shipped()
    policy = next(policy for policy in library.policies if policy.id == policy_id)

    report = mutation_report(dataclasses.replace(library, policies=(policy,)), examples)

    assert len(report.results) > 0
    assert [result.line() for result in report.survivors] == []
    assert {result.mutant.place for result in report.excused} == {
        place for place in EQUIVALENT if place[0] == policy_id
    }

"""A table that several threads judge at once says of each row what it says of the row alone."""

import random

import polars as pl
from tests.demo_runs import demo_run

from yumiao.evaluate.batch import judge_with_machine_code, judge_with_polars
from yumiao.evaluate.preparing import prepared

ROWS = 150_000
"""Enough for every thread to have several parts, the last one no multiple of a block."""


def test_rows_judged_by_several_threads_are_those_judged_by_polars_in_a_small_table():
    run = demo_run()
    facts = run.judged_facts()
    chosen = [run.policy(name) for name in ("hnte", "tech_sme", "little_giant")]
    judged = [prepared(each.policy, each.graph, facts.columns, run.as_of) for each in chosen]
    chance = random.Random(5)
    places = pl.Series([chance.randrange(facts.height) for _ in range(ROWS + 3)])

    large = judge_with_machine_code(facts[places], judged)

    for found, alone in zip(large, judge_with_polars(facts, judged), strict=True):
        expected = alone[places].select(found.columns).cast(dict(found.schema))
        differing = [name for name in found.columns if not found[name].equals(expected[name])]
        assert differing == []

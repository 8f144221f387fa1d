"""A verdict is contested when another source's value would change it."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from tests.shipped_packs import shipped_packs

from yumiao.evaluate import evaluate
from yumiao.model.facts import SOURCE_SCHEMA, Facts
from yumiao.packs.library import Library

AS_OF = dt.date(2026, 7, 15)


@pytest.fixture(scope="module")
def library() -> Library:
    return shipped_packs()


def facts_with_loser(value: str) -> Facts:
    table = pl.DataFrame(
        {"subject": ["A", "B"], "name": ["甲", "乙"], "code": [None, None], "staff_total@2025": [501, 501]},
        schema_overrides={"code": pl.String},
    )
    loser = dict.fromkeys(SOURCE_SCHEMA) | {"subject": "B", "column": "staff_total@2025", "value": value}
    return Facts(table, conflicts=pl.DataFrame([loser], schema=SOURCE_SCHEMA))


@pytest.mark.parametrize(("value", "contested"), [("499", [False, True]), ("502", [False, False])])
def test_a_losing_value_that_changes_the_outcome_makes_the_verdict_contested(
    library: Library, value: str, contested: list[bool]
) -> None:
    run = evaluate(library, facts_with_loser(value), as_of=AS_OF, policies=["tech_sme"])

    verdicts = run.policy("tech_sme").verdicts

    assert verdicts.select("subject", "outcome", "contested").rows() == [
        ("A", "not_met", contested[0]),
        ("B", "not_met", contested[1]),
    ]


def test_a_derived_fact_follows_the_losing_value(library: Library) -> None:
    table = pl.DataFrame(
        {
            "subject": ["A"],
            "name": ["甲"],
            "code": ["x"],
            "size_industry": ["industry"],
            "staff_period_end@2025": [1000],
            "operating_revenue@2025": [50_000 * 1_000_000],
        }
    )
    loser = dict.fromkeys(SOURCE_SCHEMA) | {"subject": "A", "column": "staff_period_end@2025", "value": "999"}
    facts = Facts(table, conflicts=pl.DataFrame([loser], schema=SOURCE_SCHEMA))

    run = evaluate(library, facts, as_of=dt.date(2026, 9, 1), policies=["size_class", "srdi_sme"])

    assert [each.verdicts["contested"].to_list() for each in run.policies] == [[True], [True]]

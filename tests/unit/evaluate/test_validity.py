"""Facts recorded later than a run knows, or too long ago for their metric, do not count."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import polars as pl
import pytest

from yumiao.evaluate.validity import counting_facts
from yumiao.model.facts import SOURCE_SCHEMA, Facts
from yumiao.model.metrics import Metric
from yumiao.model.periods import PeriodKind
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.model.units import Kind

LISTED = Metric("listed", Text("上市"), Kind.BOOL, PeriodKind.AT_APPLICATION)


def facts(recorded_at: str | None) -> Facts:
    table = pl.DataFrame({"subject": ["A"], "name": ["甲"], "code": ["x"], "listed": [True]})
    source = dict.fromkeys(SOURCE_SCHEMA) | {"subject": "A", "column": "listed", "recorded_at": recorded_at}
    return Facts(table, pl.DataFrame([source], schema=SOURCE_SCHEMA))


def listed(recorded_at: str | None, *, good_for: int | None = None, known_at: str = "") -> bool | None:
    metric = replace(LISTED, good_for_days=good_for)
    counting = counting_facts(facts(recorded_at), {"listed": metric}, dt.date(2026, 7, 15), known_at)
    return counting.table["listed"][0]


@pytest.mark.parametrize(
    ("recorded_at", "expected"),
    [("2026-04-16T08:00:00+08:00", True), ("2026-04-15T08:00:00+08:00", None), (None, True)],
)
def test_a_fact_is_good_for_the_days_its_metric_says(recorded_at: str | None, expected: bool | None) -> None:
    assert listed(recorded_at, good_for=90) == expected


@pytest.mark.parametrize(
    ("known_at", "expected"),
    [("2026-07-01T09:00:00+08:00", True), ("2026-07-01T08:59:59+08:00", None), ("", True)],
)
def test_a_fact_recorded_after_the_moment_of_the_run_does_not_count(
    known_at: str, expected: bool | None
) -> None:
    assert listed("2026-07-01T01:00:00+00:00", known_at=known_at) == expected


def test_a_moment_that_is_none_is_refused_with_an_example() -> None:
    with pytest.raises(YumiaoError, match="2026-07-15T09:00:00"):
        listed("2026-07-01T01:00:00+00:00", known_at="yesterday")

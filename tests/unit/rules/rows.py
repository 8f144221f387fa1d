"""Rows of facts for tests: worked numbers in a metric's own unit, turned into what a table of facts holds."""

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from tests.shipped_packs import shipped_packs

from yumiao.model.periods import column_name
from yumiao.packs.folder import packs_folder
from yumiao.packs.library import Library, Policy
from yumiao.rules import graph as g
from yumiao.rules.examples import PreparedExample, prepare_example, read_examples
from yumiao.rules.judging import PolicyJudge, SubjectJudge

HNTE_DATE = dt.date(2026, 6, 1)
HNTE: dict[str, Any] = {
    "established_on": dt.date(2019, 3, 1),
    "owns_core_ip": True,
    "in_supported_hightech_domain": True,
    "staff_total": 120,
    "tech_staff": 18,
    "sales_revenue": {2023: 3000, 2024: 3600, 2025: 4500},
    "rd_expense_hnte": {2023: 180, 2024: 200, 2025: 240},
    "rd_expense_hnte_domestic": {2023: 180, 2024: 200, 2025: 240},
    "hightech_revenue": 3200,
    "total_income": 4500,
    "ip_class1_count": 1,
    "ip_class2_count": 6,
    "ip_tech_level_grade": "B",
    "ip_core_support_grade": "A",
    "ip_acquisition_grade": "A",
    "standards_participation": False,
    "transformations_annual_avg": 5,
    "org_system_points": 5,
    "org_rd_body_points": 5,
    "org_incentive_points": 3,
    "org_training_points": 3,
    "net_assets": {2023: 1000, 2024: 1200, 2025: 1440},
    "serious_incident_within_365_days": False,
}
"""A high-tech enterprise that meets every condition."""


@cache
def shipped() -> Library:
    """The packs that ship, read once."""
    return shipped_packs()


@cache
def judges() -> SubjectJudge:
    return SubjectJudge(shipped())


def policy_of(name: str) -> Policy:
    return shipped().find(name)[0]


def judge_of(name: str, as_of: dt.date) -> PolicyJudge:
    return judges().policy(policy_of(name), as_of)


def row_of(name: str, as_of: dt.date, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Turn facts in their own units into a row; ``{min, max}`` is an interval, None is unknown."""
    body, row = policy_of(name).body, {}
    for fact, value in facts.items():
        metric = shipped().metrics.get(f"{fact}.{body.counts[fact]}" if fact in body.counts else fact)
        if metric is None:
            continue
        usual = as_of.year + metric.period.default_offset if metric.period.is_yearly else None
        for year, part in _by_year(value, usual):
            column = column_name(metric.id, year)
            if isinstance(part, Mapping):
                row |= {
                    f"{column}#low": metric.store(part["min"]),
                    f"{column}#high": metric.store(part["max"]),
                }
            elif part is not None:
                stored = metric.store(part)
                row[column] = g.day_number(stored) if isinstance(stored, dt.date) else stored
    return row


def _by_year(value: object, usual: int | None) -> Iterator[tuple[int | None, Any]]:
    if isinstance(value, Mapping) and all(str(key).isdigit() for key in value):
        yield from ((int(year), part) for year, part in value.items())
    else:
        yield usual, value


def hnte_row(**changes: object) -> dict[str, Any]:
    """The facts of the high-tech enterprise with some of them changed."""
    return row_of("hnte", HNTE_DATE, {**HNTE, **changes})


@cache
def worked_examples() -> tuple[PreparedExample, ...]:
    """The worked examples that ship, with their facts as rows."""
    examples, _ = read_examples(packs_folder())
    prepared = (prepare_example(shipped(), example)[0] for example in examples)
    return tuple(example for example in prepared if example is not None)

"""Every way of running a policy says the same, row by row and output by output."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache

import duckdb
import polars as pl
import pytest
from tests.shipped_packs import shipped_packs

from yumiao.evaluate.batch import (
    Judged,
    judge_codes,
    judge_piece,
    judge_with_machine_code,
    judge_with_polars,
    prepare,
    present,
)
from yumiao.model.facts import column_type
from yumiao.model.units import Kind
from yumiao.rules import graph as g
from yumiao.rules.bounds import magnitude_of
from yumiao.rules.emit_python import Judge, Row, make_judge
from yumiao.rules.emit_sql import policy_sql
from yumiao.rules.lowering import lower

OUTCOMES = ("not_met", "undetermined", "met")
ROWS = 400


TECH_SME = "tech_sme@most-2017-115+guide-2022-67"


def policies() -> list[str]:
    return [policy.id for policy in shipped_packs().policies]


@cache
def graph_of(policy_id: str) -> g.PolicyGraph:
    policy = shipped_packs().find(policy_id)[0]
    return lower(shipped_packs(), policy, max(span.from_ for span in policy.body.applies))


@cache
def compiled_of(policy_id: str) -> Judged:
    """A version compiled for a table with every column that it asks for."""
    graph = graph_of(policy_id)
    return prepare(shipped_packs().find(policy_id)[0], graph, ["subject", *graph.leaves])


@cache
def judge_of(policy_id: str) -> Judge:
    return make_judge(compiled_of(policy_id).compiled)


def never_run(policy_id: str) -> Judged:
    """A compiled version of which no form has been written yet."""
    return replace(compiled_of(policy_id))


def random_value(leaf: g.Leaf, chance: random.Random) -> object:
    metric = leaf.metric
    if metric.kind is Kind.BOOL:
        return chance.random() < 0.5
    if metric.kind is Kind.CATEGORY:
        return chance.choice(metric.categories())
    if metric.kind is Kind.DATE:
        return dt.date(chance.randint(2008, 2026), chance.randint(1, 12), chance.randint(1, 28))
    assert metric.unit is not None
    units = metric.unit.steps
    most = chance.choice((1, 6, 30, 500, 5_000, 40_000))
    value = chance.randint(0, most) * units + (chance.choice((0, 1, units // 2)) if not metric.whole else 0)
    value = min(value, magnitude_of(leaf) if metric.maximum is None else metric.maximum)
    return max(value, metric.minimum) if metric.minimum is not None else value - 3 * units


def random_table(graph: g.PolicyGraph, seed: int) -> pl.DataFrame:
    """Rows over the whole domain, with more and more of the facts hidden, parts never above their wholes."""
    chance = random.Random(seed)
    rows = [
        {column: random_value(leaf, chance) for column, leaf in graph.leaves.items()} for _ in range(ROWS)
    ]
    for number, row in enumerate(rows):
        for part, whole in graph.constraints:
            row[part] = min(row[part], row[whole])
        for column in graph.leaves:
            if chance.random() < (number % 5) / 12:
                row[column] = None
    schema = {column: column_type(leaf.metric) for column, leaf in graph.leaves.items()}
    return (
        pl.DataFrame(rows, schema=schema)
        .with_row_index("subject")
        .with_columns(pl.col("subject").cast(pl.String))
    )


def python_rows(table: pl.DataFrame) -> Iterator[Row]:
    for row in table.iter_rows(named=True):
        yield {
            name: g.day_number(value) if isinstance(value, dt.date) else value for name, value in row.items()
        }


@pytest.mark.parametrize("policy_id", policies())
@pytest.mark.parametrize("form", [judge_with_machine_code, judge_with_polars], ids=["machine code", "polars"])
def test_table_and_the_generated_function_agree_on_every_output(
    policy_id: str, form: Callable[..., Iterable[pl.DataFrame]]
) -> None:
    graph, judge = graph_of(policy_id), judge_of(policy_id)
    table = random_table(graph, seed=7)

    [codes] = form(table, [never_run(policy_id)])

    frame = present(codes, graph)
    for row, shown in zip(python_rows(table), frame.iter_rows(named=True), strict=True):
        assert shown == expected_columns(judge(row), graph, row["subject"])


@pytest.mark.parametrize("policy_id", policies())
def test_machine_code_is_what_judges_large_tables_by_every_shipped_policy(
    policy_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = random_table(graph_of(policy_id), seed=13)
    monkeypatch.setattr("yumiao.evaluate.batch.NATIVE_FROM", ROWS)
    monkeypatch.setattr("yumiao.evaluate.batch.judge_with_polars", None)

    [frame] = judge_piece(table, [never_run(policy_id)])

    assert frame.height == ROWS


def test_small_table_is_judged_without_making_machine_code() -> None:
    graph, judged = graph_of(TECH_SME), never_run(TECH_SME)
    table = random_table(graph, seed=3)

    [before] = judge_codes(table, [judged])
    was_compiled = judged.native.is_compiled
    list(judge_with_machine_code(table, [judged]))
    [after] = judge_codes(table, [judged])

    assert (was_compiled, judged.native.is_compiled) == (False, True)
    assert present(before, graph).equals(present(after, graph))


@pytest.mark.parametrize("policy_id", policies())
def test_policy_made_ready_judges_a_table_without_making_any_more_machine_code(
    policy_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = never_run(policy_id)
    judged.native.compile()
    monkeypatch.setattr("yumiao.rules.native.function_of", None)

    [frame] = judge_piece(random_table(graph_of(policy_id), seed=13), [judged])

    assert frame.height == ROWS


def test_fact_outside_its_domain_is_left_to_polars(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yumiao.evaluate.batch.NATIVE_FROM", ROWS)
    table = random_table(graph_of(TECH_SME), seed=3)
    [staff] = [column for column in table.columns if column.startswith("staff_total")]
    table = table.with_columns(pl.when(pl.col("subject") == "5").then(-7).otherwise(staff).alias(staff))
    judged = never_run(TECH_SME)

    [found], [expected] = judge_codes(table, [judged]), judge_with_polars(table, [judged])

    assert found.equals(expected)


def expected_columns(found: dict[str, object], graph: g.PolicyGraph, subject: object) -> dict[str, object]:
    """Write one subject's outputs as the public columns."""
    codes = [found[f"condition.{condition.id}"] for condition in graph.conditions]
    classes = [name for name in (*graph.class_ids(), "not_met") if found.get(f"class.{name}")]
    route = found["route"]
    bits = (("missing_facts", 1), ("expert_range", 2), ("needs_person", 4), ("may_be_decided", 8))
    return {
        "subject": subject,
        "outcome": OUTCOMES[found["outcome"]],
        "class": classes[0] if len(classes) == 1 and classes != ["not_met"] else None,
        "possible": classes if graph.classes is not None else None,
        "route": graph.routes[route - 1].id if route else None,
        "reasons": [name for name, bit in bits if found["reasons"] & bit],
        "failing": codes.count(0),
        "open": codes.count(1),
        "near_miss": found["near"],
        "distance": None if found["distance"] is None else found["distance"] / 1000,
        **{
            f"condition.{condition.id}": OUTCOMES[code]
            for condition, code in zip(graph.conditions, codes, strict=True)
        },
        **{f"gap.{condition.id}": found[f"gap.{condition.id}"] for condition in graph.conditions},
        **{
            f"score.{score.id}.{end}": found[f"score.{score.id}.{end}"]
            for score in graph.scores
            for end in ("low", "high")
        },
    }


@pytest.mark.parametrize("policy_id", policies())
def test_sql_and_the_generated_function_agree_on_every_output(policy_id: str) -> None:
    facts = random_table(graph_of(policy_id), seed=11)
    compiled, judge = compiled_of(policy_id).compiled, judge_of(policy_id)

    with duckdb.connect() as connection:
        connection.register("facts", facts)
        found = connection.sql(policy_sql(compiled, "facts")).pl()

    in_order = {row["subject"]: row for row in found.iter_rows(named=True)}
    for row in python_rows(facts):
        expected = {name: value for name, value in judge(row).items() if not name.startswith("first.")}
        assert in_order[row["subject"]] == {"subject": row["subject"], **expected}

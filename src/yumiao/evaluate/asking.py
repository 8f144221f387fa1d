"""Over many subjects: which unknown facts keep the most verdicts open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from yumiao.model.facts import NAME, SUBJECT
from yumiao.model.outcomes import Outcome
from yumiao.model.periods import period_label
from yumiao.rules import graph as g

EXAMPLES = 3

QUESTION_TYPES: dict[str, pl.DataType] = {
    "metric": pl.String(),
    "period": pl.String(),
    "column": pl.String(),
    "verdicts": pl.Int64(),
    "examples": pl.List(pl.String()),
}


def open_questions(facts: pl.DataFrame, verdicts: pl.DataFrame, graph: g.PolicyGraph) -> pl.DataFrame:
    """Return the unknown facts of one policy, those first that keep the most verdicts open.

    A fact counts for a subject when it is missing, the verdict is undetermined, and it stands in an open condition.
    Whether it alone settles the verdict is answered for one subject at a time (``Answer.questions``).

    Args:
        facts: the table as judged, derived facts filled in.
        verdicts: the verdicts of one policy on it, in the same order.
    Returns: one row per fact: ``metric``, ``period``, ``column``, ``verdicts`` (how many), ``examples`` (names).
    """
    rows = sorted(_rows(facts, verdicts, graph), key=lambda row: -row["verdicts"])
    return pl.DataFrame(rows, schema=QUESTION_TYPES)


def _rows(facts: pl.DataFrame, verdicts: pl.DataFrame, graph: g.PolicyGraph) -> Iterator[dict[str, Any]]:
    is_open = verdicts["outcome"] == Outcome.UNDETERMINED.value
    names = facts[NAME].fill_null(facts[SUBJECT]) if NAME in facts.columns else facts[SUBJECT]
    for column, leaf in graph.leaves.items():
        if _is_only_a_bound(graph, column):
            continue
        missing = (
            facts[column].is_null() if column in facts.columns else pl.repeat(True, facts.height, eager=True)
        )
        asked = is_open & missing & _stands_in_open(verdicts, graph, column)
        count = int(asked.sum())
        if count:
            yield {
                "metric": leaf.metric.id,
                "period": period_label(leaf.metric.period, leaf.year),
                "column": column,
                "verdicts": count,
                "examples": names.filter(asked).head(EXAMPLES).to_list(),
            }


def _is_only_a_bound(graph: g.PolicyGraph, column: str) -> bool:
    """Whether a column only bounds another from above and is not asked for itself."""
    used = {name for condition in graph.conditions for name in g.columns_of(condition.statement)}
    used |= {name for rule in g.class_nodes(graph.classes) for name in g.columns_of(rule.statement)}
    used |= {graph.classes.column} if isinstance(graph.classes, g.ClassesByCategory) else set()
    used |= {name for score in graph.scores for name in g.columns_of(score.score)}
    return column not in used


def _stands_in_open(verdicts: pl.DataFrame, graph: g.PolicyGraph, column: str) -> pl.Series:
    """Whether a column stands in a condition that is open; in policies without conditions it always does."""
    asking = [condition.id for condition in graph.conditions if column in g.columns_of(condition.statement)]
    if not asking:
        return pl.repeat(True, verdicts.height, eager=True)
    tests = [pl.col(f"condition.{name}") == Outcome.UNDETERMINED.value for name in asking]
    return verdicts.select(pl.any_horizontal(tests).alias("open"))["open"]

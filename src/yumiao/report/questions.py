"""What to ask: the unknown facts that could settle the most verdicts."""

from __future__ import annotations

from typing import Any

import polars as pl

from yumiao.evaluate.asking import open_questions
from yumiao.model.text import Language
from yumiao.report.summary import PolicySummary, Summary
from yumiao.report.wording import fact_label, separator
from yumiao.rules.graph import Leaf
from yumiao.rules.wording import sentence

QUESTION_SCHEMA = {
    "policy": pl.String(),
    "question": pl.String(),
    "verdicts": pl.Int64(),
    "examples": pl.String(),
    "metric": pl.String(),
    "period": pl.String(),
}


def question_words(leaf: Leaf, language: Language) -> str:
    """Ask for one fact."""
    if leaf.metric.question is not None:
        return sentence(leaf.metric.question, leaf).words(language)
    label = fact_label(leaf.metric, leaf.year, language)
    return f"{label}？" if language == "zh" else f"{label}?"


def question_table(summary: Summary, language: Language) -> pl.DataFrame:
    """Return the questions of every policy, those first that keep the most of its verdicts open.

    Returns: one row per policy and fact: ``policy`` (title), ``question`` (sentence), ``verdicts`` (how many
        it keeps open), ``examples`` (names), ``metric``, ``period``.
    """
    frames = [_policy_questions(summary, policy, language) for policy in summary.policies]
    return pl.concat(frames) if frames else pl.DataFrame(schema=QUESTION_SCHEMA)


def most_asked(table: pl.DataFrame, most: int, language: Language) -> pl.DataFrame:
    """Put the questions of all policies together, those first that keep the most verdicts open.

    Returns: one row per fact, the columns of :func:`question_table`; ``policy`` names all policies concerned.
    """
    joint = table.group_by("metric", "period", maintain_order=True).agg(
        pl.col("policy").unique(maintain_order=True).str.join(separator(language)),
        pl.col("question").first(),
        pl.col("verdicts").sum(),
        pl.col("examples").first(),
    )
    return joint.select(table.columns).sort("verdicts", descending=True, maintain_order=True).head(most)


def _policy_questions(summary: Summary, policy: PolicySummary, language: Language) -> pl.DataFrame:
    found = open_questions(summary.facts, policy.evaluated.verdicts, policy.evaluated.graph)
    rows = [_row(policy, row, language) for row in found.iter_rows(named=True)]
    return pl.DataFrame(rows, schema=QUESTION_SCHEMA)


def _row(policy: PolicySummary, row: dict[str, Any], language: Language) -> dict[str, object]:
    leaf = policy.evaluated.graph.leaves[str(row["column"])]
    return {
        "policy": policy.title.words(language),
        "question": question_words(leaf, language),
        "verdicts": row["verdicts"],
        "examples": separator(language).join(row["examples"]),
        "metric": row["metric"],
        "period": row["period"],
    }

"""Verdicts that hang on whom one believes: where sources disagree, with both values and their places."""

from __future__ import annotations

import polars as pl

from yumiao.model.facts import SUBJECT
from yumiao.model.text import Language
from yumiao.report.summary import PolicySummary, Summary
from yumiao.report.wording import fact_label, outcome_words, separator

CONTESTED_SCHEMA = {
    "subject": pl.String(),
    "name": pl.String(),
    "code": pl.String(),
    "policy": pl.String(),
    "outcome_text": pl.String(),
    "facts_text": pl.String(),
}


def contested_table(summary: Summary, language: Language) -> pl.DataFrame:
    """Return the verdicts that another source's value would change.

    Returns: one row per policy and subject: ``subject``, ``name``, ``code``, ``policy`` (title), ``outcome_text`` (by
        the value that counts), ``facts_text`` (each fact with the value that counts and the ones that lost).
    """
    disagreements = _disagreements(summary)
    frames = [_of_policy(policy, disagreements, language) for policy in summary.policies]
    return pl.concat([pl.DataFrame(schema=CONTESTED_SCHEMA), *frames])


def _disagreements(summary: Summary) -> pl.DataFrame:
    """Return one row per losing value: ``subject``, ``column``, both values as written and their places."""
    keys = [SUBJECT, "column"]
    own, other = (
        frame.select(*keys, pl.col("raw").alias(f"{name}_raw"), _place().alias(f"{name}_place"))
        for name, frame in (("own", summary.run.facts.sources), ("other", summary.run.facts.conflicts))
    )
    return other.join(own, on=keys, how="left", maintain_order="left")


def _place() -> pl.Expr:
    return pl.concat_str("file", "sheet", "cell", separator=" ", ignore_nulls=True)


def _of_policy(policy: PolicySummary, disagreements: pl.DataFrame, language: Language) -> pl.DataFrame:
    leaves = policy.evaluated.graph.leaves
    labels = {name: fact_label(leaf.metric, leaf.year, language) for name, leaf in leaves.items()}
    contested = policy.evaluated.verdicts.filter("contested")
    told = disagreements.filter(pl.col("column").is_in(list(labels))).with_columns(
        pl.col("column").replace_strict(labels, default=None, return_dtype=pl.String).alias("label")
    )
    texts = told.select(SUBJECT, _words(language).alias("text")).group_by(SUBJECT, maintain_order=True)
    joint = texts.agg(pl.col("text").str.join(separator(language)).alias("facts_text"))
    words = outcome_words(language)
    return contested.join(joint, on=SUBJECT, how="left", maintain_order="left").select(
        SUBJECT,
        "name",
        "code",
        pl.lit(policy.title.words(language)).alias("policy"),
        pl.col("outcome").cast(pl.String).replace_strict(words, return_dtype=pl.String).alias("outcome_text"),
        "facts_text",
    )


def _words(language: Language) -> pl.Expr:
    if language == "zh":
        return pl.format("{} 采用 {}（{}），另有 {}（{}）", "label", *_VALUES)
    return pl.format("{}: {} counts ({}), {} differs ({})", "label", *_VALUES)


_VALUES = ("own_raw", "own_place", "other_raw", "other_place")

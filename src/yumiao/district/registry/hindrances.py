"""The first thing in the way of each subject under one policy, in words."""

from __future__ import annotations

import polars as pl

from yumiao.evaluate import EvaluatedPolicy
from yumiao.model.outcomes import Outcome
from yumiao.model.text import Language
from yumiao.report.details import ConditionColumns, DetailReader
from yumiao.report.wording import outcome_words


def first_hindrances(facts: pl.DataFrame, evaluated: EvaluatedPolicy, language: Language) -> pl.Series:
    """Say what is in the way: of what fails the first gap, of what is open the first unknown fact.

    Args:
        facts: the facts as judged, derived ones filled in.
    Returns: one text per subject in the facts' order; empty where the policy is met, or has no conditions.
    """
    reader = DetailReader(facts, evaluated, language)
    columns = reader.columns
    words = outcome_words(language)
    fails, waits = words[Outcome.NOT_MET.value], words[Outcome.UNDETERMINED.value]
    failing = _first(columns, fails, language, is_gap=True)
    open_ = _first(columns, waits, language, is_gap=False)
    outcome = pl.col("outcome")
    text = (
        pl.when(outcome == Outcome.NOT_MET.value)
        .then(failing)
        .when(outcome == Outcome.UNDETERMINED.value)
        .then(open_)
        .otherwise(pl.lit(""))
    )
    chosen = reader.plan().select(text.fill_null("").alias("hindrance"))
    return chosen.collect(optimizations=pl.QueryOptFlags(comm_subexpr_elim=False))["hindrance"]


def _first(
    conditions: tuple[ConditionColumns, ...], label: str, language: Language, *, is_gap: bool
) -> pl.Expr:
    said = []
    for condition in conditions:
        name = pl.lit(condition.text.words(language))
        if is_gap:
            kind = "gap" if condition.has_gap else "part_gaps" if condition.has_part_gaps else ""
            exact = pl.col(f"{kind}.{condition.id}") if kind else pl.lit(None, pl.String)
        else:
            missing = pl.col(f"missing.{condition.id}")
            before = "缺 " if language == "zh" else "missing: "
            exact = pl.when(missing != "").then(pl.concat_str(pl.lit(before), missing))
        holds = (pl.col(f"outcome.{condition.id}") == label) & pl.col(f"matters.{condition.id}")
        said.append(pl.when(holds).then(pl.coalesce(exact, name)))
    return pl.coalesce(said) if said else pl.lit("")

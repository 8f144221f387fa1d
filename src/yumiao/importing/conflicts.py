"""Facts on which sources disagree: each is a task, and first those on which a verdict hangs."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import polars as pl

from yumiao.evaluate import Run, evaluate
from yumiao.ladder.known import known_facts
from yumiao.model.facts import CODE, NAME, SUBJECT, Facts
from yumiao.packs.library import Library
from yumiao.rules.derivation import columns_behind
from yumiao.store import State

CONFLICT_SCHEMA: dict[str, pl.DataType] = {
    SUBJECT: pl.String(),
    NAME: pl.String(),
    CODE: pl.String(),
    "column": pl.String(),
    "value": pl.String(),
    "source": pl.String(),
    "place": pl.String(),
    "other": pl.String(),
    "other_source": pl.String(),
    "other_place": pl.String(),
    "policies": pl.List(pl.String()),
}
"""One row per value that lost: the value that counts, with its source and cell, the one that lost, with its own, and
the policies of which a verdict would be another if the loser were right."""


def list_conflicts(
    state: State, library: Library, as_of: dt.date, facts: Facts | None = None
) -> pl.DataFrame:
    """Return the facts on which sources disagree (:data:`CONFLICT_SCHEMA`), those first on which most verdicts hang.

    Where no source's value counts, as all are too old, there is nothing to disagree on.

    Args:
        as_of: the application date; facts observed later, and verdicts of other days, are left out.
        facts: what the state knows of every subject with a conflict, where that was worked out already.
    """
    if facts is None:
        facts = known_facts(state, library, as_of)
    if not facts.conflicts.height:
        return pl.DataFrame(schema=CONFLICT_SCHEMA)
    concerned = _only(facts, facts.conflicts[SUBJECT].unique())
    run = evaluate(library, concerned, as_of=as_of)
    reported = {batch.manifest.id: batch.manifest.source for batch in state.all_batches}
    winners = run.facts.sources.select(SUBJECT, "column", "value", source=_source(reported), place=_place())
    losers = facts.conflicts.select(
        SUBJECT, "column", other="value", other_source=_source(reported), other_place=_place()
    )
    return (
        losers.join(winners, on=[SUBJECT, "column"], how="inner", maintain_order="left")
        .join(concerned.table.select(SUBJECT, NAME, CODE), on=SUBJECT, how="left", maintain_order="left")
        .join(_hanging(run), on=[SUBJECT, "column"], how="left", maintain_order="left")
        .with_columns(pl.col("policies").fill_null([]))
        .sort(pl.col("policies").list.len(), NAME, "column", descending=[True, False, False], nulls_last=True)
        .select(*CONFLICT_SCHEMA)
    )


def _only(facts: Facts, subjects: pl.Series) -> Facts:
    is_meant = pl.col(SUBJECT).is_in(subjects.implode())
    return replace(
        facts,
        table=facts.table.filter(is_meant),
        sources=facts.sources.filter(is_meant),
        conflicts=facts.conflicts.filter(is_meant),
    )


def _hanging(run: Run) -> pl.DataFrame:
    """One row per subject and column on which contested verdicts rest: ``policies``."""
    frames = []
    for each in run.policies:
        contested = each.verdicts.filter(pl.col("contested")).select(SUBJECT)
        columns = pl.DataFrame(
            {"column": sorted(columns_behind(each.graph, run.derived))}, schema={"column": pl.String}
        )
        frames.append(contested.join(columns, how="cross").with_columns(policy=pl.lit(each.policy.id)))
    found = pl.concat(frames)
    return found.group_by(SUBJECT, "column", maintain_order=True).agg(policies=pl.col("policy"))


def _source(reported: dict[str, str]) -> pl.Expr:
    return pl.col("batch").replace_strict(reported, default=None, return_dtype=pl.String)


def _place() -> pl.Expr:
    return pl.concat_str("file", "sheet", "cell", separator=" ").str.strip_chars()

"""Facts on which sources disagree: each is a task, and first those on which a verdict hangs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import polars as pl

from yumiao.evaluate import Run, evaluate
from yumiao.evaluate.preparing import lowered
from yumiao.ladder.known import known_facts
from yumiao.model.facts import CODE, NAME, SUBJECT, Facts
from yumiao.packs.library import Library
from yumiao.rules.derivation import columns_behind, derivations
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
    return told_conflicts(run.facts, _hanging(run), reported_by(state))


def told_conflicts(facts: Facts, hanging: pl.DataFrame, reported: Mapping[str, str]) -> pl.DataFrame:
    """Return the values that lost beside those that count (:data:`CONFLICT_SCHEMA`), in the order of `list_conflicts`.

    Args:
        facts: the facts that count on the day, with the values that lost; of the table only names and codes are read.
        hanging: ``subject``, ``column``, ``policies``: of which policies the verdict rests on a contested fact.
        reported: batch → the source that reported it.
    """
    winners = facts.sources.select(SUBJECT, "column", "value", source=_source(reported), place=_place())
    losers = facts.conflicts.select(
        SUBJECT, "column", other="value", other_source=_source(reported), other_place=_place()
    )
    return (
        losers.join(winners, on=[SUBJECT, "column"], how="inner", maintain_order="left")
        .join(facts.table.select(SUBJECT, NAME, CODE), on=SUBJECT, how="left", maintain_order="left")
        .join(hanging, on=[SUBJECT, "column"], how="left", maintain_order="left")
        .with_columns(pl.col("policies").fill_null([]))
        .sort(pl.col("policies").list.len(), NAME, "column", descending=[True, False, False], nulls_last=True)
        .select(*CONFLICT_SCHEMA)
    )


def reported_by(state: State) -> dict[str, str]:
    """Return for each batch ever recorded the source that reported it."""
    return {batch.manifest.id: batch.manifest.source for batch in state.all_batches}


def columns_read(library: Library, as_of: dt.date) -> dict[str, set[str]]:
    """Return for each policy in force on a day the columns of facts on which its verdicts rest, by its id."""
    found = (library.in_force(family, as_of) for family in library.families())
    policies = [policy for policy in found if policy is not None]
    graphs = [lowered(library, policy, as_of, {}) for policy in policies]
    derived = derivations(library, graphs, as_of)
    return {policy.id: columns_behind(graph, derived) for policy, graph in zip(policies, graphs, strict=True)}


def hanging_policies(
    contested: Iterable[tuple[str, str]], read: Mapping[str, Collection[str]]
) -> pl.DataFrame:
    """Return for each subject and column the policies whose contested verdict rests on it: ``policies``, in order.

    Args:
        contested: subject and policy of each contested verdict.
        read: policy → the columns on which its verdicts rest (`columns_read`); others are left out.
    """
    pairs = [(subject, policy) for subject, policy in contested if policy in read]
    verdicts = pl.DataFrame(pairs, schema={SUBJECT: pl.String, "policy": pl.String}, orient="row")
    order = {policy: place for place, policy in enumerate(read)}
    columns = pl.DataFrame(
        [(policy, order[policy], column) for policy in order for column in sorted(read[policy])],
        schema={"policy": pl.String, "place": pl.UInt32, "column": pl.String},
        orient="row",
    )
    found = verdicts.join(columns, on="policy", how="inner").sort("place", maintain_order=True)
    return found.group_by(SUBJECT, "column", maintain_order=True).agg(policies=pl.col("policy"))


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
    read = {each.policy.id: columns_behind(each.graph, run.derived) for each in run.policies}
    contested = (
        (subject, each.policy.id)
        for each in run.policies
        for subject in each.verdicts.filter(pl.col("contested"))[SUBJECT]
    )
    return hanging_policies(contested, read)


def _source(reported: Mapping[str, str]) -> pl.Expr:
    return pl.col("batch").replace_strict(reported, default=None, return_dtype=pl.String)


def _place() -> pl.Expr:
    return pl.concat_str("file", "sheet", "cell", separator=" ").str.strip_chars()

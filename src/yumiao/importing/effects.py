"""Which verdicts an intake would change, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from yumiao.evaluate import evaluate
from yumiao.evaluate.runs import EvaluatedPolicy, Run
from yumiao.model.facts import NAME, SUBJECT, Facts
from yumiao.packs.library import Library
from yumiao.rules.derivation import columns_behind

EFFECT_SCHEMA: dict[str, pl.DataType] = {
    SUBJECT: pl.String(),
    NAME: pl.String(),
    "policy": pl.String(),
    "before": pl.String(),
    "after": pl.String(),
    "conditions": pl.List(pl.String()),
    "columns": pl.List(pl.String()),
}
"""One row per verdict that would change; ``before`` is NULL for a subject that is new."""

_NOW = "_now"


@dataclass(frozen=True)
class Effects:
    """What an intake does to verdicts.

    Attributes:
        as_of: the application date for which both sides were judged.
        changes: one row per changed verdict (:data:`EFFECT_SCHEMA`): outcome or class before and after, the
            conditions of which the outcome changed, and the facts of the policy that changed.
        judged: how many verdicts were compared.
    """

    as_of: dt.date
    changes: pl.DataFrame
    judged: int

    def counts(self) -> pl.DataFrame:
        """Return one row per policy and kind of change: ``policy``, ``before``, ``after``, ``len``."""
        return self.changes.group_by("policy", "before", "after", maintain_order=True).len()


def verdict_effects(library: Library, before: Facts, after: Facts, as_of: dt.date) -> Effects:
    """Judge the subjects of ``after`` on both sides and tell what differs.

    Args:
        before: what is known of the same subjects now; subjects that are new have no row.
        after: what would be known.
    """
    if not after.table.height:
        return Effects(as_of, pl.DataFrame(schema=EFFECT_SCHEMA), 0)
    now, then = evaluate(library, before, as_of=as_of), evaluate(library, after, as_of=as_of)
    moved = _moved_columns(before.table, after.table)
    pairs = zip(now.policies, then.policies, strict=True)
    frames = [frame for old, new in pairs for frame in _policy_changes(old, new, then, moved)]
    changes = pl.concat(frames) if frames else pl.DataFrame(schema=EFFECT_SCHEMA)
    return Effects(as_of, changes, after.table.height * len(then.policies))


def _policy_changes(
    old: EvaluatedPolicy, new: EvaluatedPolicy, run: Run, moved: pl.DataFrame
) -> Iterator[pl.DataFrame]:
    result = [name for name in ("outcome", "class") if name in new.verdicts.columns]
    conditions = [name for name in new.verdicts.columns if name.startswith("condition.")]
    columns = [SUBJECT, *result, *conditions]
    texts = [pl.col(name).cast(pl.String) for name in columns]
    pairs = new.verdicts.select(*texts, NAME).join(
        old.verdicts.select(texts), on=SUBJECT, how="left", suffix=_NOW, maintain_order="left"
    )
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name + _NOW)) for name in result)
    changed = pairs.filter(differs)
    if not changed.height:
        return
    used = pl.Series("column", sorted(columns_behind(new.graph, run.derived)), dtype=pl.String)
    facts = (
        moved.filter(pl.col("column").is_in(used.implode()))
        .group_by(SUBJECT)
        .agg(columns=pl.col("column").sort())
    )
    named = [
        pl.when(pl.col(name).ne_missing(pl.col(name + _NOW))).then(pl.lit(name.removeprefix("condition.")))
        for name in conditions
    ]
    listed = pl.concat_list(named).list.drop_nulls() if named else pl.lit([], pl.List(pl.String))
    yield (
        changed.join(facts, on=SUBJECT, how="left", maintain_order="left")
        .select(
            SUBJECT,
            NAME,
            policy=pl.lit(new.policy.id),
            before=_said(_NOW),
            after=_said(""),
            conditions=listed,
            columns=pl.col("columns").fill_null([]),
        )
        .cast(EFFECT_SCHEMA)  # type: ignore[arg-type]
    )


def _said(suffix: str) -> pl.Expr:
    """The class where one is certain, else the outcome."""
    return pl.coalesce(f"class{suffix}", f"outcome{suffix}")


def _moved_columns(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """One row per fact that differs: ``subject``, ``column`` without the ends of intervals."""
    frames: list[pl.DataFrame] = []
    for column in after.columns:
        if column in (SUBJECT, NAME, "code"):
            continue
        known = before.select(SUBJECT, old=column) if column in before.columns else None
        pairs = after.select(SUBJECT, new=column)
        if known is None:
            pairs = pairs.filter(pl.col("new").is_not_null())
        else:
            pairs = pairs.join(known, on=SUBJECT, how="left").filter(pl.col("new").ne_missing(pl.col("old")))
        if pairs.height:
            frames.append(pairs.select(SUBJECT, column=pl.lit(column.partition("#")[0])))
    empty = pl.DataFrame(schema={SUBJECT: pl.String(), "column": pl.String()})
    return pl.concat(frames).unique() if frames else empty

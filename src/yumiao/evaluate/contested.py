"""Verdicts that rest on a disagreement: another source's value would change them.

The declared winner counts. Each losing value is put in its place, one at a time, and the subject judged again; a
verdict that comes out otherwise is contested until somebody settles which source is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from yumiao.evaluate.batch import Judged, add_derived, judge_piece
from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX, SUBJECT

if TYPE_CHECKING:
    from yumiao.rules.derivation import Derivation

_OTHER = "__other"


def contested_subjects(
    table: pl.DataFrame,
    conflicts: pl.DataFrame,
    derived: Sequence[Derivation],
    judged: Sequence[Judged],
    verdicts: Sequence[pl.DataFrame],
) -> list[pl.Series]:
    """Say for each policy and subject whether a losing value would change outcome or class.

    Args:
        table: facts as received, without derived ones.
        conflicts: values that lost, one row each: ``subject``, ``column``, ``value`` as stored text.
        verdicts: one frame per policy, in the table's order.
    Returns: one Boolean series per policy, in the table's order.
    """
    others = _with_losing_values(table, conflicts)
    none = [pl.Series("contested", [False] * table.height, dtype=pl.Boolean) for _ in judged]
    if others is None:
        return none
    again = judge_piece(add_derived(others.lazy(), derived).collect(), judged)
    return [_differing(frame, other) for frame, other in zip(verdicts, again, strict=True)]


def _differing(verdicts: pl.DataFrame, other: pl.DataFrame) -> pl.Series:
    """Whether any other judgement of a subject differs from the one that counts."""
    result = ("outcome", "class", "possible")
    pairs = other.select(SUBJECT, *result).join(verdicts.select(SUBJECT, *result), on=SUBJECT, suffix="_now")
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_now")) for name in result)
    changed = pairs.filter(differs)[SUBJECT].unique()
    return verdicts[SUBJECT].is_in(changed.implode()).alias("contested")


def _with_losing_values(table: pl.DataFrame, conflicts: pl.DataFrame) -> pl.DataFrame | None:
    """Return the rows of the subjects with conflicts, once per losing value, with that value in place."""
    frames = [
        _replaced(table, column, found.select(SUBJECT, pl.col("value").alias(_OTHER)))
        for (column,), found in conflicts.drop_nulls("value").group_by("column", maintain_order=True)
        if column in table.columns
    ]
    rows = pl.concat(frames) if frames else table.clear()
    return rows if rows.height else None


def _replaced(table: pl.DataFrame, column: object, losers: pl.DataFrame) -> pl.DataFrame:
    """The rows of the losers' subjects with the losing value in the column; an interval of it no longer counts."""
    name = str(column)
    rows = table.join(losers, on=SUBJECT, how="inner", maintain_order="left")
    value = _stored(pl.col(_OTHER), table.schema[name])
    bounds = [end for end in (name + LOW_SUFFIX, name + HIGH_SUFFIX) if end in table.columns]
    unbound = [pl.lit(None, dtype=table.schema[end]).alias(end) for end in bounds]
    return rows.with_columns(value.alias(name), *unbound).drop(_OTHER).select(table.columns)


def _stored(text: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Read a stored value back from its text."""
    if dtype == pl.Boolean:
        return text == "true"
    return text.str.to_date() if dtype == pl.Date else text.cast(dtype)

"""Rows of a register counted by the filters of policies: how many certainly count, and how many at most.

Each row is judged by the engine that judges subjects. A row whose fields leave a filter open may count or not, so a
count is an interval; it has no upper end where the register may lack rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from yumiao.evaluate.batch import add_derived, compile_for
from yumiao.evaluate.counting_rows import (
    BATCH,
    RECORDED_AT,
    THERE,
    THING,
    shape_rows,
    standing_rows,
    subjects_with_all_rows,
)
from yumiao.intake.records import PLACE_COLUMNS
from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX, SUBJECT
from yumiao.packs.definitions import RegisterDefinition
from yumiao.packs.expressions import Node
from yumiao.rules.emit_polars import apply
from yumiao.rules.registers import RegisterGraph, filters_of, lower_statements, points_of

NOT_COUNTED, OPEN, COUNTED = range(3)
"""What a filter says of a row."""

_AT = "__at"


@dataclass(frozen=True)
class Counts:
    """What a register says of some subjects.

    Attributes:
        table: one row per subject with rows, or with all rows listed: ``subject``, then for each filter
            ``<metric>.<filter>#low`` and ``…#high`` (Int64, in rows; ``#high`` NULL: the register may lack rows).
        rows: the rows that stand, with ``there`` and one column per filter (0 not counted, 1 open, 2 counted).
    """

    table: pl.DataFrame
    rows: pl.DataFrame
    filters: tuple[str, ...]


def count_rows(
    rows: pl.DataFrame,
    register: RegisterDefinition,
    as_of: dt.date,
    *,
    believed: Sequence[str] = (),
    complete: Collection[str] = (),
    only: Collection[str] | None = None,
) -> Counts:
    """Count the rows of a register by each of its filters.

    Args:
        rows: one row per row of the register: ``subject``, its fields, and where known ``file``, ``sheet``,
            ``cell``, ``complete``, ``batch``, ``source``, ``observed_on``, ``recorded_at``.
        as_of: the application date.
        believed: sources, best first (:func:`yumiao.evaluate.counting_rows.believed_sources`).
        complete: subjects of which every row is listed, though no row says so (they may have none).
        only: the filters wanted (``ip_class1_count.hnte``); default all.
    """
    filters = {name: each for name, each in filters_of(register).items() if only is None or name in only}
    standing = standing_rows(shape_rows(rows, register), register, as_of, believed)
    judged = judge_rows(standing, register, {name: each.tree for name, each in filters.items()}, as_of)
    table = _intervals(judged, tuple(filters), subjects_with_all_rows(judged, complete))
    return Counts(table, judged, tuple(filters))


def judge_rows(
    rows: pl.DataFrame, register: RegisterDefinition, statements: Mapping[str, Node], as_of: dt.date
) -> pl.DataFrame:
    """Add one column per statement: 0 it fails, 1 open for want of a field, 2 it holds.

    A row that is not there on the day fails every statement; one that may not be there holds none for certain.

    Args:
        rows: as :func:`yumiao.evaluate.counting_rows.standing_rows` returns them.
    """
    if not statements:
        return rows
    lowered = lower_statements(register, statements, as_of)
    whole = add_derived(rows.lazy(), lowered.derived).collect()
    codes = _read(whole, lowered, list(statements))
    settled = [_settle(whole, codes[name], lowered, name) for name in statements]
    return rows.hstack([_where_there(code, rows[THERE]) for code in settled])


def _read(rows: pl.DataFrame, lowered: RegisterGraph, names: Sequence[str]) -> pl.DataFrame:
    """Read statements over rows, clause by clause; derived fields are filled in already."""
    compiled = compile_for(lowered.graph, rows.columns)
    outputs = [f"condition.{name}" for name in names]
    frame, found = apply(rows.lazy(), compiled.program, outputs, prefix="__row")
    codes = [found[output].cast(pl.UInt8).alias(name) for name, output in zip(names, outputs, strict=True)]
    return frame.select(codes).collect(engine="streaming")


def _settle(rows: pl.DataFrame, codes: pl.Series, lowered: RegisterGraph, name: str) -> pl.Series:
    """Read open rows again with every value tried of the unknown fields that stand in several clauses."""
    points = points_of(lowered, name)
    unknown = [pl.col(each.column).is_null() for each in points if each.column in rows.columns]
    open_rows = rows.with_row_index(_AT).filter(codes == OPEN)
    tried = open_rows.filter(pl.any_horizontal(unknown)) if unknown else open_rows.clear()
    if tried.is_empty():
        return codes
    for each in points:
        values = pl.Series(each.column, each.values).cast(rows.schema[each.column]).to_frame()
        filled = tried.filter(pl.col(each.column).is_null()).drop(each.column).join(values, how="cross")
        tried = pl.concat([tried.filter(pl.col(each.column).is_not_null()), filled.select(tried.columns)])
    read = tried.select(_AT).hstack(_read(tried.drop(_AT), lowered, [name]))
    ends = read.group_by(_AT).agg(low=pl.col(name).min(), high=pl.col(name).max())
    sure = ends.filter(pl.col("low") == pl.col("high"))
    return codes.scatter(sure[_AT], sure["low"])


def _where_there(codes: pl.Series, there: pl.Series) -> pl.Series:
    """What a statement says of a row that is not there, or that may not be there."""
    at_most = codes.zip_with(there.fill_null(value=True), pl.zeros(codes.len(), pl.UInt8, eager=True))
    return at_most.set(there.is_null() & (at_most == COUNTED), OPEN)


# ── intervals ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _intervals(rows: pl.DataFrame, filters: tuple[str, ...], complete: pl.Series) -> pl.DataFrame:
    possible = [(pl.col(name) >= OPEN).sum().cast(pl.Int64).alias(name + HIGH_SUFFIX) for name in filters]
    highs = rows.group_by(SUBJECT, maintain_order=True).agg(possible)
    counted = highs.join(_lows(rows, filters), on=SUBJECT, how="left", maintain_order="left")
    without = complete.filter(~complete.is_in(counted[SUBJECT].implode())).sort().rename(SUBJECT).to_frame()
    columns = [name + end for name in filters for end in (LOW_SUFFIX, HIGH_SUFFIX)]
    none = without.with_columns(pl.lit(0, pl.Int64).alias(name) for name in columns)
    table = pl.concat([counted.select(SUBJECT, *columns), none.select(SUBJECT, *columns)])
    closed = pl.col(SUBJECT).is_in(complete.implode())
    return table.with_columns(pl.when(closed).then(pl.col(name + HIGH_SUFFIX)) for name in filters)


def _lows(rows: pl.DataFrame, filters: tuple[str, ...]) -> pl.DataFrame:
    """How many different things certainly count.

    Rows without a number, listed in several batches, may be one thing listed again: only the rows of one batch
    are surely different, and so are rows with different numbers.
    """
    certain = [(pl.col(name) == COUNTED).sum().cast(pl.Int64).alias(name + LOW_SUFFIX) for name in filters]
    numbered = rows[THING].is_not_null()
    if numbered.all() or rows[BATCH].n_unique() <= 1:
        return rows.group_by(SUBJECT).agg(certain)
    by_batch = rows.group_by(SUBJECT, BATCH).agg(certain).drop(BATCH)
    by_number = rows.filter(numbered).group_by(SUBJECT).agg(certain)
    both = pl.concat([by_batch, by_number.select(by_batch.columns)])
    return both.group_by(SUBJECT).agg(pl.exclude(SUBJECT).max())


# ── where a count comes from ──────────────────────────────────────────────────────────────────────────────────────

NAMED_CELLS = 12
"""Rows named one by one where a count comes from; beyond that their number is told."""


def places_of(rows: pl.DataFrame, name: str, least: int) -> pl.DataFrame:
    """Say for each subject which rows a count rests on.

    Args:
        rows: ``Counts.rows``.
        name: the filter.
        least: ``COUNTED`` for the rows that certainly count, ``OPEN`` for those that may.
    Returns: one row per subject: ``subject``, ``file``, ``sheet`` (several joined by 、), ``cell`` (those of the rows,
        the first few by name), ``batch``, ``recorded_at`` (of the row recorded last).
    """
    found = rows.filter(pl.col(name) >= least).select(SUBJECT, *PLACE_COLUMNS, BATCH, RECORDED_AT)
    number = pl.len()
    cells = pl.col("cell").drop_nulls().head(NAMED_CELLS).str.join("、")
    more = pl.when(number > NAMED_CELLS).then(pl.format("{}…（{} 行 rows）", cells, number)).otherwise(cells)
    joined = [_named(found, part) for part in PLACE_COLUMNS[:2]]
    return found.group_by(SUBJECT).agg(
        *joined, more.alias("cell"), pl.col(BATCH).last(), pl.col(RECORDED_AT).last()
    )


def _named(rows: pl.DataFrame, part: str) -> pl.Expr:
    """The file or sheet of some rows; several in the order of the rows."""
    if rows[part].n_unique() <= 1:
        return pl.col(part).first()
    return pl.col(part).drop_nulls().unique(maintain_order=True).str.join("、")

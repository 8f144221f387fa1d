"""Facts that do not count: recorded after the moment of a run, or too old by what their metric says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace

import polars as pl

from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX, SUBJECT, Facts
from yumiao.model.metrics import Metric
from yumiao.model.periods import split_column
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

_ENDS = (LOW_SUFFIX, HIGH_SUFFIX)


def counting_facts(facts: Facts, metrics: Mapping[str, Metric], as_of: dt.date, known_at: str) -> Facts:
    """Leave out the facts that do not count for an application on ``as_of`` judged with what was known at a moment.

    A fact is good for as many days as its metric says (``good_for``), counted from the day it was recorded; a fact
    without a recorded day is kept, as nothing shows that it is old. Yearly facts belong to their year and do not age.

    Args:
        known_at: a moment (ISO 8601); facts recorded later are left out. Empty: all were known.
    Raises: YumiaoError when ``known_at`` is no moment.
    """
    dropped = _late(facts.sources, known_at) if known_at else facts.sources.clear()
    stale = [_stale(facts.sources, column, metric, as_of) for column, metric in _ageing(facts, metrics)]
    dropped = pl.concat([dropped, *stale])
    if dropped.is_empty():
        return facts
    table = facts.table
    for (name,), rows in dropped.group_by("column", maintain_order=True):
        table = _without(table, str(name), rows[SUBJECT])
    sources = facts.sources.join(dropped.select(SUBJECT, "column"), on=[SUBJECT, "column"], how="anti")
    return replace(facts, table=table, sources=sources)


def _without(table: pl.DataFrame, name: str, subjects: pl.Series) -> pl.DataFrame:
    columns = [column for column in (name, *(name + end for end in _ENDS)) if column in table.columns]
    kept = ~pl.col(SUBJECT).is_in(subjects.implode())
    return table.with_columns(pl.when(kept).then(pl.col(column)).alias(column) for column in columns)


def _late(sources: pl.DataFrame, known_at: str) -> pl.DataFrame:
    """The sources recorded after a moment."""
    limit = moment_of(known_at)
    if limit is None:
        raise YumiaoError(
            "run.known_at",
            Text(
                f"“{known_at}”不是时刻，应如 2026-07-15T09:00:00+08:00",
                f"{known_at!r} is no moment such as 2026-07-15T09:00:00+08:00",
            ),
        )
    found = sources["recorded_at"].drop_nulls().unique()
    late = [text for text in found if (moment := moment_of(text)) is not None and moment > limit]
    return sources.filter(pl.col("recorded_at").is_in(late))


def moment_of(text: str) -> dt.datetime | None:
    """Read a moment of recording (ISO 8601; without an offset it is UTC); None when it is none."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _ageing(facts: Facts, metrics: Mapping[str, Metric]) -> Iterator[tuple[str, Metric]]:
    for column in facts.table.columns:
        metric = metrics.get(split_column(column)[0])
        if metric is not None and metric.good_for_days is not None and not metric.period.is_yearly:
            yield column, metric


def _stale(sources: pl.DataFrame, column: str, metric: Metric, as_of: dt.date) -> pl.DataFrame:
    """The sources of a column that were recorded too long before a day."""
    since = as_of - dt.timedelta(days=metric.good_for_days or 0)
    recorded = pl.col("recorded_at").str.head(10).str.to_date("%Y-%m-%d", strict=False)
    return sources.filter((pl.col("column") == column) & (recorded < since))

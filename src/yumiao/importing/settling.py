"""A contested fact settled: what a person finds right is said in the name of every source that says otherwise.

The value keeps the cell it was found in. A source that says something else later counts again, and taking the batches
back opens the fact again.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from yumiao.model.facts import CODE, NAME, SOURCE_SCHEMA, SUBJECT, Facts, column_type
from yumiao.model.metrics import Metric
from yumiao.model.periods import split_column
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.packs.library import Library
from yumiao.store import BatchContent, Draft
from yumiao.store.values import Standing

KIND = "settlement"
"""The kind of the batches that settle a fact."""

_GONE = (Standing.REVERTED.value, Standing.SUPERSEDED.value)


def settle_fact(
    draft: Draft, library: Library, subject: str, column: str, value: str, why: str = ""
) -> list[str]:
    """Let every source that says otherwise say what was found right; returns the batches, one for each source.

    Args:
        column: the fact, with its year where it has one.
        value: as stored, one of the values that sources say.
        why: free words, kept with the batches.
    Raises: YumiaoError (``settle.value``) when no source says this, (``settle.settled``) when all do already.
    """
    metric = library.metrics.get(split_column(column)[0])
    rows = draft.state.subject_facts(subject, library.metrics, library.reported.precedence)
    said = rows.filter(
        (pl.col("column") == column) & ~pl.col("standing").is_in(_GONE) & pl.col("value").is_not_null()
    )
    right = said.filter(pl.col("value") == value)
    if metric is None or right.is_empty():
        raise YumiaoError(
            "settle.value",
            Text(
                "没有来源这样说，或资料刚刚变了；请刷新后再定。",
                "No source says this, or the facts have just changed; reload the page and decide again.",
            ),
        )
    others = said.filter(pl.col("value") != value)
    if others.is_empty():
        raise YumiaoError(
            "settle.settled", Text("各来源已经一致。", "All sources agree on this fact already.")
        )
    days = others.group_by("source", maintain_order=True).agg(pl.col("observed_on").max()).sort("source")
    content = _content(subject, column, value, metric, right.row(0, named=True))
    return [
        draft.add_batch(content, kind=KIND, source=source, observed_on=_day(day), note=why).id
        for source, day in days.iter_rows()
    ]


def _day(day: Any) -> dt.date:
    return day if isinstance(day, dt.date) else dt.date.fromisoformat(str(day))


def _content(subject: str, column: str, value: str, metric: Metric, cited: dict[str, Any]) -> BatchContent:
    table = pl.DataFrame(
        {SUBJECT: [subject], NAME: [None], CODE: [None], column: [_stored(value, metric)]},
        schema={SUBJECT: pl.String, NAME: pl.String, CODE: pl.String, column: column_type(metric)},
    )
    place = {name: cited[name] or "" for name in ("file", "sheet", "cell", "raw")}
    row = {SUBJECT: subject, "column": column, "value": value, **place, "batch": "", "recorded_at": ""}
    return BatchContent(Facts(table, pl.DataFrame([row], schema=SOURCE_SCHEMA)))


def _stored(value: str, metric: Metric) -> Any:
    """Return a stored text as the value that a batch keeps."""
    kind = column_type(metric)
    if kind == pl.Boolean:
        return value == "true"
    return pl.Series([value]).cast(kind)[0] if kind != pl.Date else dt.date.fromisoformat(value)

"""Every value ever received of a subject, as pages show it: what, from whom, down to the cell, and how it stands."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from yumiao.district.policies.shown_facts import hidden_sources
from yumiao.district.registry import selectors
from yumiao.district.registry.packs import library
from yumiao.model.metrics import Metric
from yumiao.model.periods import split_column
from yumiao.model.text import Text
from yumiao.packs.library import Library
from yumiao.report.stored_values import interval_words, stored_words
from yumiao.report.wording import fact_label

IDENTIFIER_LABELS = {
    "name": Text("名称", "name"),
    "former_name": Text("曾用名", "former name"),
    "short_name": Text("简称", "short name"),
    "code": Text("统一社会信用代码", "unified social credit code"),
    "stock_code": Text("股票代码", "stock code"),
    "id": Text("编号", "number"),
    "address": Text("地址", "address"),
    "territory": Text("区划", "division"),
}

STANDING_LABELS = {
    "counts": Text("采信", "counts"),
    "agrees": Text("一致", "agrees"),
    "superseded": Text("已更新", "superseded"),
    "lost": Text("未采信", "not believed"),
    "not_yet": Text("晚于申报日", "after the application date"),
    "reverted": Text("已撤销", "taken back"),
}


@dataclass(frozen=True)
class Received:
    """One value received.

    ``observed_on`` is the day that it speaks of or was seen on, ``recorded_at`` the moment at which the store took it
    in; ``batch`` the import that brought it.
    """

    value: Text
    raw: str
    standing: str
    standing_label: Text
    source: Text
    file: str
    sheet: str
    cell: str
    batch: str
    observed_on: dt.date
    recorded_at: str


@dataclass(frozen=True)
class FactHistory:
    """Every value ever received of one fact, the one that counts first."""

    column: str
    label: Text
    values: tuple[Received, ...]


def read_identifiers(text: str) -> tuple[tuple[Text, tuple[str, ...]], ...]:
    """Return the identifiers of a subject by kind, from the text that the register holds."""
    rows = json.loads(text)
    found = ((label, tuple(value for each, value in rows if each == kind)) for kind, label in _KINDS)
    return tuple((label, values) for label, values in found if values)


_KINDS = tuple(IDENTIFIER_LABELS.items())


def read_histories(subject: str, *, for_itself: bool, column: str = "") -> list[FactHistory] | None:
    """Read every value ever received of a subject; None while there is no register.

    Args:
        for_itself: whether the subject's own people read it: then nothing is shown that came from a source which
            the district does not show to subjects.
        column: only this fact; empty: all.
    """
    judged = selectors.judged()
    if judged is None:
        return None
    packs = library()
    metrics = packs.metrics
    if column:
        name = split_column(column)[0]
        metrics = {name: packs.metrics[name]} if name in packs.metrics else {}
    state = selectors.known_state(judged.known_at)
    rows = state.subject_facts(subject, metrics, packs.reported.precedence, as_of=judged.as_of)
    hidden = hidden_sources(packs) if for_itself else frozenset[str]()
    kept = [row for row in rows.rows(named=True) if row["source"] not in hidden]
    return list(_histories([row for row in kept if column in ("", row["column"])], packs))


def _histories(rows: list[dict[str, Any]], packs: Library) -> Iterator[FactHistory]:
    for column, group in groupby(rows, key=lambda row: row["column"]):
        name, year = split_column(column)
        metric = packs.metrics.get(name)
        label = Text(column, column)
        if metric is not None:
            label = Text(fact_label(metric, year, "zh"), fact_label(metric, year, "en"))
        yield FactHistory(column, label, tuple(_received(row, metric, packs) for row in group))


def _received(row: Mapping[str, Any], metric: Metric | None, packs: Library) -> Received:
    is_exact = row["value"] is not None
    value = (
        stored_words(metric, row["value"]) if is_exact else interval_words(metric, row["low"], row["high"])
    )
    source = packs.reported.sources.get(row["source"])
    standing = row["standing"]
    return Received(
        value,
        row["raw"] or "",
        standing,
        STANDING_LABELS.get(standing, Text(standing, standing)),
        source.label if source is not None else Text(row["source"], row["source"]),
        row["file"] or "",
        row["sheet"] or "",
        row["cell"] or "",
        row["batch"],
        row["observed_on"],
        row["recorded_at"],
    )

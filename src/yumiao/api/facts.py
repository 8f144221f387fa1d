"""``GET /subjects/{id}/facts``: every value ever received, with its source down to the cell."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from yumiao.api.acting import NO_REGISTER, caller_of, is_itself, visible_subject
from yumiao.api.operations import check_query, read
from yumiao.api.paging import page_of
from yumiao.api.shapes import Page, Paging, Words, words
from yumiao.district.registry import selectors
from yumiao.district.registry.packs import library
from yumiao.district.tokens.scopes import Scope
from yumiao.model.metrics import Metric
from yumiao.model.periods import period_label, split_column
from yumiao.model.text import Text
from yumiao.model.units import Kind, from_steps
from yumiao.packs.library import Library
from yumiao.report.stored_values import interval_words, stored_words
from yumiao.rules.wording import exact_text
from yumiao.store.values import Standing

router = Router()


class FactsQuery(Paging):
    """For which application, and knowing what; by default those of the current verdicts."""

    as_of: dt.date | None = Field(None, description="Application date; values observed later do not count.")
    known_at: AwareDatetime | None = Field(None, description="What is recorded later is not known.")
    metric: str = Field("", max_length=100, description="Only this metric.")


class Received(Schema):
    """One value received, exact in the fact's unit; of an interval `value` is null and an open end too.

    `raw` is how it was written. Of all values of a fact the one that counts comes first.
    """

    value: str | None
    low: str | None
    high: str | None
    label: Words
    raw: str
    standing: Standing
    source: str
    source_label: Words
    batch: str
    file: str
    sheet: str
    cell: str
    observed_on: dt.date
    recorded_at: str


class FactHistory(Schema):
    """One fact: a metric and a period (`FY2025`, `YE2025`, `CY2026`, `now`), with every value ever received."""

    metric: str
    period: str
    name: Words
    unit: str | None
    values: list[Received]


@read(
    router,
    "/subjects/{subject_id}/facts",
    Scope.READ_FACTS,
    Page[FactHistory],
    summary="Facts of one enterprise with their sources",
    operation_id="list_facts",
)
def list_facts(
    request: HttpRequest, subject_id: str, query: Annotated[FactsQuery, Query()]
) -> dict[str, Any]:
    """List facts by metric and period."""
    check_query(request, FactsQuery)
    actor = caller_of(request).actor
    found = visible_subject(actor, subject_id)
    built = selectors.projection()
    if built is None:
        raise NO_REGISTER
    packs = library()
    moment = (
        query.known_at.isoformat(timespec="microseconds") if query.known_at else built.receipt["known_at"]
    )
    state = selectors.known_state(moment)
    rows = state.subject_facts(
        found.id, packs.metrics, packs.reported.precedence, as_of=query.as_of or built.as_of
    ).rows(named=True)
    shown = [row for row in rows if _is_wanted(row, query.metric, packs, for_itself=is_itself(actor))]
    facts = [list(group) for _, group in groupby(shown, key=lambda row: row["column"])]
    return page_of(
        request, query, len(facts), facts, lambda page: [_history(values, packs) for values in page]
    )


def _is_wanted(row: dict[str, Any], wanted: str, packs: Library, *, for_itself: bool) -> bool:
    name = split_column(row["column"])[0]
    if wanted and name != wanted:
        return False
    source, metric = packs.reported.sources.get(row["source"]), packs.metrics.get(name)
    is_shown = (source is None or source.shown_to_subject) and (metric is None or metric.shown_to_subject)
    return is_shown or not for_itself


def _history(rows: list[dict[str, Any]], packs: Library) -> FactHistory:
    name, year = split_column(rows[0]["column"])
    metric = packs.metrics.get(name)
    return FactHistory(
        metric=name,
        period=period_label(metric.period, year) if metric else (str(year) if year else "now"),
        name=words(metric.label if metric else Text(name, name)),
        unit=metric.unit.code if metric and metric.unit else None,
        values=[_received(row, metric, packs) for row in rows],
    )


def _received(row: dict[str, Any], metric: Metric | None, packs: Library) -> Received:
    source = packs.reported.sources.get(row["source"])
    is_exact = row["value"] is not None
    label = (
        stored_words(metric, row["value"]) if is_exact else interval_words(metric, row["low"], row["high"])
    )
    return Received(
        value=_exact(metric, row["value"]),
        low=_exact(metric, row["low"]),
        high=_exact(metric, row["high"]),
        label=words(label),
        source_label=words(source.label if source else Text(row["source"], row["source"])),
        **{
            name: row[name] or ""
            for name in ("raw", "source", "batch", "file", "sheet", "cell", "recorded_at")
        },
        standing=row["standing"],
        observed_on=row["observed_on"],
    )


def _exact(metric: Metric | None, stored: str | None) -> str | None:
    if stored is None or metric is None or metric.kind is not Kind.QUANTITY or metric.unit is None:
        return stored
    return exact_text(from_steps(int(stored), metric.unit))

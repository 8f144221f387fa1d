"""What is sent of proposals."""

from __future__ import annotations

import datetime as dt
from typing import Literal, cast

from ninja import Schema
from pydantic import Field

from yumiao.api.errors import invalid
from yumiao.api.shapes import Words, words
from yumiao.district.proposals.known import is_shown_to_subject
from yumiao.district.proposals.selectors import ListedProposal
from yumiao.district.registry.packs import library
from yumiao.model.metrics import Metric
from yumiao.model.periods import column_name, period_label, split_column
from yumiao.model.problems import Problem
from yumiao.model.text import Text
from yumiao.packs.near_names import with_nearest

State = Literal["proposed", "accepted", "refused", "asked_back", "withdrawn"]


class ReplacedValue(Schema):
    """What counted when a proposal was made."""

    label: Words
    source: str
    source_label: Words


class ProposalSaid(Schema):
    """One fact that a firm says of itself, and what became of it.

    To the firm's own people `replaces`, `is_answer` and `would_count` are null where they would tell of a source that
    is not shown to it.
    """

    id: str
    subject: str
    name: str
    metric: str
    period: str
    fact: Words
    value: Words
    typed: str
    unit: str
    note: str
    has_evidence: bool
    replaces: ReplacedValue | None = Field(description="Null where nothing counted, or it may not be shown.")
    is_answer: bool | None = Field(description="Nothing was known of the fact when it was proposed.")
    would_count: bool | None = Field(description="Believed before the source of what it would replace.")
    author: str
    proposed_at: dt.datetime
    state: State
    reason: str = Field(description="What the firm was told; empty where nothing was.")
    decided_at: dt.datetime | None
    is_on_its_way: bool = Field(description="Accepted, and the register does not have it yet.")


def proposal_said(row: ListedProposal, *, for_itself: bool) -> ProposalSaid:
    """Return a proposal as it is sent.

    Args:
        for_itself: whether the firm's own people read it: then nothing is told of what is hidden from them.
    """
    is_told = not for_itself or row.before is None or is_shown_to_subject(row.before_token)
    name, year = split_column(row.column)
    metric = library().metrics.get(name)
    replaces = None
    if row.before is not None and is_told:
        source = words(row.before_source)
        replaces = ReplacedValue(label=words(row.before), source=row.before_token, source_label=source)
    return ProposalSaid(
        id=row.id,
        subject=row.subject,
        name=row.name,
        metric=name,
        period=_period(metric, year),
        fact=words(row.label),
        value=words(row.value),
        typed=row.raw,
        unit=row.unit,
        note=row.note,
        has_evidence=bool(row.evidence),
        replaces=replaces,
        is_answer=None if for_itself else row.is_answer,
        would_count=None if for_itself else row.counts,
        author=row.author,
        proposed_at=row.proposed_at,
        state=cast("State", row.state.value),
        reason=row.reason,
        decided_at=row.decided_at,
        is_on_its_way=row.is_on_its_way,
    )


def _period(metric: Metric | None, year: int | None) -> str:
    if metric is None:
        return str(year) if year is not None else "now"
    return period_label(metric.period, year)


def column_of(metric_id: str, period: str) -> str:
    """Return the column of a metric and a period as texts name them. Raises: ApiError (422) with what is wrong."""
    metric = library().metrics.get(metric_id)
    if metric is None:
        known = list(library().metrics)
        text = with_nearest(f"没有口径 {metric_id}", f"there is no metric {metric_id}", metric_id, known)
        raise invalid(Problem("proposal.metric", text, path="metric", found=metric_id))
    if not metric.period.is_yearly and period in ("", "now"):
        return metric_id
    digits = period[-4:]
    year = int(digits) if digits.isdigit() and digits.isascii() else None
    if year is None or not metric.period.is_yearly or period_label(metric.period, year) != period:
        usual = period_label(metric.period, 2025 if metric.period.is_yearly else None)
        text = Text(f"期间不对：应写作 {usual}", f"expected a period written as {usual}")
        raise invalid(Problem("proposal.period", text, path="period", found=period))
    return column_name(metric_id, year)

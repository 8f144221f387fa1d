"""What a firm's own people are told of its drafts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from yumiao.district.accounts.models import Person
from yumiao.district.drafts.models import AnswerDraft
from yumiao.district.registry.packs import library
from yumiao.district.registry.selectors import ids_read_as
from yumiao.model.metrics import Metric
from yumiao.model.periods import split_column
from yumiao.model.text import Text
from yumiao.model.units import UNITS
from yumiao.report.wording import NO, YES, fact_label


@dataclass(frozen=True)
class Draft:
    """One draft.

    Attributes:
        value: as typed; of what is chosen from a list its code.
        shown: the same in words, with its unit.
        author: what colleagues call who saved it last.
    """

    column: str
    label: Text
    value: str
    unit: str
    shown: Text
    note: str
    author: str
    saved_at: dt.datetime


def drafts_of(subject: str) -> dict[str, Draft]:
    """Return the drafts of a firm by fact, the oldest first; three queries, however many."""
    rows = list(AnswerDraft.objects.filter(subject__in=ids_read_as(subject)).order_by("saved_at", "id"))
    labels = dict(Person.objects.filter(id__in={row.author for row in rows}).values_list("id", "label"))
    return {row.column: _draft(row, labels.get(row.author, row.author)) for row in rows}


def _draft(row: AnswerDraft, author: str) -> Draft:
    name, year = split_column(row.column)
    metric = library().metrics.get(name)
    label = Text(row.column, row.column)
    if metric is not None:
        label = Text(fact_label(metric, year, "zh"), fact_label(metric, year, "en"))
    return Draft(row.column, label, row.raw, row.unit, _shown(row, metric), row.note, author, row.saved_at)


def _shown(row: AnswerDraft, metric: Metric | None) -> Text:
    options = {"yes": YES, "no": NO, **dict(metric.values if metric is not None else ())}
    if row.raw in options:
        return options[row.raw]
    own = metric.unit if metric is not None else None
    unit = UNITS.get(row.unit, own)
    if unit is None or not row.raw:
        return Text(row.raw, row.raw)
    return Text(f"{row.raw} {unit.label.zh}", f"{row.raw} {unit.label.words('en')}")

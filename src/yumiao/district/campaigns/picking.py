"""Finding what else a campaign could ask: any fact that firms may be asked for, by words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from yumiao.district.registry.packs import library
from yumiao.model.metrics import Metric
from yumiao.model.periods import column_name
from yumiao.model.text import Text
from yumiao.report.wording import fact_label

MOST_FOUND = 20
YEARS_BACK = 3


@dataclass(frozen=True)
class FoundMetric:
    """One metric that a search found.

    Attributes:
        columns: the facts of it that can be asked for, with their labels and years, the latest first; one without a
            year where it has none.
    """

    id: str
    label: Text
    definition: Text
    columns: tuple[tuple[str, Text, int | None], ...]


def find_metrics(text: str, on: dt.date) -> list[FoundMetric]:
    """Return the metrics whose id, label or other names hold a text, those that begin with it first; none for none.

    What experts judge, and what no subject is shown, is not asked of firms.
    """
    wanted = text.strip().casefold()
    if not wanted:
        return []
    askable = (each for each in library().metrics.values() if not each.judged and each.shown_to_subject)
    ranked = [(rank, each) for each in askable if (rank := _rank(each, wanted)) is not None]
    ranked.sort(key=lambda pair: (pair[0], pair[1].label.zh))
    return [_found(each, on) for _, each in ranked[:MOST_FOUND]]


def _rank(metric: Metric, wanted: str) -> int | None:
    names = [each.casefold() for each in (metric.id, metric.label.zh, metric.label.en, *metric.synonyms)]
    if wanted in names:
        return 0
    if any(each.startswith(wanted) for each in names):
        return 1
    return 2 if any(wanted in each for each in names) else None


def _found(metric: Metric, on: dt.date) -> FoundMetric:
    years = [on.year - back for back in range(1, YEARS_BACK + 1)] if metric.period.is_yearly else [None]
    columns = tuple(
        (
            column_name(metric.id, year),
            Text(fact_label(metric, year, "zh"), fact_label(metric, year, "en")),
            year,
        )
        for year in years
    )
    return FoundMetric(metric.id, metric.label, metric.definition, columns)

"""What the district holds of a firm and may show it: each fact that counts, from whom, and what the firm said of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from yumiao.district.proposals.selectors import ListedProposal
from yumiao.district.registry import selectors
from yumiao.district.registry.packs import library
from yumiao.model.metrics import Metric
from yumiao.model.periods import split_column
from yumiao.model.text import Text
from yumiao.packs.library import Library
from yumiao.report.stored_values import interval_words, stored_words
from yumiao.report.wording import fact_label


@dataclass(frozen=True)
class OwnFact:
    """One fact that may be shown to the firm.

    Attributes:
        value: what counts, or what is known of it as an interval.
        raw: as it was written where it came from.
        where: file, sheet and cell; for an accepted proposal its id.
        proposal: what the firm last said of it and is not in the register; None where nothing is.
    """

    column: str
    label: Text
    value: Text
    raw: str
    source: Text
    where: str
    observed_on: dt.date
    may_correct: bool
    proposal: ListedProposal | None


def read_own_facts(subject: str, proposals: Mapping[str, ListedProposal]) -> list[OwnFact]:
    """Return what counts of each fact whose source and metric are shown to subjects, in the order of their names.

    A value that loses to one of a hidden source is left out too: it would be shown as what counts, and is not.
    Args:
        proposals: what the firm said and is not settled, by column.
    """
    found = selectors.judged()
    if found is None:
        return []
    packs = library()
    hidden = {name for name, each in packs.reported.sources.items() if not each.shown_to_subject}
    state = selectors.known_state(found.known_at)
    rows = state.subject_facts(subject, packs.metrics, packs.reported.precedence, as_of=found.as_of)
    facts = []
    for column, group in groupby(rows.rows(named=True), key=lambda row: row["column"]):
        first = next(group)
        metric = packs.metrics.get(split_column(column)[0])
        if first["standing"] != "counts" or first["source"] in hidden:
            continue
        if metric is not None and metric.shown_to_subject:
            facts.append(_fact(column, first, metric, packs, proposals.get(column)))
    return sorted(facts, key=lambda each: each.label.zh)


def _fact(
    column: str, row: dict[str, Any], metric: Metric, packs: Library, proposal: ListedProposal | None
) -> OwnFact:
    year = split_column(column)[1]
    is_exact = row["value"] is not None
    source = packs.reported.sources.get(row["source"])
    return OwnFact(
        column,
        Text(fact_label(metric, year, "zh"), fact_label(metric, year, "en")),
        stored_words(metric, row["value"]) if is_exact else interval_words(metric, row["low"], row["high"]),
        row["raw"] or "",
        source.label if source is not None else Text(row["source"], row["source"]),
        " ".join(part for part in (row["file"], row["sheet"], row["cell"]) if part),
        row["observed_on"],
        not metric.judged,
        proposal,
    )

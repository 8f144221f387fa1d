"""Who offers what for which fact: the batches that count, gone through once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from yumiao.model.facts import column_type
from yumiao.model.problems import Problem
from yumiao.model.text import Text
from yumiao.store.absences import Declaration, declarations_of, place_absence
from yumiao.store.batches import Batch
from yumiao.store.columns import FactColumn, fact_columns
from yumiao.store.contents import FACTS
from yumiao.store.effective import Offer
from yumiao.store.knowledge import Knowledge, Question
from yumiao.store.placing import Placement, place_batches


@dataclass
class Offers:
    """All offers for all facts.

    Attributes:
        placements: number of each batch → where the subjects stand in it.
        by_fact: fact → source → offers, the latest first.
        problems: columns that cannot be used.
    """

    knowledge: Knowledge
    question: Question
    subjects: pl.Series
    placements: Mapping[int, list[Placement]]
    by_fact: dict[str, dict[str, list[Offer]]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def in_rank(self, fact: str) -> list[tuple[str, list[Offer]]]:
        """Return the sources that speak of a fact, the one believed first; unlisted ones by their ids."""
        found = self.by_fact.get(fact, {})
        return sorted(found.items(), key=lambda each: (self.question.rank(fact, each[0]), each[0]))

    def facts_in_order(self) -> list[str]:
        """Return the facts in the order of their metrics, then of the years."""
        places = {metric: place for place, metric in enumerate(self.question.metrics)}

        def order(fact: str) -> tuple[int, str]:
            metric = self.question.metric_of(fact)
            return (len(places) if metric is None else places[metric.id], fact)

        return sorted(self.by_fact, key=order)


def collect_offers(knowledge: Knowledge, question: Question, subjects: pl.Series) -> Offers:
    """Go through the batches that count and note what each offers for which fact."""
    placements = place_batches(knowledge, subjects)
    offers = Offers(knowledge, question, subjects, placements)
    declared: list[tuple[int, Batch, Declaration]] = []
    for number, batch in latest_first(knowledge):
        for columns in fact_columns(batch.schema(FACTS)):
            _note_columns(offers, number, batch, columns, placements[number])
        declared += [(number, batch, each) for each in declarations_of(batch, question.metrics)]
    _note_absences(offers, declared)
    for by_source in offers.by_fact.values():
        for found in by_source.values():
            found.sort(key=lambda offer: _lateness(knowledge, offer))
    return offers


def latest_first(knowledge: Knowledge) -> list[tuple[int, Batch]]:
    """Return the batches that count, the latest observation first, then the latest recording."""
    return sorted(
        knowledge.counting(), key=lambda each: (each[1].manifest.observed_on, each[0]), reverse=True
    )


def _lateness(knowledge: Knowledge, offer: Offer) -> tuple[int, int, int]:
    day = knowledge.batches[offer.number].manifest.observed_on
    return (-day.toordinal(), -offer.number, offer.layer)


def _note_columns(
    offers: Offers, number: int, batch: Batch, columns: FactColumn, placements: list[Placement]
) -> None:
    question, manifest = offers.question, batch.manifest
    metric = question.metric_of(columns.name)
    if metric is None or not question.hears(metric, manifest.observed_on):
        return
    schema, expected = batch.schema(FACTS), column_type(metric)
    if any(schema[name] != expected for name in columns.present):
        offers.problems.append(
            _other_type(columns.name, manifest.id, str(schema[columns.present[0]]), str(expected))
        )
        return
    if not placements:
        return
    found = offers.by_fact.setdefault(columns.name, {}).setdefault(manifest.source, [])
    found += [Offer(number, columns, place, place.layer) for place in placements]


def _note_absences(offers: Offers, declared: list[tuple[int, Batch, Declaration]]) -> None:
    question, knowledge = offers.question, offers.knowledge
    heard = []
    for number, batch, declaration in declared:
        metric = question.metric_of(declaration.fact)
        if metric is not None and question.hears(metric, declaration.on):
            heard.append((number, batch, declaration))
    if not heard:
        return
    territories = knowledge.territories_of(offers.subjects)
    for number, batch, declaration in heard:
        absence = place_absence(declaration, batch, knowledge, offers.subjects, territories)
        columns = FactColumn(declaration.fact, has_value=True, has_low=False, has_high=False)
        found = offers.by_fact.setdefault(declaration.fact, {}).setdefault(batch.manifest.source, [])
        found.append(Offer(number, columns, absence, layer=AFTER_ROWS))


AFTER_ROWS = 1 << 30
"""The layer of what a batch says by not naming somebody."""


def _other_type(column: str, batch: str, found: str, expected: str) -> Problem:
    return Problem(
        "store.column_type",
        Text(
            f"批次 {batch} 的列 {column} 类型为 {found}，口径现为 {expected}，未采用；请重新导入这一批。",
            f"The column {column} of the batch {batch} has type {found}, its metric now {expected}; it is left out. "
            "Import the batch again.",
        ),
        file=batch,
        path=column,
        found=found,
        expected=Text(expected, expected),
    )

"""Snapshots: the facts in effect, built from the batches that count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from yumiao.model.facts import CODE, NAME, SOURCE_SCHEMA, SUBJECT, Facts
from yumiao.model.metrics import Metric
from yumiao.model.precedence import Precedence
from yumiao.store.choosing import choose_fact, conflicts_of, sources_of
from yumiao.store.columns import FactColumn
from yumiao.store.contents import IDENTIFIERS
from yumiao.store.effective import VALUE, Offer, first_of, hear_source
from yumiao.store.knowledge import Knowledge, Question
from yumiao.store.offers import Offers, collect_offers, latest_first
from yumiao.store.placing import all_subjects

LATEST_SCHEMA: dict[str, pl.DataType] = {
    SUBJECT: pl.String(),
    "column": pl.String(),
    "value": pl.String(),
    "source": pl.String(),
}


def build_snapshot(knowledge: Knowledge, question: Question, *, with_sources: bool) -> Facts:
    """Choose every fact for every subject; see `State.snapshot`."""
    subjects = all_subjects(knowledge)
    offers = collect_offers(knowledge, question, subjects)
    columns = [subjects.alias(SUBJECT), *_identities(offers)]
    sources, conflicts = [pl.DataFrame(schema=SOURCE_SCHEMA)], [pl.DataFrame(schema=SOURCE_SCHEMA)]
    for fact in offers.facts_in_order():
        chosen = choose_fact(offers, fact)
        columns += chosen.columns()
        conflicts.append(conflicts_of(offers, chosen))
        if with_sources:
            sources.append(sources_of(offers, chosen))
    return Facts(pl.DataFrame(columns), pl.concat(sources), pl.concat(conflicts), tuple(offers.problems))


def _identities(offers: Offers) -> list[pl.Series]:
    """Return name and code of every subject: as the batches' tables say, else as their identifiers do."""
    knowledge = offers.knowledge
    found = []
    for column in (NAME, CODE):
        by_source: dict[str, list[Offer]] = {}
        meaning = FactColumn(column, has_value=True, has_low=False, has_high=False)
        for number, batch in latest_first(knowledge):
            said = [Offer(number, meaning, place, place.layer) for place in offers.placements[number]]
            if said:
                by_source.setdefault(batch.manifest.source, []).extend(said)
        ranked = sorted(by_source, key=lambda source: (offers.question.rank(column, source), source))
        size = len(offers.subjects)
        says = (hear_source(source, by_source[source], pl.String(), size).exact for source in ranked)
        exact = first_of(says, [VALUE])
        values = pl.Series([None] * size, dtype=pl.String) if exact is None else exact[VALUE]
        found.append(_from_identifiers(offers, column, values).alias(column))
    return found


def _from_identifiers(offers: Offers, kind: str, values: pl.Series) -> pl.Series:
    """Fill in what only identifiers say, the latest word first."""
    if not values.null_count():
        return values
    said = []
    for number, batch in offers.knowledge.counting():
        if batch.manifest.counts.get("identified_only") and batch.has(IDENTIFIERS):
            rows = batch.read(IDENTIFIERS, [SUBJECT, "kind", "value"]).filter(pl.col("kind") == kind)
            subjects = offers.knowledge.aliases.apply(rows[SUBJECT], batch.manifest.id)
            order = pl.lit(batch.manifest.observed_on).alias("day"), pl.lit(number).alias("number")
            said.append(rows.with_columns(subjects.alias(SUBJECT), *order))
    if not said:
        return values
    latest = pl.concat(said).sort("day", "number").unique(SUBJECT, keep="last", maintain_order=True)
    wanted = pl.DataFrame({SUBJECT: offers.subjects})
    return values.fill_null(wanted.join(latest, on=SUBJECT, how="left", maintain_order="left")["value"])


def latest_by_source(
    knowledge: Knowledge, metrics: Mapping[str, Metric], subjects: Iterable[str] | None = None
) -> pl.DataFrame:
    """Return what each source says last of each fact; see `State.latest_values`."""
    wanted = all_subjects(knowledge) if subjects is None else _unique(subjects)
    offers = collect_offers(knowledge, Question(metrics, Precedence()), wanted)
    frames = [pl.DataFrame(schema=LATEST_SCHEMA)]
    for fact in offers.facts_in_order():
        for says in choose_fact(offers, fact).says:
            pairs = {fact: says.exact[VALUE]}
            if says.interval is not None:
                is_open = says.exact[VALUE].is_null()
                high = says.interval["high"]
                pairs[f"{fact}#high"] = pl.select(pl.when(is_open).then(high)).to_series()
            frames += [_said(wanted, column, values, says.source) for column, values in pairs.items()]
    return pl.concat(frames)


def _unique(subjects: Iterable[str]) -> pl.Series:
    return pl.Series(SUBJECT, list(subjects), pl.String).unique().sort()


def _said(subjects: pl.Series, column: str, values: pl.Series, source: str) -> pl.DataFrame:
    frame = pl.DataFrame({SUBJECT: subjects, "value": values.cast(pl.String)})
    known = frame.filter(pl.col("value").is_not_null())
    return known.select(SUBJECT, pl.lit(column).alias("column"), "value", pl.lit(source).alias("source"))

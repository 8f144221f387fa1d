"""One fact, chosen: the value that counts for every subject, where it came from, and who says otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX, SUBJECT, column_type
from yumiao.store.absences import Absence
from yumiao.store.citing import PLACE, cite_rows, cited_together, with_batch
from yumiao.store.columns import fact_name
from yumiao.store.contents import CONFLICTS
from yumiao.store.effective import (
    AT,
    BATCH,
    HIGH,
    LOW,
    VALUE,
    Offer,
    SourceSays,
    first_of,
    hear_source,
    offered,
)
from yumiao.store.offers import AFTER_ROWS, Offers
from yumiao.store.placing import Placement

_ENDS = (LOW, HIGH)


@dataclass(frozen=True)
class ChosenFact:
    """What counts for one fact.

    Attributes:
        fact: its name.
        exact: one row per subject: ``value``, ``batch``, ``at``.
        interval: one row per subject: ``low``, ``high``, ``batch``, ``at``; known only where no value is; None where
            no batch gives intervals.
        says: what each source says, the one believed first.
    """

    fact: str
    exact: pl.DataFrame
    interval: pl.DataFrame | None
    says: tuple[SourceSays, ...]

    def columns(self) -> list[pl.Series]:
        """Return the columns of the table of facts; none where nothing is known."""
        found = [self.exact[VALUE].alias(self.fact)]
        if self.interval is not None and self.interval[BATCH].null_count() < self.interval.height:
            found += [
                self.interval[LOW].alias(self.fact + LOW_SUFFIX),
                self.interval[HIGH].alias(self.fact + HIGH_SUFFIX),
            ]
        is_empty = all(column.null_count() == len(column) for column in found)
        return [] if is_empty else found


def choose_fact(offers: Offers, fact: str) -> ChosenFact:
    """Choose the value of one fact for every subject."""
    metric = offers.question.metric_of(fact)
    assert metric is not None  # noqa: S101 - offers are only collected for metrics that are wanted
    dtype, size = column_type(metric), len(offers.subjects)
    says = tuple(hear_source(source, found, dtype, size) for source, found in offers.in_rank(fact))
    exact = first_of((each.exact for each in says), [VALUE])
    assert exact is not None  # noqa: S101 - a fact is only chosen when some source speaks of it
    interval = first_of((each.interval for each in says if each.interval is not None), _ENDS)
    if interval is not None:
        is_open = exact[VALUE].is_null()
        interval = interval.select(
            pl.when(is_open).then(pl.col(name)).alias(name) for name in interval.columns
        )
    return ChosenFact(fact, exact, interval, says)


def sources_of(offers: Offers, chosen: ChosenFact) -> pl.DataFrame:
    """Return where the values that count came from, as ``Facts.sources``."""
    frames = list(cite_rows(offers, chosen.fact, chosen.exact))
    if chosen.interval is not None:
        frames += cite_rows(offers, chosen.fact, chosen.interval)
    return cited_together(frames)


def conflicts_of(offers: Offers, chosen: ChosenFact) -> pl.DataFrame:
    """Return what other sources say otherwise, as ``Facts.conflicts``."""
    frames: list[pl.DataFrame] = []
    for says in chosen.says:
        differs = says.exact[VALUE].ne(chosen.exact[VALUE]).fill_null(value=False)
        frames += cite_rows(offers, chosen.fact, says.exact, differs)
        if says.interval is not None:
            frames += cite_rows(offers, chosen.fact, says.interval, _excludes(says, chosen))
        frames += _within_batches(offers, chosen, says)
    return cited_together(frames)


def _excludes(says: SourceSays, chosen: ChosenFact) -> pl.Series:
    """Whether a source knows only an interval, and what counts lies outside it."""
    assert says.interval is not None  # noqa: S101 - asked only where there is one
    count = pl.DataFrame({VALUE: chosen.exact[VALUE], "own": says.exact[VALUE], **says.interval.to_dict()})
    outside = (pl.col(VALUE) < pl.col(LOW)) | (pl.col(VALUE) > pl.col(HIGH))
    if chosen.interval is not None:
        count = count.with_columns(
            chosen.interval[LOW].alias("at_least"), chosen.interval[HIGH].alias("at_most")
        )
        outside = outside | (pl.col("at_most") < pl.col(LOW)) | (pl.col("at_least") > pl.col(HIGH))
    return count.select((outside & pl.col("own").is_null()).fill_null(value=False)).to_series()


def _within_batches(offers: Offers, chosen: ChosenFact, says: SourceSays) -> Iterator[pl.DataFrame]:
    """What the batch with the latest word says twice: two files of one intake, two rows of one merged subject."""
    for offer in says.offers:
        if isinstance(offer.said, Absence):
            continue
        if 0 < offer.layer < AFTER_ROWS and offer.columns.has_value:
            twin = _spread_out(offers, offer, says)
            differs = twin[VALUE].ne(chosen.exact[VALUE]).fill_null(value=False)
            is_latest = says.exact[BATCH].eq(offer.number).fill_null(value=False)
            is_other_row = twin[AT].ne(says.exact[AT]).fill_null(value=False)
            yield from cite_rows(offers, chosen.fact, twin, differs & is_latest & is_other_row)
        if offer.layer == 0 and offer.said.batch.has(CONFLICTS):
            yield _lost_inside(offers, chosen, says, offer)


def _spread_out(offers: Offers, offer: Offer, says: SourceSays) -> pl.DataFrame:
    place = offer.said
    assert isinstance(place, Placement)  # noqa: S101 - absences have no rows
    frame = offered(offer, (VALUE,), says.exact.schema[VALUE])
    if place.subjects is None:
        return frame
    index = pl.DataFrame({"place": pl.int_range(len(offers.subjects), dtype=pl.UInt32, eager=True)})
    placed = frame.with_columns(place.subjects.alias("place"))
    return index.join(placed, on="place", how="left", maintain_order="left").drop("place")


def _lost_inside(offers: Offers, chosen: ChosenFact, says: SourceSays, offer: Offer) -> pl.DataFrame:
    batch = offers.knowledge.batches[offer.number]
    lost = batch.read(CONFLICTS)
    names = {column: fact_name(column) for column in lost["column"].unique()}
    lost = lost.filter(pl.col("column").is_in([c for c, name in names.items() if name == chosen.fact]))
    subjects = offers.knowledge.aliases.apply(lost[SUBJECT], batch.manifest.id)
    counts = pl.DataFrame(
        {
            SUBJECT: offers.subjects,
            "latest": says.exact[BATCH]
            if says.interval is None
            else says.exact[BATCH].fill_null(says.interval[BATCH]),
            "counts": chosen.exact[VALUE].cast(pl.String),
        }
    ).with_row_index(PLACE)
    found = lost.with_columns(subjects.alias(SUBJECT)).join(
        counts, on=SUBJECT, how="inner", maintain_order="left"
    )
    found = found.filter((pl.col("latest") == offer.number) & pl.col("value").ne_missing(pl.col("counts")))
    return with_batch(offers, found, offer.number)

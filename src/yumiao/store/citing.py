"""Where chosen values came from: rows of a choice turned into sources, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX, SOURCE_SCHEMA, SUBJECT
from yumiao.store.absences import Absence
from yumiao.store.contents import SOURCES
from yumiao.store.effective import AT, BATCH, HIGH, LOW, VALUE
from yumiao.store.offers import Offers
from yumiao.store.origins import decode_origin, decode_origins, origin_columns, usual_text_of

PLACE = "place"
"""The place of a source's subject in the table of facts; sources are put into its order."""

_FEW = 64
"""Values of one batch up to which they are cited one by one."""


def cite_rows(
    offers: Offers, fact: str, frame: pl.DataFrame, wanted: pl.Series | None = None
) -> Iterator[pl.DataFrame]:
    """Yield the sources of the known rows of a frame, batch by batch."""
    known = frame[BATCH].is_not_null() if wanted is None else wanted & frame[BATCH].is_not_null()
    if not known.any():
        return
    placed = frame.with_columns(offers.subjects.alias(SUBJECT)).with_row_index(PLACE)
    rows = placed.filter(known)
    few: list[tuple[object, ...]] = []
    for (number,), part in sorted(rows.partition_by(BATCH, as_dict=True).items()):
        by_row, by_absence = part.filter(pl.col(AT).is_not_null()), part.filter(pl.col(AT).is_null())
        if by_row.height > _FEW:
            yield with_batch(offers, _decoded(offers, fact, by_row, number), number)
        elif by_row.height:
            few += _fewcite_rows(offers, fact, by_row, number)
        if by_absence.height:
            yield with_batch(offers, _absent(offers, fact, by_absence, number), number)
    if few:
        yield pl.DataFrame(few, schema={PLACE: pl.UInt32, **SOURCE_SCHEMA}, orient="row")


def _fewcite_rows(offers: Offers, fact: str, rows: pl.DataFrame, number: int) -> Iterator[tuple[object, ...]]:
    """Yield the sources of a few values one by one: with many small batches quicker than a frame for each."""
    batch = offers.knowledge.batches[number]
    strips, manifest = batch.strips(), batch.manifest
    wanted = origin_columns(strips, fact, batch.schema(SOURCES))
    places = rows[AT].to_list()
    origins = batch.read(SOURCES, wanted)[places].to_dicts() if wanted else [{}] * len(places)
    for row, origin in zip(rows.iter_rows(named=True), origins, strict=True):
        values = {fact: row.get(VALUE), fact + LOW_SUFFIX: row.get(LOW), fact + HIGH_SUFFIX: row.get(HIGH)}
        cited = decode_origin(origin, strips, fact, values)
        own = fact if VALUE in row else fact + HIGH_SUFFIX
        value = None if values[own] is None else usual_text_of(values[own], 0)
        yield (
            row[PLACE],
            row[SUBJECT],
            cited["column"] or own,
            value if cited["value"] is None else cited["value"],
            cited["raw"],
            cited["file"],
            cited["sheet"],
            cited["cell"],
            manifest.id,
            manifest.recorded_at,
        )


def _decoded(offers: Offers, fact: str, rows: pl.DataFrame, number: int) -> pl.DataFrame:
    batch = offers.knowledge.batches[number]
    strips = batch.strips()
    wanted = origin_columns(strips, fact, batch.schema(SOURCES))
    origins = batch.read(SOURCES, wanted).select(pl.all().gather(rows[AT])) if wanted else rows.select(AT)
    nothing = pl.Series([None], dtype=rows[VALUE if VALUE in rows.columns else HIGH].dtype).new_from_index(
        0, rows.height
    )
    values = {
        fact: rows[VALUE] if VALUE in rows.columns else nothing,
        fact + LOW_SUFFIX: rows[LOW] if LOW in rows.columns else nothing,
        fact + HIGH_SUFFIX: rows[HIGH] if HIGH in rows.columns else nothing,
    }
    found = decode_origins(origins, strips, fact, values)
    own = fact if VALUE in rows.columns else fact + HIGH_SUFFIX
    own_value = values[own].cast(pl.String)
    return found.with_columns(
        rows[SUBJECT], rows[PLACE], pl.col("column").fill_null(own), pl.col("value").fill_null(own_value)
    )


def _absent(offers: Offers, fact: str, rows: pl.DataFrame, number: int) -> pl.DataFrame:
    files = [
        offer.said.declaration.file
        for found in offers.by_fact[fact].values()
        for offer in found
        if offer.number == number and isinstance(offer.said, Absence)
    ]
    return rows.select(
        SUBJECT,
        PLACE,
        pl.lit(fact).alias("column"),
        pl.col(VALUE).cast(pl.String).alias("value"),
        pl.lit("").alias("raw"),
        pl.lit(files[0], pl.String).alias("file"),
        pl.lit("").alias("sheet"),
        pl.lit("").alias("cell"),
    )


def with_batch(offers: Offers, frame: pl.DataFrame, number: int) -> pl.DataFrame:
    """Return sources of one batch with its name and moment."""
    manifest = offers.knowledge.batches[number].manifest
    stamped = frame.with_columns(batch=pl.lit(manifest.id), recorded_at=pl.lit(manifest.recorded_at))
    return stamped.select(PLACE, *(pl.col(name).cast(kind) for name, kind in SOURCE_SCHEMA.items()))


def cited_together(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """Put sources of one fact together, in the order of the subjects."""
    if not frames:
        return pl.DataFrame(schema=SOURCE_SCHEMA)
    found = pl.concat(frames)
    if not found[PLACE].is_sorted():
        found = found.sort(PLACE, maintain_order=True)
    return found.drop(PLACE)

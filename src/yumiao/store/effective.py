"""Which of the values received for one fact counts, for all subjects at once.

Sources are asked in the declared order, each for what it observed last; the first that knows a value gives it. Exact
values are asked for first everywhere, intervals only where nobody knows a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX
from yumiao.store.absences import Absence
from yumiao.store.columns import FactColumn
from yumiao.store.placing import Placement

VALUE, LOW, HIGH = "value", "low", "high"
BATCH, AT = "batch", "at"
"""Of every value: the number of its batch, and its row there (NULL where it is known from absence)."""


@dataclass(frozen=True)
class Offer:
    """What one batch offers for a fact.

    Attributes:
        number: of the batch, in order of recording.
        columns: the columns of the fact that the batch has.
        said: its rows, or what its absence from a complete list says.
        layer: of the placement; what is known from absence comes after all rows.
    """

    number: int
    columns: FactColumn
    said: Placement | Absence
    layer: int


@dataclass(frozen=True)
class SourceSays:
    """What one source says of a fact for every subject, latest word first.

    Attributes:
        source: its id.
        exact: one row per subject: ``value``, ``batch``, ``at``; NULL = it does not know.
        interval: one row per subject: ``low``, ``high``, ``batch``, ``at``; None where it never gave one.
        offers: what it was taken from.
    """

    source: str
    exact: pl.DataFrame
    interval: pl.DataFrame | None
    offers: tuple[Offer, ...]


def hear_source(source: str, offers: Sequence[Offer], dtype: pl.DataType, size: int) -> SourceSays:
    """Take the latest word of one source.

    Args:
        offers: latest first.
        dtype: of the values.
        size: how many subjects there are.
    """
    exact = [offer for offer in offers if offer.columns.has_value or isinstance(offer.said, Absence)]
    intervals = [offer for offer in offers if offer.columns.is_interval and isinstance(offer.said, Placement)]
    return SourceSays(
        source,
        _first_known(exact, (VALUE,), dtype, size),
        _first_known(intervals, (LOW, HIGH), dtype, size) if intervals else None,
        tuple(offers),
    )


def first_of(frames: Iterable[pl.DataFrame], columns: Sequence[str]) -> pl.DataFrame | None:
    """Return for each row the first of some aligned frames in which one of the columns is known."""
    result: pl.DataFrame | None = None
    for frame in frames:
        result = frame if result is None else _filled(result, frame, columns)
        if not _open(result, columns).any():
            break
    return result


def _open(frame: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    return frame.select(pl.all_horizontal(pl.col(columns).is_null())).to_series()


def _filled(result: pl.DataFrame, other: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    is_open = _open(result, columns)
    return result.select(
        pl.when(is_open).then(other[name]).otherwise(pl.col(name)).alias(name) for name in result.columns
    )


def _first_known(
    offers: Sequence[Offer], columns: tuple[str, ...], dtype: pl.DataType, size: int
) -> pl.DataFrame:
    found = first_of(_aligned(offers, columns, dtype, size), columns)
    if found is not None:
        return found
    schema = {**dict.fromkeys(columns, dtype), BATCH: pl.UInt32(), AT: pl.UInt32()}
    return pl.DataFrame({name: [None] * size for name in schema}, schema=schema)


def _aligned(
    offers: Sequence[Offer], columns: tuple[str, ...], dtype: pl.DataType, size: int
) -> Iterator[pl.DataFrame]:
    """Yield what offers say, one row per subject; neighbouring small batches together."""
    few: list[pl.DataFrame] = []
    for offer in offers:
        if isinstance(offer.said, Placement) and offer.said.rows is None:
            few.append(_sparse(offer, offer.said, columns, dtype))
            continue
        if few:
            yield _spread(few, size)
            few = []
        yield offered(offer, columns, dtype)
    if few:
        yield _spread(few, size)


def offered(offer: Offer, columns: tuple[str, ...], dtype: pl.DataType) -> pl.DataFrame:
    """Return what one offer says, one row per subject of its placement."""
    if isinstance(offer.said, Absence):
        return offer.said.values(offer.number)
    place = offer.said
    names = {
        VALUE: offer.columns.name,
        LOW: offer.columns.name + LOW_SUFFIX,
        HIGH: offer.columns.name + HIGH_SUFFIX,
    }
    there = [name for name in columns if names[name] in offer.columns.present]
    rows = place.rows if place.rows is not None else place.at
    frame = place.values([names[name] for name in there]).rename({names[name]: name for name in there})
    known = pl.any_horizontal(pl.col(there).is_not_null())
    return frame.select(
        *(pl.col(name) if name in there else pl.lit(None, dtype).alias(name) for name in columns),
        pl.when(known).then(pl.lit(offer.number, pl.UInt32)).alias(BATCH),
        pl.when(known).then(pl.lit(rows)).alias(AT),
    )


def _sparse(offer: Offer, place: Placement, columns: tuple[str, ...], dtype: pl.DataType) -> pl.DataFrame:
    assert place.subjects is not None  # noqa: S101 - a placement without rows lists its subjects
    frame = offered(offer, columns, dtype).with_columns(place.subjects.alias("place"))
    return frame.filter(pl.any_horizontal(pl.col(columns).is_not_null()))


def _spread(frames: list[pl.DataFrame], size: int) -> pl.DataFrame:
    """Put small offers, latest first, into one frame over all subjects."""
    latest = pl.concat(frames).unique("place", keep="first", maintain_order=True)
    index = pl.DataFrame({"place": pl.int_range(size, dtype=pl.UInt32, eager=True)})
    return index.join(latest, on="place", how="left", maintain_order="left").drop("place")

"""In which division each subject was last said to be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache

import polars as pl

from yumiao.model.facts import SUBJECT
from yumiao.store.aliases import Aliases
from yumiao.store.batches import Batch
from yumiao.store.contents import FACTS, IDENTIFIERS

TERRITORY = "territory"


def read_territories(counting: Iterable[tuple[int, Batch]], aliases: Aliases) -> pl.DataFrame:
    """Return ``subject`` and ``territory``, the division that it was last said to be in; nobody of whom none was said.

    A division is said by an identifier of kind ``territory``, or by the territory of a batch that lists the subject.
    A list of a whole district takes no town back: where the last said is wider than what was said before of a place
    inside it, the place inside it holds.

    Args:
        counting: the batches that count, each with its number in order of recording.
    """
    said = [pl.DataFrame(schema={SUBJECT: pl.String, TERRITORY: pl.String, **_ORDER})]
    for number, batch in counting:
        day, listed_in = batch.manifest.observed_on, batch.manifest.territory
        if listed_in is not None and listed_in != "CN":
            ids = aliases.apply(batch.read(FACTS, [SUBJECT])[SUBJECT], batch.manifest.id)
            said.append(_said(ids, pl.lit(listed_in), (day, number, 0)))
        if batch.has(IDENTIFIERS):
            named = batch.read(IDENTIFIERS, [SUBJECT, "kind", "value"]).filter(pl.col("kind") == TERRITORY)
            ids = aliases.apply(named[SUBJECT], batch.manifest.id)
            said.append(_said(ids, pl.lit(named["value"]), (day, number, 1)))
    ordered = pl.concat(said).sort(*_ORDER, maintain_order=True)
    gathered = ordered.drop_nulls(TERRITORY).group_by(SUBJECT, maintain_order=True).agg(TERRITORY)
    orders: list[list[str]] = gathered[TERRITORY].to_list()
    narrowest = [narrowest_place(tuple(order)) for order in orders]
    return gathered.with_columns(pl.Series(TERRITORY, narrowest, dtype=pl.String))


_ORDER: dict[str, pl.DataType] = {"day": pl.Date(), "number": pl.Int64(), "sure": pl.Int8()}


def _said(subjects: pl.Series, territory: pl.Expr, order: tuple[dt.date, int, int]) -> pl.DataFrame:
    """Return what a batch says of the places of subjects: one row each time it says so."""
    stamps = [
        pl.lit(value, kind).alias(name) for value, (name, kind) in zip(order, _ORDER.items(), strict=True)
    ]
    return pl.DataFrame({SUBJECT: subjects}).with_columns(territory.alias(TERRITORY), *stamps)


@lru_cache(maxsize=4096)  # few orders of places are said of many subjects
def narrowest_place(said: tuple[str, ...]) -> str:
    """Return the place said last, or a narrower one inside it that nothing said since contradicts.

    Args:
        said: division codes in the order in which they were said; one at least.
    """
    place = said[-1]
    for earlier in reversed(said[:-1]):
        wider, narrower = division_prefix(place), division_prefix(earlier)
        if narrower.startswith(wider):
            place = earlier if len(narrower) > len(wider) else place
        elif not wider.startswith(narrower):
            break
    return place


def division_prefix(code: str) -> str:
    """Return what the codes of all places inside a division begin with: 3204 for 320400, 320412 for 320412000."""
    if len(code) == 12 and code.endswith("000"):
        code = code[:9]
    if len(code) == 9 and code.endswith("000"):
        code = code[:6]
    while len(code) in (4, 6) and code.endswith("00"):
        code = code[:-2]
    return code

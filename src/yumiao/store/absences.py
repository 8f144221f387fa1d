"""What a complete list says of those it does not name: a known no, at its date, from its file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from yumiao.model.facts import SUBJECT
from yumiao.model.metrics import Metric
from yumiao.model.periods import column_name
from yumiao.store.batches import Batch
from yumiao.store.contents import DECLARATIONS, FACTS, IDENTIFIERS
from yumiao.store.knowledge import Knowledge

_FEW = 20_000
"""Of no more subjects than so many what is said of others is left out at once."""


@dataclass(frozen=True)
class Declaration:
    """A list that a batch declares complete.

    Attributes:
        fact: the column it speaks of.
        territory: division code, or None for every subject.
        file: the list.
        unclear: subjects that the list may mean without naming them clearly, ids as in the batch.
    """

    fact: str
    territory: str | None
    on: dt.date
    file: str | None
    unclear: frozenset[str]

    def covers(self, territory: str | None) -> bool:
        """Whether a subject of a territory (None = unknown) certainly stands in the territory of the list."""
        if self.territory in (None, "CN"):
            return True
        return territory is not None and territory.startswith(division_prefix(str(self.territory)))


@dataclass(frozen=True)
class Absence:
    """What a declaration says of the subjects of a table.

    Attributes:
        covered: one Boolean per subject: whether absence says no of it.
    """

    declaration: Declaration
    covered: pl.Series

    def values(self, number: int) -> pl.DataFrame:
        """Return ``value`` (no where covered), ``batch`` and ``at`` (NULL: there is no row)."""
        return pl.DataFrame({"covered": self.covered}).select(
            value=pl.when("covered").then(pl.lit(value=False)),
            batch=pl.when("covered").then(pl.lit(number, pl.UInt32)),
            at=pl.lit(None, pl.UInt32),
        )


def division_prefix(code: str) -> str:
    """Return what the codes of all places inside a division begin with: 3204 for 320400, 320412 for 320412000."""
    if len(code) == 12 and code.endswith("000"):
        code = code[:9]
    if len(code) == 9 and code.endswith("000"):
        code = code[:6]
    while len(code) in (4, 6) and code.endswith("00"):
        code = code[:-2]
    return code


def declarations_of(batch: Batch, metrics: Mapping[str, Metric]) -> list[Declaration]:
    """Return the lists that a batch declares complete, of the metrics wanted."""
    if not batch.has(DECLARATIONS):
        return []
    found = []
    for row in batch.read(DECLARATIONS).iter_rows(named=True):
        metric = metrics.get(row["metric"])
        if metric is not None:
            fact = column_name(metric.id, row["on"].year if metric.period.is_yearly else None)
            unclear = frozenset(row["unclear"] or ())
            found.append(Declaration(fact, row["territory"], row["on"], row["file"], unclear))
    return found


def place_absence(
    declaration: Declaration, batch: Batch, knowledge: Knowledge, subjects: pl.Series, territories: pl.Series
) -> Absence:
    """Work out of which subjects a list's silence says no."""
    known = territories.unique().to_list()
    covering = [each for each in known if declaration.covers(each)]
    covered = territories.is_in(covering, nulls_equal=True) if covering else territories.is_null() & False
    aliases = knowledge.aliases.of_batch(batch.manifest.id)
    unclear = [aliases.get(each, each) for each in sorted(declaration.unclear)]
    if unclear:
        covered = covered & ~subjects.is_in(unclear)
    return Absence(declaration, covered)


def territories_of(knowledge: Knowledge, subjects: pl.Series) -> pl.Series:
    """Return for each subject the division that it was last said to be in; NULL = unknown.

    A division is said by an identifier of kind ``territory``, or by the territory of a batch that lists the subject.
    A list of a whole district takes no town back: where the last said is wider than what was said before of a place
    inside it, the place inside it holds.
    """
    said = []
    only = subjects.implode() if len(subjects) <= _FEW else None
    for number, batch in knowledge.counting():
        day = batch.manifest.observed_on
        if batch.manifest.territory is not None and batch.manifest.territory != "CN":
            ids = batch.read(FACTS, [SUBJECT])[SUBJECT]
            place = pl.lit(batch.manifest.territory)
            said.append(_said(knowledge, batch, ids, place, (day, number, 0), only))
        if batch.has(IDENTIFIERS):
            places = batch.read(IDENTIFIERS, [SUBJECT, "kind", "value"]).filter(pl.col("kind") == "territory")
            place = pl.lit(places["value"])
            said.append(_said(knowledge, batch, places[SUBJECT], place, (day, number, 1), only))
    if not said:
        return pl.Series("territory", [None], pl.String).new_from_index(0, len(subjects))
    ordered = pl.concat(said).sort("day", "number", "sure", maintain_order=True)
    gathered = ordered.drop_nulls("territory").group_by(SUBJECT, maintain_order=True).agg("territory")
    orders: list[list[str]] = gathered["territory"].to_list()
    narrowest = [narrowest_place(tuple(order)) for order in orders]
    latest = gathered.with_columns(territory=pl.Series(narrowest, dtype=pl.String))
    wanted = pl.DataFrame({SUBJECT: subjects})
    return wanted.join(latest, on=SUBJECT, how="left", maintain_order="left")["territory"]


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


def _said(
    knowledge: Knowledge,
    batch: Batch,
    ids: pl.Series,
    territory: pl.Expr,
    order: tuple[dt.date, int, int],
    only: pl.Series | None,
) -> pl.DataFrame:
    """Return what a batch says of the places of subjects, or of ``only`` some: one row each time it says so."""
    subjects = knowledge.aliases.apply(ids, batch.manifest.id)
    day, number, sure = order
    said = pl.DataFrame({SUBJECT: subjects}).with_columns(territory=territory)
    if only is not None:
        said = said.filter(pl.col(SUBJECT).is_in(only))
    return said.with_columns(day=pl.lit(day), number=pl.lit(number), sure=pl.lit(sure))

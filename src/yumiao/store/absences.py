"""What a complete list says of those it does not name: a known no, at its date, from its file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from yumiao.model.metrics import Metric
from yumiao.model.periods import column_name
from yumiao.store.batches import Batch
from yumiao.store.contents import DECLARATIONS
from yumiao.store.knowledge import Knowledge
from yumiao.store.territories import division_prefix


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

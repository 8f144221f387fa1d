"""What was said later of some subjects, laid over what was said first of everybody.

Facts and conflicts of a subject are said later as a whole; of its sources often only those of a few facts are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from yumiao.model.facts import SUBJECT
from yumiao.store.batches import is_one_of

SOURCES = "sources"
"""The part of a folder that may be said later fact by fact."""

_LATER = "later.parquet"
_COLUMNS = "columns"
_SCHEMA = {SUBJECT: pl.String(), _COLUMNS: pl.List(pl.String())}


@dataclass(frozen=True)
class Later:
    """Of whom something was said later.

    Attributes:
        table: one row per subject, sorted: ``subject``, and ``columns``, those of the facts whose sources were said
            later, sorted; NULL: of all.
    """

    table: pl.DataFrame

    @cached_property
    def subjects(self) -> pl.Series:
        """The subjects, sorted."""
        return self.table[SUBJECT]

    def stays(self, part: str) -> pl.Expr:
        """Whether a row of a part that was said first still holds."""
        if part != SOURCES:
            return ~is_one_of(self.subjects)
        gone = [pl.lit(value=False)]
        for columns, subjects in self._alike():
            gone.append(is_one_of(subjects) & (is_of(columns) if columns is not None else True))
        return ~pl.any_horizontal(gone)

    def _alike(self) -> Iterable[tuple[list[str] | None, pl.Series]]:
        """Group the subjects of whom the same columns were said later; there are few such groups."""
        found: dict[tuple[str, ...] | None, list[str]] = {}
        for subject, columns in self.table.iter_rows():
            found.setdefault(None if columns is None else tuple(columns), []).append(subject)
        for columns, subjects in found.items():
            yield (None if columns is None else list(columns)), pl.Series(SUBJECT, subjects)

    @cached_property
    def columns(self) -> dict[str, list[str] | None]:
        """Of whom which columns of sources were said later."""
        return dict(self.table.iter_rows())

    def and_of(self, subjects: pl.Series, columns: Collection[str] | None) -> Later:
        """Return this with what is said of more subjects: the sources of some columns; None: of all."""
        said = dict(self.columns)
        for subject in subjects:
            before = said.get(subject, [])
            whole = before is None or columns is None
            said[subject] = None if whole else sorted({*(before or ()), *(columns or ())})
        rows = sorted(said.items(), key=lambda each: each[0])
        return Later(pl.DataFrame(rows, schema=_SCHEMA, orient="row"))

    def write(self, folder: Path) -> None:
        """Write this into the folder of a run."""
        self.table.write_parquet(folder / _LATER)


def read_later(folder: Path) -> Later:
    """Read of whom something was said later in the folder of a run; earlier releases wrote whole subjects only."""
    place = folder / _LATER
    if not place.exists():
        return Later(pl.DataFrame(schema=_SCHEMA))
    table = pl.read_parquet(place)
    if _COLUMNS not in table.columns:
        table = table.with_columns(pl.lit(None, _SCHEMA[_COLUMNS]).alias(_COLUMNS))
    return Later(table)


def is_of(columns: Collection[str]) -> pl.Expr:
    """Whether a source is of one of some columns."""
    return pl.col("column").is_in(pl.Series(sorted(columns), dtype=pl.String).implode())

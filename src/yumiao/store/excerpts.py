"""What a batch says of some subjects, or of some facts of theirs: each part is read once, and kept in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from yumiao.model.facts import IDENTITY_COLUMNS, SUBJECT
from yumiao.store.aliases import Aliases, read_back
from yumiao.store.batches import Batch, is_one_of
from yumiao.store.columns import fact_name
from yumiao.store.contents import FACTS, SOURCES
from yumiao.store.origins import Strips, is_origin_of
from yumiao.store.values import BatchManifest

_BY_COLUMN = (FACTS, SOURCES)
"""Parts of which one column is asked for after the other: they are read whole."""


def take_excerpts(
    batches: Iterable[Batch], aliases: Aliases, subjects: pl.Series, facts: Collection[str] | None = None
) -> Iterator[Excerpt]:
    """Yield of each batch what it says of some subjects, named by the ids that they are read as.

    Args:
        facts: names of the facts wanted; None: all.
    """
    ids: dict[int, pl.Series] = {}  # by the mapping of ids: but for a few, all batches have the same
    for batch in batches:
        found = aliases.of_batch(batch.manifest.id)
        if id(found) not in ids:
            ids[id(found)] = read_back(found, subjects)
        yield Excerpt(batch, ids[id(found)], None if facts is None else frozenset(facts))


@dataclass
class Excerpt:
    """A batch of which only rows about some subjects are read; it says of them what the batch says.

    Attributes:
        batch: where they are taken from.
        ids: the ids under which the batch speaks of the subjects.
        facts: names of the facts that are read, beside names and codes; None: all.
    """

    batch: Batch
    ids: pl.Series = field(repr=False)
    facts: frozenset[str] | None = field(default=None, repr=False)
    _frames: dict[tuple[str, tuple[str, ...]], pl.DataFrame] = field(default_factory=dict, repr=False)

    @property
    def manifest(self) -> BatchManifest:
        return self.batch.manifest

    def has(self, part: str) -> bool:
        return self.batch.has(part)

    def schema(self, part: str) -> Mapping[str, pl.DataType]:
        schema = self.batch.schema(part)
        return {name: schema[name] for name in schema if self._speaks_of(part, name)}

    def _speaks_of(self, part: str, column: str) -> bool:
        if self.facts is None or part not in _BY_COLUMN:
            return True
        if part == SOURCES:
            return is_origin_of(column, self.facts)
        return column in IDENTITY_COLUMNS or fact_name(column) in self.facts

    def read(
        self, part: str, columns: Sequence[str] | None = None, *, only: pl.Series | None = None
    ) -> pl.DataFrame:
        together = () if columns is None or part in _BY_COLUMN else tuple(columns)
        if (part, together) not in self._frames:
            self._frames[part, together] = self._taken(part, together or None)
        frame = self._frames[part, together]
        frame = frame if only is None else frame.filter(is_one_of(only))
        return frame if columns is None else frame.select(columns)

    def _taken(self, part: str, columns: Sequence[str] | None) -> pl.DataFrame:
        """Read the rows wanted; origins stand in the order of the facts, and what names nobody is kept whole."""
        if part in _BY_COLUMN:
            columns = list(self.schema(part))
        if part == SOURCES:
            wanted = self.batch.read(FACTS, [SUBJECT]).select(is_one_of(self.ids)).to_series()
            return self.batch.read(SOURCES, columns).filter(wanted)
        if SUBJECT in self.schema(part):
            return self.batch.read(part, columns, only=self.ids)
        return self.batch.read(part, columns)

    def rows_of(self, part: str, subject: str) -> list[dict[str, Any]]:
        return self.batch.rows_of(part, subject)

    def strips(self) -> Strips:
        return self.batch.strips()

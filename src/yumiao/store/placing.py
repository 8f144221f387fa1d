"""Where the subjects of a table of facts stand in a batch."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from yumiao.model.facts import SUBJECT
from yumiao.store.batches import Batch
from yumiao.store.contents import FACTS, IDENTIFIERS
from yumiao.store.knowledge import Knowledge

_WHOLE = 20_000_000
"""Cells up to which a batch is read at once; a larger one is read column by column, to take little memory."""

_SPARSE = 8
"""A batch that speaks of less than one subject in so many is kept as a list, not as a column over all."""


@dataclass
class Placement:
    """The rows of one batch, seen from the subjects of a table.

    Attributes:
        number: the batch's place in order of recording.
        rows: for each subject the row of the batch, NULL = not there; None when `at` and `subjects` say it.
        subjects, at: where few subjects are meant: their places in the table, and their rows in the batch.
        layer: 0, or more where several rows of the batch are about one (merged) subject.
    """

    number: int
    batch: Batch
    layer: int
    rows: pl.Series | None
    subjects: pl.Series | None = None
    at: pl.Series | None = None
    _table: pl.DataFrame | None = field(default=None, repr=False)

    @property
    def speaks(self) -> bool:
        """Whether any subject of the table stands in the batch."""
        rows = self.rows if self.rows is not None else self.at
        return rows is not None and rows.null_count() < len(rows)

    def values(self, columns: list[str]) -> pl.DataFrame:
        """Return columns of the batch, one row per subject of the table or of `subjects`."""
        read = self._read(columns)
        rows = self.rows if self.rows is not None else self.at
        assert rows is not None  # noqa: S101 - one of the two is always there
        return read.select(pl.all().gather(rows))

    def _read(self, columns: list[str]) -> pl.DataFrame:
        if self._table is None:
            height, width = self.batch.manifest.counts["subjects"], len(self.batch.schema(FACTS))
            if height * width > _WHOLE:
                return self.batch.read(FACTS, columns)
            self._table = self.batch.read(FACTS)
        return self._table.select(columns)


def all_subjects(knowledge: Knowledge) -> pl.Series:
    """Return every subject that a counting batch speaks of, once, sorted, ids as they are read now."""
    seen = []
    for _, batch in knowledge.counting():
        parts = [FACTS]
        if batch.manifest.counts.get("identified_only"):
            parts.append(IDENTIFIERS)
        for part in parts:
            ids = batch.read(part, [SUBJECT])[SUBJECT].drop_nulls()
            seen.append(knowledge.aliases.apply(ids, batch.manifest.id))
    if not seen:
        return pl.Series(SUBJECT, [], pl.String)
    return pl.concat([each.rename(SUBJECT) for each in seen]).unique().sort()


def place_batches(knowledge: Knowledge, subjects: pl.Series) -> dict[int, list[Placement]]:
    """Find the subjects of a table in every counting batch.

    Args:
        subjects: unique ids.
    Returns: the batch's number → its placements, layer by layer; none where it speaks of nobody in the table.
    """
    wanted = pl.DataFrame({SUBJECT: subjects}).with_row_index("place")
    return {
        number: [each for each in _place(number, batch, knowledge, wanted) if each.speaks]
        for number, batch in knowledge.counting()
    }


def _place(number: int, batch: Batch, knowledge: Knowledge, wanted: pl.DataFrame) -> list[Placement]:
    ids = batch.read(FACTS, [SUBJECT])[SUBJECT]
    if (
        len(ids) == wanted.height
        and ids.equals(wanted[SUBJECT])
        and not knowledge.aliases.of_batch(batch.manifest.id)
    ):
        return [Placement(number, batch, 0, wanted["place"])]
    rows = pl.DataFrame(
        {"old": ids, SUBJECT: knowledge.aliases.apply(ids, batch.manifest.id)}
    ).with_row_index("at")
    layers = [rows]
    if rows[SUBJECT].is_duplicated().any():
        rows = rows.sort(SUBJECT, pl.col("old") != pl.col(SUBJECT), "old")
        rows = rows.with_columns(layer=pl.int_range(pl.len()).over(SUBJECT))
        layers = [part for _, part in sorted(rows.partition_by("layer", as_dict=True).items())]
    return [_placement(number, batch, layer, part, wanted) for layer, part in enumerate(layers)]


def _placement(number: int, batch: Batch, layer: int, rows: pl.DataFrame, wanted: pl.DataFrame) -> Placement:
    found = rows.select(SUBJECT, "at")
    if rows.height * _SPARSE < wanted.height:
        pairs = found.join(wanted, on=SUBJECT, how="inner").sort("place")
        return Placement(number, batch, layer, None, pairs["place"], pairs["at"])
    aligned = wanted.join(found, on=SUBJECT, how="left", maintain_order="left")["at"]
    return Placement(number, batch, layer, aligned)

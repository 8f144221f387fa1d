"""What an intake would add to what is known: facts that are new, the same, changed, or at odds with another source."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from yumiao.model.facts import SUBJECT

KNOWN_SCHEMA: dict[str, pl.DataType] = {
    SUBJECT: pl.String(),
    "column": pl.String(),
    "value": pl.String(),
    "source": pl.String(),
}
"""One row per subject, column and source: the value that counts among those of that source."""


class Standing(StrEnum):
    """How a fact of an intake stands to what is known.

    ``same`` is what its own source has said before, or another source says too; ``changed``, another value than its
    own source gave before; ``conflict``, something that the source says for the first time and another source
    contradicts.
    """

    NEW = "new"
    SAME = "same"
    CHANGED = "changed"
    CONFLICT = "conflict"


@dataclass(frozen=True)
class Comparison:
    """The facts of an intake beside what is known.

    Attributes:
        facts: one row per fact: ``subject``, ``column``, ``value``, ``standing``, ``before`` (the value that the
            same source gave last, or NULL), ``other`` and ``other_source`` (a differing value of another source,
            or NULL).
    """

    facts: pl.DataFrame

    def counts(self) -> dict[Standing, int]:
        """How many facts stand in each way."""
        found = dict(self.facts["standing"].value_counts().iter_rows())
        return {standing: int(found.get(standing.value, 0)) for standing in Standing}

    @property
    def brings_nothing(self) -> bool:
        """Whether the source has said all of this before."""
        return bool((self.facts["before"] == self.facts["value"]).fill_null(value=False).all())


def compare_facts(arriving: pl.DataFrame, known: pl.DataFrame, source: str) -> Comparison:
    """Compare the facts of an intake with what is known.

    Args:
        arriving: one row per fact: ``subject``, ``column``, ``value`` as stored text.
        known: what counts now for each source (:data:`KNOWN_SCHEMA`).
        source: the source of the intake.
    """
    keys = [SUBJECT, "column"]
    is_own = pl.col("source") == source
    own = known.filter(is_own).select(*keys, before="value").unique(keys, keep="first")
    others = (
        known.filter(~is_own)
        .join(arriving.select(*keys, arriving="value"), on=keys, how="inner")
        .filter(pl.col("value") != pl.col("arriving"))
        .unique(keys, keep="first", maintain_order=True)
        .select(*keys, other="value", other_source="source")
    )
    agreeing = known.filter(~is_own).select(*keys).unique()
    joined = (
        arriving.select(*keys, "value")
        .join(own, on=keys, how="left", maintain_order="left")
        .join(others, on=keys, how="left", maintain_order="left")
        .join(agreeing.with_columns(is_known_elsewhere=True), on=keys, how="left", maintain_order="left")
    )
    standing = (
        pl.when(pl.col("other").is_not_null() & (pl.col("before") != pl.col("value")).fill_null(value=True))
        .then(pl.lit(Standing.CONFLICT.value))
        .when(pl.col("before") == pl.col("value"))
        .then(pl.lit(Standing.SAME.value))
        .when(pl.col("before").is_not_null())
        .then(pl.lit(Standing.CHANGED.value))
        .when(pl.col("is_known_elsewhere"))
        .then(pl.lit(Standing.SAME.value))
        .otherwise(pl.lit(Standing.NEW.value))
    )
    return Comparison(
        joined.with_columns(standing=standing).select(
            *keys, "value", "standing", "before", "other", "other_source"
        )
    )

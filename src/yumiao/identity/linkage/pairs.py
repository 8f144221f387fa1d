"""The table of pairs that every step of a linkage adds to."""

from __future__ import annotations

from enum import StrEnum

import polars as pl


class Answer(StrEnum):
    """Whether two records are of one party."""

    SAME = "same"
    PERSON = "person"
    DIFFERENT = "different"


class Step(StrEnum):
    """What has decided a pair."""

    CODE = "code"
    DECISION = "decision"
    CHANGE_OF_NAME = "change_of_name"
    NAME = "name"
    PROBABILISTIC = "probabilistic"


class Relation(StrEnum):
    """What binds two records that are not one party."""

    BRANCH_OF = "branch_of"
    """The left is a branch of the right, or the right of the left."""


ColumnType = pl.DataType | type[pl.DataType]

WEIGHT = pl.Struct({"part": pl.String, "level": pl.String, "weight": pl.Float64})

PAIRS: dict[str, ColumnType] = {
    "left": pl.String,
    "right": pl.String,
    "answer": pl.String,
    "probability": pl.Float64,
    "step": pl.String,
    "relation": pl.String,
    "evidence_zh": pl.String,
    "evidence_en": pl.String,
    "weights": pl.List(WEIGHT),
}
"""One row per pair. ``probability`` that both are one party; ``relation`` NULL where there is none; ``weights``
(log2 of how much more often that is seen among pairs of one party) NULL where a rule has decided."""

CERTAIN = 1.0
BY_RECORD = 0.999
BY_NAME = 0.998
BY_NAME_WITHOUT_REGION = 0.95
AMBIGUOUS = 0.5
APART = 0.0
"""Probabilities of pairs that a rule has decided: by convention, so that they can be sorted among the others."""


def empty_pairs() -> pl.DataFrame:
    """Return a table of pairs without rows."""
    return pl.DataFrame(schema=PAIRS)


def make_pairs(
    found: pl.DataFrame,
    step: Step,
    answer: pl.Expr,
    probability: pl.Expr,
    evidence: tuple[pl.Expr, pl.Expr],
    relation: str | None = None,
) -> pl.DataFrame:
    """Bring joined rows (``key``, ``key_right``) into the shape of :data:`PAIRS`, in the order of their keys."""
    return (
        found.select(
            left=pl.col("key"),
            right=pl.col("key_right"),
            answer=answer,
            probability=probability,
            step=pl.lit(step.value),
            relation=pl.lit(relation, dtype=pl.String),
            evidence_zh=evidence[0],
            evidence_en=evidence[1],
            weights=pl.lit(None, dtype=PAIRS["weights"]),
        )
        .cast(PAIRS)  # type: ignore[arg-type]
        .sort("left", "right")
    )


def count_over(column: str) -> pl.Expr:
    """Count the rows that share a value of ``column``."""
    return pl.len().over(column)


def either(condition: pl.Expr, yes: str, no: str) -> pl.Expr:
    """Choose between two words, row by row."""
    return pl.when(condition).then(pl.lit(yes)).otherwise(pl.lit(no))

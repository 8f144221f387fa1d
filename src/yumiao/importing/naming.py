"""The names under which a store knows its subjects."""

from __future__ import annotations

import polars as pl

from yumiao.model.facts import CODE, NAME, SUBJECT
from yumiao.store import State


def known_names(state: State) -> pl.DataFrame:
    """Return who is known.

    Returns: one row per subject: ``subject``, ``name`` and ``code`` (the latest recorded; NULL where none was
        given), ``names`` (every name, former and short ones and numbers included).
    """
    identifiers = state.identifiers()

    def last(kind: str) -> pl.Expr:
        return pl.col("value").filter(pl.col("kind") == kind).last()

    is_name = pl.col("kind").is_in(["name", "former_name", "short_name", "stock_code", "id", "code"])
    return identifiers.group_by(SUBJECT, maintain_order=True).agg(
        last("name").alias(NAME),
        last("code").alias(CODE),
        pl.col("value").filter(is_name).unique(maintain_order=True).alias("names"),
    )

"""Expressions that both policies are made of."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

UNKNOWN = pl.lit(None, dtype=pl.Boolean)


def named(**values: pl.Expr) -> list[pl.Expr]:
    """Give each expression its name."""
    return [value.alias(name) for name, value in values.items()]


def small(value: int) -> pl.Expr:
    """A literal of one byte: points are small."""
    return pl.lit(value, dtype=pl.Int8)


def first_true(cases: Sequence[tuple[pl.Expr, int]], otherwise: pl.Expr) -> pl.Expr:
    """The small number of the first case that is certainly true."""
    (condition, value), *rest = cases
    chain = pl.when(condition).then(small(value))
    for condition, value in rest:
        chain = chain.when(condition).then(small(value))
    return chain.otherwise(otherwise)


def outcome(met: pl.Expr, possible: pl.Expr) -> pl.Expr:
    """True where certain, False where impossible, else unknown."""
    return met | (possible & UNKNOWN)

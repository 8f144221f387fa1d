"""Whether the regions of two names fit, as an expression over joined columns."""

from __future__ import annotations

import polars as pl

from yumiao.identity.divisions import COUNTRY

FITS = ("same", "supported", "unknown", "within", "apart")

_CITY = 4
"""Digits of a city's code: that a party sits in the province a name begins with says little."""


def relate_regions() -> pl.Expr:
    """Compare the regions of a joined pair: one word of :data:`FITS`.

    Needs ``region`` (code in the name, NULL without), ``region_is_sure`` (NULL: the name says no region), ``seat``
    (code from elsewhere), and the same of the right with suffix ``_right``. Both names without a region are the
    ``same``; ``supported``: one name says none, but its seat lies there; ``unknown``: nothing says where.
    """
    left, right = pl.col("region"), pl.col("region_right")
    says, says_right = pl.col("region_is_sure").is_not_null(), pl.col("region_is_sure_right").is_not_null()
    return (
        pl.when(~says & ~says_right)
        .then(pl.lit("same"))
        .when(~says)
        .then(_inferred(pl.col("seat"), right))
        .when(~says_right)
        .then(_inferred(pl.col("seat_right"), left))
        .when(left == right)
        .then(pl.lit("same"))
        .when(left.is_null() | right.is_null())
        .then(pl.lit("unknown"))
        .when(_is_within(left, right) | _is_within(right, left))
        .then(pl.lit("within"))
        .otherwise(pl.lit("apart"))
    )


def _inferred(seat: pl.Expr, region: pl.Expr) -> pl.Expr:
    """Say what the seat of a party without region in its name tells of a region named."""
    return (
        pl.when(seat.is_null() | region.is_null() | (region == COUNTRY))
        .then(pl.lit("unknown"))
        .when(seat.str.starts_with(region) & (region.str.len_chars() >= _CITY))
        .then(pl.lit("supported"))
        .when(seat.str.starts_with(region) | region.str.starts_with(seat))
        .then(pl.lit("unknown"))
        .otherwise(pl.lit("apart"))
    )


def _is_within(inner: pl.Expr, outer: pl.Expr) -> pl.Expr:
    return inner.str.starts_with(outer) | (outer == COUNTRY)

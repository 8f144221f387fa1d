"""Numbers as officers read them, a whole column at a time: grouped digits, exact or marked ≈."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import polars as pl

from yumiao.model.units import decimal_text

Cut = Literal["towards_zero", "up"]

PLACES = 2
"""Decimals shown; money in 万元 is then exact to 100 yuan."""


def grouped_text(whole: pl.Expr) -> pl.Expr:
    """Print whole numbers of zero or more with a comma between thousands."""
    backwards = whole.cast(pl.String).str.reverse().str.replace_all(r"(\d{3})", "$1,")
    return backwards.str.strip_suffix(",").str.reverse()


def steps_text(steps: pl.Expr, unit_steps: int, *, cut: Cut = "towards_zero") -> pl.Expr:
    """Print whole smallest steps as a decimal of a unit.

    Args:
        steps: whole numbers; NULL stays NULL.
        unit_steps: how many steps the unit has, a power of ten.
        cut: beyond ``PLACES`` decimals: cut and marked ``≈``, or rounded up (for what is still missing).
    """
    per_place = max(1, unit_steps // 10**PLACES)
    places = min(PLACES, len(str(unit_steps)) - 1)
    size = steps.abs()
    shown = -(-size // per_place) if cut == "up" else size // per_place
    whole, part = shown // 10**places, shown % 10**places
    tail = pl.concat_str(pl.lit("."), part.cast(pl.String).str.zfill(places).str.strip_chars_end("0"))
    sign = pl.when(steps < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    is_cut = (size % per_place != 0) if cut == "towards_zero" else pl.lit(value=False)
    mark = pl.when(is_cut).then(pl.lit("≈")).otherwise(pl.lit(""))
    tail = pl.when(part > 0).then(tail).otherwise(pl.lit(""))
    return pl.concat_str(mark, sign, grouped_text(whole), tail)


def grouped(value: Fraction | int, places: int = PLACES) -> str:
    """Print one exact value with grouped thousands; cut values are marked ``≈``."""
    text = decimal_text(value, places)
    head = text.rstrip("0123456789.")
    whole, dot, part = text[len(head) :].partition(".")
    return f"{head}{int(whole):,}{dot}{part}"

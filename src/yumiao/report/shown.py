"""Values, limits and labels as texts, a column at a time; no text contradicts the outcome beside it."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import polars as pl

from yumiao.model.outcomes import Outcome
from yumiao.model.text import Language
from yumiao.model.units import Unit
from yumiao.report.measures import Measure
from yumiao.report.numbers import PLACES, grouped, grouped_text, steps_text
from yumiao.report.wording import separator
from yumiao.rules import graph as g
from yumiao.rules.wording import SIGNS, with_unit

FINE = 6
"""Decimals of a value that would seem to contradict its outcome with ``PLACES``."""


def labelled(code: pl.Expr, labels: dict[str, str]) -> pl.Expr:
    """Replace codes by their labels; a code without one stays."""
    if not labels:
        return pl.lit(None, pl.String)
    return code.replace_strict(labels, default=code, return_dtype=pl.String)


def labelled_list(column: str, labels: dict[str, str], language: Language) -> pl.Expr:
    """Replace the codes of a list by their labels, in one text."""
    if not labels:
        return pl.lit(None, pl.String)
    words = pl.col(column).list.eval(
        pl.element().replace_strict(labels, default=pl.element(), return_dtype=pl.String)
    )
    return words.list.join(separator(language))


def cut(value: pl.Expr) -> pl.Expr:
    """Cut a value to ``PLACES`` decimals towards zero; what binary numbers only seem to miss is not cut."""
    scaled = value * 10**PLACES
    near = scaled.round()
    towards_zero = scaled.floor() + (scaled < 0).cast(pl.Float64)
    whole: pl.Expr = pl.when((scaled - near).abs() < 0.0001).then(near).otherwise(towards_zero)
    return whole / float(10**PLACES)


def float_text(number: pl.Expr, places: int = PLACES) -> pl.Expr:
    """Print numbers with grouped thousands and at most so many decimals."""
    steps = (number * 10**places).round().cast(pl.Int64, strict=False)
    size = steps.abs()
    part = size % 10**places
    tail = pl.concat_str(pl.lit("."), part.cast(pl.String).str.zfill(places).str.strip_chars_end("0"))
    sign = pl.when(steps < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return pl.concat_str(
        sign, grouped_text(size // 10**places), pl.when(part > 0).then(tail).otherwise(pl.lit(""))
    )


def contradicts(number: pl.Expr, measure: Measure, outcome: pl.Expr) -> pl.Expr:
    """Whether a shown number would stand on the other side of the limit than the outcome says."""
    holds = _holds(number, measure.operator, measure.limit)
    wrong = ((outcome == Outcome.MET.value) & ~holds) | ((outcome == Outcome.NOT_MET.value) & holds)
    return wrong.fill_null(value=False)


def _holds(number: pl.Expr, operator: g.Operator, limit: pl.Expr) -> pl.Expr:
    difference = number - limit
    small = 10**-9
    tests = {
        ">=": difference > -small,
        ">": difference > small,
        "<=": difference < small,
        "<": difference < -small,
        "=": difference.abs() < small,
    }
    return tests[operator]


def value_text(measure: Measure, number: pl.Expr, outcome: pl.Expr, language: Language) -> pl.Expr:
    """Print a value; where the short form hides on which side of the limit it is, print more of it.

    Args:
        number: the value cut to ``PLACES`` decimals.
    """
    if measure.is_date:
        return date_text(measure.value)
    unit = pl.lit(unit_suffix(measure.unit, language))
    is_exact = (measure.value - number).abs() < 10**-FINE
    mark = pl.when(is_exact).then(pl.lit("")).otherwise(pl.lit("≈"))
    short = pl.concat_str(mark, float_text(number), unit)
    fine = pl.concat_str(pl.lit("≈"), float_text(measure.value, FINE), unit)
    is_hidden = contradicts(number, measure, outcome)
    is_still_hidden = contradicts((measure.value * 10**FINE).round() / 10**FINE, measure, outcome)
    beside = _just_beside(measure, outcome, language)
    text = pl.when(is_hidden & is_still_hidden).then(beside).when(is_hidden).then(fine).otherwise(short)
    if measure.low is None or measure.high is None:
        return text
    span = pl.concat_str(float_text(measure.low), pl.lit("–"), float_text(measure.high), unit)
    return pl.when(measure.low == measure.high).then(text).otherwise(span)


def _just_beside(measure: Measure, outcome: pl.Expr, language: Language) -> pl.Expr:
    """Say that a value lies just below or above its limit, which no decimals would show."""
    below, above = ("略低于 ", "略高于 ") if language == "zh" else ("just below ", "just above ")
    is_floor = measure.operator in (">=", ">")
    is_below = (outcome == Outcome.NOT_MET.value) if is_floor else (outcome == Outcome.MET.value)
    words = pl.when(is_below).then(pl.lit(below)).otherwise(pl.lit(above))
    return pl.concat_str(words, float_text(measure.limit), pl.lit(unit_suffix(measure.unit, language)))


def limit_text(measure: Measure, language: Language) -> pl.Expr:
    """Print the limit of each row."""
    if measure.fixed_limit is not None:
        return pl.lit(fixed_limit(measure, language))
    if measure.is_date:
        limit = date_text(measure.limit)
    else:
        limit = pl.concat_str(float_text(measure.limit), pl.lit(unit_suffix(measure.unit, language)))
    return pl.concat_str(pl.lit(f"{SIGNS[measure.operator]} "), limit)


def fixed_limit(measure: Measure, language: Language) -> str:
    """Print the limit that is the same for all."""
    assert measure.fixed_limit is not None  # noqa: S101 - the caller looked
    if measure.is_date:
        return f"{SIGNS[measure.operator]} {_date_of(measure.fixed_limit)}"
    return f"{SIGNS[measure.operator]} {grouped(measure.fixed_limit)}{unit_suffix(measure.unit, language)}"


def span_text(low: pl.Expr, high: pl.Expr, unit: Unit) -> pl.Expr:
    """Print an interval of smallest steps; one number where both ends meet."""
    first, last = steps_text(low, unit.steps), steps_text(high, unit.steps)
    return pl.when(low == high).then(first).otherwise(pl.concat_str(first, pl.lit("–"), last))


def date_text(days: pl.Expr) -> pl.Expr:
    """Print day numbers as ISO dates."""
    return days.cast(pl.Int32, strict=False).cast(pl.Date).dt.to_string("%Y-%m-%d")


def _date_of(days: Fraction) -> str:
    return (g.EPOCH + dt.timedelta(days=int(days))).isoformat()


def unit_suffix(unit: Unit, language: Language) -> str:
    """Return what stands after a number of a unit, with its blank."""
    return with_unit("0", unit).words(language).removeprefix("0")


def amount_shown(number: pl.Expr, unit: Unit, language: Language) -> pl.Expr:
    """Put numbers as texts and their unit together, as `with_unit` does: 1 person, 3 persons; NULL stays NULL."""
    many, one = unit_suffix(unit, language), with_unit("1", unit).words(language).removeprefix("1")
    if one == many:
        return pl.concat_str(number, pl.lit(many))
    return pl.concat_str(number, pl.when(number == "1").then(pl.lit(one)).otherwise(pl.lit(many)))

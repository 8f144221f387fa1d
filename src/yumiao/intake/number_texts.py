"""Numbers of spreadsheets as the texts that mean them, many at a time.

The same texts as ``cells.cell_text`` and ``cells.percent_cell`` give one by one, which remain the definition:
what array operations cannot do exactly is handed to them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from yumiao.intake.cells import cell_text, percent_cell

Floats = NDArray[np.float64]

_SHORT = r"^(?:-?[1-9][0-9]*(?:\.[0-9]*[1-9])?|-?0\.0{0,3}[1-9](?:[0-9]*[1-9])?|0)$"
_SURE_DIGITS = 15
_POWERS = np.array([10.0**power for power in range(23)])
"""The powers of ten that a binary float holds exactly."""

_FIRST_DAY = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - days in spreadsheets have no time zone
_DAYS_1904 = 1462
_LAST_DAY = 2_958_466
_MILLISECONDS = 86_400_000


def number_texts(texts: pl.Series) -> pl.Series:
    """Print numbers by their shortest decimal of at most 15 digits; what is no number stays as it is.

    A decimal of up to 15 digits without needless zeros is its own shortest text.
    """
    text = pl.col("text")
    short = (text.str.len_bytes() <= _SURE_DIGITS) & text.str.contains(_SHORT)
    is_short = pl.DataFrame({"text": texts}).select(short).to_series()
    if is_short.all():
        return texts
    places = (~is_short).arg_true()
    return texts.scatter(places, _rounded(texts.gather(places)))


def _rounded(texts: pl.Series) -> pl.Series:
    values = texts.cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy()
    printed, places = _fifteen_digits(values)
    return printed.scatter(places, [_number_text(text) for text in texts.gather(places)])


def _fifteen_digits(values: Floats) -> tuple[pl.Series, NDArray[np.int64]]:
    """Print numbers rounded to 15 digits; the second answer names the places where that is not certain."""
    size = np.abs(values)
    is_zero = size == 0
    usual = (size >= 0.001) & (size < 1e15)
    size = np.where(usual, size, 1.0)
    scale = _POWERS[14 - np.floor(np.log10(size)).astype(np.int64)]
    whole, is_sure = _scaled(size, scale)
    # Just below a power of ten the logarithm is rounded up to it, and one digit would be lost.
    usual &= is_sure & (size * scale >= 1e14) & (whole < 1e15)
    rounded = np.where(is_zero, 0.0, np.copysign(whole / scale, values))
    printed = pl.Series(rounded).cast(pl.String).str.strip_suffix(".0")
    return printed, np.flatnonzero(~(usual | is_zero))


def _scaled(size: Floats, scale: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Multiply and round to whole numbers, and tell where that is exact.

    The part of a product that a float cannot hold is found by splitting both factors into halves whose
    products it can hold (Dekker, 1971); with it the nearest whole number is known except at a tie.
    """
    product = size * scale
    (one_high, one_low), (two_high, two_low) = _halves(size), _halves(scale)
    lost = one_low * two_low - (((product - one_high * two_high) - one_low * two_high) - one_high * two_low)
    whole = np.rint(product)
    beside = (product - whole) + lost
    whole = whole + (beside > 0.5) - (beside < -0.5)
    return whole, np.abs(np.abs(beside) - 0.5) > 1e-9


def _halves(factor: Floats) -> tuple[Floats, Floats]:
    spread = factor * 134_217_729.0
    high = spread - (spread - factor)
    return high, factor - high


def _number_text(text: str) -> str:
    try:
        value = float(text)
    except ValueError:
        return text
    return cell_text(value) if np.isfinite(value) else text


def percent_texts(texts: pl.Series) -> pl.Series:
    """Print numbers, as ``number_texts`` gives them, as the percentages that they are shown as.

    A hundred times a decimal of 15 digits is off by less than half of its 15th digit in floats.
    """
    values = texts.cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy()
    with np.errstate(over="ignore"):  # what becomes infinite is not certain and printed one by one
        printed, places = _fifteen_digits(values * 100)
    return (printed + "%").scatter(places, [_percent_text(text) for text in texts.gather(places)])


def _percent_text(text: str) -> str:
    try:
        value = float(text)
    except ValueError:
        return text
    return percent_cell(text) if np.isfinite(value) else text


def date_texts(texts: pl.Series, *, is_1904: bool) -> pl.Series:
    """Print numbers of days as dates, dates with a time, or times; what is no such number stays a number."""
    first_day = dt.date(1904, 1, 1) if is_1904 else dt.date(1899, 12, 30)
    days = texts.cast(pl.Int32, strict=False)
    days = days.set((days <= 60) | (days >= _LAST_DAY - _DAYS_1904), None)
    dates = (days + (first_day - dt.date(1970, 1, 1)).days).cast(pl.Date).cast(pl.String)
    others = dates.is_null().arg_true()
    if not len(others):
        return dates
    return dates.scatter(
        others, _each_different(texts.gather(others), _one_by_one(_date_text, is_1904=is_1904))
    )


def elapsed_texts(texts: pl.Series) -> pl.Series:
    """Print numbers of days as hours, minutes and seconds gone by: 1.5 as ``36:00:00``."""
    return _each_different(texts, _one_by_one(_elapsed_text))


def _one_by_one(change: Callable[..., str], **settings: bool) -> Callable[[pl.Series], pl.Series]:
    return lambda texts: pl.Series([change(text, **settings) for text in texts], dtype=pl.String)


def _each_different(texts: pl.Series, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Change a column of texts by changing each different text once."""
    different = texts.unique()
    if len(different) * 2 > len(texts):
        return change(texts)
    return texts.replace_strict(different, change(different), return_dtype=pl.String)


def _date_text(text: str, *, is_1904: bool) -> str:
    value = _days(text)
    if value is None:
        return _number_text(text)
    days, rest = divmod(round(value * _MILLISECONDS), _MILLISECONDS)
    moment = dt.timedelta(milliseconds=rest)
    if days == 0 and not is_1904:
        return cell_text((_FIRST_DAY + moment).time())
    if is_1904:
        days += _DAYS_1904
    elif days == 60:  # 29 February 1900, which was no day
        return _number_text(text)
    elif days < 60:
        days += 1
    return cell_text(_FIRST_DAY + dt.timedelta(days=days) + moment)


def _days(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < _LAST_DAY else None


def _elapsed_text(text: str) -> str:
    value = _days(text)
    return (
        _number_text(text)
        if value is None
        else cell_text(dt.timedelta(milliseconds=round(value * _MILLISECONDS)))
    )

"""Dates as people type them, brought into ISO form; a month stays a month."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import polars as pl

from yumiao.intake.values import EARLIEST_DATE, LATEST_DATE, tidy_texts

_DAY = re.compile(
    r"^([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?"
    r"(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?$"
)
_ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_DIGITS = re.compile(r"^([0-9]{4})([0-9]{2})([0-9]{2})$")
_MONTH_DIGITS = re.compile(r"^((?:19|20)[0-9]{2})(0[1-9]|1[0-2])$")
_MONTH = re.compile(r"^([0-9]{4})\s*(?:年|[-/.])\s*([0-9]{1,2})\s*月?(?:份)?$")
_SERIAL = re.compile(r"^[0-9]{5}$")
_YEAR = re.compile(r"^([0-9]{4})年?$")
_DAY_ZERO = dt.date(1899, 12, 30)
"""Day 0 of spreadsheets, for dates after February 1900."""


@dataclass(frozen=True)
class ReadDates:
    """A column of dates read.

    Attributes:
        texts: ISO days, months (``2024-03``) or years; what is none stays as received.
        unread: which cells are no date.
        serials: which cells were day numbers of a spreadsheet.
    """

    texts: pl.Series
    unread: pl.Series
    serials: pl.Series


def read_date(text: str, *, is_declared: bool = True) -> str | None:
    """Read one tidy text as a date, or None when it is none.

    Args:
        is_declared: the column says that it holds dates; else only whole dates with their marks are taken.
    """
    found = _DAY.match(text) or (_DIGITS.match(text) if is_declared else None)
    if found:
        return _iso(int(found[1]), int(found[2]), int(found[3]))
    if not is_declared and "月" not in text:
        return None
    month = _MONTH.match(text) or _MONTH_DIGITS.match(text)
    if month:
        day = _iso(int(month[1]), int(month[2]), 1)
        return None if day is None else day[:7]
    year = _YEAR.match(text)
    if year and is_declared and EARLIEST_DATE.year <= int(year[1]) <= LATEST_DATE.year:
        return year[1]
    return None


def read_serial(text: str) -> str | None:
    """Read a day number of a spreadsheet between 1954 and 2064, or None."""
    if not _SERIAL.match(text) or not 20_000 <= int(text) <= 60_000:
        return None
    return (_DAY_ZERO + dt.timedelta(days=int(text))).isoformat()


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        found = dt.date(year, month, day)
    except ValueError:
        return None
    return found.isoformat() if EARLIEST_DATE <= found <= LATEST_DATE else None


def read_dates(texts: pl.Series, *, is_declared: bool) -> ReadDates:
    """Read a column of cells as dates; cells that are none stay as received.

    Day numbers are taken as dates only where the column says that it holds dates.
    """
    days = texts.str.to_date("%Y-%m-%d", strict=False)
    is_iso = texts.str.contains(_ISO) & days.is_between(EARLIEST_DATE, LATEST_DATE)
    is_iso = is_iso.fill_null(value=False)
    tidy = texts if is_iso.sum() == texts.len() - texts.null_count() else tidy_texts(texts)
    dates: dict[str, str] = {}
    serials: list[str] = []
    for text in tidy.filter(~is_iso).unique().drop_nulls():
        found = read_date(text, is_declared=is_declared)
        if found is None and is_declared and (found := read_serial(text)) is not None:
            serials.append(text)
        if found is not None:
            dates[text] = found
    read = tidy.replace_strict(list(dates), list(dates.values()), default=None, return_dtype=pl.String)
    read = tidy.zip_with(is_iso, read)
    unread = texts.is_not_null() & read.is_null()
    return ReadDates(
        read.zip_with(read.is_not_null(), texts), unread, tidy.is_in(serials).fill_null(value=False)
    )

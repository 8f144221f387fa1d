"""Figures as people type them, brought into one exact form: digits, a point, a minus sign.

Every result is a decimal in text. Powers of ten move the point; nothing is ever a binary number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from yumiao.intake.layout.unit_words import is_unit_word, scale_of
from yumiao.intake.values import tidy_texts

PLAIN = r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$"
"""A number in the form in which it is written out."""

MOST_ZEROS = 30
"""The largest exponent that a figure of an office may have."""

_FIGURE = re.compile(
    r"^(?P<open>\()?\s*(?P<sign>[+\-–−▲△]?)\s*[¥￥$]?\s*"
    r"(?P<digits>(?:[0-9]{1,3}(?:[, ][0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)"
    r"(?:[eE](?P<power>[+-]?[0-9]{1,3}))?\s*"
    r"(?P<tail>%|‰|[^\s\d.,()%‰*※①-⑳\[\]]{1,6})?\s*(?P<close>\))?\s*(?P<marks>(?:[*※①-⑳]|\[[0-9]{1,2}\])*)$"
)
_TAIL = re.compile(r"^(?P<scale>[百千]?[万亿]?亿?)(?P<unit>.*)$")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure read.

    Attributes:
        text: the plain decimal.
        scaled: it was written in another unit (亿 in a column of 万元) and brought into this one.
        percent: it was written with a percent sign, which is taken off.
        marked: it carried a footnote mark, which is taken off.
    """

    text: str
    scaled: bool = False
    percent: bool = False
    marked: bool = False


@dataclass(frozen=True)
class ReadNumbers:
    """A column of figures read.

    Attributes:
        texts: plain decimals; what is no figure stays as received.
        unread, scaled, percents, marked: which cells are no figure, and which were changed in which way.
    """

    texts: pl.Series
    unread: pl.Series
    scaled: pl.Series
    percents: pl.Series
    marked: pl.Series


def read_figure(text: str, unit: str = "") -> Figure | None:
    """Read one tidy half-width text as a figure in ``unit``, or None when it is none.

    >>> read_figure("1.2亿", "万元").text, read_figure("(1,234.50)").text
    ('12000', '-1234.50')
    """
    found = _FIGURE.match(text)
    if found is None or (found["open"] is None) != (found["close"] is None):
        return None
    if found["open"] and found["sign"]:
        return None
    shift = _shift(found["tail"] or "", unit)
    power = int(found["power"] or 0)
    if shift is None or abs(power) > MOST_ZEROS:
        return None
    is_negative = bool(found["open"]) or found["sign"] in {"-", "–", "−", "▲", "△"}
    digits = re.sub("[, ]", "", found["digits"])
    plain = shifted(("-" if is_negative else "") + digits, shift + power)
    is_percent = found["tail"] == "%"
    return Figure(plain, shift != 0, is_percent, bool(found["marks"]))


def _shift(tail: str, unit: str) -> int | None:
    """Return by which power of ten a figure with this tail is multiplied to be one of ``unit``."""
    if tail in {"", "%", unit}:
        return 0
    parts = _TAIL.match(tail)
    scale, named = (parts["scale"], parts["unit"]) if parts else ("", tail)
    if named and not is_unit_word(named):
        return None
    base = unit[len(_scale_word(unit)) :]
    # 万元 in a column of which no unit is known would become yuan beside other figures that are none.
    if named and named != base:
        return None
    if not scale:
        return 0 - scale_of(unit)
    return scale_of(scale) + (scale_of(scale[1:]) if scale == "万亿" else 0) - scale_of(unit)


def _scale_word(unit: str) -> str:
    found = re.match("百万|千万|[万亿千]", unit)
    return found[0] if found and len(found[0]) < len(unit) else ""


def shifted(digits: str, power: int) -> str:
    """Move the point of a decimal and drop zeros that say nothing in front of it, exactly."""
    sign, figures, exponent = Decimal(digits).as_tuple()
    number = Decimal(
        (sign, figures, int(exponent) + power)
    )  # exact, where arithmetic would round at 28 digits
    text = f"{number:f}"
    return text.replace("-0", "0", 1) if re.fullmatch(r"-0(?:\.0*)?", text) else text


def read_numbers(texts: pl.Series, unit: str = "") -> ReadNumbers:
    """Read a column of cells as figures in ``unit``; cells that are none stay as received."""
    no = pl.repeat(value=False, n=texts.len(), dtype=pl.Boolean, eager=True)
    rest = _odd(texts)
    if not rest.len():
        return ReadNumbers(texts, no, no, no, no)
    # Whole columns of percentages, or of 100万元, are frequent: the tail is taken off before anything slower.
    tail = unit or "%"
    tailed = texts.gather(rest)
    bare = tailed.str.strip_suffix(tail)
    odd = _odd(bare)
    result = _with(texts, rest, bare)
    percents = _with(no, rest, tailed.str.ends_with(tail)) if tail == "%" else no
    if not odd.len():
        return ReadNumbers(result, no, no, percents, no)
    return _read_odd(texts, result, percents, rest.gather(odd), unit)


def _odd(texts: pl.Series) -> pl.Series:
    """Return the rows of the cells that are filled and no plain decimal."""
    return (~texts.str.contains(PLAIN)).fill_null(value=False).arg_true()


def _read_odd(
    texts: pl.Series, result: pl.Series, percents: pl.Series, rows: pl.Series, unit: str
) -> ReadNumbers:
    """Read the cells of ``rows``, that are neither plain decimals nor such with a percent sign."""
    no = pl.repeat(value=False, n=texts.len(), dtype=pl.Boolean, eager=True)
    received = texts.gather(rows)
    bare = _without_commas(tidy_texts(received).zip_with(received.str.strip_chars() != "", received))
    figures = _others(bare, unit)
    read = bare.str.contains(PLAIN) | bare.is_in(list(figures))
    values = bare.replace({text: figure.text for text, figure in figures.items()})
    scaled, signed, marked = (
        bare.is_in([text for text, figure in figures.items() if getattr(figure, name)])
        for name in ("scaled", "percent", "marked")
    )
    return ReadNumbers(
        _with(result, rows, values.zip_with(read, received)),
        _with(no, rows, ~read),
        _with(no, rows, scaled),
        _with(percents, rows, signed),
        _with(no, rows, marked),
    )


def _with(series: pl.Series, rows: pl.Series, values: pl.Series) -> pl.Series:
    """Return the series with other values in some rows; scattering alone would change the series itself."""
    return series.clone().scatter(rows, values)


def _without_commas(texts: pl.Series) -> pl.Series:
    """Take the thousands separators out of figures that hold nothing else unusual."""
    grouped = texts.str.contains(r"^-?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?$").fill_null(value=False)
    return texts.zip_with(~grouped, texts.str.replace_all(",", "", literal=True)) if grouped.any() else texts


def _others(texts: pl.Series, unit: str) -> dict[str, Figure]:
    """Read the figures that are not plain, each spelling once."""
    others = texts.filter(~texts.str.contains(PLAIN)).unique()
    found = {text: read_figure(text, unit) for text in others if text is not None}
    return {text: figure for text, figure in found.items() if figure is not None}

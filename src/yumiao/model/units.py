"""Units and the exact whole numbers that stand for quantities inside Yumiao.

Every quantity is stored as a whole number of its kind's smallest step: money in fen (cents), counts as they
are, numbers, points and years in steps of 1/10 000, shares in steps of 0.000 1 percentage points. No binary
floating point comes near a threshold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction

from yumiao.model.text import Text


class Kind(StrEnum):
    """What sort of value a metric takes."""

    QUANTITY = "quantity"
    BOOL = "bool"
    DATE = "date"
    CATEGORY = "category"


class Dimension(StrEnum):
    """What a quantity measures; only like may be compared with like."""

    CNY = "CNY"
    USD = "USD"
    PERSON = "person"
    ITEM = "item"
    YEAR = "year"
    DAY = "day"
    POINT = "point"
    RATIO = "ratio"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as officials write it.

    Attributes:
        code: stable identifier used in packs, files and the API.
        dimension: what it measures.
        steps: how many smallest steps of the dimension one unit holds (1 万元 = 1 000 000 fen).
        names: every spelling recognised in packs and in files.
    """

    code: str
    dimension: Dimension
    steps: int
    label: Text
    names: tuple[str, ...]


UNITS: dict[str, Unit] = {
    unit.code: unit
    for unit in (
        Unit("CNY", Dimension.CNY, 100, Text("元", "yuan"), ("元", "人民币元")),
        Unit("CNY_1k", Dimension.CNY, 100_000, Text("千元", "thousand yuan"), ("千元",)),
        Unit("CNY_10k", Dimension.CNY, 1_000_000, Text("万元", "10k yuan"), ("万元", "万元人民币")),
        Unit("CNY_1m", Dimension.CNY, 100_000_000, Text("百万元", "million yuan"), ("百万元",)),
        Unit("CNY_100m", Dimension.CNY, 10_000_000_000, Text("亿元", "100m yuan"), ("亿元", "亿元人民币")),
        Unit("USD_10k", Dimension.USD, 1_000_000, Text("万美元", "10k US dollars"), ("万美元",)),
        Unit("USD_100m", Dimension.USD, 10_000_000_000, Text("亿美元", "100m US dollars"), ("亿美元",)),
        Unit("person", Dimension.PERSON, 1, Text("人", "persons"), ("人", "名")),
        Unit("item", Dimension.ITEM, 1, Text("件", "items"), ("件", "项", "个")),
        Unit("year", Dimension.YEAR, 10_000, Text("年", "years"), ("年",)),
        Unit("day", Dimension.DAY, 1, Text("天", "days"), ("天", "日")),
        Unit("point", Dimension.POINT, 10_000, Text("分", "points"), ("分",)),
        Unit("percent", Dimension.RATIO, 10_000, Text("%", "%"), ("%", "％")),
        Unit("number", Dimension.NUMBER, 10_000, Text("", ""), ("",)),
    )
}

UNIT_BY_NAME: dict[str, Unit] = {name: unit for unit in UNITS.values() for name in unit.names}

RATIO_STEPS = 1_000_000
"""Smallest steps in the ratio 1 (100 %)."""

DIMENSION_STEPS: dict[Dimension, int] = {
    Dimension.CNY: 100,
    Dimension.USD: 100,
    Dimension.PERSON: 1,
    Dimension.ITEM: 1,
    Dimension.YEAR: 10_000,
    Dimension.DAY: 1,
    Dimension.POINT: 10_000,
    Dimension.RATIO: RATIO_STEPS,
    Dimension.NUMBER: 10_000,
}


class InexactValueError(ValueError):
    """A value is finer than the smallest step of its unit."""


def exact_number(value: int | float | str | Decimal) -> Fraction:
    """Return the shortest decimal that prints ``value``, as an exact fraction.

    A cell that a spreadsheet stores as the binary number nearest to 0.05 is the decimal 0.05.

    Raises: ValueError when the text is no finite decimal number.
    """
    try:
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        return Fraction(number)
    except (InvalidOperation, OverflowError, ValueError) as error:
        raise ValueError(f"not a finite decimal number: {value!r}") from error


def to_steps(value: Fraction | int | float | str | Decimal, unit: Unit) -> int:
    """Turn a value in ``unit`` into whole smallest steps.

    Raises: InexactValueError when the value is finer than one step; ValueError when it is no number.
    """
    exact = value if isinstance(value, Fraction) else exact_number(value)
    steps = exact * unit.steps
    if steps.denominator != 1:
        raise InexactValueError(f"{value} {unit.code} is finer than the smallest step (1/{unit.steps})")
    return steps.numerator


def from_steps(steps: int | Fraction, unit: Unit) -> Fraction:
    """Turn whole smallest steps into an exact value in ``unit``."""
    return Fraction(steps) / unit.steps


def decimal_text(value: Fraction | int, places: int = 4) -> str:
    """Print an exact value as a decimal; one that does not end within ``places`` is marked with ≈.

    The mark keeps shown text from contradicting an outcome: 2.999 9 % is never printed as 3 %.
    """
    fraction = Fraction(value)
    scaled = fraction * 10**places
    whole = abs(scaled.numerator) // scaled.denominator
    text = f"{whole // 10**places}.{whole % 10**places:0{places}d}".rstrip("0").rstrip(".")
    sign = "-" if fraction < 0 else ""
    mark = "" if scaled.denominator == 1 else "≈"
    return f"{mark}{sign}{text}"


def percent_text(value: Fraction, places: int = 2) -> str:
    """Print a ratio as a percentage, marked with ≈ when cut; always cut towards zero, never rounded up."""
    return decimal_text(value * 100, places) + "%"


MAGNITUDES: Mapping[Dimension, int] = {
    Dimension.CNY: 10**15,
    Dimension.USD: 10**15,
    Dimension.PERSON: 10**9,
    Dimension.ITEM: 10**9,
    Dimension.YEAR: 10**8,
    Dimension.DAY: 10**7,
    Dimension.POINT: 10**8,
    Dimension.RATIO: 10**12,
    Dimension.NUMBER: 10**14,
}
"""The largest magnitude, in steps, of a fact whose metric states no narrower domain (10 trillion yuan, …).

Files with larger values are refused on reading, so that no product can overflow unnoticed.
"""

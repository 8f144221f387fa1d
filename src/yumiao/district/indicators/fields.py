"""The fields of a target or a received value, as a file or a form states them: each is read, or refused in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from yumiao.district.accounts.selectors import cut_zeros
from yumiao.model.text import Text
from yumiao.packs.yaml_reading import nearest

SENSES = ("exact", "at_least", "more_than", "about")
ZONES = ("", "with", "without")
"""Whether the zones run apart are in a value; empty: the source does not say."""
MONTHS = range(1, 13)
MOST_WORDS = 300

Entry = Mapping[str, Any]


class UnusableError(Exception):
    """Why a field cannot be used; whoever reads an entry turns it into a problem."""

    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text


def read_sense(entry: Entry) -> str:
    """Return how a target is meant."""
    sense = str(entry.get("sense") or "exact")
    if sense not in SENSES:
        raise UnusableError(
            Text(f"sense 应为 {'、'.join(SENSES)} 之一", f"sense: expected one of {', '.join(SENSES)}")
        )
    return sense


def read_zones(entry: Entry) -> str:
    """Return whether the zones run apart are in a value."""
    zones = str(entry.get("zones") or "")
    if zones not in ZONES:
        raise UnusableError(
            Text(
                "zones 应为 with（含）或 without（不含），或不写", "zones: expected with, without, or nothing"
            )
        )
    return zones


def read_indicator(entry: Entry, known: frozenset[str]) -> str:
    """Return an indicator that the packs know."""
    indicator = read_words(entry, "indicator")
    if indicator not in known:
        near = nearest(indicator, known)
        zh, en = (f"；是否指 {near}？", f"; did you mean {near}?") if near else ("", "")
        raise UnusableError(
            Text(f"规则包里没有指标 {indicator}{zh}", f"no pack has the indicator {indicator}{en}")
        )
    return indicator


def read_place(entry: Entry, known: frozenset[str]) -> tuple[str, str, int]:
    """Return indicator, division with its zeros cut, and year."""
    indicator = read_indicator(entry, known)
    territory = read_words(entry, "territory")
    if not (territory.isascii() and territory.isdigit()) or len(territory) > len("320412000000"):
        raise UnusableError(
            Text(f"territory 应为区划代码，写的是 {territory}", f"territory: no division code: {territory}")
        )
    year = str(entry.get("year", ""))
    if not (year.isascii() and year.isdigit() and len(year) == len("2026") and year > "1900"):
        raise UnusableError(
            Text(f"year 应为四位年份，写的是“{year}”", f"year: expected four digits, found {year!r}")
        )
    return indicator, cut_zeros(territory), int(year)


def read_words(entry: Entry, name: str) -> str:
    """Return a text that has to be there."""
    text = str(entry.get(name) or "").strip()
    if not text:
        raise UnusableError(Text(f"缺 {name}", f"{name} is missing"))
    if len(text) > MOST_WORDS or not text.isprintable():
        raise UnusableError(
            Text(
                f"{name} 应在 {MOST_WORDS} 字以内，不含控制字符",
                f"{name}: at most {MOST_WORDS} characters, none of them a control character",
            )
        )
    return text


def read_number(entry: Mapping[Any, Any], name: Any) -> Decimal:
    """Return an exact number."""
    found = entry.get(name)
    try:
        number = Decimal(str(found))
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(found, bool) or not number.is_finite() or not _is_plain(number):
        raise UnusableError(
            Text(
                f'{name} 应为数，如 300 或 "3.66"，写的是“{found}”',
                f"{name}: expected a number, found {found!r}",
            )
        )
    return number


def _is_plain(number: Decimal) -> bool:
    """Whether a number has at most twenty digits before and ten after the point."""
    return number.adjusted() < 20 and int(number.as_tuple().exponent) >= -10


def read_month(found: object) -> int:
    """Return a month, 1 to 12."""
    text = str(found)
    if not (text.isascii() and text.isdigit() and len(text) <= 2 and int(text) in MONTHS):
        raise UnusableError(
            Text(f"月份应为 1–12，写的是“{found}”", f"month: expected 1 to 12, found {found!r}")
        )
    return int(text)


def read_day(entry: Entry, name: str) -> dt.date:
    """Return a day written as 2026-01-20."""
    text = str(entry.get(name, ""))
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UnusableError(
            Text(
                f"{name} 应为 2026-01-20 这样的日期，写的是“{text}”",
                f"{name}: expected a day such as 2026-01-20, found {text!r}",
            )
        ) from None

"""The divisions (行政区划) of China that company names and addresses begin with.

The table, its source and its cut-off date are described in the README beside this module.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

COUNTRY = "CN"
"""Code of 中国 where a name is given for the whole country."""

_MAX_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Division:
    """One division.

    Attributes:
        code: 2 (province), 4 (city) or 6 digits (county).
        parent: code of the division above; "" for provinces.
        is_place_alone: whether the short name, with nothing before it, means the place rather than a trade name.
    """

    code: str
    name: str
    short: str
    parent: str
    is_place_alone: bool


@dataclass(frozen=True, slots=True)
class Region:
    """A place named at the start of a text.

    Attributes:
        text: as written, the whole chain (江苏省常州市).
        codes: the most specific division named; several where the words mean several (朝阳区), sorted.
        is_sure: False where the short name of a county stands alone and might be a trade name.
    """

    text: str
    codes: tuple[str, ...]
    is_sure: bool = True


class RegionRelation(StrEnum):
    """How two places lie to each other."""

    SAME = "same"
    WITHIN = "within"
    APART = "apart"
    UNKNOWN = "unknown"


@cache
def read_divisions() -> dict[str, Division]:
    """Read the table of divisions, by code."""
    text = resources.files("yumiao.identity").joinpath("divisions.csv").read_text(encoding="utf-8")
    rows = csv.reader(text.splitlines()[1:])
    return {row[0]: Division(row[0], row[1], row[2], row[3], row[4] == "1") for row in rows}


def parents_of(code: str) -> Iterator[str]:
    """Yield the codes above a division, nearest first, the country last."""
    known = read_divisions()
    while code in known and known[code].parent:
        code = known[code].parent
        yield code
    if code != COUNTRY:
        yield COUNTRY


def compare_regions(left: Iterable[str], right: Iterable[str]) -> RegionRelation:
    """Compare two sets of codes that each mean one place; an empty set is an unknown place."""
    first, second = frozenset(left), frozenset(right)
    if not first or not second:
        return RegionRelation.UNKNOWN
    if first & second:
        return RegionRelation.SAME
    above_first = {code for each in first for code in parents_of(each)}
    above_second = {code for each in second for code in parents_of(each)}
    if above_first & second or above_second & first:
        return RegionRelation.WITHIN
    return RegionRelation.APART


def division_of_code(code: str | None) -> tuple[str, ...]:
    """Return the known division of a six-digit code (320412, 320400, 320000), as :attr:`Region.codes`."""
    for candidate in ((code or "")[:6], (code or "")[:4], (code or "")[:2]):
        if candidate in read_divisions() and (code or "")[len(candidate) :].strip("0") == "":
            return (candidate,)
    return ()


def match_region(text: str) -> Region | None:
    """Find the place that ``text`` begins with: 江苏常州, 常州市, 武进区, 昆山, 中国; None when there is none.

    A short name that trade names often begin with (东方, 长安) is a place only after its province or city.
    """
    codes: tuple[str, ...] = ()
    length = 0
    is_sure = True
    while True:
        step = _next_step(text[length : length + _MAX_LENGTH], codes)
        if step is None:
            break
        taken, codes, step_is_sure = step
        is_sure = is_sure and step_is_sure
        length += taken
    if not length:
        return Region("中国", (COUNTRY,)) if text.startswith("中国") else None
    return Region(text[:length], codes, is_sure)


def is_region(text: str) -> Region | None:
    """Return the place that the whole of ``text`` names, or None."""
    found = match_region(text)
    return found if found is not None and found.text == text else None


def _next_step(text: str, above: tuple[str, ...]) -> tuple[int, tuple[str, ...], bool] | None:
    """Read one more division, the longest word first: characters taken, codes, whether surely a place."""
    words = _words()
    for length in range(min(len(text), _MAX_LENGTH), 1, -1):
        found = words.get(text[:length])
        if found is None:
            continue
        choice = _choose(found, above, text[:length])
        if choice:
            is_sure = bool(above) or len(choice[0]) < 6 or text[:length].endswith(("市", "区", "县", "旗"))
            return length, choice, is_sure
    return None


def _choose(codes: tuple[str, ...], above: tuple[str, ...], word: str) -> tuple[str, ...]:
    known = read_divisions()
    if above:
        return tuple(code for code in codes if _is_below(known[code], above, word))
    allowed = [code for code in codes if _may_stand_alone(known[code], word)]
    shortest = min((len(code) for code in allowed), default=0)
    return tuple(code for code in allowed if len(code) == shortest)


def _is_below(division: Division, above: tuple[str, ...], word: str) -> bool:
    """Say whether a division follows on the one before; a district in short form needs its own city (常州武进)."""
    needs_city = word == division.short != division.name and division.name.endswith("区")
    return division.parent in above if needs_city else bool(set(above) & set(parents_of(division.code)))


def _may_stand_alone(division: Division, word: str) -> bool:
    if word != division.short or word == division.name:
        return division.name not in {"城区", "郊区", "矿区", "东区", "西区"}
    return division.is_place_alone


@cache
def _words() -> dict[str, tuple[str, ...]]:
    """Every way to write a division -> its codes; a former 市 or 县 that is a 区 today counts as a way."""
    words: dict[str, set[str]] = {}
    for division in read_divisions().values():
        forms = {division.name, division.short}
        if division.short != division.name:
            forms |= {division.short + suffix for suffix in _allowed_suffixes(division)}
        for form in forms:
            words.setdefault(form, set()).add(division.code)
    return {word: tuple(sorted(codes)) for word, codes in words.items()}


def _allowed_suffixes(division: Division) -> tuple[str, ...]:
    if len(division.code) == 2:
        return ("省",) if division.name.endswith("省") else ()
    if len(division.code) == 4:
        return ("市", "地区") if division.name.endswith("市") else ()
    return ("市", "县", "区") if division.name.endswith(("市", "县", "区")) else ()

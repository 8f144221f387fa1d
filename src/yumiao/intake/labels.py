"""Column labels taken apart: what is measured, in which unit, for which year."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from yumiao.model.periods import Year
from yumiao.model.text import Text
from yumiao.model.units import RATIO_STEPS, UNIT_BY_NAME, UNITS, Dimension, Unit

FRACTION = Unit("fraction", Dimension.RATIO, RATIO_STEPS, Text("小数", "fraction of 1"), ("小数", "fraction"))
"""A share written as a fraction of one (0.298 for 29.8 %), as cells formatted as percent hold it."""

STATED_DIMENSIONS = frozenset({Dimension.CNY, Dimension.USD, Dimension.RATIO})
"""Dimensions written in several units: a column must say which one it uses."""

_RELATIVE = {"上年": -1, "上一年": -1, "去年": -1, "上年度": -1, "上一年度": -1, "上年末": -1}
_RELATIVE |= {"前年": -2, "上上年": -2, "本年": 0, "本年度": 0, "今年": 0, "当年": 0}
_RELATIVE_FIRST = re.compile("^(" + "|".join(sorted(_RELATIVE, key=len, reverse=True)) + ")")
_YEAR_FIRST = re.compile(r"^((?:19|20)\d\d)年(?:度|末|底)?")
_YEAR_LAST = re.compile(r"[-_@]?((?:19|20)\d\d)(?:年(?:度|末|底)?)?$")
_YEAR_ONLY = re.compile(r"^((?:19|20)\d\d)(?:年(?:度|末|底)?)?$")
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_UNIT_LAST = re.compile(r"[/_]([^/_()]+)$")


@dataclass(frozen=True, slots=True)
class LabelParts:
    """A label without its unit and year.

    Attributes:
        base: normalised words that remain.
        unit: the unit written in the label, or None.
        year: the year written in the label, literal or relative to the application year, or None.
    """

    base: str
    unit: Unit | None = None
    year: Year | None = None


def normalise_label(label: str) -> str:
    """Bring a label into the form in which labels are compared: half width, lower case, no blanks."""
    return re.sub(r"[\s\u200b\ufeff]+", "", unicodedata.normalize("NFKC", label)).lower()


def _known_units() -> dict[str, Unit]:
    units = dict(UNIT_BY_NAME)
    for unit in (*UNITS.values(), FRACTION):
        for name in (unit.code, unit.label.zh, unit.label.en, *unit.names):
            units.setdefault(name, unit)
    return {normalise_label(name): unit for name, unit in units.items() if name}


_UNITS = _known_units()


def unit_named(name: str) -> Unit | None:
    """Find the unit an officer means by ``name`` (万元, CNY_10k, %, 小数), or None."""
    return _UNITS.get(normalise_label(name))


def unit_names(dimension: Dimension | None = None) -> tuple[str, ...]:
    """List the usual name of every unit, of one dimension or of all."""
    units = (*UNITS.values(), FRACTION)
    return tuple(u.label.zh for u in units if u.label.zh and dimension in (None, u.dimension))


def take_apart(label: str) -> LabelParts:
    """Take the unit and the year out of a label.

    >>> parts = take_apart("2024年营业收入（万元）")
    >>> parts.base, parts.unit.code, parts.year.number
    ('营业收入', 'CNY_10k', 2024)
    """
    words = normalise_label(label)
    unit: Unit | None = None
    year: Year | None = None
    for content in _BRACKETS.findall(words):
        bracket_unit, bracket_year = _inside(content)
        if bracket_unit is None and bracket_year is None:
            continue
        unit, year = bracket_unit or unit, bracket_year or year
        words = _BRACKETS.sub(lambda m, c=content: "" if m[1] == c else m[0], words)  # type: ignore[misc]
    words, unit = _trailing_unit(words, unit)
    words, year = _outer_year(words, year)
    return LabelParts(words, unit, year)


def _inside(content: str) -> tuple[Unit | None, Year | None]:
    unit = year = None
    for piece in re.split("[,;、,]", content):
        bare = re.sub("^单位[::]?", "", piece)
        found = _YEAR_ONLY.match(bare)
        if found:
            year = Year(int(found[1]), relative=False)
        elif bare in _RELATIVE:
            year = Year(_RELATIVE[bare])
        elif bare in _UNITS:
            unit = _UNITS[bare]
        else:
            return None, None
    return unit, year


def _trailing_unit(words: str, unit: Unit | None) -> tuple[str, Unit | None]:
    found = _UNIT_LAST.search(words)
    if unit is None and found and found[1] in _UNITS:
        return words[: found.start()], _UNITS[found[1]]
    return words, unit


def _outer_year(words: str, year: Year | None) -> tuple[str, Year | None]:
    if year is not None:
        return words, year
    for pattern in (_YEAR_FIRST, _YEAR_LAST):
        found = pattern.search(words)
        if found and len(found[0]) < len(words):
            return words[: found.start()] + words[found.end() :], Year(int(found[1]), relative=False)
    found = _RELATIVE_FIRST.search(words)
    if found and len(found[0]) < len(words):
        return words[found.end() :], Year(_RELATIVE[found[1]])
    return words, None


def year_named(text: str) -> Year | None:
    """Read a year as mapping files write it: 2024, 上年, -1 (relative to the application year), or None."""
    words = normalise_label(text)
    if words in _RELATIVE:
        return Year(_RELATIVE[words])
    if re.fullmatch(r"-\d|0", words):
        return Year(int(words))
    found = _YEAR_ONLY.match(words)
    return Year(int(found[1]), relative=False) if found else None

"""Units as tables write them: in a line above, in a row below the labels, in brackets inside a label."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from yumiao.intake.labels import unit_named
from yumiao.intake.layout.vocabulary import UNIT_LINE
from yumiao.model.units import Unit

_PLAIN = (
    "人年|人月|人次|人天|篇|家|户|个|项|件|套|台|次|部|册|份|处|座|只|头|株|种|类|批|场|期|宗|笔|位|名|人|股|倍|岁|年|月|日|天|小时|"
    "元|角|分|美元|欧元|日元|港元|元/人|元/年|元/平方米|元/亩|吨|公斤|千克|克|升|立方米|平方米|平方公里|公里|千米|米|亩|公顷|"
    "千瓦|千瓦时|度|吨标准煤|吨标煤|个百分点|百分点|比特|字节"
)
_UNIT = re.compile(
    f"^(?:[十百千]?[万亿]?(?:亿)?(?:{_PLAIN})(?:[/／每](?:{_PLAIN}|万人|亩|年))?|%|％|‰|万|亿|千|百万)$"
)
_BRACKET = re.compile(r"[（(\[【]\s*(?:单位\s*[:：]\s*)?([^（）()\[\]【】]{1,12}?)\s*[）)\]】]")
_SCALES = (("百万", 6), ("千万", 7), ("亿", 8), ("万", 4), ("千", 3))


@dataclass(frozen=True, slots=True)
class UnitWords:
    """A unit as written, and what it is to Yumiao where it is one of its own."""

    text: str = ""
    unit: Unit | None = None


NO_UNIT = UnitWords()


def is_unit_word(text: str) -> bool:
    """Whether a whole cell or the words in brackets are a unit: 万元, （人年）, %."""
    words = strip_unit_brackets(text)
    return bool(words) and (unit_named(words) is not None or _UNIT.match(words) is not None)


def strip_unit_brackets(text: str) -> str:
    """Return a unit without brackets and without 单位： before it."""
    half = re.sub(r"[\s\u200b\ufeff]+", "", unicodedata.normalize("NFKC", text))
    words = re.sub(r"^[（(\[【]|[）)\]】]$", "", half)
    return re.sub(r"^(?:计量)?单位[:：]?", "", words)


def unit_of(text: str) -> UnitWords:
    """Read a cell that is a unit; :data:`NO_UNIT` when it is none."""
    words = strip_unit_brackets(text)
    return UnitWords(words, unit_named(words)) if is_unit_word(text) else NO_UNIT


def unit_line(text: str) -> str | None:
    """Return what stands after 单位： in a line of units, or None when the line is none.

    单位： also precedes organisations (填报单位：某局); those words are no units.
    """
    found = UNIT_LINE.match(text.strip())
    if found is None:
        return None
    parts = [part for part in re.split(r"[、,，;；/／\s]+", found[1]) if part]
    whole = is_unit_word(found[1])
    return found[1] if whole or (parts and any(map(is_unit_word, parts))) else None


def units_of_line(text: str) -> tuple[UnitWords, ...]:
    """Read the units of a line of units: usually one; several where columns differ (单位：家、万元)."""
    if is_unit_word(text):
        return (unit_of(text),)
    parts = (part for part in re.split(r"[、,，;；\s]+", text) if part)
    return tuple(unit for unit in map(unit_of, parts) if unit.text)


def take_unit(label: str) -> tuple[str, UnitWords]:
    """Take the unit in brackets out of a label: 营业收入（万元） -> 营业收入, 万元. Other brackets stay.

    >>> take_unit("营业收入（万元）")[0]
    '营业收入'
    """
    for found in reversed(list(_BRACKET.finditer(label))):
        unit = unit_of(found[1])
        if unit.text:
            bare = label[: found.start()] + label[found.end() :]
            return bare.strip(), unit
    trailing = re.search(r"[/／_:：]\s*([^/／_:：()（）]{1,8})$", label)
    if trailing and unit_of(trailing[1]).text and trailing.start():
        return label[: trailing.start()].strip(), unit_of(trailing[1])
    return label, NO_UNIT


def scale_of(unit: str) -> int:
    """Return the power of ten by which a unit's name multiplies: 4 for 万元, 8 for 亿, 0 for 元."""
    return next((power for word, power in _SCALES if unit.startswith(word)), 0)

"""What the cells of a column are: figures, dates, yes and no, codes, or text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

import polars as pl

from yumiao.intake.layout.dates import read_date, read_serial
from yumiao.intake.layout.found import ColumnType
from yumiao.intake.layout.numbers import read_figure
from yumiao.intake.layout.unit_words import NO_UNIT, UnitWords, unit_of
from yumiao.intake.layout.vocabulary import CODE_LABEL, DATE_LABEL, MISSING_MARKS, YES_NO_PAIRS
from yumiao.intake.values import tidy_texts

LOOKED_AT = 240
"""Cells of a column that are looked at: the first, the last and some spread between them."""

MOST = 0.8
"""Share of the cells that must be of a type for the column to be of it."""

FIGURES = 0.6
"""The same for figures: notes among figures are frequent, and what is no figure stays as received."""

_CODE = re.compile(r"^(?=.*[0-9])[0-9A-Z]{6,}$")
_TAIL = re.compile(r"^[+\-(]?[¥￥]?[0-9][0-9,. ]*\s*([^\d\s.,()*※①-⑳\[\]]{1,6})$")
_SCALES = frozenset(("千", "万", "亿", "百万"))
_ZERO_FIRST = re.compile(r"^0[0-9]")
_LONG_DIGITS = re.compile(r"^[0-9]{16,}$")
_SEQUENCE_LABEL = re.compile("^(?:序号|编号|no\\.?)$", re.IGNORECASE)


def type_of_column(texts: pl.Series, labels: Sequence[str], unit: str) -> ColumnType:
    """Tell the type of a column from its cells, its labels and its unit.

    Args:
        texts: the cells of the rows that hold values, as received.
    """
    cells = [text for text in tidy_texts(_sample(texts.drop_nulls())) if text is not None]
    told = [text for text in cells if text not in MISSING_MARKS]
    label = " ".join(labels)
    if not told:
        return ColumnType.NUMBER if cells and unit else ColumnType.EMPTY if not cells else ColumnType.TEXT
    if _are_dates(told, label):
        return ColumnType.NUMBER if _are_years(told, label) else ColumnType.DATE
    if _is_code(told, label):
        return ColumnType.CODE
    if _are_yes_no(told):
        return ColumnType.YES_NO
    if _share(told, lambda text: read_figure(text, unit) is not None) >= FIGURES:
        return ColumnType.NUMBER
    return ColumnType.TEXT


def unit_of_cells(texts: pl.Series) -> UnitWords:
    """Return the unit that at least half of the cells carry behind their figure: 100万元, 29.8%."""
    cells = [text for text in tidy_texts(_sample(texts.drop_nulls())) if text is not None]
    tails = Counter(found[1] for text in cells if (found := _TAIL.search(text)))
    for tail, count in tails.most_common(1):
        unit = unit_of(tail)
        if 2 * count >= len(cells) and unit.text and unit.text not in _SCALES:
            return unit
    return NO_UNIT


def _sample(texts: pl.Series) -> pl.Series:
    if texts.len() <= LOOKED_AT:
        return texts
    third = LOOKED_AT // 3
    return pl.concat([texts.head(third), texts.gather_every(texts.len() // third), texts.tail(third)])


def _share(cells: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, cells)) / len(cells)


def _are_dates(cells: Sequence[str], label: str) -> bool:
    """Whether most cells are dates; where the label says so, fewer do and day numbers count too."""
    if DATE_LABEL.search(label):
        return _share(cells, lambda text: (read_date(text) or read_serial(text)) is not None) >= FIGURES
    return _share(cells, lambda text: read_date(text, is_declared=False) is not None) >= MOST


def _are_years(cells: Sequence[str], label: str) -> bool:
    """Whether the dates are years alone: those are figures unless the label says date."""
    return all(re.fullmatch(r"[0-9]{4}", text) for text in cells) and "日" not in label


def _is_code(cells: Sequence[str], label: str) -> bool:
    """Whether digits are names here: the label says so, zeros lead, or there are more digits than figures have."""
    if _SEQUENCE_LABEL.match(label) and all(re.fullmatch("[0-9]{1,7}", text) for text in cells):
        return False
    shaped = _share(cells, lambda text: re.fullmatch(r"[0-9A-Za-z().\-/ ]+", text) is not None)
    if CODE_LABEL.search(label) and shaped >= MOST:
        return True
    if any(_ZERO_FIRST.match(text) for text in cells) and _share(cells, str.isdecimal) >= MOST:
        return True
    if _share(cells, lambda text: _LONG_DIGITS.match(text) is not None) >= MOST:
        return True
    lettered = [text for text in cells if _CODE.match(text) and not text.isdecimal()]
    return (
        len(lettered) >= 0.5 * len(cells)
        and _share(cells, lambda text: _CODE.match(text) is not None) >= MOST
    )


def _are_yes_no(cells: Sequence[str]) -> bool:
    words = {text.lower() for text in cells}
    return any(words <= set(pair) for pair in YES_NO_PAIRS) and words != {"无"}

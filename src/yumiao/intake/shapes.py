"""The shape of a kind of file: its labels, units and types of cells, remembered so that changes are seen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from yumiao.intake.labels import normalise_label
from yumiao.model.text import Text

_ALIKE = 0.6
"""The share of labels that two tables of one kind have in common at least."""


class CellType(StrEnum):
    """What the cells of a column are, as far as all of them agree."""

    EMPTY = "empty"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"
    CODE = "code"
    WORDS = "words"
    TEXT = "text"
    PERSON = "person"


TYPE_LABELS = {
    CellType.EMPTY: Text("空", "empty"),
    CellType.NUMBER: Text("数字", "numbers"),
    CellType.DATE: Text("日期", "dates"),
    CellType.YES_NO: Text("是/否", "yes or no"),
    CellType.CODE: Text("代码", "codes"),
    CellType.WORDS: Text("分类词", "a few words"),
    CellType.TEXT: Text("文字", "text"),
    CellType.PERSON: Text("个人信息", "about persons"),
}


@dataclass(frozen=True, slots=True)
class ColumnShape:
    """What a column looks like.

    Attributes:
        unit: the unit's usual name (万元), or empty.
        words: the words of a column of few words, in order; empty for every other column, so that no name
            and nothing about a person is remembered.
        codes: cell texts that look like missing codes.
    """

    label: str
    type: CellType = CellType.TEXT
    unit: str = ""
    words: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """What a table looks like: where it stood, its columns from left to right.

    Attributes:
        rows: the filled cells of its fullest column; rows without any value are none.
    """

    sheet: str = ""
    rows: int = 0
    columns: tuple[ColumnShape, ...] = ()

    def labels(self) -> tuple[str, ...]:
        return tuple(column.label for column in self.columns)

    def fingerprint(self) -> str:
        """Return a short text that two tables share when they have the same labels and units in any order."""
        parts = sorted(f"{normalise_label(column.label)}|{column.unit}" for column in self.columns)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def likeness(one: Shape, other: Shape) -> float:
    """Return the share of labels that two shapes have in common: 1.0 when all, 0.0 when none."""
    left, right = _labels(one.columns), _labels(other.columns)
    return len(left & right) / len(left | right) if left | right else 0.0


def _labels(columns: Iterable[ColumnShape]) -> set[str]:
    return {normalise_label(column.label) for column in columns}


def best_remembered(now: Shape, remembered: Mapping[str, Shape]) -> str | None:
    """Return the kind of file whose remembered shape is most like this one; None when none is like enough.

    Of two that are equally alike the one named first in sorted order is returned, so that the answer depends on
    nothing else.
    """
    ranked = sorted((-likeness(shape, now), kind) for kind, shape in remembered.items())
    return ranked[0][1] if ranked and -ranked[0][0] >= _ALIKE else None

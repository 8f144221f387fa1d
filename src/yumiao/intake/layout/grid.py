"""A sheet seen as filled, empty and value-like cells: what every rule about its layout looks at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from yumiao.intake.cells import Sheet
from yumiao.intake.layout.found import Block
from yumiao.intake.layout.vocabulary import MISSING_MARKS

LOOKED_AT = 200
"""Rows of a body that are looked at to tell whether a column holds figures."""

FIGURES = 0.6
"""Share of value-like cells from which a column counts as one of figures."""

_UNIT_TAIL = r"(?:%|％|‰|[百千]?[万亿]{0,2}(?:元|美元|人|件|项|个|家|户|篇|名|次|台|亩|吨)?)"
NUMBER_LIKE = (
    r"^\s*[(（]?\s*[+\-−－–▲△]?\s*[¥￥$]?\s*[.．]?[0-9０-９][0-9０-９,，.．]*(?: [0-9]{3})*(?:[eE][+-]?[0-9]+)?\s*"
    + _UNIT_TAIL
    + r"\s*[)）]?\s*(?:[*＊※①-⑳]|[\[［][0-9]{1,2}[\]］])*\s*$"
)
"""What reads as a figure to the eye; whether it is one is for the reader of values."""

DATE_LIKE = (
    r"^\s*[0-9０-９]{4}\s*[-/.．－年]\s*[0-9０-９]{1,2}\s*[-/.．－月]\s*[0-9０-９]{1,2}\s*日?"
    r"(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?\s*$"
)
"""A whole date as it is usually written."""

_VALUE_LIKE = re.compile(f"{NUMBER_LIKE}|{DATE_LIKE}")
_MARKS = frozenset(MISSING_MARKS)


def is_value(text: str | None) -> bool:
    """Whether a cell reads as a figure, a date, or a mark that stands where no figure is."""
    if text is None:
        return False
    return _VALUE_LIKE.match(text) is not None or text.strip() in _MARKS


@dataclass(frozen=True)
class Grid:
    """One sheet, or a band of its columns, with what was computed of it once.

    Attributes:
        first, last: the columns looked at, both included.
    """

    sheet: Sheet
    first: int
    last: int

    @property
    def height(self) -> int:
        return self.sheet.height

    @property
    def columns(self) -> range:
        return range(self.first, self.last + 1)

    @cached_property
    def filled(self) -> pl.Series:
        """Per row: how many cells hold something."""
        masks = [pl.col(str(index)).is_not_null().cast(pl.UInt16) for index in self.columns]
        return self.sheet.cells.select(n=pl.sum_horizontal(masks))["n"]

    @cached_property
    def _figure_columns(self) -> dict[tuple[int, int], bool]:
        return {}

    def is_of_figures(self, column: int, body: int) -> bool:
        """Whether most of the first filled cells of a column from row ``body`` on read as values."""
        known = self._figure_columns
        if (column, body) not in known:
            texts = self.sheet.cells[str(column)].slice(body, LOOKED_AT).drop_nulls()
            known[column, body] = texts.len() > 0 and sum(map(is_value, texts)) >= FIGURES * texts.len()
        return known[column, body]

    @cached_property
    def merges(self) -> tuple[tuple[int, int, int, int], ...]:
        """The blocks of merged cells that begin in these columns, cut at the last one."""
        return tuple(
            (top, left, bottom, min(right, self.last))
            for top, left, bottom, right in self.sheet.merges
            if self.first <= left <= self.last and top < self.height
        )

    @cached_property
    def _merges_by_row(self) -> dict[int, list[tuple[int, int, int, int]]]:
        found: dict[int, list[tuple[int, int, int, int]]] = {}
        for merge in self.merges:
            found.setdefault(merge[0], []).append(merge)
        return found

    def merges_at(self, row: int) -> list[tuple[int, int, int, int]]:
        """Return the merged blocks whose first row is ``row``."""
        return self._merges_by_row.get(row, [])

    def row(self, row: int) -> dict[int, str]:
        """Return the cells of a row that hold something: column -> text."""
        cells = self.sheet.cells.row(row)
        return {index: text for index in self.columns if (text := cells[index]) is not None}

    def text(self, row: int, column: int) -> str | None:
        found: str | None = self.sheet.cells[str(column)][row]
        return found

    @cached_property
    def _filled_rows(self) -> pl.Series:
        return (self.filled > 0).arg_true()

    def next_filled(self, row: int) -> int | None:
        """Return the first row from ``row`` on that is not empty, or None."""
        at = int(self._filled_rows.search_sorted(row))
        return int(self._filled_rows[at]) if at < self._filled_rows.len() else None

    def last_filled(self) -> int:
        """Return the last row that is not empty; -1 where all are."""
        return int(self._filled_rows[-1]) if self._filled_rows.len() else -1

    def column(self, index: int) -> pl.Series:
        """Return the cells of a column; cells merged downwards all hold the text of the first."""
        texts = self.sheet.cells[str(index)]
        tall = [merge for merge in self.merges if merge[1] == index and merge[2] > merge[0]]
        if not tall:
            return texts
        empty = texts.is_null()
        covered = {
            row: text
            for top, _, bottom, _ in tall
            if (text := texts[top]) is not None
            for row in range(top + 1, min(bottom + 1, self.height))
            if empty[row]  # a merged block may hide cells that hold something: those are kept
        }
        return texts.clone().scatter(list(covered), list(covered.values())) if covered else texts

    def cut(self, block: Block) -> Grid:
        """Return the band of the block's columns."""
        if (block.first_column, block.last_column) == (self.first, self.last):
            return self
        return Grid(self.sheet, block.first_column, block.last_column)


def value_mask(texts: pl.Series) -> pl.Series:
    """Say which cells read as values."""
    # Plain numbers are by far the most and the cast tells them fast; only its success is used, not its value.
    mask = texts.cast(pl.Float64, strict=False).is_finite().fill_null(value=False)
    rest = (~mask & texts.is_not_null()).arg_true()
    if rest.len():
        others = texts.gather(rest)
        likely = others.str.contains(f"{NUMBER_LIKE}|{DATE_LIKE}") | others.str.strip_chars().is_in(
            MISSING_MARKS
        )
        mask = mask.scatter(rest, likely)
    return mask

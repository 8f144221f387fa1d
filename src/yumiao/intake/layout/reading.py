"""The cells of one column read by its type; what is not understood stays as received."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from yumiao.intake.layout.dates import read_dates
from yumiao.intake.layout.found import ColumnType, FoundColumn
from yumiao.intake.layout.numbers import read_numbers
from yumiao.intake.layout.vocabulary import DATE_LABEL
from yumiao.intake.values import tidy_texts

_CJK = r"[\x{3400}-\x{4dbf}\x{4e00}-\x{9fff}]"
_SPACED = f"^{_CJK}(?:[ \u3000\u00a0]+{_CJK})+$"


@dataclass(frozen=True)
class ReadColumn:
    """The cells of one column.

    Attributes:
        texts: one per row: plain decimals, ISO dates, tidy texts; NULL where the cell is empty.
        unread: which cells are not of the column's type and stay as received.
        notes: code of what was done to some cells -> which cells.
    """

    texts: pl.Series
    unread: pl.Series
    notes: tuple[tuple[str, pl.Series], ...] = ()


def read_column(texts: pl.Series, column: FoundColumn) -> ReadColumn:
    """Read the cells of a column as its type says."""
    if column.type is ColumnType.NUMBER:
        return _read_numbers(texts, column.unit)
    if column.type is ColumnType.DATE:
        dates = read_dates(
            texts, is_declared=DATE_LABEL.search(" ".join((*column.path, column.other))) is not None
        )
        return ReadColumn(dates.texts, dates.unread, (("serial_date", dates.serials),))
    no = pl.repeat(value=False, n=texts.len(), dtype=pl.Boolean, eager=True)
    if column.type is ColumnType.CODE:
        codes = tidy_texts(texts)
        broken = codes.str.contains(r"^[0-9](?:\.[0-9]+)?[eE]\+[0-9]+$").fill_null(value=False)
        return ReadColumn(codes, broken)
    return ReadColumn(close_up_texts(texts), no)


def _read_numbers(texts: pl.Series, unit: str) -> ReadColumn:
    numbers = read_numbers(texts, unit)
    unread, kept = numbers.unread, numbers.texts
    if unit != "%":
        # Without its sign a percentage among other figures would be a hundred times what it says.
        unread, kept = unread | numbers.percents, kept.zip_with(~numbers.percents, texts)
    bare = _without_unit(texts, unit, unread | numbers.scaled)
    notes = (("scaled", numbers.scaled), ("mark_removed", numbers.marked), ("unit_mixed", bare))
    return ReadColumn(kept, unread, notes)


def _without_unit(texts: pl.Series, unit: str, others: pl.Series) -> pl.Series:
    """Return which figures lack the unit where most cells of the column carry it; ``others`` are no such figures."""
    no = pl.repeat(value=False, n=texts.len(), dtype=pl.Boolean, eager=True)
    if not unit:
        return no
    bare = texts.str.strip_chars_end(" \u3000)）")
    carried = bare.str.ends_with(unit) | (bare.str.ends_with("％") if unit == "%" else no)
    if 2 * int(carried.sum()) < texts.len() - texts.null_count() or not carried.any():
        return no
    return ~carried.fill_null(value=True) & ~others


def close_up_texts(texts: pl.Series) -> pl.Series:
    """Trim texts and take out the blanks that only align single characters: 北 京 is 北京."""
    trimmed = texts.str.strip_chars()
    spaced = trimmed.str.contains(_SPACED).fill_null(value=False)
    if not spaced.any():
        return trimmed
    return trimmed.zip_with(~spaced, trimmed.str.replace_all("[ \u3000\u00a0]+", ""))

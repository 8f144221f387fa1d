"""The table around a row of known labels, as its layout shows it: labels of all rows, records only."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from yumiao.intake.cells import Sheet
from yumiao.intake.labels import year_named
from yumiao.intake.layout.found import KIND, ROW, ColumnType, FoundColumn, FoundTable, RowKind, Survey
from yumiao.intake.layout.survey import survey_sheet
from yumiao.intake.layout.vocabulary import is_subtotal, is_total
from yumiao.intake.mapping import MappingFile, propose_mapping
from yumiao.intake.words import TOTAL_WORDS
from yumiao.model.metrics import Metric

SEPARATOR = " / "
"""Between the labels of several rows."""

_NO_RECORDS = (
    RowKind.NOTE,
    RowKind.REPEATED_HEADER,
    RowKind.NUMBERING,
    RowKind.GROUP,
    RowKind.TOTAL,
    RowKind.SUBTOTAL,
)


@dataclass(frozen=True)
class TableLayout:
    """What :class:`~yumiao.intake.tables.Table` takes from the layout; see there.

    Attributes:
        words: for each column its labels without marks and in one language, with its unit, or "".
        dated: for each column its lowest label with the year above it, or "".
        stated: for each column the unit that stands beside its label (in a line above, in a row below), or "".
    """

    header: tuple[str | None, ...]
    header_index: int
    rows: pl.DataFrame
    aliases: tuple[tuple[str, ...], ...]
    left_out: tuple[tuple[int, RowKind], ...]
    beside: tuple[str, ...]
    words: tuple[str, ...]
    dated: tuple[str, ...]
    stated: tuple[str, ...]


def find_layout(sheet: Sheet, index: int) -> TableLayout | None:
    """Find the table of a sheet among whose rows of labels is row ``index``; None where the layout shows none."""
    survey = survey_sheet(sheet)
    found = next((table for table in survey.tables if index in table.header_rows), None)
    if found is None:
        return None
    last_label = max(found.header_rows)
    by_index = {column.index: column for column in found.columns}
    columns = [by_index.get(at) for at in range(sheet.width)]
    left_out = _left_out(sheet, found)
    rows = sheet.cells.slice(last_label + 1, found.block.last_row - last_label)
    emptied = [*(row for row, _ in left_out), *range(last_label + 1, int(found.rows[ROW][0]))]
    return TableLayout(
        tuple(map(_label, columns)),
        last_label,
        _emptied(rows, [row - last_label - 1 for row in emptied]),
        tuple(map(_aliases, columns)),
        left_out,
        _beside(survey, found),
        tuple(map(_words, columns)),
        tuple(map(_with_year, columns)),
        tuple(map(_stated, columns)),
    )


def _beside(survey: Survey, found: FoundTable) -> tuple[str, ...]:
    """Return the blocks of the sheet that hold other tables, or forms and text below this one."""
    others = [table.block for table in survey.tables if table is not found]
    below = [
        each.block for each in survey.leftovers if each.block and each.block.first_row > found.block.last_row
    ]
    return tuple(block.address for block in (*others, *below))


def _label(column: FoundColumn | None) -> str | None:
    """Return the label of a column as it stands; labels of several rows on one line."""
    if column is None or not column.label:
        return None
    return column.label if len(column.parts) < 2 else SEPARATOR.join(map(_on_one_line, column.parts))


def _on_one_line(text: str) -> str:
    return re.sub(r"\s*[\r\n]+\s*", "", text.strip())


def _aliases(column: FoundColumn | None) -> tuple[str, ...]:
    """Return further names: the labels without marks, the lowest one, the one with its year, and with its unit."""
    if column is None or not column.path:
        return ()
    whole, dated = _label(column) or "", _with_year(column)
    names = [column.joined, _words(column), dated, column.path[-1], column.parts[-1]]
    if unit := _stated(column):
        names += [f"{name}（{unit}）" for name in (whole, column.joined, dated) if name]
    return tuple(dict.fromkeys(name for name in names if name))


def _words(column: FoundColumn | None) -> str:
    """Return the labels of a column without marks and in one language, with its unit."""
    if column is None:
        return ""
    return f"{column.joined}（{column.unit}）" if column.unit else column.joined


def _with_year(column: FoundColumn | None) -> str:
    """Join a lowest label with the years above it, which alone do not change what it means; else return ''."""
    above = () if column is None else column.parts[:-1]
    if column is None or not above or any(year_named(text) is None for text in above):
        return ""
    return "".join(map(_on_one_line, column.parts))


def _stated(column: FoundColumn | None) -> str:
    """Return the unit of a column that its label does not hold."""
    if column is None or column.type is not ColumnType.NUMBER or column.known_unit is None:
        return ""
    return "" if column.unit in column.label else column.unit


def _left_out(sheet: Sheet, found: FoundTable) -> tuple[tuple[int, RowKind], ...]:
    """Return the rows that hold no record: sums only where a word says so and the row is nobody's.

    Rows named as plainly as 合计 are left to the reader of subjects, which tells them one by one.
    """
    rows = found.rows.filter(pl.col(KIND).is_in([kind.value for kind in _NO_RECORDS]))
    kept: list[tuple[int, RowKind]] = []
    for row, kind in rows.select(ROW, KIND).iter_rows():
        texts = [text for text in sheet.row(row) if text is not None]
        is_sum = kind in {RowKind.TOTAL, RowKind.SUBTOTAL}
        if not is_sum or (_is_worded_sum(texts) and not any(text.strip() in TOTAL_WORDS for text in texts)):
            kept.append((int(row), RowKind(kind)))
    return tuple(kept)


def _is_worded_sum(texts: Sequence[str]) -> bool:
    """Whether a word says that a row is a sum, and no code says that it is somebody."""
    has_code = any(re.fullmatch(r"[0-9A-Za-z]{18}", text.strip()) for text in texts)
    return not has_code and any(is_total(text) or is_subtotal(text) for text in texts)


def _emptied(rows: pl.DataFrame, numbers: Sequence[int]) -> pl.DataFrame:
    if not numbers:
        return rows
    is_out = pl.int_range(pl.len()).is_in(list(numbers))
    return rows.with_columns(pl.when(~is_out).then(pl.col(name)).alias(name) for name in rows.columns)


def propose_for_layout(layout: TableLayout, metrics: Mapping[str, Metric]) -> MappingFile:
    """Propose what the columns of a table mean, taking the year above a label and the unit beside it as its own.

    Each label is tried as it stands; one that finds no metric so is tried without the marks and the other
    language in it, then with the year above it, then with its unit.
    """
    labels = list(layout.header)
    mapping = propose_mapping(labels, metrics)
    for others in (layout.words, layout.dated):
        labels, mapping = _retried(labels, others, mapping, metrics)
    with_units = [
        f"{label}（{unit}）" if unit else "" for label, unit in zip(labels, layout.stated, strict=True)
    ]
    return _retried(labels, with_units, mapping, metrics)[1]


def _retried(
    labels: list[str | None], others: Sequence[str], mapping: MappingFile, metrics: Mapping[str, Metric]
) -> tuple[list[str | None], MappingFile]:
    """Try other names for the columns that are not used; keep them where that uses more columns."""
    unused = {each.label for each in mapping.unused}
    tried = [
        other if other and label in unused else label for label, other in zip(labels, others, strict=True)
    ]
    if tried == labels:
        return labels, mapping
    found = propose_mapping(tried, metrics)
    return (tried, found) if len(found.labels()) > len(mapping.labels()) else (labels, mapping)

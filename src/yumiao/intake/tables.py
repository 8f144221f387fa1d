"""Tables found in files: which sheet, which row holds the labels, which column has which label."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from yumiao.intake.cells import Sheet, Workbook, cell_address, column_letters
from yumiao.intake.faults import Place, ProblemLog
from yumiao.intake.labels import normalise_label
from yumiao.intake.layout.found import RowKind
from yumiao.intake.layout.label_texts import split_languages
from yumiao.intake.mapping import IDENTITY_LABELS, MappingFile, names_someone, propose_mapping
from yumiao.intake.table_layout import find_layout, propose_for_layout
from yumiao.model.metrics import Metric
from yumiao.model.problems import Severity, YumiaoError
from yumiao.model.text import Text

_TOLD = {
    RowKind.NOTE: Text("注释", "a note"),
    RowKind.SUBTOTAL: Text("小计", "a subtotal"),
    RowKind.TOTAL: Text("合计", "a total"),
    RowKind.GROUP: Text("分组标题", "a heading"),
}

HEADER_SEARCH_ROWS = 30
"""How far down the labels are looked for."""


@dataclass(frozen=True)
class Table:
    """A header and the rows below it.

    Attributes:
        file: how the file is named in sources and problems.
        header: labels by column, those of several rows joined by `` / ``; None where nothing stands above.
        header_index: the lowest row of labels, from 0.
        mapping: what the columns mean here.
        rows: the cells below the header, one text column per spreadsheet column ("0", "1", …). Rows of the
            sheet that hold no record (notes, headings, the header once more) hold NULL throughout.
        aliases: further names of each column: its lowest label, its labels without marks of alignment.
        left_out: rows of the sheet (from 0) that were emptied, with what they are.
        beside: blocks of the same sheet that hold something else (``A7:C9``): further tables, text below.
    """

    file: str
    sheet: str
    header: tuple[str | None, ...]
    header_index: int
    mapping: MappingFile
    rows: pl.DataFrame
    aliases: tuple[tuple[str, ...], ...] = ()
    left_out: tuple[tuple[int, RowKind], ...] = ()
    beside: tuple[str, ...] = ()

    @property
    def first_row_number(self) -> int:
        """The spreadsheet's number of the first row of ``rows``."""
        return self.header_index + 2

    @cached_property
    def columns_by_label(self) -> dict[str, list[int]]:
        """The numbers of the columns that carry each label, normalised; a whole label goes before an alias."""
        found: dict[str, list[int]] = {}
        for index, label in enumerate(self.header):
            if label is not None:
                found.setdefault(normalise_label(label), []).append(index)
        further: dict[str, list[int]] = {}
        for index, names in enumerate(self.aliases):
            for name in {normalise_label(name) for name in names} - found.keys():
                further.setdefault(name, []).append(index)
        return found | further

    def names_of(self, column: int) -> frozenset[str]:
        """Return every name of a column, normalised."""
        label = self.header[column]
        names = self.aliases[column] if column < len(self.aliases) else ()
        return frozenset(normalise_label(name) for name in (label, *names) if name)

    def column_of(self, label: str) -> int | None:
        """Return the number of the first column with this label, or None."""
        found = self.columns_by_label.get(normalise_label(label))
        return found[0] if found else None

    def texts(self, column: int) -> pl.Series:
        return self.rows[str(column)]

    def cell(self, row: int, column: int) -> str:
        """Name the cell in row ``row`` (from 0) of ``rows``."""
        return cell_address(row + self.header_index + 1, column)

    def cells(self, rows: pl.Expr, column: int) -> pl.Expr:
        """Name many cells of one column: an expression giving row numbers from 0 -> addresses."""
        numbers = rows.cast(pl.UInt32) + self.first_row_number
        return pl.concat_str(pl.lit(column_letters(column)), numbers.cast(pl.String))

    def place(self, row: int, column: int) -> Place:
        return Place(self.file, self.sheet, self.cell(row, column))


@dataclass(frozen=True)
class _Candidate:
    sheet: Sheet
    index: int
    mapping: MappingFile
    score: int


def find_table(
    workbook: Workbook, file: str, metrics: Mapping[str, Metric], mapping: MappingFile | None
) -> Table:
    """Find the table of a file: by the mapping, or by the usual labels when there is none.

    Raises: YumiaoError (``header_not_found``, ``sheet_not_found``) when no row looks like its header.
    """
    sheets = _eligible_sheets(workbook, file, mapping)
    best: _Candidate | None = None
    for sheet in sheets:
        found = _best_row(sheet, metrics, mapping)
        if found is not None and (best is None or (mapping is None and found.score > best.score)):
            best = found
    if best is None:
        raise _no_header(sheets, file, mapping)
    laid_out = find_layout(best.sheet, best.index)
    if laid_out is None:
        header = best.sheet.row(best.index)
        rows = best.sheet.cells.slice(best.index + 1)
        return Table(file, best.sheet.name, header, best.index, best.mapping, rows)
    meant = propose_for_layout(laid_out, metrics) if mapping is None else mapping
    return Table(
        file,
        best.sheet.name,
        laid_out.header,
        laid_out.header_index,
        meant,
        laid_out.rows,
        laid_out.aliases,
        laid_out.left_out,
        laid_out.beside,
    )


def _eligible_sheets(workbook: Workbook, file: str, mapping: MappingFile | None) -> tuple[Sheet, ...]:
    if mapping is None or mapping.sheet is None or workbook.encoding:
        return workbook.sheets
    named = tuple(sheet for sheet in workbook.sheets if sheet.name == mapping.sheet)
    if named:
        return named
    names = "、".join(sheet.name for sheet in workbook.sheets)
    raise YumiaoError(
        "sheet_not_found",
        Text(
            f"{file}：没有名为“{mapping.sheet}”的工作表；现有：{names}。",
            f"{file}: there is no sheet “{mapping.sheet}”; found: {names}.",
        ),
    )


def _best_row(sheet: Sheet, metrics: Mapping[str, Metric], mapping: MappingFile | None) -> _Candidate | None:
    if not sheet.width:
        return None
    if mapping is not None and mapping.header_row is not None:
        is_there = mapping.header_row <= sheet.height
        score = _score(sheet.row(mapping.header_row - 1), mapping) if is_there else 0
        return _Candidate(sheet, mapping.header_row - 1, mapping, score) if score else None
    best: _Candidate | None = None
    for index, row in enumerate(sheet.cells.head(HEADER_SEARCH_ROWS).iter_rows()):
        labels = tuple(cell and split_languages(cell)[0] for cell in row)
        if mapping is None and not names_someone((*row, *labels)):
            continue
        shown = row if names_someone(row) else labels
        meant = propose_mapping(shown, metrics) if mapping is None else mapping
        score = _score((*row, *labels), meant)
        if score and (best is None or score > best.score):
            best = _Candidate(sheet, index, meant, score)
    return best


def _score(row: tuple[str | None, ...], mapping: MappingFile) -> int:
    """Count the labels that a row holds; 0 unless it says who is meant."""
    found = {normalise_label(cell) for cell in row if cell}
    if not found & {normalise_label(label) for label in mapping.subject.labels()}:
        return 0
    return len(found & {normalise_label(label) for label in mapping.labels()})


def _no_header(sheets: tuple[Sheet, ...], file: str, mapping: MappingFile | None) -> YumiaoError:
    if mapping is None:
        labels = "、".join(names[0] for names in IDENTITY_LABELS.values())
    else:
        labels = "、".join(mapping.labels()[:8])
    seen = next((row for sheet in sheets for row in sheet.cells.head(1).iter_rows()), ())
    found = "、".join(cell for cell in seen[:8] if cell)
    return YumiaoError(
        "header_not_found",
        Text(
            f"{file}：前{HEADER_SEARCH_ROWS}行中没有找到表头；应有：{labels}；首行是：{found or '空'}。",
            f"{file}: no header in the first {HEADER_SEARCH_ROWS} rows; expected: {labels}; "
            f"the first row is: {found or 'empty'}.",
        ),
    )


def check_headers(
    tables: Sequence[Table], metrics: Mapping[str, Metric], log: ProblemLog, *, is_declared: bool
) -> None:
    """Report the labels of all headers that are missing, doubled or not used.

    A column missing here but present in another file only deserves a look. The column of years is asked for
    where a column has no year of its own.
    """
    present = {
        name for table in tables for column in range(len(table.header)) for name in table.names_of(column)
    }
    for table in tables:
        _log_left_out(table, log)
        _log_beside(table, log)
        for label in table.mapping.labels():
            if len(table.columns_by_label.get(normalise_label(label), ())) > 1:
                _log_twice(table, label, log)
        if is_declared:
            _log_missing(table, metrics, present, log)
            _log_unknown(table, log)
        else:
            _log_unused(table, log)


def _log_left_out(table: Table, log: ProblemLog) -> None:
    """Tell which rows were taken for no records; empty rows and headers repeated on every page go without saying."""
    for row, kind in table.left_out:
        if kind in _TOLD:
            name = _TOLD[kind]
            place = Place(table.file, table.sheet, f"{row + 1}:{row + 1}")
            text = Text(
                f"第{row + 1}行是{name.zh}，不是记录，未读入。",
                f"Row {row + 1} is {name.en}, no record; it is left out.",
            )
            log.add("row_left_out", place, text, severity=Severity.WARNING, group=kind.value)


def _log_beside(table: Table, log: ProblemLog) -> None:
    """Tell what else stands in the sheet, so that no record is lost without a word."""
    for block in table.beside:
        text = Text(
            f"工作表中另有内容（{block}），不属于这张表，未读入；如需读入，请另存为单独的工作表。",
            f"The sheet also holds {block}, which is no part of this table and is not read; "
            "to read it, put it into a sheet of its own.",
        )
        log.add("block_left_out", Place(table.file, table.sheet, block), text, severity=Severity.WARNING)


def _log_twice(table: Table, label: str, log: ProblemLog) -> None:
    column = table.column_of(label) or 0
    text = Text(
        f"表头中“{label}”出现多次，取最左一列；请核对。",
        f"The label “{label}” occurs more than once; the leftmost column is read, please check.",
    )
    place = Place(table.file, table.sheet, cell_address(table.header_index, column))
    log.add("label_twice", place, text, found=label, severity=Severity.WARNING)


def _log_missing(table: Table, metrics: Mapping[str, Metric], present: set[str], log: ProblemLog) -> None:
    optional = {part for rule in table.mapping.columns if rule.optional for part in rule.parts}
    if table.mapping.year_column is not None and not _needs_years(table, metrics):
        optional.add(table.mapping.year_column)
    header = [label for label in table.header if label]
    for label in table.mapping.labels():
        if label not in optional and table.column_of(label) is None:
            near = difflib.get_close_matches(label, header, n=1, cutoff=0.5)
            hint_zh = f"；最接近的是“{near[0]}”" if near else ""
            hint_en = f"; the nearest is “{near[0]}”" if near else ""
            text = Text(f"缺少列“{label}”{hint_zh}。", f"The column “{label}” is missing{hint_en}.")
            place = Place(table.file, table.sheet, f"{table.header_index + 1}:{table.header_index + 1}")
            found = near[0] if near else ""
            severity = Severity.WARNING if normalise_label(label) in present else Severity.ERROR
            expected = Text(label, label)
            log.add("column_missing", place, text, found=found, expected=expected, severity=severity)


def _needs_years(table: Table, metrics: Mapping[str, Metric]) -> bool:
    return any(
        rule.year is None
        and metrics[rule.metric].period.is_yearly
        and all(table.column_of(part) is not None for part in rule.parts)
        for rule in table.mapping.columns
    )


def _log_unknown(table: Table, log: ProblemLog) -> None:
    known = {normalise_label(label) for label in (*table.mapping.labels(), *table.mapping.ignore)}
    for column, label in enumerate(table.header):
        if label is not None and not table.names_of(column) & known:
            _log_not_used(
                table, column, label, Text("映射文件未提及", "the mapping does not mention it"), log
            )


def _log_unused(table: Table, log: ProblemLog) -> None:
    for unused in table.mapping.unused:
        _log_not_used(table, table.column_of(unused.label) or 0, unused.label, unused.reason, log)


def _log_not_used(table: Table, column: int, label: str, reason: Text, log: ProblemLog) -> None:
    text = Text(f"列“{label}”未使用：{reason.zh}。", f"The column “{label}” is not used: {reason.en}.")
    place = Place(table.file, table.sheet, cell_address(table.header_index, column))
    log.add("column_not_used", place, text, found=label, severity=Severity.WARNING)

"""Rows of a register: the rows of a file read field by field, every cell a value, unknown, or a reported fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from yumiao.intake.cells import cell_address
from yumiao.intake.fault_words import Cells, log_faults, word_fault
from yumiao.intake.faults import LISTED, Place, ProblemLog
from yumiao.intake.mapping import ColumnRule
from yumiao.intake.records_mapping import FieldRule, RecordsRule
from yumiao.intake.tables import Table
from yumiao.intake.values import Fault, parse_column, tidy_texts, without_missing
from yumiao.model.facts import SUBJECT, column_type
from yumiao.model.problems import Problem
from yumiao.model.text import Text
from yumiao.model.units import UNITS
from yumiao.packs.definitions import RegisterDefinition
from yumiao.packs.register_columns import RegisterColumn

ROW_ID = "row_id"
COMPLETE = "complete"
PLACE_COLUMNS = ("file", "sheet", "cell")

_ERROR_TEXT = r"^#[A-Z0-9/_]+[?!]?$|^="
_LOST_DIGITS = r"^[0-9](?:\.[0-9]+)?[eE]\+?[0-9]+$"


def record_schema(register: RegisterDefinition) -> dict[str, pl.DataType]:
    """Return the columns of a table of rows of a register.

    ``subject``, ``row_id`` (unique in its file), ``file``, ``sheet``, ``cell`` (the first cell of the row),
    ``complete`` (whether the file lists every row of the subject), then the register's own columns.
    """
    places: dict[str, pl.DataType] = dict.fromkeys((SUBJECT, ROW_ID, *PLACE_COLUMNS), pl.String())
    fields = {name: field_type(name, column) for name, column in register.columns.items()}
    return places | {COMPLETE: pl.Boolean()} | fields


def field_type(name: str, column: RegisterColumn) -> pl.DataType:
    """Return the physical type of a field; NULL is unknown and nothing else is."""
    metric = column.metric(name)
    return pl.String() if metric is None else column_type(metric)


def gather_records(
    found: Iterable[Records], registers: Mapping[str, RegisterDefinition]
) -> dict[str, pl.DataFrame]:
    """Put the rows of many tables together: register → one row per row of any of them, in the order given."""
    parts: dict[str, list[pl.DataFrame]] = {}
    for each in found:
        parts.setdefault(each.register, []).append(
            each.rows.select(list(record_schema(registers[each.register])))
        )
    return {register: pl.concat(rows) for register, rows in parts.items()}


@dataclass(frozen=True)
class Records:
    """Rows of one register that one table gives.

    Attributes:
        register: id of the register.
        rows: one row per row of the table that says anything of its subject (:func:`record_schema`); a field
            that the row does not give, or that could not be read, is NULL = unknown.
        columns: field → letters of the column that gives it; the cell of a field is these letters with the
            number in ``cell``.
        problems: the cells that could not be read, and why.
    """

    register: str
    rows: pl.DataFrame
    columns: Mapping[str, str]
    problems: tuple[Problem, ...] = ()


def read_records(
    table: Table,
    rule: RecordsRule,
    register: RegisterDefinition,
    placed: pl.DataFrame,
    log: ProblemLog | None = None,
) -> Records:
    """Read the rows of a table as rows of a register.

    Args:
        rule: which column gives which field; a field whose column is not there is unknown throughout, which
            :func:`yumiao.intake.tables.check_headers` reports.
        register: the register, as packs declare it.
        placed: one row per row of the table that names a subject: ``row`` (from 0), ``subject`` (its id).
        log: where problems are noted; default: a new one, whose problems the answer carries.
    Returns: one row per placed row with any mapped cell, in the table's order. A cell that cannot be read
        leaves its field unknown, is reported, and keeps the row.
    """
    own = ProblemLog() if log is None else log
    reader = _Reader(table, rule, register, placed["row"], own)
    fields = dict(reader.fields())
    rows = reader.frame(placed, fields)
    columns = {each.field: _letters(column) for each, column in reader.columns.items()}
    return Records(rule.register, rows, columns, own.problems() if log is None else ())


def _letters(column: int) -> str:
    return cell_address(0, column).rstrip("0123456789")


class _Reader:
    """One rule applied to the placed rows of one table."""

    def __init__(
        self, table: Table, rule: RecordsRule, register: RegisterDefinition, rows: pl.Series, log: ProblemLog
    ) -> None:
        self.table = table
        self.rule = rule
        self.register = register
        self.rows = rows
        self.log = log
        found = {each: table.column_of(each.label) for each in rule.fields}
        self.columns = {each: column for each, column in found.items() if column is not None}

    # ── fields ────────────────────────────────────────────────────────────────────────────────────────────

    def fields(self) -> Iterator[tuple[str, pl.Series]]:
        """Yield the values of every mapped field, then those that are the same in the whole file."""
        for each, column in self.columns.items():
            cells = Cells(self.table, column, self.rows, self.table.texts(column).gather(self.rows))
            yield each.field, self._values(each, cells)
        for name, text in self.rule.fixed:
            yield name, self._fixed(name, text)

    def _values(self, rule: FieldRule, cells: Cells) -> pl.Series:
        column = self.register.columns[rule.field]
        metric = column.metric(rule.field)
        if metric is None:
            return self._texts(rule, cells)
        meant = column_rule(rule, column)
        parsed = parse_column(cells.raw, meant, metric)
        log_faults(cells, parsed.faults, metric, meant, self.log, group=f"{cells.column} {rule.field}")
        return parsed.values.cast(column_type(metric))

    def _texts(self, rule: FieldRule, cells: Cells) -> pl.Series:
        """Text stays as written; a number that a spreadsheet has shortened is no number any more."""
        tidy = tidy_texts(cells.raw)
        broken = tidy.str.contains(_ERROR_TEXT)
        if rule.field == self.register.number:
            broken = broken | tidy.str.contains(_LOST_DIGITS)
        broken = broken.fill_null(value=False)
        self._log_unreadable(rule, cells, broken.arg_true())
        kept = cells.raw.str.strip_chars().set(broken | tidy.is_null(), None)
        return kept.set(without_missing(tidy, rule.missing).is_null(), None)

    def _fixed(self, name: str, text: str) -> pl.Series:
        column = self.register.columns[name]
        metric = column.metric(name)
        if metric is None:
            return _repeated(text, pl.String(), self.rows.len())
        meant = column_rule(FieldRule(name, name), column)
        parsed = parse_column(pl.Series([text], dtype=pl.String), meant, metric)
        if parsed.faults[0] is not None:
            said, expected = word_fault(Fault(parsed.faults[0]), text, metric, meant)
            self.log.add(parsed.faults[0], Place(self.table.file), said, found=text, expected=expected)
        return _repeated(parsed.values[0], column_type(metric), self.rows.len())

    # ── rows ──────────────────────────────────────────────────────────────────────────────────────────────

    def frame(self, placed: pl.DataFrame, fields: Mapping[str, pl.Series]) -> pl.DataFrame:
        """Put the fields beside subject and place; a row without any mapped cell says nothing, unless one is fixed."""
        anchor = min(self.columns.values(), default=0)
        table, number = self.table, pl.col("row").cast(pl.Int64) + self.table.first_row_number
        frame = placed.select(
            pl.col(SUBJECT).cast(pl.String),
            pl.concat_str(pl.lit(f"{table.sheet}!"), number.cast(pl.String)).alias(ROW_ID),
            pl.lit(table.file).alias("file"),
            pl.lit(table.sheet).alias("sheet"),
            table.cells(pl.col("row"), anchor).alias("cell"),
            pl.lit(self.rule.is_complete).alias(COMPLETE),
        )
        schema = record_schema(self.register)
        known = [values.alias(name) for name, values in fields.items()]
        absent = [
            pl.lit(None, kind).alias(name)
            for name, kind in schema.items()
            if name not in (*frame.columns, *fields)
        ]
        frame = frame.with_columns(*known, *absent).select(list(schema))
        return frame if self.rule.fixed else frame.filter(self._says_something())

    def _says_something(self) -> pl.Series:
        if not self.columns:
            return pl.Series([False], dtype=pl.Boolean).new_from_index(0, self.rows.len())
        names = [str(column) for column in self.columns.values()]
        texts = self.table.rows.select(names)[self.rows]
        has_text = [pl.col(name).str.strip_chars().str.len_bytes() > 0 for name in names]
        return texts.select(pl.any_horizontal(has_text).fill_null(value=False).alias("any"))["any"]

    # ── problems ──────────────────────────────────────────────────────────────────────────────────────────

    def _log_unreadable(self, rule: FieldRule, cells: Cells, at: pl.Series) -> None:
        label, group = self._label(rule), f"{cells.column} {rule.field}"
        for index in at.head(LISTED):
            found = cells.raw[index] or ""
            text = Text(
                f"{label.zh}：“{found}”不是原来的文字；请把该列设为文本格式后重新填写（数字格式会丢失末位，公式会失去结果）。",
                f"{label.en}: “{found}” is not what was written; format the column as text and enter it again "
                "(a number loses its last digits, a formula its result).",
            )
            place = self.table.place(self.rows[index], cells.column)
            self.log.add("text_unreadable", place, text, found=found, group=group)
        place = Place(self.table.file, self.table.sheet)
        self.log.add_uncounted("text_unreadable", place, max(0, at.len() - LISTED), group=group)

    def _label(self, rule: FieldRule) -> Text:
        label = self.register.columns[rule.field].label_of(rule.field)
        return Text(label.zh, label.en or rule.field)


def column_rule(rule: FieldRule, column: RegisterColumn) -> ColumnRule:
    """Say how cells of a field are read: the register's other words for its categories, then the rule's own."""
    words = tuple((word, value) for value, found in column.words.items() for word in found)
    return ColumnRule(
        label=rule.label,
        metric=rule.field,
        parts=(rule.label,),
        unit=rule.unit or UNITS.get(column.type),
        missing=rule.missing,
        yes=rule.yes,
        no=rule.no,
        values=(*words, *rule.values),
    )


def _repeated(value: object, kind: pl.DataType, count: int) -> pl.Series:
    return pl.Series([value], dtype=kind).new_from_index(0, count)

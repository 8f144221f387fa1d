"""Values on their way to becoming facts: read from the columns of one table, faulty ones reported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from yumiao.intake.cells import cell_address
from yumiao.intake.fault_words import Cells, log_faults
from yumiao.intake.faults import Place, ProblemLog
from yumiao.intake.labels import FRACTION
from yumiao.intake.mapping import ColumnRule
from yumiao.intake.tables import Table
from yumiao.intake.values import ParsedColumn, parse_column, parse_sum
from yumiao.model.facts import HIGH_SUFFIX
from yumiao.model.metrics import Metric
from yumiao.model.periods import Year, column_name
from yumiao.model.problems import Severity
from yumiao.model.text import Text
from yumiao.model.units import Dimension

Target = tuple[str, int | None, bool]
"""What a value is for: metric, year, and whether it only bounds the metric from above."""


def target_column(target: Target) -> str:
    """Name the column of the table of facts: ``metric@2025`` or ``metric@2025#high``."""
    metric, year, is_bound = target
    return column_name(metric, year) + (HIGH_SUFFIX if is_bound else "")


@dataclass(frozen=True)
class Candidates:
    """The values that one column of one table gives for one target.

    Attributes:
        frame: one row per known value: ``s`` (subject), ``row`` (from 0), ``y`` (the row's year or NULL),
            ``value``, ``raw`` (as written).
        columns: the columns read; several for a sum.
        position: place of the table in the declared order of files.
    """

    target: Target
    table: Table
    columns: tuple[int, ...]
    position: int
    frame: pl.DataFrame

    def cells(self) -> pl.Expr:
        """Name the cell of every row; a sum names all its parts."""
        parts = [self.table.cells(pl.col("row"), column) for column in self.columns]
        return parts[0] if len(parts) == 1 else pl.concat_str(parts, separator="+")


@dataclass(frozen=True)
class PlacedTable:
    """A table whose rows have subjects and years.

    Attributes:
        rows: one row per placed row: ``row``, ``s``, ``y`` (NULL where the table has no year of rows).
        has_year: whether the mapping gives every row a year.
    """

    table: Table
    position: int
    rows: pl.DataFrame
    has_year: bool


def read_candidates(
    placed: PlacedTable, metrics: Mapping[str, Metric], as_of_year: int, log: ProblemLog
) -> list[Candidates]:
    """Read every mapped column of a table."""
    found: list[Candidates] = []
    for rule in placed.table.mapping.columns:
        columns = [placed.table.column_of(part) for part in rule.parts]
        known = tuple(column for column in columns if column is not None)
        if len(known) == len(columns) and _year_is_past(placed.table, rule, known[0], as_of_year, log):
            reading = _Reading(placed, rule, known, metrics[rule.metric])
            found.extend(_read_rule(reading, as_of_year, log))
    return found


@dataclass(frozen=True)
class _Reading:
    """One rule applied to one table: what to read, as what."""

    placed: PlacedTable
    rule: ColumnRule
    columns: tuple[int, ...]
    metric: Metric


def _read_rule(reading: _Reading, as_of_year: int, log: ProblemLog) -> list[Candidates]:
    placed, rule, columns, metric = reading.placed, reading.rule, reading.columns, reading.metric
    rows = placed.rows["row"]
    texts = [placed.table.texts(column).gather(rows) for column in columns]
    parsed = parse_column(texts[0], rule, metric) if len(texts) == 1 else parse_sum(texts, rule, metric)
    raw = texts[0] if len(texts) == 1 else pl.select(pl.concat_str(texts, separator=" + ")).to_series()
    _log_faults(reading, raw, parsed, log)
    _warn_of_fractions(reading, raw, parsed.values, log)
    frame = placed.rows.with_columns(parsed.values.alias("value"), raw.alias("raw"))
    frame = frame.filter(pl.col("value").is_not_null())
    return [
        Candidates((metric.id, year, rule.upper_bound), placed.table, columns, placed.position, part)
        for year, part in _by_year(frame, reading, as_of_year)
    ]


def _by_year(
    frame: pl.DataFrame, reading: _Reading, as_of_year: int
) -> list[tuple[int | None, pl.DataFrame]]:
    placed, rule = reading.placed, reading.rule
    if not reading.metric.period.is_yearly:
        newest_first = frame.sort("y", descending=True, nulls_last=True, maintain_order=True)
        return [(None, newest_first if placed.has_year else frame)]
    if rule.year is not None:
        return [(year_at(rule.year, as_of_year), frame)]
    years = placed.rows["y"].drop_nulls().unique().sort().to_list()
    if len(years) == 1:
        return [(years[0], frame.filter(pl.col("y").is_not_null()))]
    return [(year, frame.filter(pl.col("y") == year)) for year in years]


def year_at(year: Year, as_of_year: int) -> int:
    """Return the calendar year a mapping means."""
    return as_of_year + year.number if year.relative else year.number


def _year_is_past(table: Table, rule: ColumnRule, column: int, as_of_year: int, log: ProblemLog) -> bool:
    if rule.year is None or year_at(rule.year, as_of_year) <= as_of_year:
        return True
    year = year_at(rule.year, as_of_year)
    text = Text(
        f"列“{rule.label}”的年份{year}晚于{as_of_year}年，未读入。",
        f"The column “{rule.label}” is of {year}, later than {as_of_year}; it is left out.",
    )
    place = Place(table.file, table.sheet, cell_address(table.header_index, column))
    log.add("year_out_of_range", place, text, found=rule.label, expected=Text(f"≤ {as_of_year}"))
    return False


def _warn_of_fractions(reading: _Reading, raw: pl.Series, values: pl.Series, log: ProblemLog) -> None:
    """Warn of a column of percentages whose values all lie between 0 and 1: they may be fractions."""
    unit, table, column = reading.rule.unit, reading.placed.table, reading.columns[0]
    if (
        unit is None
        or unit.dimension is not Dimension.RATIO
        or unit is FRACTION
        or values.null_count() == len(values)
    ):
        return
    has_sign = (raw.str.contains("[%％]") & values.is_not_null()).any()
    if has_sign or not (values.abs() <= unit.steps).all() or not (values != 0).any():
        return
    text = Text(
        f"列“{reading.rule.label}”按百分数读入，但各值都不超过1；若为小数（0.3 即 30%），请写 unit: 小数。",
        f"The column “{reading.rule.label}” is read as percentages, yet no value exceeds 1; if they are "
        "fractions (0.3 for 30 %), write unit: 小数.",
    )
    place = Place(table.file, table.sheet, cell_address(table.header_index, column))
    log.add("perhaps_fractions", place, text, severity=Severity.WARNING, group=str(column))


def _log_faults(reading: _Reading, raw: pl.Series, parsed: ParsedColumn, log: ProblemLog) -> None:
    column = reading.columns[0]
    cells = Cells(reading.placed.table, column, reading.placed.rows["row"], raw)
    group = f"{column} {reading.metric.id}"
    log_faults(cells, parsed.faults, reading.metric, reading.rule, log, group=group)

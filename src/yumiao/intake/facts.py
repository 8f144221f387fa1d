"""Files in, facts out: every value in exact steps, with the cell it came from."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from yumiao.intake.candidates import PlacedTable, Target, read_candidates, target_column, year_at
from yumiao.intake.choice import Chosen, Offer, choose, log_repeated_rows, offer_of
from yumiao.intake.faults import Place, ProblemLog
from yumiao.intake.mapping import MappingFile
from yumiao.intake.persons import count_persons, drop_persons, has_person_rows
from yumiao.intake.registers import read_registers
from yumiao.intake.subjects import SubjectIndex, index_subjects, read_identities
from yumiao.intake.tables import Table, check_headers, find_table
from yumiao.intake.values import tidy_texts
from yumiao.intake.workbooks import read_workbook
from yumiao.model.facts import (
    CODE,
    HIGH_SUFFIX,
    LOW_SUFFIX,
    NAME,
    SOURCE_SCHEMA,
    SUBJECT,
    Facts,
    column_type,
    no_sources,
)
from yumiao.model.metrics import Metric
from yumiao.model.periods import column_name
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text

EARLIEST_YEAR = 1949

Progress = Callable[[Text, int, int], None]
"""Told what is being done, how many steps are done, and how many there are."""


def read_facts(
    paths: Sequence[Path],
    *,
    metrics: Mapping[str, Metric],
    mapping: MappingFile | None,
    as_of: dt.date,
    recorded_at: str,
    batch: str,
    progress: Progress | None = None,
    password: str | None = None,
) -> Facts:
    """Read files and merge them into one table of facts.

    Args:
        paths: files in declared order: where two give different values for one fact, the earlier one counts.
        mapping: what the columns mean; None: proposed for every file from its labels.
        as_of: application date; relative years ("上年") count from its year, later years are refused.
        recorded_at: moment of recording, copied into every source.
        batch: id of the intake, copied into every source.
        progress: called before every step.
        password: for encrypted files.
    Returns: one row per subject in order of first appearance. Problems of single values, rows and columns
        are in ``problems``; good rows go on.
    Raises: YumiaoError when a file cannot be read or has no header that matches.
    """
    if not paths:
        raise YumiaoError("no_files", Text("没有给出文件。", "No files were given."))
    tell = _teller(progress, 2 * len(paths) + 2)
    log = ProblemLog()
    names = _file_names(paths)
    tables = []
    for path, name in zip(paths, names, strict=True):
        tell(Text(f"读取 {name}", f"reading {name}"))
        tables.append(drop_persons(find_table(read_workbook(Path(path), password), name, metrics, mapping)))
    check_headers(tables, metrics, log, is_declared=mapping is not None)
    placed = place_rows(tables, as_of.year, log)
    offers = placed.offers(metrics, as_of.year, log, tell)
    tell(Text("合并", "merging"))
    registers = () if mapping is None else mapping.registers
    offers.extend(
        read_registers(
            registers,
            placed.index,
            metrics,
            as_of=as_of,
            first_position=len(paths),
            password=password,
            log=log,
        )
    )
    chosen = choose(offers, metrics, log)
    tell(Text("整理来源", "collecting sources"))
    return placed.facts(chosen, metrics, batch, recorded_at, log.problems())


@dataclass(frozen=True)
class PlacedRows:
    """The rows of some tables, each with the subject that it speaks of.

    Attributes:
        index: who the subjects are; they are numbered from 0.
        order: the subjects' numbers in order of first appearance.
        tables: the rows of each table: ``row``, ``s`` (number of the subject), ``y`` (the row's year or NULL).
        names: for each table ``row``, ``s``, ``y`` and ``display``, the name as written.
    """

    index: SubjectIndex
    order: list[int]
    tables: list[PlacedTable]
    names: list[pl.DataFrame]

    @cached_property
    def identities(self) -> pl.DataFrame:
        """One row per subject: ``s``, ``subject`` (its key), ``name`` (of the latest year, as written), ``code``."""
        return _identity_table(self.index, self.order, self.names)

    def offers(
        self, metrics: Mapping[str, Metric], as_of_year: int, log: ProblemLog, tell: Callable[[Text], None]
    ) -> list[Offer]:
        """Read the values that the mapped columns offer."""
        found: list[Offer] = []
        for placed in self.tables:
            tell(Text(f"核对 {placed.table.file}", f"checking {placed.table.file}"))
            if not has_person_rows(placed.table):
                log_repeated_rows(placed, log)
            found.extend(map(offer_of, read_candidates(placed, metrics, as_of_year, log)))
            found.extend(map(offer_of, count_persons(placed, metrics, as_of_year, log)))
        return found

    def facts(
        self,
        chosen: Sequence[Chosen],
        metrics: Mapping[str, Metric],
        batch: str,
        recorded_at: str,
        problems: tuple[Problem, ...],
    ) -> Facts:
        """Put the chosen values into one table of facts, with their sources and what lost against them."""
        winners = [(each.target, each.winners) for each in chosen]
        losers = [(each.target, each.losers) for each in chosen]
        return Facts(
            _fact_table(self.identities, chosen, metrics),
            _source_table(self.identities, winners, batch, recorded_at),
            _source_table(self.identities, losers, batch, recorded_at),
            problems,
        )


def place_rows(tables: Sequence[Table], as_of_year: int, log: ProblemLog) -> PlacedRows:
    """Say of whom and of which year each row of some tables speaks."""
    identities = [(table, read_identities(table, log)) for table in tables]
    index, rows, order = index_subjects(identities, log)
    placed = [
        _with_years(table, position, frame, as_of_year, log)
        for position, (table, frame) in enumerate(zip(tables, rows, strict=True))
    ]
    names = [each.rows.with_columns(frame["display"]) for each, frame in zip(placed, rows, strict=True)]
    return PlacedRows(index, order, placed, names)


def _teller(progress: Progress | None, total: int) -> Callable[[Text], None]:
    done = 0

    def tell(what: Text) -> None:
        nonlocal done
        if progress is not None:
            progress(what, done, total)
        done += 1

    return tell


def _file_names(paths: Sequence[Path]) -> list[str]:
    """Name files without their folder; with it where two share a name."""
    counts = Counter(Path(path).name for path in paths)
    return [Path(p).name if counts[Path(p).name] == 1 else Path(p).as_posix() for p in paths]


def _with_years(
    table: Table, position: int, rows: pl.DataFrame, as_of_year: int, log: ProblemLog
) -> PlacedTable:
    mapping = table.mapping
    column = table.column_of(mapping.year_column) if mapping.year_column else None
    if column is None:
        fixed = None if mapping.fixed_year is None else year_at(mapping.fixed_year, as_of_year)
        years = rows.select("row", "s", y=pl.lit(fixed, pl.Int32))
        return PlacedTable(table, position, years, has_year=fixed is not None)
    texts = tidy_texts(table.texts(column).gather(rows["row"]))
    found = texts.str.extract(r"^([0-9]{4})(?:年(?:度|末|底)?|-[0-9]{2}-[0-9]{2})?$", 1).cast(pl.Int32)
    odd = (found < EARLIEST_YEAR) | (found > as_of_year)
    bad = (odd.fill_null(value=True)).arg_true()
    for at in bad:
        place = table.place(rows["row"][at], column)
        _log_year(place, texts[at] or "", as_of_year, log, group=str(column))
    years = rows.select("row", "s", y=found.set(odd.fill_null(value=False), None))
    return PlacedTable(table, position, years, has_year=True)


def _log_year(place: Place, found: str, as_of_year: int, log: ProblemLog, *, group: str) -> None:
    expected = Text(f"{EARLIEST_YEAR}至{as_of_year}的年份", f"a year from {EARLIEST_YEAR} to {as_of_year}")
    text = Text(
        f"年份“{found}”不可用，应为{expected.zh}；这一行的年度数据未读入。",
        f"The year “{found}” cannot be used, expected {expected.en}; the row's yearly values are left out.",
    )
    log.add("year_out_of_range", place, text, found=found, expected=expected, group=group)


def _identity_table(index: SubjectIndex, order: list[int], names: list[pl.DataFrame]) -> pl.DataFrame:
    """Return one row per subject: ``s``, ``subject``, ``name`` (of the latest year, as written), ``code``."""
    latest = (
        pl.concat(names)
        .filter(pl.col("display").is_not_null())
        .sort("y", descending=True, nulls_last=True, maintain_order=True)
        .unique("s", keep="first")
        .select("s", pl.col("display").alias(NAME))
    )
    numbers = pl.Series("s", order, dtype=pl.UInt32)
    subjects = pl.Series(SUBJECT, index.keys(), dtype=pl.String).gather(numbers)
    codes = pl.Series(CODE, index.codes, dtype=pl.String).gather(numbers)
    table = pl.DataFrame([numbers, subjects, codes]).join(latest, on="s", how="left", maintain_order="left")
    return table.select("s", SUBJECT, NAME, CODE)


def _fact_table(
    identities: pl.DataFrame, chosen: Sequence[Chosen], metrics: Mapping[str, Metric]
) -> pl.DataFrame:
    table = identities
    for each in chosen:
        metric, year, is_bound = each.target
        column, kind = column_name(metric, year), column_type(metrics[metric])
        if not is_bound:
            table = _joined(table, each, column, kind)
            continue
        if column not in table.columns:
            table = table.with_columns(pl.lit(None, kind).alias(column))
        table = _joined(table, each, column + HIGH_SUFFIX, kind)
        is_known = pl.col(column + HIGH_SUFFIX).is_not_null()
        low = pl.when(is_known).then(pl.lit(metrics[metric].minimum, kind)).alias(column + LOW_SUFFIX)
        table = table.with_columns(low).select(pl.exclude(column + HIGH_SUFFIX), column + HIGH_SUFFIX)
    return table.drop("s")


def _joined(table: pl.DataFrame, each: Chosen, column: str, kind: pl.DataType) -> pl.DataFrame:
    values = each.winners.select("s", pl.col("value").cast(kind).alias(column))
    return table.join(values, on="s", how="left", maintain_order="left")


def _source_table(
    identities: pl.DataFrame, parts: Sequence[tuple[Target, pl.DataFrame]], batch: str, recorded_at: str
) -> pl.DataFrame:
    subjects = identities.select("s", SUBJECT)
    frames = [
        frame.join(subjects, on="s", how="left", maintain_order="left")
        .with_columns(
            column=pl.lit(target_column(target)),
            value=pl.col("value").cast(pl.String),
            batch=pl.lit(batch),
            recorded_at=pl.lit(recorded_at),
        )
        .select(pl.col(column).cast(kind) for column, kind in SOURCE_SCHEMA.items())
        for target, frame in parts
        if not frame.is_empty()
    ]
    return pl.concat(frames) if frames else no_sources()

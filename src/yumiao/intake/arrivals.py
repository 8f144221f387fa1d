"""One file of a bureau, read and mapped: its facts, rows of registers and lists, under the file's own subjects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from yumiao.intake.cells import Workbook
from yumiao.intake.choice import choose
from yumiao.intake.facts import PlacedRows, place_rows
from yumiao.intake.faults import ProblemLog
from yumiao.intake.labels import normalise_label
from yumiao.intake.mapping import MappingFile, RegisterRule
from yumiao.intake.meanings import CellMeanings, cell_meanings
from yumiao.intake.persons import drop_persons, refuse_persons
from yumiao.intake.records import read_records
from yumiao.intake.tables import Table, check_headers, find_table
from yumiao.intake.values import tidy_texts
from yumiao.intake.workbooks import read_workbook
from yumiao.model.facts import CODE, NAME, SOURCE_SCHEMA, SUBJECT, Facts
from yumiao.model.identifiers import IDENTIFIER_SCHEMA
from yumiao.model.metrics import Metric
from yumiao.model.periods import column_name
from yumiao.model.problems import Problem
from yumiao.packs.definitions import RegisterDefinition

USUAL_LABELS: dict[str, tuple[str, ...]] = {
    "former_name": ("曾用名", "曾用名称", "原名称", "原企业名称", "变更前名称"),
    "short_name": ("简称", "企业简称", "公司简称", "证券简称", "股票简称"),
    "address": ("注册地址", "住所", "企业地址", "单位地址", "注册地", "办公地址", "通讯地址", "地址"),
}
"""The usual labels of columns that tell more of who is meant, best first."""

STOCK_CODE_LABELS = frozenset({"股票代码", "证券代码"})

_SEVERAL = r"[、;；,，/]"


@dataclass(frozen=True)
class CompleteList:
    """A yes/no metric of which a file lists every subject that it holds for, on a day, in a territory."""

    metric: str
    on: dt.date
    territory: str = ""


@dataclass(frozen=True)
class Arrival:
    """What one table of a file says, under subjects that are the file's own.

    Attributes:
        path: the file; ``file`` as it is named in sources.
        mapping: what its columns mean.
        facts: one row per subject; ``subject`` is a key of the file: its code, else its id, else its name.
        identifiers: one row per subject and identifier: its key, ``kind`` (code, name, former_name, short_name,
            stock_code, id, address, territory), ``value``, and the cell where it first stands.
        records: register → its rows, ``subject`` a key of the file.
        on: the day as of which the file speaks.
        territory: division code of all its rows, or empty.
        complete: the metrics of which this file is a complete list.
        rows: how many rows of the table speak of a subject.
        meanings: of whom and of which fact each cell speaks.
    """

    path: Path
    file: str
    mapping: MappingFile
    facts: Facts
    identifiers: pl.DataFrame
    on: dt.date
    territory: str = ""
    records: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    complete: tuple[CompleteList, ...] = ()
    rows: int = 0
    meanings: CellMeanings = field(default_factory=CellMeanings)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read, and what deserves a look."""
        return self.facts.problems


def read_arrival(
    path: Path,
    *,
    metrics: Mapping[str, Metric],
    registers: Mapping[str, RegisterDefinition],
    mapping: MappingFile | None,
    on: dt.date,
    password: str | None = None,
    workbook: Workbook | None = None,
) -> Arrival:
    """Read the table of a file.

    Args:
        mapping: what the columns mean; None: proposed from the labels, where these leave no doubt.
        on: the day as of which the file speaks; relative years count from it.
        workbook: the cells of the file where they are to be read otherwise than they stand in it; None: as they do.
    Raises: YumiaoError when the file cannot be read, has no header that matches, or has columns about persons of
        which its mapping says nothing.
    """
    return _read_table(path, metrics, registers, mapping, on, workbook or read_workbook(path, password))


def read_lists(
    mapping: MappingFile, metrics: Mapping[str, Metric], password: str | None = None
) -> tuple[Arrival, ...]:
    """Read the lists of the named that a mapping brings along, in its order.

    Raises: YumiaoError when one cannot be read or says in no usual column who is meant.
    """
    return tuple(_read_list(rule, mapping, metrics, password) for rule in mapping.registers)


def _read_table(
    path: Path,
    metrics: Mapping[str, Metric],
    registers: Mapping[str, RegisterDefinition],
    mapping: MappingFile | None,
    on: dt.date,
    workbook: Workbook,
) -> Arrival:
    log = ProblemLog()
    table = find_table(workbook, path.name, metrics, mapping)
    refuse_persons(table)
    table = drop_persons(table)
    check_headers([table], metrics, log, is_declared=mapping is not None)
    placed = place_rows([table], on.year, log)
    chosen = choose(placed.offers(metrics, on.year, log, lambda _: None), metrics, log)
    records = {}
    rule = table.mapping.records
    if rule is not None:
        rows = placed.tables[0].rows.join(
            placed.identities.select("s", SUBJECT), on="s", maintain_order="left"
        )
        read = read_records(table, rule, registers[rule.register], rows.select("row", SUBJECT), log)
        records[rule.register] = read.rows
    facts = placed.facts(chosen, metrics, "", "", log.problems())
    territory = table.mapping.territory
    return Arrival(
        path,
        path.name,
        table.mapping,
        facts,
        _identifiers(placed),
        on,
        territory.code if territory else "",
        records,
        rows=placed.tables[0].rows.height,
        meanings=cell_meanings(placed, metrics, on.year),
    )


def _read_list(
    rule: RegisterRule, mapping: MappingFile, metrics: Mapping[str, Metric], password: str | None
) -> Arrival:
    """Read a list of the named: its metric is yes for everybody on it."""
    log = ProblemLog()
    path, metric = rule.file, metrics[rule.metric]
    table = find_table(read_workbook(path, password), path.name, {}, None)
    placed = place_rows([table], rule.on.year, log)
    column = column_name(metric.id, rule.on.year if metric.period.is_yearly else None)
    listed = placed.identities.select(SUBJECT, NAME, CODE, pl.lit(value=True).alias(column))
    identifiers = _identifiers(placed)
    named = identifiers.filter(pl.col("kind").is_in(["code", "name", "id"])).unique(
        SUBJECT, keep="first", maintain_order=True
    )
    sources = named.select(
        SUBJECT,
        column=pl.lit(column),
        value=pl.lit("true"),
        raw="value",
        file="file",
        sheet="sheet",
        cell="cell",
        batch=pl.lit(""),
        recorded_at=pl.lit(""),
    ).select(*SOURCE_SCHEMA)
    complete = (CompleteList(metric.id, rule.on, rule.territory),) if rule.complete else ()
    facts = Facts(listed, sources, problems=log.problems())
    rows = placed.tables[0].rows.height
    return Arrival(
        path,
        path.name,
        mapping,
        facts,
        identifiers,
        rule.on,
        rule.territory,
        complete=complete,
        rows=rows,
    )


# ── who is meant ──────────────────────────────────────────────────────────────────────────────────────────────


def _identifiers(placed: PlacedRows) -> pl.DataFrame:
    """Gather every identifier; of several names of a subject the latest year's is the name, the others are former."""
    frames = [
        frame
        for each in placed.tables
        for kind, column in _identifying_columns(each.table)
        for frame in _of_column(each.table, each.rows, kind, column)
    ]
    if not frames:
        return pl.DataFrame(schema=IDENTIFIER_SCHEMA)
    found = pl.concat(frames).join(
        placed.identities.select("s", SUBJECT), on="s", how="inner", maintain_order="left"
    )
    is_name = pl.col("kind") == "name"
    is_last = pl.int_range(pl.len()).over("s", "kind", order_by="place") == pl.len().over("s", "kind") - 1
    kind = pl.when(is_name & ~is_last).then(pl.lit("former_name")).otherwise("kind")
    since, until = pl.lit(None, pl.Date), pl.lit(None, pl.Date)
    named = found.with_columns(kind, since=since, until=until).select(*IDENTIFIER_SCHEMA)
    # Former names come first, so that who reads in order ends with the name that holds.
    return named.sort(SUBJECT, pl.col("kind") == "name", maintain_order=True)


def _identifying_columns(table: Table) -> list[tuple[str, int]]:
    subject = table.mapping.subject
    labels = [("code", subject.code), ("name", subject.name), ("id", subject.id)]
    if subject.id is not None and normalise_label(subject.id) in STOCK_CODE_LABELS:
        labels[2] = ("stock_code", subject.id)
    for kind, usual in USUAL_LABELS.items():
        labels.append((kind, next((label for label in usual if table.column_of(label) is not None), None)))
    territory = table.mapping.territory
    labels.append(("territory", territory.column if territory else None))
    places = [(kind, table.column_of(label)) for kind, label in labels if label is not None]
    return [(kind, column) for kind, column in places if column is not None]


def _of_column(table: Table, rows: pl.DataFrame, kind: str, column: int) -> Sequence[pl.DataFrame]:
    """One row per subject and value of a column: ``s``, ``kind``, ``value``, ``place`` (latest last), first cell."""
    texts = table.texts(column).gather(rows["row"])
    values = (
        tidy_texts(texts) if kind in ("code", "id", "stock_code", "territory") else texts.str.strip_chars()
    )
    if kind == "code":
        values = values.str.to_uppercase()
    frame = rows.with_columns(value=values).drop_nulls("value").filter(pl.col("value") != "")
    if kind == "former_name":
        frame = frame.with_columns(pl.col("value").str.replace_all(_SEVERAL, "\n").str.split("\n")).explode(
            "value"
        )
        frame = frame.with_columns(pl.col("value").str.strip_chars()).filter(pl.col("value") != "")
    if frame.is_empty():
        return []
    gathered = frame.group_by("s", "value", maintain_order=True).agg(
        pl.col("row").first(), year=pl.col("y").max(), last=pl.col("row").max()
    )
    return [
        gathered.sort("s", "year", "last", nulls_last=False).select(
            "s",
            kind=pl.lit(kind),
            value="value",
            place=pl.int_range(pl.len()),
            file=pl.lit(table.file),
            sheet=pl.lit(table.sheet),
            cell=table.cells(pl.col("row"), column),
        )
    ]

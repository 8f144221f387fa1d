"""Persons in a file: columns about them emptied or refused, rows of them counted; nothing of them is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from yumiao.intake.candidates import Candidates, PlacedTable, year_at
from yumiao.intake.cells import cell_address, column_letters
from yumiao.intake.faults import LISTED, ProblemLog
from yumiao.intake.labels import normalise_label
from yumiao.intake.person_kinds import KIND_LABELS, PersonColumn, kind_of_column
from yumiao.intake.persons_mapping import PersonCount, PersonsRule, Where
from yumiao.intake.tables import Table
from yumiao.intake.values import tidy_texts, without_missing
from yumiao.intake.words import NO_WORDS, YES_WORDS
from yumiao.model.metrics import Metric
from yumiao.model.problems import Problem, Severity, YumiaoError
from yumiao.model.text import Text

MORE_YES = ("√", "✓", "有", "y", "1")
MORE_NO = ("×", "✗", "无", "n", "0", "不是", "没有")
"""Further words that answer a yes/no condition; a word that is neither yes nor no leaves it unknown."""


def person_columns(table: Table) -> tuple[PersonColumn, ...]:
    """Find the columns of a table that are about persons and not dropped, from left to right.

    The columns that say which subject is meant are never about persons.
    """
    mapping = table.mapping
    passed = {normalise_label(label) for label in mapping.subject.labels()}
    passed |= {normalise_label(label) for label in (mapping.persons.drop if mapping.persons else ())}
    found = []
    for index, label in enumerate(table.header):
        if not table.names_of(index) & passed:
            kind = kind_of_column(label or "", table.texts(index))
            if kind is not None:
                found.append(replace(kind, label=label or column_letters(index)))
    return tuple(found)


def refuse_persons(table: Table) -> None:
    """Refuse a table with columns about persons that its mapping does not speak of.

    A column that counting compares or looks at is spoken of. Raises: YumiaoError (``persons_undeclared``) with
    one problem per column; no cell is repeated in them.
    """
    rule = table.mapping.persons
    counted = {table.column_of(label) for label in (rule.labels() if rule else ())} - {None}
    found = [column for column in person_columns(table) if table.column_of(column.label) not in counted]
    if not found:
        return
    labels = "、".join(column.label for column in found)
    raise YumiaoError(
        "persons_undeclared",
        Text(
            f"{table.file}：有{len(found)}列是个人信息（{labels}），未读入；请在映射文件中写 persons: "
            f"{{drop: [{', '.join(column.label for column in found)}]}}，或去掉这些列。",
            f"{table.file}: {len(found)} column(s) are about persons ({labels}) and the file is not read; write "
            f"persons: {{drop: [{', '.join(column.label for column in found)}]}} in the mapping file, or remove "
            "the columns.",
        ),
        tuple(_person_problem(table, column) for column in found),
    )


def _person_problem(table: Table, column: PersonColumn) -> Problem:
    kind = KIND_LABELS[column.kind]
    how_zh, how_en = ("列名", "its label") if column.by_label else ("单元格内容", "its cells")
    text = Text(
        f"列“{column.label}”按{how_zh}看是{kind.zh}：个人信息不入库，请写入 persons.drop。",
        f"The column “{column.label}” holds {kind.en}, by {how_en}: they are never stored; put it into "
        "persons.drop.",
    )
    index = table.column_of(column.label)
    cell = cell_address(table.header_index, index) if index is not None else column.label
    return Problem("person_column", text, file=table.file, sheet=table.sheet, cell=cell, found=column.label)


def drop_persons(table: Table) -> Table:
    """Empty every cell of the columns that the mapping drops, before anything else looks at them."""
    rule = table.mapping.persons
    if rule is None:
        return table
    dropped = {normalise_label(label) for label in rule.drop}
    empty = [
        pl.lit(None, pl.String).alias(str(index))
        for index in range(len(table.header))
        if table.names_of(index) & dropped
    ]
    return replace(table, rows=table.rows.with_columns(empty))


def has_person_rows(table: Table) -> bool:
    """Whether every row of a table is a person, so that rows of one subject are no repetitions."""
    rule = table.mapping.persons
    return rule is not None and bool(rule.counts)


def count_persons(
    placed: PlacedTable, metrics: Mapping[str, Metric], as_of_year: int, log: ProblemLog
) -> list[Candidates]:
    """Count the rows of a table with one row per person, per subject and year.

    A subject gets an exact count where every condition of every row is known, else an upper bound: the rows that
    surely or possibly fulfil the conditions. The value's cell is the first counted row's, its raw text the number
    of rows. Nothing of a person is in the result.

    Args:
        placed: rows with their subjects and years.
        log: told of words that answer a yes/no condition neither way, and of missing columns.
    """
    rule, table = placed.table.mapping.persons, placed.table
    if rule is None or not rule.counts or not _has_labels(table, rule, log):
        return []
    rows = _distinct_rows(placed, rule, log)
    found: list[Candidates] = []
    for count in rule.counts:
        answers = _answers(table, rule, count, rows["row"], log)
        found.extend(_counted(placed, rows.with_columns(holds=answers), count, metrics, as_of_year))
    return found


def _has_labels(table: Table, rule: PersonsRule, log: ProblemLog) -> bool:
    missing = [label for label in rule.labels() if table.column_of(label) is None]
    for label in missing:
        text = Text(
            f"缺少列“{label}”，无法计数。", f"The column “{label}” is missing: nothing can be counted."
        )
        log.add("column_missing", table.place(-1, 0), text, expected=Text(label, label))
    return not missing


def _distinct_rows(placed: PlacedTable, rule: PersonsRule, log: ProblemLog) -> pl.DataFrame:
    """Return the rows to count: one per person of a subject and year where persons can be told apart."""
    rows = placed.rows.select("row", "s", "y")
    column = None if rule.once_per is None else placed.table.column_of(rule.once_per)
    if column is None:
        return rows
    keys = tidy_texts(placed.table.texts(column).gather(rows["row"])).str.to_uppercase()
    rows = rows.with_columns(key=keys)
    is_again = rows.select(~pl.struct("s", "y", "key").is_first_distinct() & pl.col("key").is_not_null())
    again = is_again.to_series()
    if again.any():
        text = Text(
            f"有{again.sum()}行与前面的行是同一人，只计一次。",
            f"{again.sum()} rows are of a person counted before; each counts once.",
        )
        place = placed.table.place(int(rows.filter(again)["row"][0]), column)
        log.add("person_repeated", place, text, severity=Severity.WARNING)
    return rows.filter(~again).drop("key")


def _answers(
    table: Table, rule: PersonsRule, count: PersonCount, rows: pl.Series, log: ProblemLog
) -> pl.Series:
    """Say of every row whether it fulfils all conditions; NULL = not known."""
    holds = pl.repeat(value=True, n=rows.len(), dtype=pl.Boolean, eager=True)
    for where in count.where:
        holds = holds & _answer(table, rule, where, rows, log)
    return holds


def _answer(table: Table, rule: PersonsRule, where: Where, rows: pl.Series, log: ProblemLog) -> pl.Series:
    column = table.column_of(where.label)
    assert column is not None  # noqa: S101 - columns are checked before counting
    texts = without_missing(tidy_texts(table.texts(column).gather(rows)), rule.missing).str.to_lowercase()
    wanted = _lower(where.words)
    holds = texts.is_in(wanted.implode())
    if not set(wanted) <= set(_lower((*YES_WORDS, *MORE_YES))):
        return holds
    is_odd = (~holds & ~texts.is_in(_lower((*NO_WORDS, *MORE_NO)).implode())).fill_null(value=False)
    for at in is_odd.arg_true().head(LISTED):
        text = Text(
            f"“{texts[at]}”既不是“是”也不是“否”，该行按未知计。",
            f"“{texts[at]}” is neither yes nor no; the row counts as unknown.",
        )
        log.add("not_yes_no", table.place(int(rows[at]), column), text, found=texts[at], group=where.label)
    return holds.set(is_odd, None)


def _lower(words: tuple[str, ...]) -> pl.Series:
    return tidy_texts(pl.Series(words, dtype=pl.String)).str.to_lowercase()


def _counted(
    placed: PlacedTable,
    rows: pl.DataFrame,
    count: PersonCount,
    metrics: Mapping[str, Metric],
    as_of_year: int,
) -> list[Candidates]:
    sums = rows.group_by("s", "y", maintain_order=True).agg(
        pl.col("row").first(),
        low=pl.col("holds").sum().cast(pl.Int64),
        high=pl.col("holds").fill_null(value=True).sum().cast(pl.Int64),
    )
    is_exact = pl.col("low") == pl.col("high")
    return [
        candidates
        for frame, is_bound in ((sums.filter(is_exact), False), (sums.filter(~is_exact), True))
        for candidates in _candidates(placed, frame, count, metrics[count.metric], as_of_year, is_bound)
    ]


def _candidates(
    placed: PlacedTable,
    sums: pl.DataFrame,
    count: PersonCount,
    metric: Metric,
    as_of_year: int,
    is_bound: bool,
) -> list[Candidates]:
    raw = pl.format("{} 行", pl.col("high")) if not is_bound else pl.format("≤ {} 行", pl.col("high"))
    frame = sums.select("s", "row", "y", value=pl.col("high"), raw=raw)
    column = next(
        (c for c in map(placed.table.column_of, placed.table.mapping.subject.labels()) if c is not None), 0
    )
    if not metric.period.is_yearly:
        parts: list[tuple[int | None, pl.DataFrame]] = [(None, frame)]
    elif count.year is not None:
        parts = [(year_at(count.year, as_of_year), frame)]
    else:
        years = frame["y"].drop_nulls().unique().sort().to_list()
        parts = [(year, frame.filter(pl.col("y") == year)) for year in years]
    return [
        Candidates((metric.id, year, is_bound), placed.table, (column,), placed.position, part)
        for year, part in parts
        if not part.is_empty()
    ]

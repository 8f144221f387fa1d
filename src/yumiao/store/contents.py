"""The contents of a batch as the files that keep them, and the checks before anything is written."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import polars as pl

from yumiao.model.facts import CODE, NAME, SOURCE_SCHEMA, SUBJECT, Facts
from yumiao.model.identifiers import IDENTIFIER_KINDS, IDENTIFIER_SCHEMA
from yumiao.model.problems import Problem, Severity
from yumiao.model.text import Text
from yumiao.store.canonical import canonical_json
from yumiao.store.faults import bad_content
from yumiao.store.origin_encoding import encode_origins
from yumiao.store.values import DECLARATION_SCHEMA, RECORD_COLUMNS, BatchContent

FACTS, SOURCES, STRIPS = "facts.parquet", "sources.parquet", "sources.json"
CONFLICTS, IDENTIFIERS, DECLARATIONS = "conflicts.parquet", "identifiers.parquet", "declarations.parquet"
PROBLEMS, MANIFEST = "problems.json", "manifest.json"

ROWS_TOGETHER = 1024
"""Rows of a row group: reading one subject reads so many."""

MOST_GROUPS = 200
"""Row groups up to which a file is cut so finely; a larger one has groups of twice the rows."""

CONFLICT_SCHEMA = {name: kind for name, kind in SOURCE_SCHEMA.items() if name not in ("batch", "recorded_at")}

_REGISTER = re.compile(r"[a-z][a-z0-9_]*")
_BATCH_COLUMNS = ("batch", "source", "recorded_at")


def records_part(register: str) -> str:
    """Name the file of a batch that keeps rows of a register."""
    return f"records-{register}.parquet"


def encode_content(content: BatchContent) -> dict[str, bytes]:
    """Return the files of a batch, by name; files with nothing in them are left out.

    Raises: YumiaoError (``store.content``) when the content contradicts itself.
    """
    table = _checked_table(content.facts.table)
    origins, strips = encode_origins(table, _shaped(content.facts.sources, SOURCE_SCHEMA, "sources"))
    frames = {FACTS: table, SOURCES: origins, **_further_frames(content, table)}
    parts = {name: encode_frame(frame) for name, frame in frames.items() if name == FACTS or frame.height}
    parts[STRIPS] = canonical_json(strips.as_json())
    if content.facts.problems:
        parts[PROBLEMS] = canonical_json([asdict(problem) for problem in content.facts.problems])
    return parts


def _further_frames(content: BatchContent, table: pl.DataFrame) -> dict[str, pl.DataFrame]:
    conflicts = _shaped(
        content.facts.conflicts.drop("batch", "recorded_at", strict=False), CONFLICT_SCHEMA, "conflicts"
    )
    declarations = content.declarations
    if "unclear" not in declarations.columns:
        declarations = declarations.with_columns(unclear=pl.lit(None, pl.List(pl.String)))
    identifiers = _shaped(content.identifiers, IDENTIFIER_SCHEMA, "identifiers")
    _check_kinds(identifiers)
    frames = {
        CONFLICTS: conflicts.sort(SUBJECT, maintain_order=True),
        IDENTIFIERS: identifiers.sort(SUBJECT, maintain_order=True),
        DECLARATIONS: _shaped(declarations, DECLARATION_SCHEMA, "declarations"),
    }
    for register, rows in content.records.items():
        frames[records_part(register)] = _checked_records(register, rows)
    strangers = _strangers(conflicts, table)
    if strangers is not None:
        raise bad_content(
            f"冲突表提到事实表中没有的主体 {strangers}。",
            f"the conflicts speak of {strangers}, which the table of facts does not have.",
        )
    return frames


def _strangers(conflicts: pl.DataFrame, table: pl.DataFrame) -> str | None:
    unknown = conflicts.join(table.select(SUBJECT), on=SUBJECT, how="anti")
    return None if unknown.is_empty() else str(unknown[SUBJECT][0])


def _checked_table(table: pl.DataFrame) -> pl.DataFrame:
    """Return the table of facts as it is kept: sorted by subject, without columns in which nothing is known."""
    if SUBJECT not in table.columns or table.schema[SUBJECT] != pl.String:
        raise bad_content("事实表缺少文本列 subject。", "the table of facts has no text column 'subject'.")
    if table[SUBJECT].null_count() or table[SUBJECT].is_duplicated().any():
        raise bad_content(
            "事实表的 subject 列有空值或重复。",
            "the column 'subject' of the facts is empty or repeated somewhere.",
        )
    allowed = (pl.Int64, pl.Boolean, pl.Date, pl.String)
    for name, kind in table.schema.items():
        if kind not in allowed and table[name].null_count() < table.height:
            raise bad_content(
                f"列 {name} 的类型 {kind} 不能入仓；应为整数（最小单位）、是否、日期或文本。",
                f"the column {name} has type {kind}; expected whole numbers in smallest steps, yes/no, dates or text.",
            )
    identity = [
        pl.col(each) if table.schema.get(each) == pl.String else pl.lit(None, pl.String).alias(each)
        for each in (NAME, CODE)
    ]
    for name in (NAME, CODE):
        if table.schema.get(name, pl.String) not in (pl.String, pl.Null):
            raise bad_content(
                f"列 {name} 的类型 {table.schema[name]} 不能入仓；应为文本。",
                f"the column {name} has type {table.schema[name]}; expected text.",
            )
    known = [
        name
        for name in table.columns
        if name not in (SUBJECT, NAME, CODE) and table[name].null_count() < table.height
    ]
    kept = table.select(SUBJECT, *identity, *known)
    return kept if kept[SUBJECT].is_sorted() else kept.sort(SUBJECT)


def _shaped(frame: pl.DataFrame, schema: Mapping[str, pl.DataType], what: str) -> pl.DataFrame:
    """Return a frame with exactly the columns of a schema; a missing one is a programmer's error said clearly."""
    missing = [name for name in schema if name not in frame.columns and name not in _BATCH_COLUMNS]
    if missing:
        raise bad_content(
            f"{what} 缺少列 {'、'.join(missing)}。", f"{what} has no column {', '.join(missing)}."
        )
    wanted = [name for name in schema if name in frame.columns]
    return frame.select(pl.col(name).cast(schema[name]) for name in wanted)


def _check_kinds(identifiers: pl.DataFrame) -> None:
    odd = identifiers.filter(~pl.col("kind").is_in(IDENTIFIER_KINDS))["kind"]
    if len(odd):
        known = ", ".join(IDENTIFIER_KINDS)
        raise bad_content(
            f"没有这种标识：{odd[0]}；可用：{known}。",
            f"there is no kind of identifier {odd[0]!r}; known: {known}.",
        )


def _checked_records(register: str, rows: pl.DataFrame) -> pl.DataFrame:
    if not _REGISTER.fullmatch(register):
        raise bad_content(f"登记簿的名称 {register!r} 不可用。", f"{register!r} cannot name a register.")
    missing = [name for name in RECORD_COLUMNS if name not in rows.columns]
    if missing:
        raise bad_content(
            f"登记簿 {register} 缺少列 {'、'.join(missing)}。",
            f"the register {register} lacks {', '.join(missing)}.",
        )
    own = [name for name in rows.columns if name not in RECORD_COLUMNS and name not in _BATCH_COLUMNS]
    fixed = [pl.col(name).cast(kind) for name, kind in RECORD_COLUMNS.items()]
    return rows.select(*fixed, *own).sort(SUBJECT, maintain_order=True)


def encode_frame(frame: pl.DataFrame) -> bytes:
    """Return a frame as the bytes of a Parquet file."""
    buffer = io.BytesIO()
    rows = ROWS_TOGETHER if frame.height <= MOST_GROUPS * ROWS_TOGETHER else 2 * ROWS_TOGETHER
    frame.write_parquet(buffer, compression="zstd", compression_level=3, row_group_size=rows, statistics=True)
    return buffer.getvalue()


def decode_problems(data: bytes) -> tuple[Problem, ...]:
    """Read the problems of a batch back."""
    return tuple(map(_problem, json.loads(data)))


def _problem(raw: Mapping[str, Any]) -> Problem:
    texts = {name: Text(**raw[name]) for name in ("text", "expected")}
    return Problem(**{**raw, **texts, "severity": Severity(raw["severity"])})


def count_content(content: BatchContent) -> dict[str, int]:
    """Count what a batch holds: subjects, facts, problems, rows of registers."""
    facts: Facts = content.facts
    values = [
        name
        for name in facts.table.columns
        if name not in (SUBJECT, NAME, CODE) and not name.endswith("#low")
    ]
    known = sum(facts.table.height - facts.table[name].null_count() for name in values)
    listed = set(facts.table[SUBJECT])
    named_only = set(content.identifiers[SUBJECT].drop_nulls().unique()) - listed
    return {
        "subjects": facts.table.height,
        "facts": known,
        "conflicts": facts.conflicts.height,
        "problems": len(facts.problems),
        "identified_only": len(named_only),
        "records": sum(rows.height for rows in content.records.values()),
    }

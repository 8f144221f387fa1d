"""Stores, metrics and batches for the tests of the store; everything in them is invented."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl

from yumiao.model.facts import SOURCE_SCHEMA, Facts, column_type
from yumiao.model.identifiers import IDENTIFIER_SCHEMA
from yumiao.model.metrics import Metric
from yumiao.model.periods import PeriodKind, split_column
from yumiao.model.precedence import Precedence
from yumiao.model.text import Text
from yumiao.model.units import UNITS, Kind
from yumiao.store import BatchContent, Store, create_store
from yumiao.store.files import Files
from yumiao.store.values import DECLARATION_SCHEMA

METRICS = {
    metric.id: metric
    for metric in (
        Metric("revenue", Text("营业收入", "revenue"), Kind.QUANTITY, PeriodKind.FISCAL_YEAR, UNITS["CNY"]),
        Metric("staff", Text("职工", "staff"), Kind.QUANTITY, PeriodKind.AT_APPLICATION, UNITS["person"]),
        Metric("patents", Text("专利", "patents"), Kind.QUANTITY, PeriodKind.AT_APPLICATION, UNITS["item"]),
        Metric("listed", Text("上市", "listed"), Kind.BOOL, PeriodKind.AT_APPLICATION),
        Metric("founded", Text("成立", "founded"), Kind.DATE, PeriodKind.AT_APPLICATION),
        Metric("industry", Text("行业", "industry"), Kind.CATEGORY, PeriodKind.AT_APPLICATION),
    )
}
PRECEDENCE = Precedence(("tax", "market", "town"), {"staff": ("town", "tax")})


class QuickFiles(Files):
    """Writes without waiting for the disk: what a test of meaning does not need."""

    def sync(self, path: Path) -> None:
        """Do nothing."""

    def sync_folder(self, path: Path) -> None:
        """Do nothing."""


def moment(number: int) -> str:
    """Return the ``number``-th moment of the tests; each is later than the one before."""
    start = dt.datetime(2026, 1, 1, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    return (start + dt.timedelta(minutes=number)).isoformat()


def new_store(folder: Path, *, files: Files | None = None) -> Store:
    """Create a store with a fixed id."""
    return create_store(
        folder, at=moment(0), who="tester", store_id="test-store", files=files or QuickFiles()
    )


def content_of(
    rows: dict[str, dict[str, Any]],
    *,
    file: str = "a.xlsx",
    raw: dict[tuple[str, str], str] | None = None,
    identifiers: list[dict[str, Any]] | None = None,
    declarations: list[dict[str, Any]] | None = None,
    records: dict[str, pl.DataFrame] | None = None,
    conflicts: list[dict[str, Any]] | None = None,
) -> BatchContent:
    """Make the content of a batch.

    Args:
        rows: subject → column → stored value; ``name`` and ``code`` are identity, the rest are facts.
        raw: (subject, column) → the text received, where it is not as the value prints.
    """
    columns = list(
        dict.fromkeys(column for row in rows.values() for column in row if column not in ("name", "code"))
    )
    schema = {"subject": pl.String, "name": pl.String, "code": pl.String}
    schema |= {c: column_type(METRICS[split_column(c.partition("#")[0])[0]]) for c in columns}
    table = pl.DataFrame(
        [{"subject": s, **{c: row.get(c) for c in list(schema)[1:]}} for s, row in rows.items()],
        schema=schema,
    )
    sources = [
        _source(
            subject,
            column,
            table[column].cast(pl.String)[at],
            (raw or {}).get((subject, column)),
            file,
            at,
            place,
        )
        for place, column in enumerate(columns)
        for at, (subject, row) in enumerate(rows.items())
        if row.get(column) is not None and not column.endswith("#low")
    ]
    lost = [
        {**dict.fromkeys(SOURCE_SCHEMA), "file": file, "sheet": "表1", **each} for each in conflicts or ()
    ]
    return BatchContent(
        Facts(table, pl.DataFrame(sources, schema=SOURCE_SCHEMA), pl.DataFrame(lost, schema=SOURCE_SCHEMA)),
        pl.DataFrame(identifiers or [], schema=IDENTIFIER_SCHEMA),
        pl.DataFrame(declarations or [], schema=DECLARATION_SCHEMA),
        records or {},
    )


def _source(
    subject: str, column: str, value: str, raw: str | None, file: str, at: int, place: int
) -> dict[str, str | None]:
    return {
        "subject": subject,
        "column": column,
        "value": value,
        "raw": value if raw is None else raw,
        "file": file,
        "sheet": "表1",
        "cell": f"{chr(ord('C') + place)}{at + 4}",
        "batch": "",
        "recorded_at": "",
    }

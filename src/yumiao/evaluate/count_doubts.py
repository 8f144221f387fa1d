"""Counts that do not agree with what was received, told at the rows that they rest on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from yumiao.evaluate.counting import COUNTED, Counts, places_of
from yumiao.intake.faults import Place, ProblemLog
from yumiao.intake.records import PLACE_COLUMNS
from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX, NAME, SUBJECT
from yumiao.model.metrics import Metric
from yumiao.model.problems import Severity
from yumiao.model.text import Text
from yumiao.packs.library import Library

_SHOWN = "__shown"


def log_excluded(excluded: pl.DataFrame, places: pl.DataFrame, metric: Metric, log: ProblemLog) -> None:
    """Report received values that the rows exclude.

    Args:
        excluded: one row per subject: ``subject``, ``name``, what was received (``value``, or ``a`` to ``b``), what
            was counted (``lo`` to ``hi``, NULL: no upper end).
        places: for each of these subjects ``file``, ``sheet``, ``cell`` of the rows.
    """
    rows = excluded.join(
        places.select(SUBJECT, *PLACE_COLUMNS), on=SUBJECT, how="left", maintain_order="left"
    )
    for row in _with_shown(rows).iter_rows(named=True):
        counted = _interval_text(row["lo"], row["hi"])
        received = str(row["value"]) if row["value"] is not None else _interval_text(row["a"], row["b"])
        text = Text(
            f"{row[_SHOWN]} 的{metric.label.zh}：收到 {received}，台账数出 {counted}；"
            "采用收到的值，请核对台账和来文。",
            f"{metric.label.words('en')} of {row[_SHOWN]}: {received} was received, the register counts {counted}; "
            "the received value is kept, please check the register and the file.",
        )
        _log(
            log,
            "count_disagrees",
            row,
            text,
            found=received,
            expected=Text(counted, counted),
            group=metric.id,
        )


def log_above_whole(table: pl.DataFrame, counts: Counts, library: Library, log: ProblemLog) -> None:
    """Report counts that are more than the whole that was received; the engine then settles nothing by the whole.

    Args:
        table: the table of facts with the counts in it.
    """
    for part, whole in library.constraints:
        if part in counts.filters and part in table.columns and whole in table.columns:
            for row in _above_whole(table, counts, part, whole):
                text = _above_text(row, library.metrics[part], library.metrics[whole])
                expected = Text(f"≤ {row['most']}")
                _log(
                    log,
                    "count_above_whole",
                    row,
                    text,
                    found=str(row["least"]),
                    expected=expected,
                    group=part,
                )


def _above_whole(table: pl.DataFrame, counts: Counts, part: str, whole: str) -> Iterator[dict[str, Any]]:
    least = pl.coalesce(_known(table, part, LOW_SUFFIX)).alias("least")
    most = pl.coalesce(_known(table, whole, HIGH_SUFFIX)).alias("most")
    more = table.select(SUBJECT, NAME, least, most).filter(pl.col("least") > pl.col("most"))
    if more.height:
        places = places_of(counts.rows.join(more, on=SUBJECT, how="semi"), part, COUNTED)
        more = more.join(places, on=SUBJECT, how="left", maintain_order="left")
        yield from _with_shown(more).iter_rows(named=True)


def _known(table: pl.DataFrame, name: str, end: str) -> list[pl.Expr]:
    return [pl.col(column) for column in (name, name + end) if column in table.columns]


def _above_text(row: dict[str, Any], part: Metric, whole: Metric) -> Text:
    return Text(
        f"{row[_SHOWN]} 的{part.label.zh}至少 {row['least']}，多于{whole.label.zh} {row['most']}；"
        "部分不应多于整体，请核对。",
        f"{part.label.words('en')} of {row[_SHOWN]} is at least {row['least']}, more than "
        f"{whole.label.words('en')} {row['most']}; a part is never more than the whole, please check.",
    )


def _with_shown(rows: pl.DataFrame) -> pl.DataFrame:
    """Name the subjects as people know them; by their id where they have no name."""
    return rows.with_columns(pl.coalesce(NAME, SUBJECT).alias(_SHOWN))


def _log(
    log: ProblemLog, code: str, row: dict[str, Any], text: Text, *, found: str, expected: Text, group: str
) -> None:
    place = Place(*(row[part] or "" for part in PLACE_COLUMNS))
    log.add(code, place, text, found=found, expected=expected, severity=Severity.WARNING, group=group)


def _interval_text(low: int | None, high: int | None) -> str:
    if low == high:
        return str(low)
    if high is None:
        return f"≥ {low}"
    return f"≤ {high}" if low is None else f"{low}–{high}"

"""Values of a file that cannot both be right: a part that exceeds the whole that it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from yumiao.intake.arrivals import Arrival
from yumiao.intake.faults import Place, ProblemLog
from yumiao.model.facts import SUBJECT
from yumiao.model.metrics import Metric
from yumiao.model.problems import Problem, Severity
from yumiao.model.text import Text
from yumiao.model.units import Kind
from yumiao.packs.library import Library
from yumiao.rules.wording import amount_text

EXCEEDS = "part_exceeds_whole"
"""The code of the problem."""


@dataclass(frozen=True)
class _Pair:
    """Two facts of one subject and period: ``part`` and ``whole`` are their columns."""

    part: str
    whole: str
    part_metric: Metric
    whole_metric: Metric


def find_contradictions(arrival: Arrival, library: Library) -> tuple[Problem, ...]:
    """Return the values of a file that exceed the whole they are part of, each at the part's cell.

    Both values are read: which one is wrong, or whether they are right as they stand, is for a person to say.
    """
    log = ProblemLog()
    table, sources = arrival.facts.table, arrival.facts.sources
    for pair in _pairs(table.columns, library):
        broken = table.filter(pl.col(pair.part) > pl.col(pair.whole)).select(SUBJECT, pair.part, pair.whole)
        if broken.is_empty():
            continue
        part, whole = (
            sources.filter(pl.col("column") == column).select(SUBJECT, "file", "sheet", "cell", "raw")
            for column in (pair.part, pair.whole)
        )
        placed = broken.join(part, on=SUBJECT, how="inner", maintain_order="left").join(
            whole.select(SUBJECT, whole_cell="cell"), on=SUBJECT, how="left", maintain_order="left"
        )
        for row in placed.iter_rows(named=True):
            _log_pair(row, pair, log)
    return log.problems()


def _pairs(columns: list[str], library: Library) -> Iterator[_Pair]:
    held = set(columns)
    for part, whole in library.constraints:
        for column in columns:
            name, at, year = column.partition("@")
            other = f"{whole}{at}{year}"
            part_metric, whole_metric = library.metrics[part], library.metrics[whole]
            if name == part and other in held and part_metric.kind is Kind.QUANTITY is whole_metric.kind:
                yield _Pair(column, other, part_metric, whole_metric)


def _log_pair(row: dict[str, object], pair: _Pair, log: ProblemLog) -> None:
    part, whole = pair.part_metric, pair.whole_metric
    low, high = _amount(row[pair.part], part), _amount(row[pair.whole], whole)
    text = Text(
        f"{part.label.zh} {low.zh} 大于{whole.label.zh} {high.zh}（{row['whole_cell']}）；"
        "请改正其中一处，或说明属实并保留。",
        f"{part.label.en or part.id} {low.en} exceeds {whole.label.en or whole.id} {high.en} "
        f"({row['whole_cell']}); put one of them right, or say that it is true and keep it.",
    )
    place = Place(str(row["file"]), str(row["sheet"]), str(row["cell"]))
    log.add(
        EXCEEDS,
        place,
        text,
        found=str(row["raw"]),
        expected=Text(f"≤ {high.zh}", f"≤ {high.en}"),
        severity=Severity.WARNING,
        group=f"{pair.part} {pair.whole}",
    )


def _amount(value: object, metric: Metric) -> Text:
    assert metric.unit is not None  # noqa: S101 - only quantities have a part and a whole
    return amount_text(int(str(value)), metric.unit)

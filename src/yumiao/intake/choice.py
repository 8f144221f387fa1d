"""Which value counts where several cells give one fact: the first in declared order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from yumiao.intake.candidates import Candidates, PlacedTable, Target, target_column
from yumiao.intake.faults import LISTED, Place, ProblemLog
from yumiao.model.metrics import Metric
from yumiao.model.problems import Severity
from yumiao.model.text import Text
from yumiao.model.units import Kind, decimal_text, from_steps

_KEPT = ("s", "value", "raw", "file", "sheet", "cell")


@dataclass(frozen=True)
class Offer:
    """Values offered for one target by one column or register.

    Attributes:
        frame: one row per known value: ``s`` (subject), ``y`` (the row's year or NULL), ``value``, ``raw``,
            ``file``, ``sheet``, ``cell`` (empty: known from absence in a complete register), ``position``
            (declared order of the file).
    """

    target: Target
    frame: pl.DataFrame


@dataclass(frozen=True)
class Chosen:
    """The facts of one target.

    Attributes:
        winners: one row per subject with a known value: ``s``, ``value``, ``raw``, ``file``, ``sheet``,
            ``cell``.
        losers: the values that differ from the winner, same shape.
    """

    target: Target
    winners: pl.DataFrame
    losers: pl.DataFrame


def offer_of(candidates: Candidates) -> Offer:
    """Add to the values of a column the places they came from."""
    frame = candidates.frame.select(
        "s",
        "y",
        "value",
        "raw",
        file=pl.lit(candidates.table.file),
        sheet=pl.lit(candidates.table.sheet),
        cell=candidates.cells(),
        position=pl.lit(candidates.position, pl.Int32),
    )
    return Offer(candidates.target, frame)


def choose(offers: Sequence[Offer], metrics: Mapping[str, Metric], log: ProblemLog) -> list[Chosen]:
    """Choose one value per subject and target; report the values that lost.

    Returns: one entry per target, in order of the metrics, then of the years.
    """
    by_target: dict[Target, list[pl.DataFrame]] = {}
    for offer in offers:
        by_target.setdefault(offer.target, []).append(offer.frame)
    places = {metric: place for place, metric in enumerate(metrics)}
    targets = sorted(by_target, key=lambda t: (places[t[0]], t[1] or 0, t[2]))
    chosen: dict[Target, Chosen] = {}
    for target in targets:
        found = _choose_one(target, by_target[target], metrics[target[0]], log)
        chosen[target] = _without_exact(found, chosen.get((target[0], target[1], False)), metrics, log)
    return list(chosen.values())


def _choose_one(target: Target, frames: list[pl.DataFrame], metric: Metric, log: ProblemLog) -> Chosen:
    if len(frames) == 1 and frames[0]["s"].is_unique().all():
        return Chosen(target, frames[0].select(_KEPT), frames[0].select(_KEPT).clear())
    frame = pl.concat(frames).sort("position", maintain_order=True)
    first = frame["s"].is_first_distinct()
    winners = frame.filter(first)
    against = winners.select(
        "s", best="value", best_y="y", best_file="file", best_cell="cell", best_position="position"
    )
    losers = frame.filter(~first).join(against, on="s", how="left", maintain_order="left")
    superseded = (pl.col("y") < pl.col("best_y")).fill_null(value=False)
    losers = losers.filter((pl.col("value") != pl.col("best")) & ~superseded)
    _log_losers(losers, target, metric, log)
    return Chosen(target, winners.select(_KEPT), losers.select(_KEPT))


def _log_losers(losers: pl.DataFrame, target: Target, metric: Metric, log: ProblemLog) -> None:
    for part in losers.partition_by("position", "best_position", maintain_order=True):
        for row in part.head(LISTED).iter_rows(named=True):
            _log_loser(row, target, metric, log)
        if part.height > LISTED:
            row = part.row(0, named=True)
            place = Place(row["file"], row["sheet"])
            log.add_uncounted(_conflict_code(row), place, part.height - LISTED, group=target_column(target))


def _conflict_code(row: Mapping[str, Any]) -> str:
    return "values_conflict" if row["position"] == row["best_position"] else "files_disagree"


def _log_loser(row: Mapping[str, Any], target: Target, metric: Metric, log: ProblemLog) -> None:
    code = _conflict_code(row)
    is_same_file = code == "values_conflict"
    kept, lost = _shown(row["best"], metric), _shown(row["value"], metric)
    where = row["best_cell"] if is_same_file else f"{row['best_file']} {row['best_cell']}".strip()
    text = Text(
        f"{metric.label.zh}：同一单位同一期有两个值，采用 {where} 的 {kept}，不用此处的 {lost}。",
        f"{metric.label.en or metric.id}: two values for one subject and period; {kept} of {where} counts, "
        f"not {lost} here.",
    )
    place = Place(row["file"], row["sheet"], row["cell"])
    severity = Severity.ERROR if is_same_file else Severity.WARNING
    group = target_column(target)
    log.add(code, place, text, found=row["raw"], expected=Text(kept, kept), severity=severity, group=group)


def _shown(value: object, metric: Metric) -> str:
    if metric.kind is Kind.QUANTITY and metric.unit is not None and isinstance(value, int):
        return f"{decimal_text(from_steps(value, metric.unit), 10)} {metric.unit.label.zh}".strip()
    if isinstance(value, bool):
        return "是 (yes)" if value else "否 (no)"
    return str(value)


def _without_exact(
    chosen: Chosen, exact: Chosen | None, metrics: Mapping[str, Metric], log: ProblemLog
) -> Chosen:
    """Drop upper bounds of subjects whose value is known; a bound below the value is a conflict."""
    if not chosen.target[2] or exact is None or exact.winners.is_empty():
        return chosen
    known = exact.winners.select("s", best="value", best_file="file", best_cell="cell")
    met = chosen.winners.join(known, on="s", how="inner", maintain_order="left")
    broken = met.filter(pl.col("value") < pl.col("best"))
    metric = metrics[chosen.target[0]]
    for row in broken.head(LISTED).iter_rows(named=True):
        high, value = _shown(row["value"], metric), _shown(row["best"], metric)
        where = f"{row['best_file']} {row['best_cell']}".strip()
        text = Text(
            f"{metric.label.zh}：上限 {high} 小于 {where} 的值 {value}，上限未采用。",
            f"{metric.label.en or metric.id}: the upper bound {high} is below the value {value} of {where}; "
            "the bound is left out.",
        )
        place = Place(row["file"], row["sheet"], row["cell"])
        log.add("bound_below_value", place, text, found=row["raw"], group=target_column(chosen.target))
    winners = chosen.winners.join(known, on="s", how="anti", maintain_order="left")
    losers = pl.concat([chosen.losers, broken.select(_KEPT)])
    return Chosen(chosen.target, winners, losers)


def log_repeated_rows(placed: PlacedTable, log: ProblemLog) -> None:
    """Report rows that repeat an earlier row of the same subject and year word for word; they are ignored."""
    rows = placed.rows.filter(pl.struct("s", "y").is_duplicated())
    if rows.is_empty():
        return
    table = placed.table
    columns = {table.column_of(part) for rule in table.mapping.columns for part in rule.parts} - {None}
    names = [str(column) for column in sorted(c for c in columns if c is not None)]
    if not names:
        return  # a file of rows of a register: many rows of one subject are what it is for
    cells = table.rows.select(names)[rows["row"]].with_columns(rows["s"], rows["y"])
    repeated = cells.with_row_index("at").filter(~pl.struct(pl.exclude("at")).is_first_distinct())
    anchors = [table.column_of(label) for label in table.mapping.subject.labels()]
    anchor = next((column for column in anchors if column is not None), 0)
    for at in repeated["at"]:
        text = Text(
            "与前面同一单位同一年份的一行完全相同，已忽略。",
            "This row repeats an earlier one and is ignored.",
        )
        log.add("row_repeated", table.place(rows["row"][at], anchor), text, severity=Severity.WARNING)

"""How far a failed condition is: the levers that would make it hold, each with its fewest steps.

The steps are found with all side effects: 17 of 200 and three hires make 20 of 203, so four are needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from yumiao.model.text import Text
from yumiao.model.units import UNITS, Unit, from_steps
from yumiao.rules import graph as g
from yumiao.rules.answers import Gap
from yumiao.rules.emit_python import Row
from yumiao.rules.inspection import Inspection, columns_in_order
from yumiao.rules.judging import CONDITION, PolicyJudge
from yumiao.rules.moves import Budget, Move, columns_of_moves, fewest_steps, find_moves
from yumiao.rules.naming import columns_words, left_words
from yumiao.rules.wording import amount_text, exact_text, listed

MOST_LEVERS_TOLD = 2
CALLS_PER_LEVER = 300


@dataclass(frozen=True, slots=True)
class Reached:
    """A lever with the fewest steps of it that make a condition hold."""

    move: Move
    steps: int

    @property
    def amount(self) -> int:
        """How much that is, in smallest steps of the lever's unit."""
        return self.steps * self.move.lever.step_size


def find_gap(
    judge: PolicyJudge, inspection: Inspection, node: g.ConditionNode, outputs: Mapping[str, Any]
) -> Gap | None:
    """Return how far a condition that is not met is; None where nothing can be said."""
    reached = _levers(judge, inspection.row, node)
    difference = _difference(inspection, node, outputs)
    if not reached and difference is None:
        return None
    told = _reached_text(reached[:MOST_LEVERS_TOLD])
    if not reached:
        assert difference is not None  # noqa: S101 - one of the two is there
        steps, unit = difference
        return Gap(
            None,
            exact_text(from_steps(steps, unit)),
            unit.code,
            _difference_text(inspection, node, steps, unit),
        )
    best = reached[0]
    unit = UNITS[best.move.lever.unit]
    text = told
    if difference is not None:
        lead = _difference_text(inspection, node, *difference)
        text = Text(f"{lead.zh}：{told.zh}", f"{lead.en} ({told.en})")
    return Gap(best.move.lever.id, exact_text(from_steps(best.amount, unit)), unit.code, text)


def _levers(judge: PolicyJudge, row: Row, node: g.ConditionNode) -> list[Reached]:
    """Return the levers of a condition's facts that make it hold, least effort first."""
    latest = _latest_columns(judge.graph, node)
    moves = find_moves(judge.library, judge.graph, row, lambda leaf: leaf.column in latest)
    boxes = judge.for_moves(row).condition(node, judge.ranged(row) | columns_of_moves(moves))
    name = CONDITION + node.id

    def read(facts: Mapping[str, Any]) -> int:
        code: int = boxes(facts)[name]
        return code

    tried = ((move, fewest_steps(row, move, read, read, Budget(CALLS_PER_LEVER))) for move in moves)
    found = [Reached(move, steps) for move, steps in tried if steps is not None]
    return sorted(found, key=lambda reached: reached.move.effort(reached.steps))


def _latest_columns(graph: g.PolicyGraph, node: g.ConditionNode) -> frozenset[str]:
    """Return the facts of a condition, of each metric the latest year, and what levers move beside them."""
    used = {graph.leaves[column].metric.id for column in columns_in_order(node.statement)}
    latest: dict[str, g.Leaf] = {}
    for leaf in graph.leaves.values():
        best = latest.get(leaf.metric.id)
        if best is None or (leaf.year or 0) > (best.year or 0):
            latest[leaf.metric.id] = leaf
    moving = {lever for name in used for lever in graph.leaves[latest[name].column].metric.levers}
    beside = {metric for lever in moving for metric, _ in lever.moves}
    return frozenset(leaf.column for name, leaf in latest.items() if name in used | beside)


def _difference(
    inspection: Inspection, node: g.ConditionNode, outputs: Mapping[str, Any]
) -> tuple[int, Unit] | None:
    steps = outputs.get(f"gap.{node.id}")
    unit = gap_unit(inspection, node.statement)
    return (int(steps), unit) if steps and unit is not None else None


def applying(inspection: Inspection, node: g.Statement) -> g.Statement:
    """Return the comparison that applies to the row, below names and brackets."""
    match node:
        case g.Named(body=body):
            return applying(inspection, body)
        case g.Split(column=column, cells=cells):
            return applying(inspection, inspection.cells(column, cells)[0])
        case _:
            return node


def gap_unit(inspection: Inspection, node: g.Statement) -> Unit | None:
    """Return the unit of a condition's gap: that of the first fact on its left side."""
    applied = applying(inspection, node)
    match applied:
        case g.ScoreComparison():
            return UNITS["point"]
        case g.LinearComparison(linear=linear) | g.QuotientComparison(quotient=g.Quotient(numerator=linear)):
            units = (
                inspection.graph.leaves[column].metric.unit or UNITS["day"] for column, _ in linear.terms
            )
            return next(units, None)
        case _:
            return None


def _difference_text(inspection: Inspection, node: g.ConditionNode, steps: int, unit: Unit) -> Text:
    graph, applied = inspection.graph, applying(inspection, node.statement)
    amount = amount_text(steps, unit)
    words = left_words(graph, applied)
    is_high = False
    if isinstance(applied, g.QuotientComparison):
        words = columns_words(graph, [column for column, _ in applied.quotient.numerator.terms])
        is_high = applied.operator in ("<=", "<")
    elif isinstance(applied, g.LinearComparison):
        is_high = applied.shown.operator in ("<=", "<")
    if is_high:
        return Text(f"{words.zh}超出 {amount.zh}", f"{words.en}: {amount.en} too much")
    return Text(f"{words.zh}还差 {amount.zh}", f"{words.en}: {amount.en} short")


def _reached_text(reached: Sequence[Reached]) -> Text:
    parts = []
    for found in reached:
        lever = found.move.lever
        amount = amount_text(Fraction(found.amount), UNITS[lever.unit])
        parts.append(Text(f"{lever.text.zh} {amount.zh}", f"{lever.text.words('en')}: {amount.en}"))
    return listed(parts, "；或", "; or ")

"""Levers applied to a row of facts: how far they go, what they move along, and the fewest steps needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX
from yumiao.model.metrics import Lever
from yumiao.model.periods import column_name
from yumiao.packs.library import Library
from yumiao.rules import graph as g
from yumiao.rules.bounds import magnitude_of
from yumiao.rules.emit_python import Row

Facts = dict[str, Any]
Steps = tuple[int, ...]
"""How many steps each lever is moved, in the order of the levers."""

Box = tuple[tuple[int, int], ...]
"""For each lever the fewest and the most steps."""


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """A lever with the facts of one policy that a step of it changes; each is one of its own.

    Attributes:
        columns: column and its change for one step; facts outside the policy are left out.
        most: how many steps its bounds and the domains of what it moves allow, starting from the row.
    """

    lever: Lever
    columns: tuple[tuple[str, int], ...]
    most: int

    def effort(self, steps: int) -> Fraction:
        return self.lever.cost * steps


def moved_columns(
    graph: g.PolicyGraph, lever: Lever, can_move: Callable[[g.Leaf], bool]
) -> Iterator[tuple[str, int]]:
    """Yield the columns of a policy that a lever moves, with the change for one step."""
    for metric, change in lever.moves:
        for leaf in graph.leaves.values():
            if leaf.metric.id == metric and can_move(leaf):
                yield leaf.column, change


def find_moves(
    library: Library, graph: g.PolicyGraph, row: Row, can_move: Callable[[g.Leaf], bool]
) -> tuple[Move, ...]:
    """Return the levers that move some fact of the policy in this row, with how far each goes."""
    found = []
    for lever in library.levers.values():
        columns = tuple(moved_columns(graph, lever, can_move))
        known = tuple((column, change) for column, change in columns if row.get(column) is not None)
        if known:
            found.append(Move(lever, known, _most_steps(library, graph, lever, known, row)))
    return tuple(move for move in found if move.most > 0)


def _most_steps(
    library: Library, graph: g.PolicyGraph, lever: Lever, columns: Sequence[tuple[str, int]], row: Row
) -> int:
    year = max(graph.leaves[column].year or 0 for column, _ in columns)
    limits = [_room(graph.leaves[column], row[column], change) for column, change in columns]
    if lever.max_steps is not None:
        limits.append(lever.max_steps)
    if lever.at_most is not None:
        limits.append(_difference(library, lever, row, year))
    return max(0, min(limits))


def _room(leaf: g.Leaf, value: int, change: int) -> int:
    """How many steps a fact can take before it leaves its domain."""
    metric, widest = leaf.metric, magnitude_of(leaf)
    if change > 0:
        return ((widest if metric.maximum is None else metric.maximum) - value) // change
    return (value - (-widest if metric.minimum is None else metric.minimum)) // -change


def _difference(library: Library, lever: Lever, row: Row, year: int) -> int:
    """How many steps a bound such as ``staff_total - tech_staff`` leaves; none where one is unknown."""
    assert lever.at_most is not None  # noqa: S101 - the caller looked
    values = []
    for name in lever.at_most:
        metric = library.metrics[name]
        values.append(row.get(column_name(name, year if metric.period.is_yearly and year else None)))
    total, part = values
    if total is None or part is None:
        return 0
    step = max(abs(change) for _, change in lever.moves)
    return int(total - part) // step


def at_steps(row: Row, moves: Sequence[Move], steps: Sequence[int]) -> Facts:
    """Return the facts after each lever was moved by some steps, side effects included."""
    changed: Facts = dict(row)
    for move, count in zip(moves, steps, strict=True):
        for column, change in move.columns:
            changed[column] += change * count
    return changed


def in_box(row: Row, moves: Sequence[Move], box: Box) -> Facts:
    """Return the facts as intervals: all they can be while each lever stays between two numbers of steps."""
    changed: Facts = dict(row)
    ends: dict[str, list[int]] = {}
    for move, (fewest, most) in zip(moves, box, strict=True):
        for column, change in move.columns:
            low, high = sorted((change * fewest, change * most))
            found = ends.setdefault(column, [row[column], row[column]])
            found[0] += low
            found[1] += high
    for column, (low, high) in ends.items():
        changed |= {column: None, column + LOW_SUFFIX: low, column + HIGH_SUFFIX: high}
    return changed


def columns_of_moves(moves: Iterable[Move]) -> frozenset[str]:
    """Return the columns that any of the levers moves."""
    return frozenset(column for move in moves for column, _ in move.columns)


Reading = Callable[[Mapping[str, Any]], int]
"""Judges facts (some of them intervals): 0 for certainly not, 2 for certainly, 1 for neither."""


@dataclass
class Budget:
    """How often the engine may still be asked."""

    left: int

    def take(self) -> bool:
        """Ask once; False when nothing is left."""
        self.left -= 1
        return self.left >= 0


def fewest_steps(row: Row, move: Move, boxes: Reading, points: Reading, budget: Budget) -> int | None:
    """Return the fewest steps of one lever that suffice; None when no number does (or the budget ran out).

    Args:
        boxes: judges facts as intervals; points: judges facts that are all single values.
    """
    waiting = [(1, move.most)]
    while waiting and budget.take():
        low, high = waiting.pop()
        code = (
            boxes(in_box(row, (move,), ((low, high),)))
            if high > low
            else points(at_steps(row, (move,), (low,)))
        )
        if code == 2:
            return low
        if code == 1 and high > low:
            middle = (low + high) // 2
            waiting += [(middle + 1, high), (low, middle)]
    return None

"""Completions of the missing facts: values for them that lead to one result, or that make one fact decide.

Facts are fixed one after another to critical values; the engine, which knows what remains possible, cuts off
what leads nowhere. What is found is therefore certain; what is not found within the budget may still exist.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Any

from yumiao.rules import graph as g
from yumiao.rules.candidates import Candidates, Stored
from yumiao.rules.emit_python import Judge, Row
from yumiao.rules.inspection import all_nodes, columns_in_order, open_result_columns
from yumiao.rules.judging import Outputs, PolicyJudge, read_reachable
from yumiao.rules.moves import Budget

EXPERTS = ("highest", "lowest")

Reach = tuple[str, ...]
Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Witness:
    """One completion and what comes of it.

    Attributes:
        facts: a value for every fact the policy asks for and nobody gave.
        experts: ``highest`` or ``lowest`` where it also takes experts who choose so; None: any will do.
    """

    result: str
    facts: Mapping[str, Stored]
    experts: str | None = None


@dataclass
class Completions:
    """Searches completions of one row.

    Attributes:
        budget: how often the engine may still be asked; shared by all searches.
    """

    judge: PolicyJudge
    row: Row
    budget: Budget
    candidates: Candidates = field(init=False)
    function: Judge = field(init=False)
    complete_function: Judge = field(init=False)

    def __post_init__(self) -> None:
        ranged = self.judge.ranged(self.row)
        self.candidates = self.judge.candidates
        self.function = self.judge.function(ranged)
        is_class = self.judge.graph.classes is not None
        self.complete_function = self.function if is_class else self.judge.first_reading(ranged)

    def reach(self, row: Row) -> Reach:
        """Return the results that remain possible; all of them once the budget is used up."""
        self.budget.take()
        return read_reachable(self.judge.graph, self.function(row))

    def open_columns(self, *rows: Row) -> list[str]:
        """Return the unknown facts on which the result of any of the rows rests."""
        found: dict[str, None] = {}
        for row in rows:
            found |= open_result_columns(self.judge.inspect(row))
        return [column for column in found if self.row_lacks(rows, column)]

    @staticmethod
    def row_lacks(rows: tuple[Row, ...], column: str) -> bool:
        return all(row.get(column) is None for row in rows)

    # ── one result ────────────────────────────────────────────────────────────────────────────────────────

    def witness(self, result: str) -> Witness | None:
        """Return a completion that leads to the result, if one is found."""
        return self._complete(dict(self.row), result)

    def _complete(self, row: Facts, result: str) -> Witness | None:
        reach = self.reach(row)
        if result not in reach or self.budget.left < 0:
            return None
        if reach == (result,):
            return Witness(result, self._filled(row))
        columns = self.open_columns(row)
        if not columns:
            return self._with_experts(row, result)
        return self._try_values(row, columns[0], result)

    def _try_values(self, row: Facts, column: str, result: str) -> Witness | None:
        """Take a value that settles the result where there is one, else go on with those that allow it."""
        allowing = []
        for value in self.candidates.stream(row, column):
            changed = {**row, column: value}
            reach = self.reach(changed)
            if reach == (result,):
                return Witness(result, self._filled(changed))
            if result in reach:
                allowing.append(changed)
        return next((found for changed in allowing if (found := self._complete(changed, result))), None)

    def _with_experts(self, row: Facts, result: str) -> Witness | None:
        for choice in EXPERTS:
            judge = self.judge.with_experts(choice)
            self.budget.take()
            if judge.result(row).reachable == (result,):
                return Witness(result, self._filled(row), choice)
        return None

    def _filled(self, row: Facts) -> dict[str, Stored]:
        """Give every fact that does not matter any more some value inside its domain."""
        filled = dict(row)
        for column in self.judge.graph.leaves:
            if filled.get(column) is None:
                filled[column] = self.candidates.values(filled, column)[0]
        return {column: filled[column] for column in self.judge.graph.leaves if self.row.get(column) is None}

    # ── one fact ──────────────────────────────────────────────────────────────────────────────────────────

    def matters(self, column: str) -> bool | None:
        """Whether two completions that differ in this fact only have different results; None: not settled."""
        beside = _beside(self.judge.graph, column)
        for one, other in _pairs(list(self.candidates.stream(self.row, column))):
            pair = ({**self.row, column: one}, {**self.row, column: other})
            if self._differ(pair, column, beside):
                return True
            if self.budget.left < 0:
                return None
        return False

    def _differ(self, pair: tuple[Facts, Facts], column: str, beside: frozenset[str]) -> bool:
        first, second = (self.reach(row) for row in pair)
        if self.budget.left < 0 or (first == second and len(first) == 1):
            return False
        if len(first) == len(second) == 1:
            return True
        if column not in self.open_columns({**pair[0], column: None}):
            return False
        columns = sorted(self.open_columns(*pair), key=lambda name: name not in beside)
        if not columns:
            return self.differ(*pair)
        return any(
            self._differ(({**pair[0], columns[0]: value}, {**pair[1], columns[0]: value}), column, beside)
            for value in self._shared_values(pair, columns[0])
        )

    def _shared_values(self, pair: tuple[Facts, Facts], column: str) -> Iterator[Stored]:
        """Yield the critical values of a fact that both rows allow."""
        tried: set[Stored] = set()
        for row in pair:
            for value in self.candidates.stream(row, column):
                if value not in tried and all(self._allows(other, column, value) for other in pair):
                    tried.add(value)
                    yield value

    def _allows(self, row: Facts, column: str, value: Stored) -> bool:
        if isinstance(value, bool | str):
            return True
        low, high = self.candidates.ends(row, column)
        return low <= value <= high

    # ── complete rows ─────────────────────────────────────────────────────────────────────────────────────

    def differ(self, one: Row, other: Row) -> bool:
        """Whether two rows without missing facts lead to different results, experts choosing alike."""
        outputs = [self._outputs(row) for row in (one, other)]
        first, second = (read_reachable(self.judge.graph, found) for found in outputs)
        if first != second:
            return True
        if len(first) == 1:
            return False
        if any(outputs[0][name] != outputs[1][name] for name in outputs[0] if name.startswith("score.")):
            return True
        chosen = [
            [self.judge.with_experts(choice).result(row).reachable for choice in EXPERTS]
            for row in (one, other)
        ]
        return chosen[0] != chosen[1]

    def _outputs(self, row: Row) -> Outputs:
        self.budget.take()
        return self.complete_function(row)

    def proves(self, complete: Facts, column: str) -> bool:
        """Whether another value of one fact changes the result of a completion."""
        without = {**complete, column: None}
        for value in self.candidates.values(without, column):
            if self.budget.left < 0:
                return False
            if value != complete[column] and self.differ(complete, {**complete, column: value}):
                return True
        return False

    def boundaries(
        self, start: Facts, goal: Facts, columns: Sequence[str]
    ) -> Iterator[tuple[str, Facts, Facts]]:
        """Walk from one completion to another; yield each fact that changed the result, before and after."""
        current = start
        for column in columns:
            changed = {**current, column: goal[column]}
            steady = self.candidates.domains.are_kept(current) and self.candidates.domains.are_kept(changed)
            if current[column] != goal[column] and steady and self.differ(current, changed):
                yield column, current, changed
            current = changed


def _beside(graph: g.PolicyGraph, column: str) -> frozenset[str]:
    """Return the facts that stand in a comparison together with a fact."""
    found: set[str] = set()
    for node in all_nodes(graph):
        if isinstance(node, g.LinearComparison | g.QuotientComparison | g.GrowthComparison):
            columns = columns_in_order(node)
            found.update(columns if column in columns else ())
    return frozenset(found - {column})


def _pairs(values: list[Stored]) -> Iterator[tuple[Stored, Stored]]:
    """Yield pairs of values: the ends first, then neighbours; of categories every two."""
    if not values or isinstance(values[0], str):
        yield from combinations(values, 2)
        return
    if len(values) > 1:
        ordered = sorted(values)
        yield ordered[0], ordered[-1]
        yield from pairwise(ordered)


def find_witnesses(judge: PolicyJudge, row: Row, budget: Budget) -> tuple[Witness, Witness] | None:
    """Return two completions of different result; None when the result is certain or two were not found."""
    found = all_witnesses(Completions(judge, row, budget))
    return (found[0], found[1]) if len(found) > 1 else None


def all_witnesses(search: Completions) -> list[Witness]:
    """Return a completion for each result that remains possible, as far as they are found."""
    reach = search.reach(search.row)
    found = [] if len(reach) == 1 else [search.witness(result) for result in reach]
    return [witness for witness in found if witness is not None]

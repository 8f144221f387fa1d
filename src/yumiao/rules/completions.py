"""Completions of the missing facts: values for them that lead to one result, or that make one fact decide.

Facts are fixed one after another to critical values; the engine, which knows what remains possible, cuts off
what leads nowhere. What is found is therefore certain; what is not found within the budget may still exist.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from yumiao.rules.candidates import Candidates, Stored
from yumiao.rules.emit_python import Judge, Row
from yumiao.rules.inspection import open_result_columns
from yumiao.rules.judging import PolicyJudge, read_reachable
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

    def __post_init__(self) -> None:
        self.candidates = self.judge.candidates
        self.function = self.judge.function(self.judge.ranged(self.row))

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
        for value in self.candidates.values(row, column):
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
        values = self.candidates.values(self.row, column)
        for one, other in _pairs(values):
            pair = ({**self.row, column: one}, {**self.row, column: other})
            if self._differ(pair):
                return True
            if self.budget.left < 0:
                return None
        return False

    def _differ(self, pair: tuple[Facts, Facts]) -> bool:
        first, second = (self.reach(row) for row in pair)
        if self.budget.left < 0 or (first == second and len(first) == 1):
            return False
        if len(first) == len(second) == 1:
            return True
        columns = self.open_columns(*pair)
        if not columns:
            return first != second or self._experts_differ(pair)
        return any(
            self._differ(({**pair[0], columns[0]: value}, {**pair[1], columns[0]: value}))
            for value in self._shared_values(pair, columns[0])
        )

    def _shared_values(self, pair: tuple[Facts, Facts], column: str) -> Iterator[Stored]:
        """Yield the critical values of a fact that both rows allow."""
        first, second = (self.candidates.values(row, column) for row in pair)
        for value in dict.fromkeys((*first, *second)):
            if isinstance(value, bool | str) or all(_inside(value, found) for found in (first, second)):
                yield value

    def _experts_differ(self, pair: tuple[Facts, Facts]) -> bool:
        """Whether the same choices of experts can lead to different results, all facts being known."""
        found = [self.function(row) for row in pair]
        scores = [name for name in found[0] if name.startswith("score.")]
        if any(found[0][name] != found[1][name] for name in scores):
            return True
        for choice in EXPERTS:
            judge = self.judge.with_experts(choice)
            first, second = (judge.result(row).reachable for row in pair)
            if first != second:
                return True
        return False


def _inside(value: int, found: list[Stored]) -> bool:
    """Whether a number lies between the smallest and the largest critical value of a fact."""
    numbers = [int(each) for each in found if not isinstance(each, str)]
    return min(numbers) <= value <= max(numbers)


def _pairs(values: list[Stored]) -> Iterator[tuple[Stored, Stored]]:
    """Yield pairs of values: the ends first, then neighbours; of categories every two."""
    if not values or isinstance(values[0], str):
        yield from ((one, other) for index, one in enumerate(values) for other in values[index + 1 :])
        return
    if len(values) > 1:
        ordered = sorted(values)
        yield ordered[0], ordered[-1]
        yield from pairwise(ordered)


def find_witnesses(judge: PolicyJudge, row: Row, budget: Budget) -> tuple[Witness, Witness] | None:
    """Return two completions of different result; None when the result is certain or two were not found."""
    search = Completions(judge, row, budget)
    found: list[Witness] = []
    for result in search.reach(row):
        witness = search.witness(result)
        if witness is not None:
            found.append(witness)
        if len(found) > 1:
            return found[0], found[1]
    return None

"""Which conditions decide: those in some smallest set that alone forces the outcome.

A set forces the outcome when fixing what came of its conditions, and leaving everything else open, leaves one
outcome. While the outcome is open the smallest sets are those whose settling, one way, would settle it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from yumiao.model.outcomes import Outcome
from yumiao.rules import graph as g
from yumiao.rules.judging import Result

MOST_SETS = 20_000
"""So many sets are tried; beyond that a set that cannot be made smaller is taken."""

LARGEST_OPEN_SET = 3
"""While the outcome is open, sets of more open conditions than this are not told apart."""

Goal = tuple[tuple[g.Statement, bool], ...]
"""Statements, and whether each has to hold or to fail."""

Fixed = Mapping[str, bool]


def goals(graph: g.PolicyGraph, result: Result) -> list[Goal]:
    """Return what has to be forced: one goal for each outcome that is possible."""
    if graph.outcome is not None:
        wanted = {str(Outcome.MET): True, str(Outcome.NOT_MET): False}
        return [((graph.outcome, wanted[name]),) for name in result.reachable]
    return [_class_goal(_rules(graph), name) for name in result.reachable]


def _rules(graph: g.PolicyGraph) -> tuple[g.ClassNode, ...]:
    return graph.classes if isinstance(graph.classes, tuple) else ()


def _class_goal(rules: Sequence[g.ClassNode], name: str) -> Goal:
    """A class is reached when its rule holds and none before it does."""
    parts: list[tuple[g.Statement, bool]] = []
    for rule in rules:
        parts.append((rule.statement, rule.id == name))
        if rule.id == name:
            break
    return tuple(parts)


def evaluate(node: g.Statement, fixed: Fixed) -> bool | None:
    """Return what a statement comes to when only the given conditions are known; None is open."""
    match node:
        case g.Named(condition=condition, body=body):
            return fixed[condition] if condition in fixed else evaluate(body, fixed)
        case g.Negated(body=body):
            found = evaluate(body, fixed)
            return None if found is None else not found
        case g.Count(least=least, parts=parts):
            return _count(least, [evaluate(part, fixed) for part in parts])
        case g.Known(value=value):
            return value
        case _:
            return None


def _count(least: int, found: Sequence[bool | None]) -> bool | None:
    if sum(part is True for part in found) >= least:
        return True
    return None if sum(part is not False for part in found) >= least else False


def forces(goal: Goal, fixed: Fixed) -> bool:
    """Whether fixing these conditions forces every statement of the goal."""
    return all(evaluate(statement, fixed) is wanted for statement, wanted in goal)


def conditions_in(goal_list: Sequence[Goal]) -> tuple[str, ...]:
    """Return the conditions that stand in the goals, in order."""
    found: dict[str, None] = {}
    for goal in goal_list:
        for statement, _ in goal:
            _collect(statement, found)
    return tuple(found)


def _collect(node: g.Statement, found: dict[str, None]) -> None:
    match node:
        case g.Named(condition=condition, body=body):
            found[condition] = None
            _collect(body, found)
        case g.Negated(body=body):
            _collect(body, found)
        case g.Count(parts=parts):
            for part in parts:
                _collect(part, found)


@dataclass(frozen=True, slots=True)
class DecisiveSearch:
    """Finds the decisive conditions of one verdict.

    Attributes:
        outcomes: what came of each condition.
    """

    graph: g.PolicyGraph
    result: Result
    outcomes: Mapping[str, Outcome]

    def find(self) -> frozenset[str]:
        """Return the ids of the decisive conditions."""
        wanted = goals(self.graph, self.result)
        names = conditions_in(wanted)
        settled = {name: self.outcomes[name] is Outcome.MET for name in names if self._is_settled(name)}
        if len(wanted) == 1:
            return _smallest_forcing(wanted[0], settled)
        return self._smallest_settling(
            wanted, settled, [name for name in names if not self._is_settled(name)]
        )

    def _is_settled(self, name: str) -> bool:
        return self.outcomes[name] is not Outcome.UNDETERMINED

    def _smallest_settling(
        self, wanted: Sequence[Goal], settled: Fixed, waiting: Sequence[str]
    ) -> frozenset[str]:
        for size in range(1, min(LARGEST_OPEN_SET, len(waiting)) + 1):
            found = {
                name
                for names in combinations(waiting, size)
                if _settles(wanted, settled, names)
                for name in names
            }
            if found:
                return frozenset(found)
        return frozenset(waiting)


def _settles(wanted: Sequence[Goal], settled: Fixed, names: Sequence[str]) -> bool:
    """Whether some outcome of these conditions settles the verdict."""
    for answers in product((True, False), repeat=len(names)):
        fixed = {**settled, **dict(zip(names, answers, strict=True))}
        if any(forces(goal, fixed) for goal in wanted):
            return True
    return False


def _smallest_forcing(goal: Goal, settled: Fixed) -> frozenset[str]:
    if not forces(goal, settled):
        return frozenset()
    needed = {name for name in settled if not forces(goal, _without(settled, name))}
    base = {name: settled[name] for name in needed}
    if forces(goal, base):
        return frozenset(needed)
    rest = [name for name in settled if name not in needed]
    tried = 0
    for size in range(1, len(rest) + 1):
        found: set[str] = set()
        for names in combinations(rest, size):
            tried += 1
            if tried > MOST_SETS:
                return frozenset(needed | set(_reduced(goal, settled, base)))
            if forces(goal, {**base, **{name: settled[name] for name in names}}):
                found |= set(names)
        if found:
            return frozenset(needed | found)
    return frozenset(settled)


def _without(settled: Fixed, name: str) -> dict[str, bool]:
    return {other: value for other, value in settled.items() if other != name}


def _reduced(goal: Goal, settled: Fixed, base: Fixed) -> Iterator[str]:
    """Yield a set from which nothing can be left out."""
    kept = dict(settled)
    for name in settled:
        if name not in base and forces(goal, _without(kept, name)):
            del kept[name]
    yield from kept

"""Completions of missing facts, and every outcome that they bring about.

A completion gives each missing fact a value inside its domain and the constraints between facts. Only
finitely many matter: between two neighbouring critical points (see :mod:`yumiao.rules.critical_points`) no
comparison changes its answer. With several facts missing they are completed one after the other, each at the
critical points that remain once those before it have their values; a fact also takes the values where two
comparisons meet, and one between each two neighbours. Past a limit of completions values are left out evenly,
and the answer says so.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX
from yumiao.model.metrics import Metric
from yumiao.model.outcomes import Outcome
from yumiao.model.periods import column_name, split_column
from yumiao.model.units import MAGNITUDES, Kind
from yumiao.packs.fields import Points
from yumiao.packs.library import Library, Policy
from yumiao.rules.critical_points import (
    CriticalPoints,
    Polynomial,
    days_of_year,
    steps_of,
    to_variables,
    year_of,
)
from yumiao.rules.expert_choices import Experts, Path, highest, lowest, readings, rises_with_points
from yumiao.rules.reference import NOT_MET, Reference, day

FIRST_DAY = int(day(dt.date(1900, 1, 1)))
LAST_DAY = int(day(dt.date(2199, 12, 31)))
LIMIT = 20_000
"""So many completions are judged unless the caller says otherwise."""

BEYOND = 10**6
"""An open domain has no end; so many times the largest magnitude of a file is beyond all that facts lead to."""

REPRESENTATIVES = 7
"""So many values stand for a fact that is still missing while another is completed."""

Row = Mapping[str, Any]
Constraint = tuple[str, str]


@dataclass(frozen=True)
class Reached:
    """What the completions of a row bring about.

    Attributes:
        reached: ``met`` and ``not_met``, or the classes and ``not_met``.
        conditions: the answers that each condition takes.
        scores: path → fewest and most points.
        witnesses: one completion for each of ``reached``: the facts that were missing with their values.
        count: how many completions were judged.
        exhaustive: whether none was left out.
    """

    reached: frozenset[str]
    conditions: Mapping[str, frozenset[bool]]
    scores: Mapping[str, tuple[Fraction, Fraction]]
    witnesses: Mapping[str, Row]
    count: int
    exhaustive: bool

    @property
    def outcome(self) -> Outcome:
        """The only outcome there is, or undetermined."""
        if len(self.reached) > 1:
            return Outcome.UNDETERMINED
        return Outcome.NOT_MET if NOT_MET in self.reached else Outcome.MET


# ── judging many completions of one row ────────────────────────────────────────────────────────────────────


@dataclass
class _Fork:
    """Where a remembered answer depends on the value of a fact."""

    column: str
    branches: dict[Any, _Fork | _Answer] = field(default_factory=dict)


@dataclass(frozen=True)
class _Answer:
    value: Any


class _Remembering(Reference):
    """The reference interpreter; it works out each part once for the values of the missing facts it reads."""

    EXPERTS = "experts"

    def prepare(self, missing: Iterable[str]) -> None:
        """Forget everything; these are the facts whose values will change."""
        self.changing = frozenset(missing)
        self.memory: dict[Hashable, _Fork | _Answer] = {}
        self.frames: list[dict[str, Any]] = [{}]
        self.answers: dict[Hashable, set[Any]] = {}
        self.open_conditions = list(self.body.conditions)
        self.open_parts = list(self.parts)

    def use(self, facts: Row, experts: Experts) -> None:
        """Take the facts and experts of the next reading."""
        self.facts = facts
        self.frames = [{}]
        self.chooser = experts
        self.experts = self._choose

    def _class(self, family: str) -> str:
        """Judge the other policy on the same facts; what it reads counts as read here."""
        frames = self.frames

        class Other(Reference):
            def fact(self, column: str) -> Any:
                value = super().fact(column)
                if column in changing:
                    frames[-1][column] = value
                return value

        changing = self.changing
        return Other(self.library, self.policy_in_force(family), self.as_of, self.facts).reached()

    def _choose(self, path: Path, points: Points) -> Fraction:
        self.frames[-1][self.EXPERTS] = self.chooser
        return self.chooser(path, points)

    def fact(self, column: str) -> Any:
        value = super().fact(column)
        if column in self.changing:
            self.frames[-1][column] = value
        return value

    def once(self, key: Hashable, work: Callable[[], Any]) -> Any:
        node, read = self._recall(self.memory.get(key))
        if not isinstance(node, _Answer):
            self.frames.append({})
            node = _Answer(work())
            read = self.frames.pop()
            self.memory[key] = _remember(self.memory.get(key), list(read.items()), node)
            self.answers.setdefault(key, set()).add(node.value)
        for column, value in read.items():
            self.frames[-1].setdefault(column, value)
        return node.value

    def _recall(self, node: _Fork | _Answer | None) -> tuple[_Fork | _Answer | None, dict[str, Any]]:
        read: dict[str, Any] = {}
        while isinstance(node, _Fork):
            value = self.chooser if node.column == self.EXPERTS else self.facts[node.column]
            read[node.column] = value
            node = node.branches.get(value)
        return node, read

    def settle(self) -> None:
        """Leave out what rests on no missing fact from what is worked out for each completion."""
        self.open_conditions = [name for name in self.open_conditions if self._is_open(("condition", name))]
        self.open_parts = [path for path in self.open_parts if self._is_open(("points", path))]

    def _is_open(self, key: Hashable) -> bool:
        return not isinstance(self.memory.get(key), _Answer)


def _remember(
    node: _Fork | _Answer | None, read: Sequence[tuple[str, Any]], answer: _Answer
) -> _Fork | _Answer:
    if not read:
        return answer
    (column, value), *rest = read
    fork = node if isinstance(node, _Fork) else _Fork(column)
    fork.branches[value] = _remember(fork.branches.get(value), rest, answer)
    return fork


# ── missing facts ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Missing:
    """A fact that is not known, with what its domain and the known facts leave to it."""

    column: str
    metric: Metric
    low: int
    high: int

    @property
    def step(self) -> int:
        """The distance of two values."""
        return self.metric.unit.steps if self.metric.whole and self.metric.unit is not None else 1


@dataclass(frozen=True)
class _Stage:
    """How far a completion is: what is fixed, what is missing, and the comparisons that are still open."""

    fixed: Mapping[str, Any]
    missing: tuple[Missing, ...]
    polynomials: tuple[Polynomial, ...]


class Completions:
    """Completes rows of facts for one policy version, and judges them."""

    def __init__(
        self, library: Library, policy: Policy, as_of: dt.date, settings: Mapping[str, str] | None = None
    ) -> None:
        self.policy = policy
        self.points = CriticalPoints(library, policy, as_of, settings)
        self.metrics = library.metrics
        self.wholes = _closure(library.constraints)
        self.parts = _closure((whole, part) for part, whole in library.constraints)
        self.rising = rises_with_points(policy, policy.body.settings(settings or {}))
        self.reference = _Remembering(library, policy, as_of, {}, settings)

    # ── what is missing ───────────────────────────────────────────────────────────────────────────────────

    def missing(self, row: Row) -> tuple[Missing, ...]:
        """Return the facts that the policy asks for and the row lacks, those with few values first."""
        found = [
            Missing(column, metric, *self._limits(column, metric, row))
            for column, metric in self.points.columns.items()
            if row.get(column) is None
        ]
        order = [Kind.BOOL, Kind.CATEGORY, Kind.DATE, Kind.QUANTITY]
        return tuple(sorted(found, key=lambda item: (order.index(item.metric.kind), item.column)))

    def _limits(self, column: str, metric: Metric, row: Row) -> tuple[int, int]:
        """The domain of a missing fact, narrowed by what is known of it, its wholes and its parts."""
        low, high = self._known_limits(column, metric, row)
        _, year = split_column(column)
        for name in self.wholes.get(metric.id, ()):
            high = min(high, self._known_limits(column_name(name, year), self.metrics[name], row)[1])
        for name in self.parts.get(metric.id, ()):
            low = max(low, self._known_limits(column_name(name, year), self.metrics[name], row)[0])
        return low, high

    def _known_limits(self, column: str, metric: Metric, row: Row) -> tuple[int, int]:
        value = row.get(column)
        if value is not None and metric.kind in (Kind.QUANTITY, Kind.DATE):
            return int(value), int(value)
        low, high = _domain(metric)
        stated = row.get(column + LOW_SUFFIX), row.get(column + HIGH_SUFFIX)
        return (
            low if stated[0] is None else max(low, stated[0]),
            high if stated[1] is None else min(high, stated[1]),
        )

    def is_possible(self, row: Row) -> bool:
        """Whether the known facts are inside their domains and constraints."""
        every = {column: self.metrics[split_column(column)[0]] for column in row if "#" not in column}
        limits = (self._limits(column, metric, row) for column, metric in every.items())
        return all(low <= high for low, high in limits)

    # ── values ────────────────────────────────────────────────────────────────────────────────────────────

    def start(self, row: Row) -> _Stage:
        """Return the stage before the first missing fact is completed."""
        missing = self.missing(row)
        values = to_variables(self.points.columns, row)
        between = [
            Polynomial.variable(whole.column) - Polynomial.variable(part.column)
            for part in missing
            for whole in missing
            if self._bounds(part, whole)
        ]
        left = [polynomial.at(values) for polynomial in self.points.polynomials.values()]
        return _Stage(row, missing, _open([*left, *between]))

    def _bounds(self, part: Missing, whole: Missing) -> bool:
        same_year = split_column(part.column)[1] == split_column(whole.column)[1]
        return same_year and whole.metric.id in self.wholes.get(part.metric.id, ())

    def complete(self, stage: _Stage, missing: Missing, value: object) -> _Stage:
        """Give one missing fact a value."""
        values = to_variables(self.points.columns, {missing.column: value})
        others = tuple(other for other in stage.missing if other is not missing)
        left = (polynomial.at(values) if values else polynomial for polynomial in stage.polynomials)
        still = tuple(polynomial for polynomial in left if any(polynomial.terms)) if others else ()
        return _Stage({**stage.fixed, missing.column: value}, others, still)

    def values(self, stage: _Stage, missing: Missing) -> list[Any]:
        """Return the values of a missing fact that matter at a stage, in order."""
        if missing.metric.kind is Kind.BOOL:
            return [False, True]
        if missing.metric.kind is Kind.CATEGORY:
            return list(missing.metric.categories())
        low, high = self._limits(missing.column, missing.metric, stage.fixed)
        edges = self._edges(stage, missing) | {low, high}
        near = {edge + step for edge in edges for step in (-missing.step, 0, missing.step)}
        fitting = sorted({_aligned(value, missing.step) for value in near if low <= value <= high})
        if len(stage.missing) > 1:
            between = {_aligned((left + right) // 2, missing.step) for left, right in pairwise(fitting)}
            fitting = sorted({*fitting, *between})
        return [value for value in fitting if low <= value <= high]

    def _edges(self, stage: _Stage, missing: Missing) -> set[int]:
        column, others = missing.column, [other for other in stage.missing if other is not missing]
        representatives = self._representatives(stage, others)
        years = _all_roots(stage.polynomials, year_of(column), representatives)
        edges = {edge for year in years for edge in days_of_year(year)}
        edges |= _all_roots(stage.polynomials, column, representatives)
        return edges | self._given_edges(stage, missing)

    def _representatives(self, stage: _Stage, others: Iterable[Missing]) -> dict[str, list[int]]:
        """Return values that stand for each fact that is still missing."""
        found: dict[str, list[int]] = {}
        for other in others:
            if other.metric.kind in (Kind.BOOL, Kind.CATEGORY):
                continue
            alone = [item for item in stage.polynomials if item.variables() == {other.column}]
            edges = {edge for item in alone for edge in item.roots()}
            inside = sorted(edge for edge in edges if other.low < edge < other.high)
            chosen = [other.low, *_thinned(inside, REPRESENTATIVES - 2), other.high]
            for value in chosen:
                for name, number in to_variables(self.points.columns, {other.column: value}).items():
                    found.setdefault(name, []).append(number)
        return found

    def _given_edges(self, stage: _Stage, missing: Missing) -> set[int]:
        """Each whole point that a fact may give, and what makes the sum with the other given points whole."""
        most = self.points.given.get(missing.column)
        if most is None:
            return set()
        steps = steps_of(missing.metric)
        others = (stage.fixed.get(column) or 0 for column in self.points.given if column != missing.column)
        shift = -sum(others) % steps
        return {count * steps + moved for count in range(int(most) + 1) for moved in (0, shift)}

    # ── all of them ───────────────────────────────────────────────────────────────────────────────────────

    def walk(self, stage: _Stage, limit: int, on_thinned: Callable[[], None]) -> Iterator[Row]:
        """Yield the completions of a stage, about ``limit`` of them at most."""
        if not stage.missing:
            yield stage.fixed
            return
        missing = stage.missing[0]
        values = self.values(stage, missing)
        most = max(2, round(limit ** (1 / len(stage.missing)))) if len(stage.missing) > 1 else limit
        if len(values) > most:
            on_thinned()
            values = _thinned(values, most)
        left = limit // max(1, len(values))
        for value in values:
            yield from self.walk(self.complete(stage, missing, value), left, on_thinned)

    def sample(self, row: Row, count: int, seed: int) -> Iterator[Row]:
        """Yield some completions at critical points, each completed in an order of its own."""
        chance = random.Random(seed)  # noqa: S311 - a repeatable sample, no secret
        first = self.start(row)
        for _ in range(count):
            stage = first
            while stage.missing:
                missing = chance.choice(stage.missing)
                values = self.values(stage, missing)
                if not values:
                    break
                stage = self.complete(stage, missing, chance.choice(values))
            else:
                yield stage.fixed

    def judge(self, row: Row, completions: Iterable[Row], *, until_open: bool = False) -> Reached:
        """Judge completions of a row.

        Args:
            until_open: stop at the second outcome; conditions and scores are then not complete.
        """
        missing = [item.column for item in self.missing(row)]
        self.reference.prepare(missing)
        witnesses: dict[str, Row] = {}
        count = 0
        for facts in completions:
            count += 1
            for reached in self._reach(facts):
                witnesses.setdefault(reached, {column: facts[column] for column in missing})
            if count == 1:
                self.reference.settle()
            if until_open and len(witnesses) > 1:
                break
        answers = self.reference.answers
        return Reached(
            reached=frozenset(witnesses),
            conditions={
                name: frozenset(answers.get(("condition", name), ())) for name in self.policy.body.conditions
            },
            scores={
                ".".join(path): (min(answers["points", path]), max(answers["points", path]))
                for path in self.reference.parts
                if answers.get(("points", path))
            },
            witnesses=witnesses,
            count=count,
            exhaustive=True,
        )

    def _reach(self, facts: Row) -> set[str]:
        def judge(experts: Experts) -> str:
            self.reference.use(facts, experts)
            self._visit()
            return self.reference.reached()

        if self.rising:
            return {judge(lowest), judge(highest)}
        return set(readings(judge, rising=False))

    def _visit(self) -> None:
        """Work out every part that rests on a missing fact, so that all its answers are known in the end."""
        reference = self.reference
        for name in reference.open_conditions:
            reference.condition(name)
        for path in reference.open_parts:
            reference.points(path)


def _domain(metric: Metric) -> tuple[int, int]:
    if metric.kind is Kind.DATE:
        return FIRST_DAY, LAST_DAY
    if metric.unit is None:
        return 0, 1
    wide = MAGNITUDES[metric.unit.dimension] * BEYOND
    low, high = metric.minimum, metric.maximum
    return -wide if low is None else low, wide if high is None else high


def _closure(pairs: Iterable[Constraint]) -> dict[str, frozenset[str]]:
    """Return for each name all that it is never above, directly or through others."""
    found: dict[str, set[str]] = {}
    for part, whole in pairs:
        found.setdefault(part, set()).add(whole)
    grown = True
    while grown:
        grown = False
        for wholes in found.values():
            further = {beyond for whole in wholes for beyond in found.get(whole, ())} - wholes
            grown = grown or bool(further)
            wholes.update(further)
    return {name: frozenset(wholes - {name}) for name, wholes in found.items()}


def _aligned(value: int, step: int) -> int:
    return value - value % step


def _thinned(values: Sequence[Any], most: int) -> list[Any]:
    """Leave values out evenly until so many are left, the first and the last among them."""
    if len(values) <= most:
        return list(values)
    gap = Fraction(len(values) - 1, max(1, most - 1))
    return [values[int(number * gap)] for number in range(most)]


def _open(polynomials: Iterable[Polynomial]) -> tuple[Polynomial, ...]:
    """Keep those that still contain a missing fact, each once."""
    distinct = {frozenset(item.terms.items()): item for item in polynomials if any(item.terms)}
    return tuple(distinct.values())


def _meetings(
    touching: Sequence[Polynomial], polynomials: Sequence[Polynomial], name: str
) -> Iterator[Polynomial]:
    """Yield where two comparisons change their answers together, one other missing fact left out."""
    for one in touching:
        for other in polynomials:
            for shared in (one.variables() & other.variables()) - {name}:
                meeting = one.eliminate(shared, other) if other is not one else None
                if meeting is not None and name in meeting.variables():
                    yield meeting


def _all_roots(
    polynomials: Sequence[Polynomial], name: str, representatives: Mapping[str, Sequence[int]]
) -> set[int]:
    touching = [polynomial for polynomial in polynomials if name in polynomial.variables()]
    every = _open([*touching, *_meetings(touching, polynomials, name)])
    return {root for polynomial in every for root in _roots(polynomial, name, representatives)}


def _roots(polynomial: Polynomial, name: str, representatives: Mapping[str, Sequence[int]]) -> set[int]:
    others = sorted(polynomial.variables() - {name})
    if not others:
        return polynomial.roots()
    found: set[int] = set()
    for values in product(*(representatives.get(other, ()) for other in others)):
        found |= polynomial.at(dict(zip(others, values, strict=True))).roots()
    return found


def reach_by_brute_force(
    library: Library,
    policy: Policy,
    as_of: dt.date,
    row: Row,
    settings: Mapping[str, str] | None = None,
    *,
    limit: int = LIMIT,
    until_open: bool = False,
) -> Reached:
    """Judge a row under every completion of its missing facts that matters.

    Args:
        row: column → value in smallest steps; absent or None is unknown, ``#low`` and ``#high`` bound it.
        limit: about how many completions are judged at most.
        until_open: stop at the second outcome.

    What experts choose is completed too: where more points can only help, by all criteria at their lowest and
    all at their highest, between which everything else lies; otherwise point by point.
    """
    return brute_force(Completions(library, policy, as_of, settings), row, limit=limit, until_open=until_open)


def brute_force(
    completions: Completions, row: Row, *, limit: int = LIMIT, until_open: bool = False
) -> Reached:
    """Do the same for a policy version whose critical points are already read."""
    thinned: list[bool] = []
    rows = completions.walk(completions.start(row), limit, lambda: thinned.append(True))
    found = completions.judge(row, rows, until_open=until_open)
    return Reached(**{**_fields(found), "exhaustive": not thinned})


def _fields(found: Reached) -> dict[str, Any]:
    return {name: getattr(found, name) for name in found.__dataclass_fields__}

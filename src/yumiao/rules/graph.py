"""The typed graph of one policy version at one application date.

Everything a later pass needs is in these frozen nodes: which column a fact stands in, exact thresholds, the edges of
bands. A node says what is *meant*; :mod:`yumiao.rules.bounds` says what may be concluded when columns are NULL.

Numbers are in smallest steps (see :mod:`yumiao.model.units`), coefficients and thresholds are exact fractions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import Literal

from yumiao.model.metrics import Citation, Metric
from yumiao.model.text import Text

Operator = Literal[">=", ">", "<=", "<", "="]

EPOCH = dt.date(1970, 1, 1)


def day_number(date: dt.date) -> int:
    """Count days since 1970-01-01, as date columns are stored."""
    return (date - EPOCH).days


@dataclass(frozen=True, slots=True)
class Leaf:
    """A fact the policy asks for: one column of the table of facts."""

    column: str
    metric: Metric = field(compare=False)
    year: int | None


class Node:
    """Any node; compared and hashed by identity so that graphs can be large."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False)
class Linear(Node):
    """A sum of columns times exact coefficients, plus a constant; in steps of one dimension."""

    terms: tuple[tuple[str, Fraction], ...]
    constant: Fraction = Fraction(0)

    def scaled(self, factor: Fraction) -> Linear:
        return Linear(
            tuple((column, weight * factor) for column, weight in self.terms), self.constant * factor
        )

    def plus(self, other: Linear) -> Linear:
        weights = dict(self.terms)
        for column, weight in other.terms:
            weights[column] = weights.get(column, Fraction(0)) + weight
        kept = tuple((column, weight) for column, weight in weights.items() if weight)
        return Linear(kept, self.constant + other.constant)


@dataclass(frozen=True, slots=True, eq=False)
class Quotient(Node):
    """numerator / denominator; with ``periods`` n ≥ 1 the compound growth (numerator/denominator)^(1/n) − 1.

    A denominator of zero or less leaves it undefined: it meets no threshold.
    """

    numerator: Linear
    denominator: Linear
    periods: int = 0

    def threshold(self, bound: Fraction) -> Fraction:
        """Return what numerator/denominator is compared with when the value is compared with ``bound``."""
        return (1 + bound) ** self.periods if self.periods else bound


@dataclass(frozen=True, slots=True, eq=False)
class MeanGrowth(Node):
    """½·(v2/v1 + v3/v2) − 1 of three columns; undefined when v2 is zero, or v1 unless ``later_pair``.

    ``later_pair``: a first value of zero makes it v3/v2 − 1 (国科发火〔2016〕195号, growth of high-tech enterprises).
    """

    first: str
    second: str
    third: str
    later_pair: bool


@dataclass(frozen=True, slots=True, eq=False)
class LinearComparison(Node):
    """``linear`` is at least zero (or more than zero when ``strict``)."""

    linear: Linear
    strict: bool
    shown: Shown


@dataclass(frozen=True, slots=True, eq=False)
class QuotientComparison(Node):
    """A quotient or compound growth compared with an exact bound."""

    quotient: Quotient
    operator: Operator
    bound: Fraction
    shown: Shown


@dataclass(frozen=True, slots=True, eq=False)
class GrowthComparison(Node):
    """A mean growth compared with an exact bound."""

    growth: MeanGrowth
    operator: Operator
    bound: Fraction
    shown: Shown


@dataclass(frozen=True, slots=True, eq=False)
class ScoreComparison(Node):
    """The points of a score (in steps) compared with a bound (in steps)."""

    score: Score
    operator: Operator
    bound: Fraction
    shown: Shown


@dataclass(frozen=True, slots=True)
class Shown:
    """How a comparison is worded: left side, operator, right side, with the dimension of the two."""

    left: Linear | Quotient | MeanGrowth | None
    operator: Operator
    right: Linear
    unit: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class IsTrue(Node):
    """A yes/no column is yes."""

    column: str


@dataclass(frozen=True, slots=True, eq=False)
class OneOf(Node):
    """A categorical column is one of ``values``."""

    column: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Known(Node):
    """A statement that is settled whatever the facts."""

    value: bool


@dataclass(frozen=True, slots=True, eq=False)
class Open(Node):
    """A statement that rests on a parameter nobody has set: it can hold and can fail."""

    parameter: str


@dataclass(frozen=True, slots=True, eq=False)
class Count(Node):
    """At least ``least`` of the parts hold."""

    least: int
    parts: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Negated(Node):
    """The body fails."""

    body: Statement


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """A range of whole values of a column (both ends included, None = open)."""

    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Split(Node):
    """Which body applies depends on the cell into which a column's value falls. The cells cover all values."""

    column: str
    cells: tuple[tuple[Cell, Statement], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Named(Node):
    """A condition standing in another statement."""

    condition: str
    body: Statement


@dataclass(frozen=True, slots=True, eq=False)
class InClass(Node):
    """The subject is of one of some classes of another policy."""

    classes: Classes
    names: frozenset[str]


Comparison = LinearComparison | QuotientComparison | GrowthComparison | ScoreComparison
Statement = Comparison | IsTrue | OneOf | Known | Open | Count | Negated | Split | Named | InClass


@dataclass(frozen=True, slots=True, eq=False)
class Bands(Node):
    """The points of the first band whose statement holds; ``otherwise`` when none does."""

    bands: tuple[tuple[Statement, int, int], ...]
    otherwise: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Given(Node):
    """Points that people gave, from a column, never above ``most``."""

    linear: Linear
    most: int


@dataclass(frozen=True, slots=True, eq=False)
class Sum(Node):
    """The sum of the parts, at most ``most``."""

    parts: tuple[tuple[str, Score], ...]
    most: int


@dataclass(frozen=True, slots=True, eq=False)
class Best(Node):
    """The better of the options."""

    options: tuple[tuple[str, Score], ...]


@dataclass(frozen=True, slots=True, eq=False)
class SplitScore(Node):
    """Which score applies depends on the cell into which a column's value falls."""

    column: str
    cells: tuple[tuple[Cell, Score], ...]


Score = Bands | Given | Sum | Best | SplitScore


@dataclass(frozen=True, slots=True)
class ConditionNode:
    """A condition of the policy."""

    id: str
    text: Text
    citation: Citation
    statement: Statement


@dataclass(frozen=True, slots=True)
class ScoreNode:
    """A score, or a part of one that is shown on its own."""

    path: tuple[str, ...]
    text: Text
    of: int
    citation: Citation
    score: Score

    @property
    def id(self) -> str:
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class RouteNode:
    """A named way to qualify."""

    id: str
    text: Text
    statement: Statement


@dataclass(frozen=True, slots=True)
class ClassNode:
    """A class and the statement that leads to it, given that none above it holds."""

    id: str
    text: Text
    statement: Statement


@dataclass(frozen=True, slots=True)
class ClassesByCategory:
    """Classes whose bounds depend on a categorical column (a table of bounds by industry)."""

    column: str
    rows: Mapping[str, tuple[ClassNode, ...]]


Classes = tuple[ClassNode, ...] | ClassesByCategory
"""Classes in order, highest first, or such an order for each category."""


@dataclass(frozen=True, slots=True)
class PolicyGraph:
    """One policy version at one application date under one reading of its switches.

    Attributes:
        leaves: the facts it asks for, by column.
        constraints: (part, whole) columns: the part is never above the whole.
        outcome: the statement that must hold; None for class policies.
        classes: what decides the class; empty for the others.
    """

    policy: str
    version: str
    as_of: dt.date
    settings: Mapping[str, str]
    leaves: Mapping[str, Leaf]
    constraints: tuple[tuple[str, str], ...]
    conditions: tuple[ConditionNode, ...]
    scores: tuple[ScoreNode, ...]
    routes: tuple[RouteNode, ...]
    outcome: Statement | None
    classes: Classes | None

    def class_ids(self) -> tuple[str, ...]:
        """Every class in order, highest first."""
        if isinstance(self.classes, ClassesByCategory):
            return tuple(node.id for node in next(iter(self.classes.rows.values())))
        return tuple(node.id for node in self.classes or ())


def class_nodes(classes: Classes | None) -> Iterator[ClassNode]:
    """Yield every rule that leads to a class."""
    if isinstance(classes, ClassesByCategory):
        for rules in classes.rows.values():
            yield from rules
    else:
        yield from classes or ()


def children(node: Node) -> Iterator[Node]:
    """Yield the nodes directly below ``node``."""
    for item in fields(node):  # type: ignore[arg-type]  # every node is a dataclass
        yield from _nodes(getattr(node, item.name))


def every_node(graph: PolicyGraph) -> Iterator[Node]:
    """Yield every node of a graph once."""
    roots: list[Node] = [node.statement for node in graph.conditions]
    roots += [node.score for node in graph.scores]
    roots += [node.statement for node in graph.routes]
    roots += [rule.statement for rule in class_nodes(graph.classes)]
    if graph.outcome is not None:
        roots.append(graph.outcome)
    seen: set[int] = set()
    while roots:
        node = roots.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            roots.extend(children(node))
            if isinstance(node, InClass):
                roots += [rule.statement for rule in class_nodes(node.classes)]


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _nodes(part)


def columns_of(node: Node, memo: dict[int, frozenset[str]] | None = None) -> frozenset[str]:
    """Return the columns that ``node`` looks at, directly or below."""
    memo = {} if memo is None else memo
    found = memo.get(id(node))
    if found is None:
        own = _own_columns(node)
        found = own.union(*(columns_of(child, memo) for child in children(node)))
        memo[id(node)] = found
    return found


def _own_columns(node: Node) -> frozenset[str]:
    if isinstance(node, Linear):
        return frozenset(column for column, _ in node.terms)
    if isinstance(node, MeanGrowth):
        return frozenset((node.first, node.second, node.third))
    if isinstance(node, IsTrue | OneOf | Split | SplitScore):
        return frozenset((node.column,))
    if isinstance(node, InClass):
        own = {node.classes.column} if isinstance(node.classes, ClassesByCategory) else set()
        return frozenset(own.union(*(columns_of(rule.statement) for rule in class_nodes(node.classes))))
    return frozenset()

"""The facts as they will stand on a later application date: what is closed stays, what is open is taken over.

A year that has begun by ``as_of`` is closed when it is over; its facts keep their value. The value of an open year
is taken over from the latest year known, and that is an assumption. Facts without a year stay. Ages and titles
follow from their dates; facts derived from others are derived anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX
from yumiao.model.metrics import Metric
from yumiao.model.periods import column_name, period_label
from yumiao.model.text import Text
from yumiao.packs.library import Library
from yumiao.rules import graph as g
from yumiao.rules import wording
from yumiao.rules.answers import Assumption
from yumiao.rules.compile import compile_policy
from yumiao.rules.derivation import Derivation, derivations
from yumiao.rules.emit_python import Judge, Row, make_judge

LONGEST_REACH = 6
"""From so many years back a value is still taken over."""

ENDS = ("", LOW_SUFFIX, HIGH_SUFFIX)

Facts = dict[str, Any]
Series = tuple[Metric, int]
"""A metric and the year it is needed for."""


def is_open(year: int | None, as_of: dt.date) -> bool:
    """Whether a fact can still be moved: it has no year, or its year is not over."""
    return year is None or year >= as_of.year


def take_over(row: Row, needed: Iterator[Series], as_of: dt.date) -> tuple[Facts, tuple[Assumption, ...]]:
    """Fill the open years that are needed from the latest year known."""
    filled: Facts = dict(row)
    assumptions = []
    for metric, year in needed:
        column = column_name(metric.id, year)
        if is_open(year, as_of) and not _is_known(filled, column):
            earlier = next(
                (past for past in _years_before(year) if _is_known(row, column_name(metric.id, past))), None
            )
            if earlier is not None:
                source = column_name(metric.id, earlier)
                filled |= {
                    column + end: row.get(source + end) for end in ENDS if row.get(source + end) is not None
                }
                assumptions.append(_assumption(metric, year, earlier, filled.get(column)))
    return filled, tuple(assumptions)


def _years_before(year: int) -> range:
    return range(year - 1, year - 1 - LONGEST_REACH, -1)


def _is_known(row: Row, column: str) -> bool:
    return any(row.get(column + end) is not None for end in ENDS)


def _assumption(metric: Metric, year: int, earlier: int, value: object) -> Assumption:
    label = metric.label
    shown = None if value is None else wording.fact_value(metric, value)
    words = Text("范围", "range") if shown is None else shown.label
    return Assumption(
        metric=metric.id,
        period=period_label(metric.period, year),
        value=None if shown is None else shown.exact,
        taken_from=period_label(metric.period, earlier),
        text=Text(
            f"{year}年{label.zh}暂按{earlier}年的 {words.zh} 计",
            f"{label.words('en')} of {year} is taken over from {earlier}: {words.words('en')}",
        ),
    )


@dataclass(frozen=True)
class _Derived:
    """A derived fact with the function that derives it."""

    column: str
    leaves: Mapping[str, g.Leaf]
    judge: Judge

    def value(self, facts: Row) -> bool | None:
        return (False, None, True)[self.judge(facts)["outcome"]]


@dataclass(frozen=True)
class LaterFacts:
    """What is known of one subject on a later application date, and how changes to it spread.

    Attributes:
        row: the facts, derived ones included.
        assumptions: what was taken over from earlier years.
    """

    row: Facts
    assumptions: tuple[Assumption, ...]
    _derived: tuple[_Derived, ...]

    def settled(self, facts: Row) -> Facts:
        """Derive anew what follows from other facts; what cannot be derived keeps its value."""
        found: Facts = dict(facts)
        for derived in self._derived:
            value = derived.value(found)
            if value is not None:
                found[derived.column] = value
        return found

    def loosened(self, facts: Row, moved: frozenset[str]) -> Facts:
        """Forget what is derived from facts that move: they are intervals now."""
        found, touched = dict(facts), set(moved)
        for derived in self._derived:
            if touched & derived.leaves.keys():
                touched.add(derived.column)
                found[derived.column] = None
        return found


def carry_forward(library: Library, graph: g.PolicyGraph, row: Row, as_of: dt.date) -> LaterFacts:
    """Return the facts on the graph's application date, from those known at ``as_of``.

    Args:
        row: the facts received; derived ones may be among them and are derived anew where their facts are known.
    """
    found = tuple(_functions(derivations(library, (graph,), graph.as_of)))
    filled, assumptions = take_over(row, _needed(library, graph, found), as_of)
    own = {(leaf.metric.id, leaf.year) for leaf in graph.leaves.values()}
    told = tuple(each for each in assumptions if (each.metric, int(each.period[2:])) in own)
    later = LaterFacts(filled, told, found)
    return LaterFacts(later.settled(filled), told, found)


def _functions(found: tuple[Derivation, ...]) -> Iterator[_Derived]:
    for derivation in found:
        judge = make_judge(compile_policy(derivation.graph))
        yield _Derived(derivation.column, derivation.graph.leaves, judge)


def _needed(library: Library, graph: g.PolicyGraph, found: tuple[_Derived, ...]) -> Iterator[Series]:
    """Yield what the policy, its derived facts and the bounds of levers ask for by year."""
    leaves = [*graph.leaves.values(), *(leaf for derived in found for leaf in derived.leaves.values())]
    yield from ((leaf.metric, leaf.year) for leaf in leaves if leaf.year is not None)
    years = {leaf.year for leaf in leaves if leaf.year is not None}
    bounds = {name for lever in library.levers.values() for name in lever.at_most or ()}
    for name in sorted(bounds):
        if library.metrics[name].period.is_yearly:
            yield from ((library.metrics[name], year) for year in sorted(years))

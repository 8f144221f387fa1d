"""What a condition compares: one value against one limit where it has them, else the facts it looks at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from yumiao.model.text import Text
from yumiao.model.units import UNITS, Kind, Unit
from yumiao.rules import graph as g

PERCENT = 100


@dataclass(frozen=True)
class Measure:
    """One value, the limit it is held against, and what both are counted in.

    Attributes:
        value: Float64 in ``unit`` (for days and dates: days since 1970), NULL where a fact is missing.
        low, high: the bounds instead, for a score that is not settled.
        limit: Float64 in ``unit``; ``fixed_limit`` where it is the same for all.
        label: what the gap is counted in: the name of the numerator's metric.
        gap_unit: unit of the gap.
        is_date: value and limit are dates.
    """

    value: pl.Expr
    limit: pl.Expr
    operator: g.Operator
    unit: Unit
    fixed_limit: Fraction | None = None
    low: pl.Expr | None = None
    high: pl.Expr | None = None
    label: Text = Text("")
    gap_unit: Unit | None = None
    is_date: bool = False


def unwrap(statement: g.Statement) -> g.Statement:
    """Look through the names of conditions."""
    while isinstance(statement, g.Named):
        statement = statement.body
    return statement


class MeasureReader:
    """Reads the measures of one policy's conditions."""

    def __init__(self, graph: g.PolicyGraph) -> None:
        self.graph = graph
        self._scores = {id(node.score): node for node in graph.scores}

    def read(self, statement: g.Statement) -> Measure | None:
        """Return what a condition compares, or None when that is more (or less) than one value."""
        statement = unwrap(statement)
        match statement:
            case g.LinearComparison(shown=shown):
                return self._linear(shown)
            case g.QuotientComparison(quotient=quotient, shown=shown, bound=bound):
                return self._quotient(quotient, shown, bound)
            case g.GrowthComparison(growth=growth, shown=shown, bound=bound):
                return self._growth(growth, shown, bound)
            case g.ScoreComparison():
                return self._score(statement)
            case g.Split(column=column, cells=cells):
                return self._split(column, cells)
            case _:
                return None

    def read_years(self, statement: g.Statement) -> list[tuple[int, Measure]]:
        """Return the same measure in several years, where a condition asks for each of them."""
        statement = unwrap(statement)
        if not isinstance(statement, g.Count) or statement.least != len(statement.parts):
            return []
        found = [(self._last_year(part), self.read(part)) for part in statement.parts]
        known = [(year, measure) for year, measure in found if year is not None and measure is not None]
        same = {(each.operator, each.unit.code, each.fixed_limit, each.label) for _, each in known}
        is_series = (
            len(same) == 1 and len(known) == len(found) > 1 and len({year for year, _ in known}) == len(known)
        )
        return known if is_series else []

    def _last_year(self, statement: g.Statement) -> int | None:
        years = {self.graph.leaves[column].year for column in g.columns_of(statement)}
        return max((year for year in years if year is not None), default=None)

    def _linear(self, shown: g.Shown) -> Measure | None:
        if not isinstance(shown.left, g.Linear) or not shown.left.terms:
            return None
        unit = UNITS[shown.unit]
        fixed = None if shown.right.terms else Fraction(shown.right.constant) / unit.steps
        return Measure(
            value=_sum(shown.left) / unit.steps,
            limit=_sum(shown.right) / unit.steps,
            operator=shown.operator,
            unit=unit,
            fixed_limit=fixed,
            label=self._label(shown.left),
            gap_unit=unit,
            is_date=self._is_date(shown.left),
        )

    def _is_date(self, linear: g.Linear) -> bool:
        (column, weight), *more = linear.terms
        is_plain = weight == 1 and not more and linear.constant == 0
        return is_plain and self.graph.leaves[column].metric.kind is Kind.DATE

    def _label(self, linear: g.Linear) -> Text:
        labels = {self.graph.leaves[column].metric.label for column, _ in linear.terms}
        is_days = any(self.graph.leaves[column].metric.kind is Kind.DATE for column, _ in linear.terms)
        return labels.pop() if len(labels) == 1 and not is_days else Text("")

    def _gap_unit(self, linear: g.Linear) -> Unit | None:
        units = {self.graph.leaves[column].metric.unit for column, _ in linear.terms}
        return units.pop() if len(units) == 1 else None

    def _quotient(self, quotient: g.Quotient, shown: g.Shown, bound: Fraction) -> Measure:
        ratio = _sum(quotient.numerator) / _positive(_sum(quotient.denominator))
        if quotient.periods:
            ratio = ratio ** (1 / quotient.periods) - 1
        return Measure(
            value=ratio * PERCENT,
            limit=pl.lit(float(bound * PERCENT)),
            operator=shown.operator,
            unit=UNITS["percent"],
            fixed_limit=bound * PERCENT,
            label=self._label(quotient.numerator),
            gap_unit=self._gap_unit(quotient.numerator),
        )

    def _growth(self, growth: g.MeanGrowth, shown: g.Shown, bound: Fraction) -> Measure:
        first, second, third = (
            pl.col(name).cast(pl.Float64) for name in (growth.first, growth.second, growth.third)
        )
        rate = (second / _positive(first) + third / _positive(second)) / 2 - 1
        return Measure(
            value=rate * PERCENT,
            limit=pl.lit(float(bound * PERCENT)),
            operator=shown.operator,
            unit=UNITS["percent"],
            fixed_limit=bound * PERCENT,
        )

    def _score(self, statement: g.ScoreComparison) -> Measure | None:
        node = self._scores.get(id(statement.score))
        if node is None:
            return None
        unit = UNITS["point"]
        low, high = (pl.col(f"score.{node.id}.{side}") / unit.steps for side in ("low", "high"))
        return Measure(
            value=pl.when(low == high).then(low),
            limit=pl.lit(float(statement.bound / unit.steps)),
            operator=statement.operator,
            unit=unit,
            fixed_limit=statement.bound / unit.steps,
            low=low,
            high=high,
            label=node.text,
            gap_unit=unit,
        )

    def _split(self, column: str, cells: tuple[tuple[g.Cell, g.Statement], ...]) -> Measure | None:
        """Join the measures of a bracket: which limit applies depends on the cell of a column."""
        found = [(cell, self.read(body)) for cell, body in cells]
        known = [(cell, measure) for cell, measure in found if measure is not None]
        if not known or len({(each.operator, each.unit.code) for _, each in known}) > 1:
            return None
        first = known[0][1]
        fixed = {each.fixed_limit for _, each in known}
        return Measure(
            value=_chosen(column, known, lambda each: each.value),
            limit=_chosen(column, known, lambda each: each.limit),
            operator=first.operator,
            unit=first.unit,
            fixed_limit=fixed.pop() if len(fixed) == 1 else None,
            label=first.label,
            gap_unit=first.gap_unit,
            is_date=first.is_date,
        )


def _sum(linear: g.Linear) -> pl.Expr:
    total = pl.lit(float(linear.constant))
    for column, weight in linear.terms:
        total = total + pl.col(column).to_physical().cast(pl.Float64) * float(weight)
    return total


def _positive(number: pl.Expr) -> pl.Expr:
    """Keep a denominator above zero; nothing is divided by others."""
    return pl.when(number > 0).then(number)


def _chosen(column: str, known: list[tuple[g.Cell, Measure]], part: Callable[[Measure], pl.Expr]) -> pl.Expr:
    number = pl.col(column).to_physical()
    result: pl.Expr = pl.lit(None, pl.Float64)
    for cell, measure in reversed(known):
        inside = number.is_not_null()
        if cell.low is not None:
            inside = inside & (number >= cell.low)
        if cell.high is not None:
            inside = inside & (number <= cell.high)
        result = pl.when(inside).then(part(measure)).otherwise(result)
    return result

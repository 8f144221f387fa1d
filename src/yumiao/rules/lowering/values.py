"""Expressions that are values: numbers, names, parameters, sums over years, growth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from yumiao.model.periods import PeriodKind, Year
from yumiao.model.units import Dimension, Kind
from yumiao.packs import expressions as ex
from yumiao.packs.fields import Expression
from yumiao.packs.policies import Band, ParameterBand
from yumiao.packs.yaml_reading import nearest
from yumiao.rules import graph as g
from yumiao.rules.lowering.errors import fail
from yumiao.rules.lowering.quantities import (
    Bracket,
    Value,
    check_same_dimension,
    coerce_literal,
    compute,
    constant,
    literal,
)
from yumiao.rules.lowering.symbols import Symbols
from yumiao.rules.lowering.years import Scope


@dataclass(frozen=True)
class ValueLowering:
    """Lowers the values of one policy version."""

    symbols: Symbols

    def value(self, node: ex.Node, scope: Scope) -> Value | Bracket:
        """Lower a value.

        Raises: LoweringError where it has no meaning, or is a statement.
        """
        match node:
            case ex.Number(value=number, unit=unit):
                return literal(number, unit.code if unit else None)
            case ex.DateLiteral(value=date):
                return Value(constant(g.day_number(date)), Dimension.DAY, literal=True)
            case ex.ApplicationDate():
                return Value(constant(g.day_number(self.symbols.as_of)), Dimension.DAY, literal=True)
            case ex.Reference():
                return self._reference(node, scope)
            case ex.Call():
                return self._call(node, scope)
            case ex.Arithmetic():
                return compute(node, self.value(node.left, scope), self.value(node.right, scope))
            case _:
                fail("此处应为数值", "expected a value here, found a statement", node.span)

    def _reference(self, node: ex.Reference, scope: Scope) -> Value | Bracket:
        if node.path in self.symbols.scores:
            return Value(self.symbols.scores[node.path], Dimension.POINT)
        if node.path[0] in self.symbols.body.scores and node.name not in self.symbols.library.metrics:
            near = nearest(node.name, [".".join(path) for path in self.symbols.scores])
            fail(
                f"得分没有这一项：{node.name}；最接近的是 {near}",
                f"no such part of a score: {node.name}; nearest: {near}",
                node.span,
            )
        if node.name in self.symbols.body.parameters:
            return self._parameter(node.name, scope)
        metric = self.symbols.metric(node.name, node.span)
        if metric.kind is Kind.DATE:
            column = self.symbols.column(metric, node.year, node.span)
            return Value(g.Linear(((column, Fraction(1)),)), Dimension.DAY)
        if metric.kind is not Kind.QUANTITY or metric.unit is None:
            fail(f"{metric.id} 不是数值口径", f"{metric.id} is no quantity", node.span)
        column = self.symbols.column(metric, scope.year_of(metric, node), node.span)
        return Value(g.Linear(((column, Fraction(1)),)), metric.unit.dimension)

    def _parameter(self, name: str, scope: Scope) -> Value | Bracket:
        parameter = self.symbols.body.parameters[name]
        if parameter.is_unknown:
            return Bracket(name, ((g.Cell(None, None), None),))
        if parameter.is_ is not None:
            return self.value(parameter.is_.under(self.symbols.settings).tree, scope)
        assert parameter.by is not None  # noqa: S101 - the model allows no other form
        by = self.value(parameter.by.tree, Scope())
        if not (isinstance(by, Value) and isinstance(by.node, g.Linear) and len(by.node.terms) == 1):
            fail("by 应为单个口径", "`by` names one metric", parameter.by.tree.span)
        return Bracket(by.node.terms[0][0], tuple(self._bracket_cells(parameter.bands, by)))

    def _bracket_cells(self, bands: Sequence[ParameterBand], by: Value) -> Iterator[tuple[g.Cell, Value]]:
        low: int | None = None
        high: int | None = None
        for band in bands:
            value = self.value(band.is_.tree, Scope())
            if not isinstance(value, Value):
                fail("档内的值应为常数", "the value of a band is a constant", band.is_.tree.span)
            match band.edge:
                case "to" | "below":
                    edge = self._edge(band, by) - (1 if band.edge == "below" else 0)
                    yield g.Cell(low, edge), value
                    low = edge + 1
                case "from_" | "above":
                    edge = self._edge(band, by) + (1 if band.edge == "above" else 0)
                    yield g.Cell(edge, high), value
                    high = edge - 1
                case _:
                    yield g.Cell(low, high), value

    def _edge(self, band: ParameterBand | Band, by: Value) -> int:
        expression: Expression = getattr(band, band.edge or "")
        edge = self.value(expression.tree, Scope())
        if not (isinstance(edge, Value) and isinstance(edge.node, g.Linear) and not edge.node.terms):
            fail("档的边界应为常数", "the edge of a band is a constant", expression.tree.span)
        edge = coerce_literal(edge, by)
        check_same_dimension(by, edge, expression.tree.span)
        return int(edge.node.constant)  # type: ignore[union-attr]  # looked at above

    def _call(self, node: ex.Call, scope: Scope) -> Value:
        match node.function, node.arguments:
            case (("sum" | "mean"), (ex.Reference() as name, ex.Range(count=count))):
                return self._sum(node, name, count, scope)
            case "growth", (ex.Reference() as name,):
                return self._growth(name, Year(-2), Year(-1))
            case "compound_growth", (ex.Reference() as name, ex.Period(year=first), ex.Period(year=last)):
                return self._growth(name, first, last)
            case "mean_growth", (ex.Reference() as name, ex.Range(count=3)):
                return self.mean_growth(name, scope, later_pair=False)
            case "days", (start, end):
                return self._days(start, end, scope, node.span)
            case "year", _:
                fail("year(…) 只能写在比较的左边", "year(…) stands on the left of a comparison", node.span)
            case _:
                fail(
                    f"{node.function} 的写法不对", f"{node.function} does not take these arguments", node.span
                )

    def _sum(self, node: ex.Call, name: ex.Reference, count: int, scope: Scope) -> Value:
        metric, columns = self.symbols.series(name, scope.last(count))
        if metric.period is PeriodKind.YEAR_END and node.function == "sum":
            fail(
                f"{metric.id} 是年末存量，不能相加",
                f"{metric.id} is a stock at year end; years of it do not add up",
                node.span,
            )
        assert metric.unit is not None  # noqa: S101 - a quantity has a unit
        if node.function == "mean" and not columns:  # a mean of no years meets no threshold
            return Value(g.Quotient(constant(0), constant(0)), metric.unit.dimension)
        weight = Fraction(1, len(columns)) if node.function == "mean" else Fraction(1)
        return Value(g.Linear(tuple((column, weight) for column in columns)), metric.unit.dimension)

    def _growth(self, name: ex.Reference, first: Year, last: Year) -> Value:
        if first.relative != last.relative or last.number <= first.number:
            fail("增长率的起止年份不对", "growth goes from an earlier to a later year", name.span)
        _, (start, end) = self.symbols.series(name, (first, last))
        one = Fraction(1)
        quotient = g.Quotient(g.Linear(((end, one),)), g.Linear(((start, one),)), last.number - first.number)
        return Value(quotient, Dimension.RATIO)

    def mean_growth(self, name: ex.Reference, scope: Scope, *, later_pair: bool) -> Value:
        """Lower the mean of two yearly growth rates; of a firm with two years, the only one.

        Args:
            later_pair: a first value of zero leaves the growth from the second to the third.
        """
        years = scope.last(3)
        if len(years) == 2:
            return self._growth(name, years[0], years[1])
        if len(years) < 2:
            fail("不足两年，没有增长率", "fewer than two years have no growth", name.span)
        _, (first, second, third) = self.symbols.series(name, years)
        return Value(g.MeanGrowth(first, second, third, later_pair), Dimension.RATIO)

    def _days(self, start: ex.Node, end: ex.Node, scope: Scope, span: ex.Span) -> Value:
        ends = [self.value(node, scope) for node in (start, end)]
        linears = [
            value.node
            for value in ends
            if isinstance(value, Value)
            and isinstance(value.node, g.Linear)
            and value.dimension is Dimension.DAY
        ]
        if len(linears) != 2:
            fail("days 需要两个日期", "days takes two dates", span)
        return Value(linears[1].plus(linears[0].scaled(Fraction(-1))), Dimension.DAY)

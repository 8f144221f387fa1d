"""Scores: their parts, bands, points per unit, and growth that some firms cannot have yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

from yumiao.model.units import UNITS, Dimension, Kind
from yumiao.packs import expressions as ex
from yumiao.packs.fields import Choice, Expression, Points
from yumiao.packs.policies import Band, ScorePart
from yumiao.rules import graph as g
from yumiao.rules.lowering.errors import fail, naming
from yumiao.rules.lowering.quantities import Bracket, Value, check_same_dimension, compare, constant
from yumiao.rules.lowering.statements import StatementLowering
from yumiao.rules.lowering.symbols import Symbols
from yumiao.rules.lowering.values import ValueLowering
from yumiao.rules.lowering.years import Scope, founding_cells, longest_range

POINT_STEPS = UNITS["point"].steps

_EDGES: dict[str, g.Operator] = {"from_": ">=", "above": ">", "to": "<=", "below": "<"}

Banded = tuple[g.Statement, int, int]
"""A band: when it is reached, and the least and the most points that it gives, in steps."""


@dataclass
class ScoreLowering:
    """Lowers the scores of one policy version.

    Attributes:
        nodes: every score and part of one, a whole before its parts.
    """

    symbols: Symbols
    values: ValueLowering
    statements: StatementLowering
    nodes: list[g.ScoreNode] = field(default_factory=list)

    def score(
        self, part: ScorePart, path: tuple[str, ...], scope: Scope, most: Points | None = None
    ) -> g.Score:
        """Lower a score or part; an option of ``better_of`` that states no maximum has that of its parent."""
        of = part.of or most
        if of is None:
            name = ".".join(path)
            fail(f"得分项 {name} 缺少 of", f"score part {name} has no `of`", ex.Span())
        position = len(self.nodes)
        score = self._split_score(part, path, of) if part.younger else self._score(part, path, scope, of)
        self.symbols.scores[path] = score
        node = g.ScoreNode(path, part.text, _point_steps(of.high), self.symbols.body.citation(part), score)
        self.nodes.insert(position, node)
        return score

    def _split_score(self, part: ScorePart, path: tuple[str, ...], of: Points) -> g.Score:
        longest = (
            max((longest_range(value) for value in part.value.readings.values()), default=0)
            if part.value
            else 0
        )
        cells = tuple(
            (cell, self._score(part, path, Scope(available_years=count), of))
            for cell, count in founding_cells(self.symbols.as_of, longest)
        )
        return g.SplitScore(self.symbols.founding_column(), cells)

    def _score(self, part: ScorePart, path: tuple[str, ...], scope: Scope, of: Points) -> g.Score:
        most = _point_steps(of.high)
        if part.parts is not None:
            parts = tuple(
                (name, self.score(child, (*path, name), scope)) for name, child in part.parts.items()
            )
            return g.Sum(parts, most)
        if part.better_of is not None:
            options = tuple(
                (name, self.score(child, (*path, name), scope, of)) for name, child in part.better_of.items()
            )
            return g.Best(options)
        if part.points is not None:
            return g.Given(self._points_column(part.points.under(self.symbols.settings), scope), most)
        if part.per is not None:
            return self._per_item(part, scope)
        return self._bands(part, scope)

    def _points_column(self, expression: Expression, scope: Scope) -> g.Linear:
        value = self.values.value(expression.tree, scope)
        if (
            isinstance(value, Value)
            and value.dimension is Dimension.POINT
            and isinstance(value.node, g.Linear)
        ):
            return value.node
        with naming(expression):
            fail("应为以“分”计的口径", "expected a metric in points", expression.tree.span)

    def _per_item(self, part: ScorePart, scope: Scope) -> g.Score:
        """Points per unit are bands at each multiple."""
        per = part.per
        assert per is not None  # noqa: S101 - the caller looked
        counted: Expression = per.value
        value, every = self.values.value(counted.tree, scope), self.values.value(per.every.tree, scope)
        assert isinstance(value, Value) and isinstance(every, Value) and isinstance(every.node, g.Linear)  # noqa: S101, PT018
        check_same_dimension(value, every, counted.tree.span)
        points, most = per.points.high, per.at_most.high
        count = -(-most // points)
        bands = []
        for times in range(int(count), 0, -1):
            edge = replace(every, node=every.node.scaled(Fraction(times)))
            earned = _point_steps(min(points * times, most))
            bands.append((compare(value, ">=", edge, counted.tree.span), earned, earned))
        return g.Bands(tuple(bands), (0, 0))

    def _bands(self, part: ScorePart, scope: Scope) -> g.Score:
        fallback = self._too_young(part, scope)
        if fallback is not None:
            return fallback
        bands: list[Banded] = []
        bands.extend(self._special_growth(part, scope))
        value = self._banded_value(part, scope)
        otherwise = (0, 0)
        for band in part.bands or ():
            points: Points = band.points.under(self.symbols.settings)
            low, high = _point_steps(points.low), _point_steps(points.high)
            if band.edge is None:
                otherwise = (low, high)
            else:
                bands.append((self._band_statement(band, value, part, scope), low, high))
        return g.Bands(tuple(bands), otherwise)

    def _too_young(self, part: ScorePart, scope: Scope) -> g.Score | None:
        """Growth of a firm with fewer than two fiscal years: the points that the switch says."""
        short = scope.available_years is not None and scope.available_years < 2
        if not short or not self._growth_calls(part):
            return None
        points: Points = (
            part.one_year.under(self.symbols.settings) if part.one_year else Points(Fraction(0), Fraction(0))
        )
        return g.Bands((), (_point_steps(points.low), _point_steps(points.high)))

    def _growth_calls(self, part: ScorePart) -> list[ex.Call]:
        if part.value is None:
            return []
        tree = part.value.under(self.symbols.settings).tree
        return [
            node for node in ex.walk(tree) if isinstance(node, ex.Call) and node.function == "mean_growth"
        ]

    def _special_growth(self, part: ScorePart, scope: Scope) -> Iterator[Banded]:
        """Yield the bands that come before the rates: any used value below zero; a zero base with two years only."""
        calls = self._growth_calls(part)
        if not calls:
            return
        name = calls[0].arguments[0]
        assert isinstance(name, ex.Reference)  # noqa: S101 - _call checks the arguments
        metric, columns = self.symbols.series(name, scope.last(3))
        dimension = metric.unit.dimension if metric.unit else Dimension.NUMBER
        values = [Value(g.Linear(((column, Fraction(1)),)), dimension) for column in columns]
        zero = Value(constant(0), dimension, literal=True)
        if part.below_zero is not None:
            negative = g.Count(1, tuple(compare(value, "<", zero, name.span) for value in values))
            yield self._special_band(negative, part.below_zero)
        if part.zero_base_two_years is not None and len(values) == 2:
            yield self._special_band(compare(values[0], "=", zero, name.span), part.zero_base_two_years)

    def _special_band(self, statement: g.Statement, choice: Choice) -> Banded:
        points: Points = choice.under(self.symbols.settings)
        return statement, _point_steps(points.low), _point_steps(points.high)

    def _banded_value(self, part: ScorePart, scope: Scope) -> Value | None:
        if part.value is None:
            return None
        expression: Expression = part.value.under(self.symbols.settings)
        tree = expression.tree
        if isinstance(tree, ex.Reference) and self._is_category(tree):
            return None
        with naming(expression):
            match tree:
                case ex.Call(function="mean_growth", arguments=(ex.Reference() as name, ex.Range(count=3))):
                    growth = self.values.mean_growth(name, scope, later_pair=part.zero_base is not None)
                    return growth if part.below_zero else self.symbols.never_below_zero(growth, name.span)
            value = self.values.value(tree, scope)
            if isinstance(value, Bracket):
                fail("参数不能分档计分", "a parameter cannot be banded", tree.span)
            return value

    def _is_category(self, reference: ex.Reference) -> bool:
        metric = self.symbols.library.metrics.get(reference.name)
        return metric is not None and metric.kind is Kind.CATEGORY

    def _band_statement(self, band: Band, value: Value | None, part: ScorePart, scope: Scope) -> g.Statement:
        if band.edge == "when":
            assert band.when is not None  # noqa: S101 - edge says so
            return self.statements.expression(band.when.under(self.symbols.settings), scope)
        if band.edge == "is_":
            assert part.value is not None  # noqa: S101 - the model requires it
            assert band.is_ is not None  # noqa: S101 - edge says so
            return self.statements.is_value(part.value.under(self.symbols.settings).tree, (band.is_,), scope)
        expression: Expression = getattr(band, band.edge or "")
        assert value is not None  # noqa: S101 - the model requires a value for edges
        with naming(expression):
            edge = self.values.value(expression.tree, scope)
            if not isinstance(edge, Value):
                fail("档的边界应为常数", "the edge of a band is a constant", expression.tree.span)
            return compare(value, _EDGES[band.edge or ""], edge, expression.tree.span)


def _point_steps(points: Fraction | int) -> int:
    return int(Fraction(points) * POINT_STEPS)

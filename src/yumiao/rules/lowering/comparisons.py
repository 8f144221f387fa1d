"""Comparisons: of two values, of a value with a bracket, of years and ages."""

from __future__ import annotations

from dataclasses import dataclass

from yumiao.model.units import Dimension
from yumiao.packs import expressions as ex
from yumiao.rules import graph as g
from yumiao.rules.lowering.errors import fail
from yumiao.rules.lowering.quantities import FLIPPED, Bracket, Value, compare, compare_linear, constant
from yumiao.rules.lowering.symbols import Symbols
from yumiao.rules.lowering.values import ValueLowering
from yumiao.rules.lowering.years import Scope, last_day


@dataclass(frozen=True)
class ComparisonLowering:
    """Lowers the comparisons of one policy version."""

    symbols: Symbols
    values: ValueLowering

    def comparison(self, node: ex.Comparison, scope: Scope) -> g.Statement:
        """Lower a comparison.

        Raises: LoweringError where the two sides cannot be compared.
        """
        operator: g.Operator = node.operator  # type: ignore[assignment]  # the grammar allows only operators
        year = self._year_comparison(node, operator, scope)
        if year is not None:
            return year
        left, right = self.values.value(node.left, scope), self.values.value(node.right, scope)
        if isinstance(left, Value):
            left = self.symbols.never_below_zero(left, node.left.span)
        if isinstance(left, Bracket):
            left, right, operator = right, left, FLIPPED[operator]
        if isinstance(left, Bracket):
            fail("两边都是分档参数", "both sides are bracket parameters", node.span)
        if isinstance(right, Bracket):
            return self._bracket_comparison(left, operator, right, node.span)
        return compare(left, operator, right, node.span)

    @staticmethod
    def _bracket_comparison(
        left: Value, operator: g.Operator, bracket: Bracket, span: ex.Span
    ) -> g.Statement:
        cells = tuple(
            (cell, g.Open(bracket.column) if value is None else compare(left, operator, value, span))
            for cell, value in bracket.cells
        )
        return cells[0][1] if len(cells) == 1 else g.Split(bracket.column, cells)

    def _year_comparison(self, node: ex.Comparison, operator: g.Operator, scope: Scope) -> g.Statement | None:
        """Lower years and ages (``year(application_date) - year(date) <= 10``) to a comparison of dates."""
        match node.left:
            case ex.Call(function="year", arguments=(date,)):
                return self._founded(date, operator, self._year_number(node.right), scope)
            case ex.Arithmetic(
                operator="-",
                left=ex.Call(function="year", arguments=(ex.ApplicationDate(),)),
                right=ex.Call(function="year", arguments=(date,)),
            ):
                return self._founded(
                    date, FLIPPED[operator], self.symbols.as_of.year - self._year_number(node.right), scope
                )
            case _:
                return None

    @staticmethod
    def _year_number(node: ex.Node) -> int:
        if not (isinstance(node, ex.Number) and node.unit is None and node.value.denominator == 1):
            fail(
                "年份和年数应写作整数，如 2019 或 10",
                "years are written as whole numbers, such as 2019 or 10",
                node.span,
            )
        return int(node.value)

    def _founded(self, node: ex.Node, operator: g.Operator, year: int, scope: Scope) -> g.Statement:
        date = self.values.value(node, scope)
        if not (
            isinstance(date, Value) and isinstance(date.node, g.Linear) and date.dimension is Dimension.DAY
        ):
            fail("year 需要一个日期", "year takes a date", node.span)
        first, last = last_day(year - 1) + 1, last_day(year)
        edges: dict[str, int] = {">=": first, ">": last, "<=": last, "<": first}
        if operator == "=":
            both: tuple[tuple[g.Operator, int], ...] = ((">=", first), ("<=", last))
            return g.Count(
                2, tuple(compare_linear(date.node, side, constant(day), Dimension.DAY) for side, day in both)
            )
        return compare_linear(date.node, operator, constant(edges[operator]), Dimension.DAY)

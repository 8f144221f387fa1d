"""Values with what they measure: how they are compared and computed with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from yumiao.model.units import DIMENSION_STEPS, UNITS, Dimension
from yumiao.packs import expressions as ex
from yumiao.rules import graph as g
from yumiao.rules.lowering.errors import fail

FLIPPED: dict[str, g.Operator] = {">=": "<=", ">": "<", "<=": ">=", "<": ">", "=": "="}
"""The operator that says the same with its sides exchanged."""


@dataclass(frozen=True, slots=True)
class Value:
    """A lowered value with what it measures."""

    node: g.Linear | g.Quotient | g.MeanGrowth | g.Score
    dimension: Dimension
    literal: bool = False


@dataclass(frozen=True, slots=True)
class Bracket:
    """A parameter whose value depends on the cell of a column."""

    column: str
    cells: tuple[tuple[g.Cell, Value | None], ...]


def constant(steps: int | Fraction) -> g.Linear:
    """Return a sum without columns."""
    return g.Linear((), Fraction(steps))


def literal(number: Fraction, unit: str | None) -> Value:
    """Return a number as a text writes it, in steps of its unit; a plain number without one."""
    if unit == "percent":
        return Value(constant(number / 100), Dimension.RATIO, literal=True)
    found = UNITS[unit or "number"]
    return Value(constant(number * found.steps), found.dimension, literal=True)


def _unit_code(dimension: Dimension) -> str:
    preferred = {Dimension.CNY: "CNY_10k", Dimension.USD: "USD_100m", Dimension.RATIO: "percent"}
    return preferred.get(dimension, dimension.value)


def _shown(
    left: g.Quotient | g.MeanGrowth | None, operator: g.Operator, bound: Fraction, dimension: Dimension
) -> g.Shown:
    return g.Shown(left, operator, constant(bound), _unit_code(dimension), "")


def compare(left: Value, operator: g.Operator, right: Value, span: ex.Span) -> g.Statement:
    """Compare two values.

    Raises: LoweringError, naming ``span``, where the two cannot be compared.
    """
    if operator == "=":
        both = (compare(left, ">=", right, span), compare(left, "<=", right, span))
        return g.Count(2, both)
    if isinstance(right.node, g.Linear) and not right.node.terms and right.literal:
        return _against_constant(left, operator, right, span)
    if isinstance(left.node, g.Linear) and not left.node.terms and left.literal:
        return _against_constant(right, FLIPPED[operator], left, span)
    if not (isinstance(left.node, g.Linear) and isinstance(right.node, g.Linear)):
        fail("商或得分只能与常数比较", "a quotient or a score is compared with a constant only", span)
    check_same_dimension(left, right, span)
    return compare_linear(left.node, operator, right.node, left.dimension)


def _against_constant(left: Value, operator: g.Operator, right: Value, span: ex.Span) -> g.Statement:
    right = coerce_literal(right, left)
    check_same_dimension(left, right, span)
    assert isinstance(right.node, g.Linear)  # noqa: S101 - the caller looked
    bound = right.node.constant
    match left.node:
        case g.Linear():
            return compare_linear(left.node, operator, right.node, left.dimension)
        case g.Quotient(periods=periods) if periods and bound < -1:
            fail("增长率不会低于-100%", "growth never falls below -100 %", span)
        case g.Quotient():
            shown = _shown(left.node, operator, bound, Dimension.RATIO)
            return g.QuotientComparison(left.node, operator, bound, shown)
        case g.MeanGrowth():
            shown = _shown(left.node, operator, bound, Dimension.RATIO)
            return g.GrowthComparison(left.node, operator, bound, shown)
        case _:
            shown = _shown(None, operator, bound, Dimension.POINT)
            return g.ScoreComparison(left.node, operator, bound, shown)


def compare_linear(
    left: g.Linear, operator: g.Operator, right: g.Linear, dimension: Dimension
) -> g.Statement:
    """Compare two sums of one dimension."""
    shown = g.Shown(left, operator, right, _unit_code(dimension), "")
    difference = left.plus(right.scaled(Fraction(-1)))
    if operator in ("<=", "<"):
        difference = difference.scaled(Fraction(-1))
    return g.LinearComparison(difference, operator in (">", "<"), shown)


def coerce_literal(right: Value, left: Value) -> Value:
    """Read a literal in the steps of what it is compared with: 10 % against a share, 3 against a plain number."""
    assert isinstance(right.node, g.Linear)  # noqa: S101 - the caller looked
    is_ratio = isinstance(left.node, g.Quotient | g.MeanGrowth)
    if right.dimension is Dimension.RATIO and not is_ratio and left.dimension is Dimension.RATIO:
        return replace(right, node=right.node.scaled(Fraction(DIMENSION_STEPS[Dimension.RATIO])))
    if right.dimension is Dimension.NUMBER and is_ratio:
        return Value(
            right.node.scaled(Fraction(1, DIMENSION_STEPS[Dimension.NUMBER])),
            Dimension.RATIO,
            literal=True,
        )
    return right


def check_same_dimension(left: Value, right: Value, span: ex.Span) -> None:
    """Refuse two values that measure different things."""
    if left.dimension is not right.dimension:
        names = (
            UNITS[_unit_code(left.dimension)].label.zh or "数",
            UNITS[_unit_code(right.dimension)].label.zh or "数",
        )
        fail(
            f"两边单位不同：左边是{names[0]}，右边是{names[1]}",
            f"unlike units: the left side is {left.dimension.value}, the right side {right.dimension.value}",
            span,
        )


def compute(node: ex.Arithmetic, left: Value | Bracket, right: Value | Bracket) -> Value:
    """Add, subtract, multiply or divide two values, as ``node`` says."""
    if not (isinstance(left, Value) and isinstance(right, Value)):
        fail("分档参数不能参与运算", "a bracket parameter stands alone on one side", node.span)
    if not (isinstance(left.node, g.Linear) and isinstance(right.node, g.Linear)):
        fail("商和得分不能再参与运算", "quotients and scores are compared, not computed with", node.span)
    if node.operator in ("+", "-"):
        check_same_dimension(left, right, node.span)
        sign = Fraction(1 if node.operator == "+" else -1)
        return Value(left.node.plus(right.node.scaled(sign)), left.dimension, left.literal and right.literal)
    return _product(node, left, right)


def _product(node: ex.Arithmetic, left: Value, right: Value) -> Value:
    assert isinstance(left.node, g.Linear) and isinstance(right.node, g.Linear)  # noqa: S101, PT018 - the caller looked
    steps = Fraction(DIMENSION_STEPS[Dimension.NUMBER])
    if node.operator == "/":
        if right.literal and right.node.constant == 0:
            fail("除数不能为零", "cannot divide by zero", node.span)
        if right.literal and right.dimension is Dimension.NUMBER:
            return replace(left, node=left.node.scaled(steps / right.node.constant))
        check_same_dimension(left, right, node.span)
        return Value(g.Quotient(left.node, right.node), Dimension.RATIO)
    for factor, other in ((left, right), (right, left)):
        if (
            factor.literal
            and factor.dimension in (Dimension.NUMBER, Dimension.RATIO)
            and isinstance(other.node, g.Linear)
        ):
            unit = steps if factor.dimension is Dimension.NUMBER else Fraction(1)
            return replace(other, node=other.node.scaled(factor.node.constant / unit))  # type: ignore[union-attr]  # both linear
    fail("只能乘以常数", "a value is multiplied by a number only", node.span)

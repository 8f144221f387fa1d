"""How far a condition is from being met: the amount by which its left side would have to move.

The left side of a share is its numerator, its denominator staying as it is. Amounts are whole smallest steps; a
condition that rests on an unknown fact has no known gap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

from yumiao.rules import graph as g
from yumiao.rules.bounds import Reader, Truths


@dataclass(frozen=True, slots=True)
class _Share:
    """A numerator, a denominator, and how many grid steps of the denominator the numerator is compared with."""

    top: int
    bottom: int
    bound: int


class Shortfalls:
    """Writes gaps into the program of a reader."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.program = reader.program

    def gap(self, node: g.Statement, truths: Truths) -> int:
        """By how much the left side falls short: 0 when met for certain, NULL when unknown."""
        program = self.program
        amount = self.shortfall(node)
        if isinstance(
            node, g.ScoreComparison
        ):  # its range may lie on both sides although every fact is known
            amount = program.select(truths.hold, program.unbounded(), amount)
        return program.select(truths.fail, amount, program.const(0))

    def raw(self, linear: g.Linear) -> int:
        """The sum itself; NULL where a fact of it is missing."""
        program = self.program
        total = program.const(int(linear.constant))
        for column, weight in linear.terms:
            number = self.reader.facts.raw(column)
            total = program.add(total, program.mul(number, program.const(int(weight))))
        return total

    def shortfall(self, node: g.Statement) -> int:
        """The amount itself; zero or less than zero is none."""
        program = self.program
        match node:
            case g.Named(body=body):
                return self.shortfall(body)
            case g.LinearComparison(linear=linear, strict=strict):
                scale = _scale(linear)
                total = self.raw(linear.scaled(scale))
                missing = program.sub(program.const(1 if strict else 0), total)
                return self._positive(self._ceil_div(missing, scale))
            case g.QuotientComparison(quotient=quotient, operator=operator, bound=bound):
                return self._quotient_shortfall(quotient, operator, quotient.threshold(bound))
            case g.ScoreComparison(score=score, operator=operator, bound=bound) if operator in (">=", ">"):
                edge = self._next_points(score, int(bound), strict=operator == ">")
                points = self.reader.steps(score)
                return self._positive(program.sub(program.const(edge), points.high))
            case g.Split():
                return self._split_shortfall(node)
            case _:
                return program.unbounded()

    def _next_points(self, score: g.Score, bound: int, *, strict: bool) -> int:
        """The fewest points that pass, as points are given: whole ones where all of the score are whole."""
        step = _point_step(score, self.reader.graph) or 1
        return (bound // step + 1) * step if strict else -(-bound // step) * step

    def aim(self, node: g.Statement) -> int:
        """What the left side would have to come to, against which a gap is measured; NULL where unknown."""
        program = self.program
        match node:
            case g.Named(body=body):
                return self.aim(body)
            case g.LinearComparison(shown=shown):
                scale = max(_scale(shown.right), Fraction(1))
                return self._ceil_div(self.raw(shown.right.scaled(scale)), scale)
            case g.QuotientComparison(quotient=quotient, bound=bound):
                threshold, scale = quotient.threshold(bound), _scale(quotient.denominator)
                product = program.mul(
                    self.raw(quotient.denominator.scaled(scale)), program.const(threshold.numerator)
                )
                return self._ceil_div(product, threshold.denominator * scale)
            case g.ScoreComparison(bound=bound):
                return program.const(int(bound))
            case g.Split():
                return self._by_cell(node, self.aim)
            case _:
                return program.unbounded()

    def _positive(self, number: int) -> int:
        return self.program.maximum(number, self.program.const(0))

    def _ceil_div(self, number: int, divisor: Fraction) -> int:
        program = self.program
        if divisor == 1:
            return number
        return program.sub(
            program.const(0),
            program.floor_div(program.sub(program.const(0), number), program.const(int(divisor))),
        )

    def _quotient_shortfall(self, quotient: g.Quotient, operator: g.Operator, bound: Fraction) -> int:
        scale = Fraction(lcm(int(_scale(quotient.numerator)), int(_scale(quotient.denominator))))
        top, bottom = self.raw(quotient.numerator.scaled(scale)), self.raw(quotient.denominator.scaled(scale))
        share = _Share(top, bottom, self.program.const(bound.numerator))
        return self._share_shortfall(share, operator, bound.denominator, scale)

    def _share_shortfall(self, share: _Share, operator: g.Operator, grid: int, scale: Fraction) -> int:
        """By how much the numerator falls short of bound/grid times the denominator."""
        program = self.program
        needed = program.sub(
            program.mul(share.bottom, share.bound), program.mul(share.top, program.const(grid))
        )
        if operator in ("<=", "<"):
            needed = program.sub(program.const(0), needed)
        if operator in (">", "<"):
            needed = program.add(needed, program.const(1))
        amount = self._positive(self._ceil_div(needed, grid * scale))
        return program.select(
            program.ge(share.bottom, program.const(1), if_null=False), amount, program.unbounded()
        )

    def _split_shortfall(self, node: g.Split) -> int:
        """The gap in the cell of a known value; shares that differ in parts only are chosen, then computed once."""
        leaves = list(_quotients(node))
        operators = {leaf.operator for leaf in leaves}
        if (
            len(leaves) > 1
            and len(operators) == 1
            and all(
                _scale(part) == 1
                for leaf in leaves
                for part in (leaf.quotient.numerator, leaf.quotient.denominator)
            )
        ):
            grid = lcm(*(leaf.quotient.threshold(leaf.bound).denominator for leaf in leaves))
            return self._share_shortfall(self._chosen_share(node, grid), operators.pop(), grid, Fraction(1))
        return self._by_cell(node, self.shortfall)

    def _by_cell(self, node: g.Split, value: Callable[[g.Statement], int]) -> int:
        program, known = self.program, self.reader.facts.point(node.column)
        number = known.low
        result = value(node.cells[-1][1])
        for cell, body in reversed(node.cells[:-1]):
            here = self.reader.facts.inside(node.column, cell, {node.column: known}).hold
            result = program.select(here, value(body), result)
        return program.select(program.is_null(number), program.unbounded(), result)

    def _chosen_share(self, node: g.Statement, grid: int) -> _Share:
        match node:
            case g.Split(column=column, cells=cells):
                known = self.reader.facts.point(column)
                number = known.low
                result = self._chosen_share(cells[-1][1], grid)
                for cell, body in reversed(cells[:-1]):
                    here = self.reader.facts.inside(column, cell, {column: known}).hold
                    result = self._either_share(here, self._chosen_share(body, grid), result)
                unknown = self.program.is_null(number)
                return _Share(
                    self.program.select(unknown, self.program.unbounded(), result.top),
                    result.bottom,
                    result.bound,
                )
            case g.QuotientComparison(quotient=quotient, bound=bound):
                steps = int(quotient.threshold(bound) * grid)
                return _Share(
                    self.raw(quotient.numerator), self.raw(quotient.denominator), self.program.const(steps)
                )
            case _:
                raise AssertionError(node)

    def _either_share(self, test: int, here: _Share, rest: _Share) -> _Share:
        select = self.program.select
        return _Share(
            select(test, here.top, rest.top),
            select(test, here.bottom, rest.bottom),
            select(test, here.bound, rest.bound),
        )


def _quotients(node: g.Statement) -> Iterator[g.QuotientComparison]:
    """Yield the comparisons in the cells of nested splits; nothing more after one of another kind."""
    if isinstance(node, g.Split):
        found = [list(_quotients(body)) for _, body in node.cells]
        if all(found):
            yield from (leaf for leaves in found for leaf in leaves)
    elif isinstance(node, g.QuotientComparison):
        yield node


def _scale(linear: g.Linear) -> Fraction:
    """By what to multiply a sum so that all of it is whole."""
    return Fraction(lcm(linear.constant.denominator, *(weight.denominator for _, weight in linear.terms)))


def _point_step(score: g.Score, graph: g.PolicyGraph) -> int:
    """The largest step of which all points of a score are multiples."""
    match score:
        case g.Bands(bands=bands, otherwise=otherwise):
            return gcd(*otherwise, *(points for _, low, high in bands for points in (low, high)))
        case g.Given(linear=linear):
            units = [graph.leaves[column].metric for column, _ in linear.terms]
            return gcd(*(metric.unit.steps if metric.whole and metric.unit else 1 for metric in units))
        case g.Sum(parts=parts) | g.Best(options=parts):
            return gcd(*(_point_step(part, graph) for _, part in parts)) or 1
        case g.SplitScore(cells=cells):
            return gcd(*(_point_step(body, graph) for _, body in cells)) or 1

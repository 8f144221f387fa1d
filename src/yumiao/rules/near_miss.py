"""Near misses: not met, but by little, in few conditions, each of which somebody can move.

A condition is near when it fails by at most a stated share of its threshold and some lever moves a fact of it. Of
alternatives (routes, "or") the one with the fewest failing conditions counts. The share and the number of conditions
are the policy's own (``near_miss`` in its file), by default 20 % and two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from yumiao.rules import graph as g
from yumiao.rules.shortfalls import Shortfalls

FAR = 100
"""More failing conditions than any edge allows: out of reach."""

THOUSAND = 1000


@dataclass(frozen=True, slots=True)
class NearMissEdge:
    """How close a near miss is: each failing condition ``within`` this share of its threshold, ``at_most`` so many."""

    within: Fraction = Fraction(1, 5)
    at_most: int = 2


@dataclass(frozen=True, slots=True)
class _Cost:
    """How many conditions fail, and the farthest of them in thousandths of its threshold."""

    failing: int
    distance: int


class _Near:
    """Adds up how far a statement is from being met."""

    def __init__(self, graph: g.PolicyGraph, shortfalls: Shortfalls, edge: NearMissEdge) -> None:
        self.graph = graph
        self.shortfalls = shortfalls
        self.reader = shortfalls.reader
        self.program = shortfalls.program
        self.edge = edge
        self.none = _Cost(self.program.const(0), self.program.const(0))
        self.far = _Cost(self.program.const(FAR), self.program.const(0))

    def cost(self, node: g.Statement) -> _Cost:
        """What it takes: nothing where the statement can hold as things are."""
        match node:
            case g.Named(body=body):
                return self.cost(body)
            case g.Count(least=least, parts=parts) if least == len(parts):
                return self._together([self.cost(part) for part in parts])
            case g.Count(least=1, parts=parts) if parts:
                return self._cheapest([self.cost(part) for part in parts])
            case g.Split(column=column, cells=cells):
                return self._in_cell(column, cells)
            case g.LinearComparison() | g.QuotientComparison() | g.ScoreComparison():
                return self._unless_it_can_hold(node, self._near(node))
            case _:
                return self._unless_it_can_hold(node, self.far)

    def _unless_it_can_hold(self, node: g.Statement, cost: _Cost) -> _Cost:
        return self._either(self.reader.statement(node).hold, self.none, cost)

    def _either(self, test: int, yes: _Cost, no: _Cost) -> _Cost:
        select = self.program.select
        return _Cost(select(test, yes.failing, no.failing), select(test, yes.distance, no.distance))

    def _together(self, costs: Iterable[_Cost]) -> _Cost:
        program, total = self.program, self.none
        for cost in costs:
            failing = program.clamp(program.add(total.failing, cost.failing), FAR)
            total = _Cost(failing, program.maximum(total.distance, cost.distance))
        return total

    def _cheapest(self, costs: list[_Cost]) -> _Cost:
        best = costs[0]
        for cost in costs[1:]:
            best = self._either(self.program.ge(cost.failing, best.failing, if_null=True), best, cost)
        return best

    def _in_cell(self, column: str, cells: Iterable[tuple[g.Cell, g.Statement]]) -> _Cost:
        """The cost in the cell of a known value; out of reach where the value is unknown."""
        known = self.reader.facts.point(column)
        result = self.far
        for cell, body in reversed(tuple(cells)):
            here = self.reader.facts.inside(column, cell, {column: known}).hold
            result = self._either(here, self.cost(body), result)
        return self._either(self.program.is_null(known.low), self.far, result)

    def _near(self, node: g.Statement) -> _Cost:
        if not self._has_lever(node):
            return self.far
        program = self.program
        gap, aim = self.shortfalls.shortfall(node), self.shortfalls.aim(node)
        share = self.edge.within
        close = program.ge(
            program.mul(aim, program.const(share.numerator)),
            program.mul(gap, program.const(share.denominator)),
            if_null=False,
        )
        distance = program.fill(
            program.floor_div(
                program.mul(gap, program.const(THOUSAND)), program.maximum(aim, program.const(1))
            ),
            program.const(0),
        )
        return self._either(close, _Cost(program.const(1), program.clamp(distance, THOUSAND)), self.far)

    def _has_lever(self, node: g.Statement) -> bool:
        return any(self.graph.leaves[column].metric.levers for column in g.columns_of(node))


def write_near_miss(graph: g.PolicyGraph, shortfalls: Shortfalls, edge: NearMissEdge) -> None:
    """Write ``near`` (a truth) and ``distance`` (thousandths, NULL unless near) into the program."""
    program = shortfalls.program
    if graph.outcome is None:
        program.output("near", program.truth(value=False))
        program.output("distance", program.unbounded())
        return
    near = _Near(graph, shortfalls, edge)
    cost = near.cost(graph.outcome)
    fails = program.invert(shortfalls.reader.statement(graph.outcome).hold)
    close = program.every(
        (
            fails,
            program.ge(program.const(edge.at_most), cost.failing, if_null=False),
            program.ge(cost.failing, program.const(1), if_null=False),
        )
    )
    program.output("near", close)
    program.output("distance", program.select(close, cost.distance, program.unbounded()))

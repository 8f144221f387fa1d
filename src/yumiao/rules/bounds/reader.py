"""What may be concluded when facts are missing: the graph read over ranges of values.

Each number is a pair of bounds, each statement a pair of truths: it *can hold*, it *can fail*. A statement that
cannot fail is met under every completion of the missing facts; one that cannot hold is met under none. Bounds only
widen with what is unknown, so learning a fact never turns one certain answer into the other.

The result is a :class:`~yumiao.rules.program.Program`, the same for every way of running it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from yumiao.rules import graph as g
from yumiao.rules.bounds.facts import FactReader
from yumiao.rules.bounds.grids import grids_of
from yumiao.rules.bounds.growth import GrowthReader
from yumiao.rules.bounds.quotients import QuotientReader
from yumiao.rules.bounds.ranges import Assumed, Bounds, Range, Truths, compare
from yumiao.rules.bounds.scores import PointArithmetic
from yumiao.rules.bounds.whole import whole_linear
from yumiao.rules.program import Program

NOT_MET = "not_met"
"""Of no class."""


class Reader:
    """Reads one graph into a program.

    Attributes:
        facts: the columns.
        points: the arithmetic of scores.
    """

    def __init__(
        self,
        graph: g.PolicyGraph,
        program: Program,
        ranged: frozenset[str] = frozenset(),
        cells: Mapping[str, g.Cell] | None = None,
    ) -> None:
        """Begin with nothing read.

        Args:
            ranged: columns that may also carry ``#low`` and ``#high`` (facts known as an interval).
            cells: columns of which only values inside a cell will be read.
        """
        self.graph = graph
        self.program = program
        self.facts = FactReader(graph, program, ranged, cells or {})
        self.points = PointArithmetic(program)
        grids = grids_of(graph)
        self.quotients = QuotientReader(self.facts, grids)
        self.growth = GrowthReader(self.facts, grids)
        self._memo: dict[tuple[object, ...], object] = {}
        self._alive: list[g.Node] = []  # keeps the identities in _memo from being used again

    def statement(self, node: g.Statement, assumed: Mapping[str, Assumed] | None = None) -> Truths:
        """Return whether ``node`` can hold and can fail under the assumptions."""
        relevant = self.facts.relevant(node, assumed or {})
        key = ("statement", id(node), *sorted(relevant.items(), key=lambda item: item[0]))
        if key not in self._memo:
            self._alive.append(node)
            self._memo[key] = self._statement(node, relevant)
        return self._memo[key]  # type: ignore[return-value]  # stored under its own key

    def _statement(self, node: g.Statement, assumed: Mapping[str, Assumed]) -> Truths:
        match node:
            case g.Known(value=value):
                return Truths(self.program.truth(value=value), self.program.truth(value=not value))
            case g.Open():
                return Truths(self.program.truth(value=True), self.program.truth(value=True))
            case g.Named(body=body):
                return self.statement(body, assumed)
            case g.Negated(body=body):
                truths = self.statement(body, assumed)
                return Truths(truths.fail, truths.hold)
            case g.Count(least=least, parts=parts):
                return self._count(least, [self.statement(part, assumed) for part in parts])
            case g.IsTrue(column=column):
                return self._is_true(column, assumed)
            case g.OneOf(column=column, values=values):
                return self._one_of(column, values)
            case g.Split(column=column, cells=cells):
                return self._split(column, cells, assumed)
            case g.LinearComparison():
                return self.facts.comparison(node, assumed)
            case g.QuotientComparison():
                return self.quotients.comparison(node, assumed)
            case g.GrowthComparison():
                return self.growth.comparison(node, assumed)
            case g.ScoreComparison():
                return self._score_comparison(node, assumed)
            case g.InClass(classes=classes, names=names):
                return self._in_class(self.class_reach(classes), names)

    def class_reach(self, classes: g.Classes) -> dict[str, int]:
        """For each class, whether some completion leads to it (clause by clause); ``not_met`` is none of them."""
        if isinstance(classes, g.ClassesByCategory):
            return self._table_reach(classes)
        return {name: self.statement(statement).hold for name, statement in class_statements(classes).items()}

    def score(self, node: g.Score, assumed: Mapping[str, Assumed] | None = None) -> Range:
        """Return the points that a score can take."""
        relevant = self.facts.relevant(node, assumed or {})
        key = ("score", id(node), *sorted(relevant.items(), key=lambda item: item[0]))
        if key not in self._memo:
            self._alive.append(node)
            self._memo[key] = self._score(node, relevant)
        return self._memo[key]  # type: ignore[return-value]  # stored under its own key

    def steps(self, node: g.Score, assumed: Mapping[str, Assumed] | None = None) -> Bounds:
        """Return the two ends of a score in steps of 1/10 000 point."""
        return self.points.steps_of(self.score(node, assumed))

    def _score(self, node: g.Score, assumed: Mapping[str, Assumed]) -> Range:
        match node:
            case g.Bands(bands=bands, otherwise=otherwise):
                return self.points.bands(
                    [(self.statement(test, assumed), low, high) for test, low, high in bands], otherwise
                )
            case g.Given(linear=linear, most=most):
                return self.points.given(self.facts.linear(whole_linear(linear), assumed), most)
            case g.Sum(parts=parts, most=most):
                return self.points.sum([self.score(part, assumed) for _, part in parts], most)
            case g.Best(options=options):
                return self.points.best([self.score(option, assumed) for _, option in options])
            case g.SplitScore(column=column, cells=cells):
                return self.points.split(
                    [
                        (
                            self.facts.inside(column, cell, assumed),
                            self.score(body, self.facts.within(column, cell, assumed)),
                        )
                        for cell, body in cells
                    ]
                )

    def _in_class(self, reach: Mapping[str, int], names: frozenset[str]) -> Truths:
        inside = [truth for name, truth in reach.items() if name in names]
        outside = [truth for name, truth in reach.items() if name not in names]
        return Truths(self.program.either(inside), self.program.either(outside))

    def _table_reach(self, table: g.ClassesByCategory) -> dict[str, int]:
        program = self.program
        reach: dict[str, list[int]] = {}
        for value, rules in table.rows.items():
            possible = self.statement(g.OneOf(table.column, frozenset((value,)))).hold
            above = [program.truth(value=True)]
            for rule in rules:
                truths = self.statement(rule.statement)
                reach.setdefault(rule.id, []).append(program.every((possible, truths.hold, *above)))
                above.append(truths.fail)
        return {name: program.either(found) for name, found in reach.items()}

    def _count(self, least: int, parts: Sequence[Truths]) -> Truths:
        program = self.program
        if least == len(parts):
            return Truths(
                program.every(part.hold for part in parts), program.either(part.fail for part in parts)
            )
        if least == 1:
            return Truths(
                program.either(part.hold for part in parts), program.every(part.fail for part in parts)
            )
        needed = program.const(least)
        can = program.ge(program.count(part.hold for part in parts), needed, if_null=False)
        certain = program.ge(
            program.count(program.invert(part.fail) for part in parts), needed, if_null=False
        )
        return Truths(can, program.invert(certain))

    def _is_true(self, column: str, assumed: Mapping[str, Assumed]) -> Truths:
        found = assumed.get(column)
        if isinstance(found, Truths):
            return found
        program = self.program
        return Truths(program.invert(program.is_false(column)), program.invert(program.is_true(column)))

    def _one_of(self, column: str, values: frozenset[str]) -> Truths:
        program = self.program
        inside = program.text_in(column, values)
        return Truths(program.either((program.column_is_null(column), inside)), program.invert(inside))

    def _split(
        self, column: str, cells: Iterable[tuple[g.Cell, g.Statement]], assumed: Mapping[str, Assumed]
    ) -> Truths:
        program = self.program
        hold, fail = [], []
        for cell, body in cells:
            reach = self.facts.inside(column, cell, assumed).hold
            truths = self.statement(body, self.facts.within(column, cell, assumed))
            hold.append(program.every((reach, truths.hold)))
            fail.append(program.every((reach, truths.fail)))
        return Truths(program.either(hold), program.either(fail))

    def _score_comparison(self, node: g.ScoreComparison, assumed: Mapping[str, Assumed]) -> Truths:
        points = self.score(node.score, assumed)
        edge = (
            -(-int(node.bound) // points.unit)
            if node.operator in (">=", "<")
            else int(node.bound) // points.unit
        )
        return compare(self.program, Bounds(points.low, points.high), node.operator, edge)


def class_statements(rules: Sequence[g.ClassNode]) -> dict[str, g.Statement]:
    """For each class the statement that it is the one: its rule holds and none before it does."""
    statements: dict[str, g.Statement] = {}
    before: tuple[g.Statement, ...] = ()
    for rule in rules:
        statements[rule.id] = g.Count(len(before) + 1, (*before, rule.statement))
        before = (*before, g.Negated(rule.statement))
    statements[NOT_MET] = g.Count(len(before), before)
    return statements

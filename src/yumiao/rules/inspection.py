"""What each statement and each score of a policy comes to for one row, taken by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_args

from yumiao.model.outcomes import Outcome
from yumiao.rules import graph as g
from yumiao.rules.bounds import Reader
from yumiao.rules.domains import Domains, meets
from yumiao.rules.emit_python import Row, make_function
from yumiao.rules.program import Program

Body = TypeVar("Body")

STATEMENTS: tuple[type, ...] = (*get_args(g.Comparison), *get_args(g.Statement))
SCORES: tuple[type, ...] = get_args(g.Score)


def roots_of(graph: g.PolicyGraph) -> Iterator[g.Node]:
    """Yield the statements and scores that a policy states, each with its parts below it."""
    yield from (node.statement for node in graph.conditions)
    yield from (node.score for node in graph.scores)
    yield from (node.statement for node in graph.routes)
    if graph.outcome is not None:
        yield graph.outcome
    rows = (
        graph.classes.rows.values()
        if isinstance(graph.classes, g.ClassesByCategory)
        else [graph.classes or ()]
    )
    yield from (rule.statement for row in rows for rule in row)


def all_nodes(graph: g.PolicyGraph) -> Iterator[g.Node]:
    """Yield every node of a policy once."""
    waiting, seen = list(roots_of(graph)), set[int]()
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            waiting.extend(g.children(node))
            if isinstance(node, g.InClass):
                waiting.extend(rule.statement for rule in g.class_nodes(node.classes))


class Inspector:
    """Reads all statements and scores of a policy, for any row with the same interval columns."""

    def __init__(self, graph: g.PolicyGraph, ranged: frozenset[str] = frozenset()) -> None:
        self.graph = graph
        self.domains = Domains(graph)
        self._columns: dict[int, tuple[str, ...]] = {}
        program = Program()
        reader = Reader(graph, program, ranged)
        for node in all_nodes(graph):
            if isinstance(node, STATEMENTS):
                truths = reader.statement(node)  # type: ignore[arg-type]  # the types of g.Statement
                program.output(f"hold.{id(node)}", truths.hold)
                program.output(f"fail.{id(node)}", truths.fail)
            elif isinstance(node, SCORES):
                points = reader.steps(node)  # type: ignore[arg-type]  # the types of g.Score
                program.output(f"low.{id(node)}", points.low)
                program.output(f"high.{id(node)}", points.high)
        self._function = make_function(program)

    def read(self, row: Row) -> Inspection:
        """Return what everything comes to for one row."""
        return Inspection(self.graph, self.domains, row, self._function(row), self._columns)


@dataclass(frozen=True)
class Inspection:
    """The statements and scores of a policy for one row.

    Attributes:
        columns: the columns of the nodes asked for so far; searches ask for those of one node thousands of times.
    """

    graph: g.PolicyGraph
    domains: Domains
    row: Row
    found: dict[str, Any]
    columns: dict[int, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def outcome(self, node: g.Statement) -> Outcome:
        """Return what a statement comes to; open where more than one thing remains possible."""
        return Outcome.of(bool(self.found[f"hold.{id(node)}"]), bool(self.found[f"fail.{id(node)}"]))

    def is_open(self, node: g.Statement) -> bool:
        return self.outcome(node) is Outcome.UNDETERMINED

    def points(self, score: g.Score) -> tuple[int, int]:
        """Return the fewest and the most points, in steps."""
        return self.found[f"low.{id(score)}"], self.found[f"high.{id(score)}"]

    def cells(self, column: str, cells: tuple[tuple[g.Cell, Body], ...]) -> list[Body]:
        """Return the bodies whose cell the column's value can lie in: one when the value is known."""
        ends = self.domains.ends(self.row, column)
        return [body for cell, body in cells if meets(cell, ends)]

    def is_unknown(self, column: str) -> bool:
        return self.row.get(column) is None

    def columns_of(self, node: g.Node) -> tuple[str, ...]:
        """Return the columns that a node of the policy looks at, in the order of the text."""
        found = self.columns.get(id(node))
        if found is None:
            found = self.columns[id(node)] = columns_in_order(node)
        return found


def open_columns(inspection: Inspection, node: g.Statement) -> dict[str, None]:
    """Return the unknown facts on which an open statement rests, in the order of the text."""
    if not inspection.is_open(node):
        return {}
    match node:
        case g.Named(body=body) | g.Negated(body=body):
            return open_columns(inspection, body)
        case g.Count(parts=parts):
            return _union(open_columns(inspection, part) for part in parts)
        case g.Split(column=column, cells=cells):
            own = _unknown(inspection, (column,))
            return own | _union(open_columns(inspection, body) for body in inspection.cells(column, cells))
        case g.ScoreComparison(score=score):
            return open_score_columns(inspection, score)
        case _:
            return _unknown(inspection, inspection.columns_of(node))


def open_score_columns(inspection: Inspection, score: g.Score) -> dict[str, None]:
    """Return the unknown facts on which the points of a score rest."""
    low, high = inspection.points(score)
    if low == high:
        return {}
    match score:
        case g.Bands(bands=bands):
            return _band_columns(inspection, [test for test, _, _ in bands])
        case g.Sum(parts=named) | g.Best(options=named):
            return _union(open_score_columns(inspection, part) for _, part in named)
        case g.SplitScore(column=column, cells=cells):
            own = _unknown(inspection, (column,))
            return own | _union(
                open_score_columns(inspection, body) for body in inspection.cells(column, cells)
            )
        case g.Given():
            return _unknown(inspection, inspection.columns_of(score))


def open_result_columns(inspection: Inspection) -> dict[str, None]:
    """Return the unknown facts on which the open result of the policy rests."""
    graph = inspection.graph
    if graph.outcome is not None:
        return open_columns(inspection, graph.outcome)
    if isinstance(graph.classes, g.ClassesByCategory):
        return _table_columns(inspection, graph.classes)
    return _union(open_columns(inspection, rule.statement) for rule in graph.classes or ())


def _table_columns(inspection: Inspection, table: g.ClassesByCategory) -> dict[str, None]:
    category = inspection.row.get(table.column)
    rows = table.rows.values() if category is None else [table.rows.get(str(category), ())]
    below = _union(open_columns(inspection, rule.statement) for rules in rows for rule in rules)
    return _unknown(inspection, (table.column,)) | below


def _band_columns(inspection: Inspection, tests: list[g.Statement]) -> dict[str, None]:
    found: dict[str, None] = {}
    for test in tests:
        if inspection.outcome(test) is Outcome.MET:
            break
        found |= open_columns(inspection, test)
    return found


def _union(parts: Iterator[dict[str, None]]) -> dict[str, None]:
    return {column: None for part in parts for column in part}


def _unknown(inspection: Inspection, columns: tuple[str, ...]) -> dict[str, None]:
    return {column: None for column in columns if inspection.is_unknown(column)}


def columns_in_order(node: g.Node) -> tuple[str, ...]:
    """Return the columns that a node looks at, in the order of the text."""
    found: dict[str, None] = {}
    _collect(node, found)
    return tuple(found)


def _collect(node: g.Node, found: dict[str, None]) -> None:
    match node:
        case g.Linear(terms=terms):
            found.update(dict.fromkeys(column for column, _ in terms))
        case g.MeanGrowth():
            found.update(dict.fromkeys((node.first, node.second, node.third)))
        case g.InClass():
            found.update(dict.fromkeys(sorted(g.columns_of(node))))
        case g.IsTrue() | g.OneOf() | g.Split() | g.SplitScore():
            found[node.column] = None
    for child in g.children(node):
        _collect(child, found)


def columns_used(inspection: Inspection, node: g.Node) -> dict[str, None]:
    """Return the columns that a node looks at for this row: of a bracket only what may apply."""
    if isinstance(node, g.Split):
        bodies: list[g.Node] = list(inspection.cells(node.column, node.cells))
    elif isinstance(node, g.SplitScore):
        bodies = list(inspection.cells(node.column, node.cells))
    elif not any(True for _ in g.children(node)):
        return dict.fromkeys(columns_in_order(node))
    else:
        return _union(columns_used(inspection, child) for child in g.children(node))
    return {node.column: None} | _union(columns_used(inspection, body) for body in bodies)

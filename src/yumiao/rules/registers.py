"""The filters of a register, read over its rows by the same engine that reads policies over subjects.

A row of a register is judged like a subject: its columns are facts, a filter is a condition, and a field that the row
does not give is unknown. So a row is counted, not counted, or open, and never guessed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import floor

from yumiao.model.text import Text
from yumiao.model.units import Kind
from yumiao.packs import expressions as ex
from yumiao.packs.definitions import RegisterDefinition
from yumiao.packs.fields import Expression
from yumiao.packs.library import Library
from yumiao.rules import graph as g
from yumiao.rules.derivation import Derivation, derivations
from yumiao.rules.lowering import NO_POLICY, Lowering
from yumiao.rules.refine import clauses_resting_on
from yumiao.rules.rewriting import Rewriting
from yumiao.rules.showing_words import Wording


@dataclass(frozen=True)
class RegisterGraph:
    """Statements over the rows of a register on a day.

    Attributes:
        graph: one condition per statement, named as asked.
        derived: how yes/no columns follow from others where a row does not say.
    """

    graph: g.PolicyGraph
    derived: tuple[Derivation, ...]


def filter_words(register: RegisterDefinition, node: ex.Node) -> Text:
    """Return a statement over rows in words, columns by their labels."""
    rows = library_of_rows(register)
    return Text(Wording(rows, NO_POLICY, "zh").words(node), Wording(rows, NO_POLICY, "en").words(node))


@dataclass(frozen=True, slots=True)
class Points:
    """Values of one field that stand for all others in a statement: one on every side of each edge."""

    column: str
    values: tuple[bool | int | str | dt.date, ...]


def library_of_rows(register: RegisterDefinition) -> Library:
    """Return a library in which the columns of a register are the metrics."""
    return Library(metrics=register.metrics())


def filters_of(register: RegisterDefinition) -> dict[str, Expression]:
    """Return every filter by the name of its metric: ``ip_class1_count.hnte``."""
    return {
        f"{metric}.{name}": statement
        for metric, filters in register.counts.items()
        for name, statement in filters.items()
    }


def lower_statements(
    register: RegisterDefinition, statements: Mapping[str, ex.Node], as_of: dt.date
) -> RegisterGraph:
    """Lower statements over the rows of a register.

    Args:
        statements: trees by name; each becomes a condition of that name.
        as_of: the application date of the statements.
    Raises: LoweringError when one has no meaning, or when derived columns go round in a circle.
    """
    rows = library_of_rows(register)
    lowering = Lowering.of_statement(rows, as_of)
    conditions = tuple(_conditions(lowering, register, statements))
    graph = g.PolicyGraph(
        policy="register",
        version="",
        as_of=as_of,
        settings={},
        leaves=dict(lowering.leaves),
        constraints=(),
        conditions=conditions,
        scores=(),
        routes=(),
        outcome=g.Known(value=True),
        classes=None,
    )
    return RegisterGraph(graph, derivations(rows, [graph], as_of))


def _settled(node: g.Node, leaves: Mapping[str, g.Leaf]) -> g.Node:
    """A field of a row is one of its declared categories: to be any of them is nothing to ask for."""
    if isinstance(node, g.OneOf) and node.values.issuperset(leaves[node.column].metric.categories()):
        return g.Known(value=True)
    return node


def _conditions(
    lowering: Lowering, register: RegisterDefinition, statements: Mapping[str, ex.Node]
) -> Iterator[g.ConditionNode]:
    citation = register.cite.citation
    settled = Rewriting(lambda node: _settled(node, lowering.leaves))
    for name, tree in statements.items():
        statement = settled.apply(lowering.statement(tree))
        yield g.ConditionNode(name, register.label.text, citation, statement)


# ── fields that stand in several clauses ──────────────────────────────────────────────────────────────────────────


def points_of(lowered: RegisterGraph, name: str) -> tuple[Points, ...]:
    """Return the points of the fields that stand in several clauses of a statement.

    Clause by clause such a field is taken to be free in each. Trying its points settles what its clauses say
    together. A field that is compared with another has no such points and is left out: the row stays open.
    """
    condition = next(each for each in lowered.graph.conditions if each.id == name)
    found = []
    for column in sorted(g.columns_of(condition.statement)):
        if clauses_resting_on(condition.statement, column) > 1:
            values = _values_of(column, list(_walk(condition.statement)), lowered.graph.leaves[column])
            found += [Points(column, values)] if values else []
    return tuple(found)


def _walk(node: g.Node) -> Iterator[g.Node]:
    yield node
    for child in g.children(node):
        yield from _walk(child)


def _values_of(column: str, nodes: list[g.Node], leaf: g.Leaf) -> tuple[bool | int | str | dt.date, ...]:
    metric = leaf.metric
    if metric.kind is Kind.BOOL:
        return (False, True)
    if metric.kind is Kind.CATEGORY:
        named = {
            value
            for node in nodes
            if isinstance(node, g.OneOf) and node.column == column
            for value in node.values
        }
        others = [value for value in metric.categories() if value not in named]
        return (*sorted(named), *others[:1])
    linears = [node for node in nodes if isinstance(node, g.Linear) and column in dict(node.terms)]
    if any(len(linear.terms) > 1 for linear in linears):
        return ()
    edges = {floor(-linear.constant / linear.terms[0][1]) for linear in linears}
    numbers = sorted({edge + step for edge in edges for step in (-1, 0, 1, 2)})
    if metric.kind is Kind.DATE:
        return tuple(g.EPOCH + dt.timedelta(days=number) for number in numbers)
    return tuple(number for number in numbers if metric.minimum is None or number >= metric.minimum)

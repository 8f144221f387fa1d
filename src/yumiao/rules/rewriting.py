"""A graph with some of its nodes exchanged; parts that are shared stay shared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import TypeVar, cast

from yumiao.rules import graph as g

Value = TypeVar("Value")

Change = Callable[[g.Node], g.Node]
"""Given a node whose parts are already changed, return it or the one to stand in its place."""


class Rewriting:
    """Applies one change to whatever nodes it is given, each once."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._done: dict[int, tuple[g.Node, g.Node]] = {}

    def apply(self, value: Value) -> Value:
        """Return a node, or a tuple with nodes in it, with the change made throughout."""
        if isinstance(value, g.Node):
            return cast("Value", self._node(value))
        if isinstance(value, tuple):
            return cast("Value", tuple(self.apply(part) for part in value))
        return value

    def _node(self, node: g.Node) -> g.Node:
        found = self._done.get(id(node))
        if found is None:
            names = [item.name for item in fields(node)]  # type: ignore[arg-type]  # nodes are dataclasses
            parts = {name: getattr(node, name) for name in names}
            changed = {name: self.apply(part) for name, part in parts.items() if _has_nodes(part)}
            rebuilt = replace(node, **changed)  # type: ignore[type-var]  # nodes are dataclasses
            found = (node, self._change(rebuilt))
            self._done[id(node)] = found
        return found[1]


def _has_nodes(value: object) -> bool:
    return isinstance(value, g.Node | tuple)


def rewrite(graph: g.PolicyGraph, change: Change) -> g.PolicyGraph:
    """Return the graph with one change made to all its nodes."""
    rewriting = Rewriting(change)
    return replace(
        graph,
        conditions=tuple(
            replace(node, statement=rewriting.apply(node.statement)) for node in graph.conditions
        ),
        scores=tuple(replace(node, score=rewriting.apply(node.score)) for node in graph.scores),
        routes=tuple(replace(node, statement=rewriting.apply(node.statement)) for node in graph.routes),
        outcome=rewriting.apply(graph.outcome),
        classes=_classes(graph.classes, rewriting),
    )


def _classes(classes: g.Classes | None, rewriting: Rewriting) -> g.Classes | None:
    def nodes(rules: tuple[g.ClassNode, ...]) -> tuple[g.ClassNode, ...]:
        return tuple(replace(rule, statement=rewriting.apply(rule.statement)) for rule in rules)

    if isinstance(classes, g.ClassesByCategory):
        return replace(classes, rows={value: nodes(rules) for value, rules in classes.rows.items()})
    return None if classes is None else nodes(classes)


def choose_points(graph: g.PolicyGraph, *, highest: bool) -> g.PolicyGraph:
    """Return the graph in which experts always choose one end of what a band leaves to them."""

    def chosen(low: int, high: int) -> tuple[int, int]:
        return (high, high) if highest else (low, low)

    def change(node: g.Node) -> g.Node:
        if not isinstance(node, g.Bands):
            return node
        bands = tuple((test, *chosen(low, high)) for test, low, high in node.bands)
        return g.Bands(bands, chosen(*node.otherwise))

    return rewrite(graph, change)

"""Facts that follow from other facts: a title held on the application date, an SME by its size class.

A derived value stands in only where no value was received. It is judged with three outcomes like everything else:
what cannot be decided stays unknown. A title is never derived from a verdict on the same title.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from yumiao.model.text import Text
from yumiao.packs import expressions as ex
from yumiao.packs.library import Library
from yumiao.rules import graph as g
from yumiao.rules.lowering import Lowering, LoweringError


@dataclass(frozen=True)
class Derivation:
    """How one yes/no column follows from others: met is yes, not_met is no, undetermined is unknown."""

    column: str
    graph: g.PolicyGraph


def derivations(library: Library, graphs: Iterable[g.PolicyGraph], as_of: dt.date) -> tuple[Derivation, ...]:
    """Return the derivations that some graphs call for, those that others rest on first.

    Raises: LoweringError when derivations go round in a circle.
    """
    found: dict[str, Derivation] = {}
    for graph in graphs:
        for column in graph.leaves:
            _add(library, column, as_of, found, ())
    return tuple(found.values())


def columns_behind(graph: g.PolicyGraph, derived: Iterable[Derivation]) -> set[str]:
    """Return the columns of facts that a policy reads, those that its derived facts rest on included.

    Args:
        derived: in the order of :func:`derivations`: those that others rest on first.
    """
    columns = set(graph.leaves)
    for derivation in reversed(tuple(derived)):
        if derivation.column in columns:
            columns |= set(derivation.graph.leaves)
    return columns


def _add(
    library: Library, column: str, as_of: dt.date, found: dict[str, Derivation], above: tuple[str, ...]
) -> None:
    metric = library.metrics.get(column)
    if column in found or metric is None or metric.derived is None:
        return
    if column in above:
        chain = " → ".join((*above, column))
        raise LoweringError(
            Text(f"推导互相依赖：{chain}", f"derivations go round in a circle: {chain}"),
            ex.Span(),
            metric.derived,
        )
    graph = derive(library, column, as_of)
    for needed in graph.leaves:
        _add(library, needed, as_of, found, (*above, column))
    found[column] = Derivation(column, graph)


def derive(library: Library, metric_id: str, as_of: dt.date) -> g.PolicyGraph:
    """Lower the statement from which a yes/no metric is derived.

    Raises: LoweringError when it has no meaning.
    """
    metric = library.metrics[metric_id]
    statement = ex.parse_statement(metric.derived or "never")
    lowering = Lowering.of_statement(library, as_of)
    outcome = lowering.statement(statement)
    return g.PolicyGraph(
        policy=metric_id,
        version="derived",
        as_of=as_of,
        settings={},
        leaves=dict(lowering.leaves),
        constraints=(),
        conditions=(),
        scores=(),
        routes=(),
        outcome=outcome,
        classes=None,
    )


def derived_columns(found: Iterable[Derivation]) -> Iterator[str]:
    """Yield the columns that the derivations read."""
    for derivation in found:
        yield from derivation.graph.leaves

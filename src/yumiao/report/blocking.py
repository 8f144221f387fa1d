"""Which of a policy's conditions stand in the way: an alternative does not, once another one is met."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from yumiao.model.outcomes import Outcome
from yumiao.report.measures import unwrap
from yumiao.rules import graph as g

ALWAYS = pl.lit(value=True)


def find_matters(graph: g.PolicyGraph) -> dict[str, pl.Expr]:
    """Return for each condition whether its outcome still matters for the verdict of a row.

    A condition of an alternative does not matter where another alternative is met. Conditions of class
    policies always do.
    """
    matters = {condition.id: ALWAYS for condition in graph.conditions}
    if graph.outcome is not None:
        found: dict[str, list[pl.Expr]] = {}
        for condition, test in _walk(graph.outcome, ALWAYS):
            found.setdefault(condition, []).append(test)
        matters = {condition: pl.lit(value=False) for condition in matters}
        matters |= {condition: pl.any_horizontal(tests) for condition, tests in found.items()}
    return matters


def _walk(statement: g.Statement, active: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
    if isinstance(statement, g.Named):
        yield statement.condition, active
        yield from _walk(statement.body, active) if _holds_names(statement.body) else ()
    elif isinstance(statement, g.Count):
        is_choice = statement.least < len(statement.parts)
        still_open = active & ~_is_met(statement) if is_choice else active
        for part in statement.parts:
            yield from _walk(part, still_open)


def _holds_names(statement: g.Statement) -> bool:
    return isinstance(statement, g.Count) and any(isinstance(part, g.Named) for part in statement.parts)


def _is_met(statement: g.Statement) -> pl.Expr:
    """Whether a statement is known to hold, as far as the outcomes of conditions tell."""
    if isinstance(statement, g.Named):
        return pl.col(f"condition.{statement.condition}").cast(pl.String) == Outcome.MET.value
    if isinstance(statement, g.Count):
        held = [_is_met(part).cast(pl.UInt32) for part in statement.parts]
        return pl.sum_horizontal(held) >= statement.least
    return pl.lit(isinstance(unwrap(statement), g.Known) and getattr(statement, "value", False))

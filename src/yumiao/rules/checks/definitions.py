"""Whether derived metrics and the counts of registers have a meaning and rest not on themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from yumiao.model.problems import Problem
from yumiao.model.text import Text
from yumiao.packs import expressions as ex
from yumiao.packs.definitions import RegisterDefinition
from yumiao.packs.expressions import parse_statement
from yumiao.packs.fields import Expression
from yumiao.packs.library import Library, Policy
from yumiao.packs.near_names import with_nearest
from yumiao.packs.walking import walk_written
from yumiao.packs.yaml_reading import Source
from yumiao.rules.checks.places import problem_at, problem_in
from yumiao.rules.checks.probing import Fault, Probe
from yumiao.rules.checks.structure import circles
from yumiao.rules.lowering import Lowering, Scope

ANY_DAY = dt.date(2026, 1, 1)
"""Whether an expression has a meaning does not rest on the day."""


# ── derived metrics ───────────────────────────────────────────────────────────────────────────────────────


def find_bad_derivations(library: Library, half_read: frozenset[str]) -> Iterator[Problem]:
    """Yield the derived metrics whose expression has no meaning, or that rest on themselves."""
    for source, name, expression in _derived(library):
        keys = ("metrics", name, "derived")
        for fault in _derivation_faults(library, expression.tree, half_read):
            yield problem_in(source, keys, expression, fault.text, fault.span)
    yield from _derived_circles(library)


def _derived(library: Library) -> Iterator[tuple[Source, str, Expression]]:
    for name, metric in library.metrics.items():
        if metric.derived is None or "." in name:
            continue
        source = next(
            (found for found in library.sources.values() if name in (found.data.get("metrics") or {})), None
        )
        if source is not None:
            yield source, name, Expression(metric.derived, parse_statement(metric.derived))


def _derivation_faults(library: Library, node: ex.Node, half_read: frozenset[str]) -> Iterator[Fault]:
    match node:
        case ex.AtLeast(parts=parts):
            for part in parts:
                yield from _derivation_faults(library, part, half_read)
        case ex.Negation(body=body):
            yield from _derivation_faults(library, body, half_read)
        case ex.IsValue(subject=ex.ClassOf() as subject, values=values):
            yield from _class_faults(library, subject, values)
        case _:
            lowering = Lowering.of_statement(library, ANY_DAY)
            yield from Probe(library, lowering.body, lowering, half_read).statement_faults(node, Scope())


def _class_faults(library: Library, subject: ex.ClassOf, values: tuple[str, ...]) -> Iterator[Fault]:
    versions = [policy for policy in library.versions(subject.policy) if policy.body.is_class_policy]
    if not versions:
        name = subject.policy
        zh, en = f"没有给出类别的政策 {name}", f"no policy with classes is called {name!r}"
        text = with_nearest(zh, en, name, library.families())
        yield Fault(text, subject.span)
    for policy in versions:
        known = policy.body.class_labels()
        for value in values:
            if value not in known:
                text = Text(
                    f"{policy.id} 没有类别 {value}",
                    f"{policy.id} has no class {value!r}; known: {', '.join(known)}",
                )
                yield Fault(text, subject.span)


def _derived_circles(library: Library) -> Iterator[Problem]:
    uses: dict[str, list[str]] = {}
    places: dict[str, Source] = {}
    for source, name, expression in _derived(library):
        uses[name] = list(_names(expression))
        places[name] = source
    for policy in library.policies:
        uses.setdefault(_family(policy.family), []).extend(_policy_names(policy))
    for chain in circles(uses):
        named = [name for name in chain if name in places]
        if named:
            shown = " → ".join(chain)
            text = Text(f"推导互相依赖：{shown}", f"derivations rest on each other: {shown}")
            yield problem_at(places[named[0]], ("metrics", named[0], "derived"), "rule.circle", text, shown)


def _family(family: str) -> str:
    return f"class({family})"


def _names(expression: Expression) -> Iterator[str]:
    for node in ex.walk(expression.tree):
        if isinstance(node, ex.Reference):
            yield node.name
        elif isinstance(node, ex.ClassOf):
            yield _family(node.policy)


def _policy_names(policy: Policy) -> Iterator[str]:
    for _, value in walk_written(policy.body):
        if isinstance(value, Expression):
            yield from _names(value)
    if policy.body.class_table is not None:
        yield policy.body.class_table.by
        yield from (metric for bounds in policy.body.class_table.bounds.values() for metric in bounds)


# ── registers ─────────────────────────────────────────────────────────────────────────────────────────────


def find_bad_registers(library: Library) -> Iterator[Problem]:
    """Yield the counts of registers that are no metrics, and the filters that name no column or value."""
    for name, register in library.registers.items():
        source = next(
            (found for found in library.sources.values() if name in (found.data.get("registers") or {})), None
        )
        if source is not None:
            yield from _Register(library, source, name, register).problems()


@dataclass(frozen=True)
class _Register:
    library: Library
    source: Source
    name: str
    register: RegisterDefinition

    def problems(self) -> Iterator[Problem]:
        for count, filters in self.register.counts.items():
            keys = ("registers", self.name, "counts", count)
            if count not in self.library.metrics:
                text = with_nearest(f"没有口径 {count}", f"no metric {count!r}", count, self.library.metrics)
                yield problem_at(self.source, keys, "register.count", text, count)
            for name, expression in filters.items():
                for fault in self._faults(expression.tree):
                    yield problem_in(self.source, (*keys, name), expression, fault.text, fault.span)

    def _faults(self, node: ex.Node) -> Iterator[Fault]:
        columns = self.register.columns
        for part in ex.walk(node):
            if isinstance(part, ex.Reference) and part.name not in columns:
                name = part.name
                text = with_nearest(f"台账没有 {name} 列", f"no column {name!r}", name, columns)
                yield Fault(text, part.span)
            elif isinstance(part, ex.IsValue) and isinstance(part.subject, ex.Reference):
                yield from self._value_faults(part, columns.get(part.subject.name))
            elif isinstance(part, ex.Yes) and columns.get(part.reference.name, "bool") != "bool":
                name = part.reference.name
                yield Fault(Text(f"{name} 不是是/否列", f"{name} is no yes/no column"), part.span)

    def _value_faults(self, node: ex.IsValue, column: Any) -> Iterator[Fault]:
        if column is not None and not isinstance(column, Mapping) and column != "category":
            yield Fault(Text("不是分类列", "not a column of categories"), node.span)
        for value in node.values if isinstance(column, Mapping) else ():
            if value not in column:
                text = with_nearest(f"没有值 {value}", f"no value {value!r}", value, column)
                yield Fault(text, node.span)

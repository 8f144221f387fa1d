"""Whether derived metrics and the counts of registers have a meaning and rest not on themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from yumiao.model.problems import Problem
from yumiao.model.text import Text
from yumiao.packs import expressions as ex
from yumiao.packs.definitions import RegisterDefinition
from yumiao.packs.expressions import parse_statement
from yumiao.packs.fields import Expression
from yumiao.packs.library import Library, Policy
from yumiao.packs.near_names import with_nearest
from yumiao.packs.register_columns import RegisterColumn
from yumiao.packs.walking import walk_written
from yumiao.packs.yaml_reading import Source
from yumiao.rules.checks.places import problem_at, problem_in
from yumiao.rules.checks.probing import Fault, Probe
from yumiao.rules.checks.structure import circles
from yumiao.rules.lowering import NO_POLICY, Lowering, LoweringError, Scope
from yumiao.rules.registers import lower_statements

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
            yield from Probe(library, NO_POLICY, lowering, half_read).statement_faults(node, Scope())


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
    """Yield counts that are no metrics, named columns that are not there, and statements without a meaning."""
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
        yield from self._named_columns()
        for keys, expression in self._statements():
            faults = list(self._faults(expression.tree)) or list(self._meaning(expression))
            for fault in faults:
                yield problem_in(self.source, keys, expression, fault.text, fault.span)
        for count in self.register.counts:
            if count not in self.library.metrics:
                text = with_nearest(f"没有口径 {count}", f"no metric {count!r}", count, self.library.metrics)
                yield problem_at(self.source, (*self._keys, "counts", count), "register.count", text, count)

    @property
    def _keys(self) -> tuple[str, str]:
        return "registers", self.name

    def _statements(self) -> Iterator[tuple[tuple[str, ...], Expression]]:
        for count, filters in self.register.counts.items():
            for name, expression in filters.items():
                yield (*self._keys, "counts", count, name), expression
        for name, column in self.register.columns.items():
            if column.derived is not None:
                yield (*self._keys, "columns", name, "derived"), column.derived
        for name, rule in self.register.once.items():
            if rule.when is not None:
                yield (*self._keys, "once", name, "when"), rule.when

    def _named_columns(self) -> Iterator[Problem]:
        """The columns that the register's own keys name have to be there, and of the type meant."""
        register = self.register
        named = [("from", register.from_, "date"), ("until", register.until, "date")]
        named.append(("number", register.number, "text"))
        for key, column, wanted in named:
            yield from self._wanted((*self._keys, key), column, wanted)
        for name, rule in register.once.items():
            yield from self._wanted((*self._keys, "once", name), name, "bool")
            yield from self._wanted((*self._keys, "once", name, "on"), rule.on, "date")

    def _wanted(self, keys: tuple[str, ...], name: str | None, wanted: str) -> Iterator[Problem]:
        if name is None:
            return
        column = self.register.columns.get(name)
        if column is None:
            text = with_nearest(f"台账没有 {name} 列", f"no column {name!r}", name, self.register.columns)
            yield problem_at(self.source, keys, "register.column", text, name)
        elif column.type != wanted:
            text = Text(
                f"{name} 的类型是 {column.type}，应为 {wanted}",
                f"{name} is of type {column.type}, expected {wanted}",
            )
            yield problem_at(self.source, keys, "register.column", text, name)

    def _faults(self, node: ex.Node) -> Iterator[Fault]:
        columns = self.register.columns
        for part in ex.walk(node):
            if isinstance(part, ex.Reference) and part.name not in columns:
                name = part.name
                text = with_nearest(f"台账没有 {name} 列", f"no column {name!r}", name, columns)
                yield Fault(text, part.span)
            elif isinstance(part, ex.Reference) and columns[part.name].is_text:
                name = part.name
                text = Text(f"{name} 是文字列，不能用于筛选", f"{name} is text, which no filter can read")
                yield Fault(text, part.span)
            elif isinstance(part, ex.IsValue) and isinstance(part.subject, ex.Reference):
                yield from self._value_faults(part, columns.get(part.subject.name))
            elif isinstance(part, ex.Yes) and part.reference.name in columns:
                name = part.reference.name
                if columns[name].type != "bool" and not columns[name].is_text:
                    yield Fault(Text(f"{name} 不是是/否列", f"{name} is no yes/no column"), part.span)

    def _value_faults(self, node: ex.IsValue, column: RegisterColumn | None) -> Iterator[Fault]:
        if column is None or column.is_text:
            return
        if column.type != "category":
            yield Fault(Text("不是分类列", "not a column of categories"), node.span)
            return
        for value in node.values:
            if value not in column.values:
                text = with_nearest(f"没有值 {value}", f"no value {value!r}", value, column.values)
                yield Fault(text, node.span)

    def _meaning(self, expression: Expression) -> Iterator[Fault]:
        """What only shows when a statement is read: units that differ, derivations that go round."""
        try:
            lower_statements(self.register, {"filter": expression.tree}, ANY_DAY)
        except LoweringError as error:
            yield Fault(error.text, error.span)

"""Expressions that hold or fail: comparisons, yes/no facts, categories, titles, and what is made of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from yumiao.model.units import Kind
from yumiao.packs import expressions as ex
from yumiao.packs.fields import Expression
from yumiao.packs.library import Policy
from yumiao.packs.yaml_reading import nearest
from yumiao.rules import graph as g
from yumiao.rules.lowering.comparisons import ComparisonLowering
from yumiao.rules.lowering.errors import fail, naming
from yumiao.rules.lowering.symbols import Symbols
from yumiao.rules.lowering.years import Scope


class Clauses(Protocol):
    """What statements refer to by name; each is lowered when it is first asked for."""

    def condition(self, condition_id: str) -> g.Named:
        """Return a condition of this version."""

    def route(self, route_id: str) -> g.Statement:
        """Return a route of this version."""

    def classes_of(self, policy: Policy) -> g.Classes:
        """Return the classes of another policy; its facts become those of this one."""


@dataclass(frozen=True)
class StatementLowering:
    """Lowers the statements of one policy version."""

    symbols: Symbols
    comparisons: ComparisonLowering
    clauses: Clauses

    def expression(self, expression: Expression, scope: Scope) -> g.Statement:
        """Lower a statement as it is written; what has no meaning is said with its text."""
        with naming(expression):
            return self.statement(expression.tree, scope)

    def statement(self, node: ex.Node, scope: Scope) -> g.Statement:
        """Lower a statement.

        Raises: LoweringError where it has no meaning, or is a value.
        """
        match node:
            case ex.Constant(value=value):
                return g.Known(value)
            case ex.Comparison():
                return self.comparisons.comparison(node, scope)
            case ex.Yes(reference=reference):
                return self._yes(reference, scope)
            case ex.Negation(body=body):
                return g.Negated(self.statement(body, scope))
            case ex.AtLeast(count=count, parts=parts):
                return g.Count(count, tuple(self.statement(part, scope) for part in parts))
            case ex.EachYear(every=every, count=count, body=body):
                years = [replace(scope, year=year) for year in scope.last(count)]
                yearly = tuple(self.statement(body, year) for year in years)
                return g.Count(len(yearly) if every else 1, yearly)
            case ex.AnyRoute():
                return g.Count(
                    1, tuple(self.clauses.route(route_id) for route_id in self.symbols.body.routes)
                )
            case ex.Holds(title=title):
                return self._holds(title, node.span)
            case ex.IsValue(subject=subject, values=values):
                return self.is_value(subject, values, scope)
            case _:
                fail("此处应为判断式", "expected a statement here, found a value", node.span)

    def _yes(self, reference: ex.Reference, scope: Scope) -> g.Statement:
        name = reference.name
        if name in self.symbols.body.conditions:
            return self.clauses.condition(name)
        if name in self.symbols.body.routes:
            return self.clauses.route(name)
        metric = self.symbols.metric(name, reference.span)
        if metric.kind is not Kind.BOOL:
            fail(
                f"{name} 不是是/否口径",
                f"{name} is no yes/no fact; compare it with something",
                reference.span,
            )
        return g.IsTrue(self.symbols.column(metric, scope.year_of(metric, reference), reference.span))

    def _holds(self, title: str, span: ex.Span) -> g.Statement:
        if title not in self.symbols.library.titles:
            near = nearest(title, self.symbols.library.titles)
            fail(f"没有资质 {title}；最接近的是 {near}", f"no title {title!r}; nearest: {near}", span)
        today = ex.ApplicationDate(span)
        granted = ex.Reference(span, (f"title_{title}_granted_on",))
        until = ex.Reference(span, (f"title_{title}_valid_until",))
        both = (ex.Comparison(span, "<=", granted, today), ex.Comparison(span, ">=", until, today))
        return g.Count(2, tuple(self.statement(part, Scope()) for part in both))

    def is_value(self, subject: ex.Node, values: tuple[str, ...], scope: Scope) -> g.Statement:
        """Lower that a category, or the class by another policy, is one of some values."""
        if isinstance(subject, ex.ClassOf):
            return self._in_class(subject, values)
        if not isinstance(subject, ex.Reference):
            fail("此处应为口径", "expected a metric here", subject.span)
        metric = self.symbols.metric(subject.name, subject.span)
        unknown = [value for value in values if value not in metric.categories()]
        if unknown:
            known = ", ".join(metric.categories())
            fail(
                f"{metric.id} 没有值 {unknown[0]}；可用：{known}",
                f"{metric.id} has no value {unknown[0]!r}; known: {known}",
                subject.span,
            )
        column = self.symbols.column(metric, scope.year_of(metric, subject), subject.span)
        return g.OneOf(column, frozenset(values))

    def _in_class(self, subject: ex.ClassOf, values: tuple[str, ...]) -> g.Statement:
        """Lower ``class(policy) in (…)`` by the version of that policy in force; its facts become ours."""
        library = self.symbols.library
        is_known = bool(library.versions(subject.policy))
        policy = library.in_force(subject.policy, self.symbols.as_of) if is_known else None
        if policy is None:
            near = nearest(subject.policy, library.families())
            fail(
                f"没有施行中的政策 {subject.policy}；最接近的是 {near}",
                f"no policy {subject.policy!r} in force; nearest: {near}",
                subject.span,
            )
        labels = policy.body.class_labels()
        unknown = [value for value in values if value not in labels]
        if unknown:
            known = ", ".join(labels)
            fail(
                f"{subject.policy} 没有类别 {unknown[0]}；可用：{known}",
                f"{subject.policy} has no class {unknown[0]!r}; known: {known}",
                subject.span,
            )
        return g.InClass(self.clauses.classes_of(policy), frozenset(values))

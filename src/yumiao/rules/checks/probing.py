"""Every fault of an expression, not only the first: its parts are lowered one by one.

While one part of a policy is looked at, every other stands as a stub, so that a fault is reported
where it is and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from yumiao.model.metrics import Metric
from yumiao.model.periods import Year
from yumiao.model.text import Text
from yumiao.model.units import Dimension
from yumiao.packs import expressions as ex
from yumiao.packs.fields import Expression
from yumiao.packs.library import Library, Policy
from yumiao.packs.near_names import with_nearest
from yumiao.packs.policies import Parameter, PolicyVersion
from yumiao.packs.walking import walk_written
from yumiao.rules import graph as g
from yumiao.rules.lowering import Bracket, Lowering, LoweringError, Scope, Value
from yumiao.rules.lowering.quantities import compare

DIMENSION_LABELS: Mapping[Dimension, Text] = {
    Dimension.CNY: Text("金额", "money"),
    Dimension.USD: Text("美元金额", "money in US dollars"),
    Dimension.PERSON: Text("人数", "a number of people"),
    Dimension.ITEM: Text("件数", "a number of items"),
    Dimension.YEAR: Text("年数", "a number of years"),
    Dimension.DAY: Text("日期或天数", "a date or a number of days"),
    Dimension.POINT: Text("分数", "points"),
    Dimension.RATIO: Text("比例", "a ratio"),
    Dimension.NUMBER: Text("数", "a plain number"),
}

UNKNOWN = Parameter.model_validate({"is": "unknown"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that has no meaning, and the word that shows it."""

    text: Text
    span: ex.Span


@dataclass
class Probe:
    """Lowers single expressions of a policy under one reading of its switches.

    Attributes:
        body: the version, with the parameters that are wrong themselves left open.
        half_read: names of metrics in files that could not be read; what uses them is not judged.
    """

    library: Library
    body: PolicyVersion
    lowering: Lowering
    half_read: frozenset[str] = frozenset()

    @staticmethod
    def of(
        library: Library, policy: Policy, settings: Mapping[str, str], half_read: frozenset[str] = frozenset()
    ) -> Probe:
        """Make a probe of a policy in which every condition, route and score is a stub."""
        body = policy.body
        as_of = body.applies[-1].from_
        lowering = Lowering(library, body, as_of, body.settings(settings))
        _add_stubs(lowering, body)
        return Probe(library, body, lowering, half_read)

    def leave_open(self, parameters: set[str]) -> None:
        """Treat some parameters as not set."""
        kept = {name: UNKNOWN if name in parameters else part for name, part in self.body.parameters.items()}
        self.lowering.symbols.body = self.body.model_copy(update={"parameters": kept})

    def rests_on_unread(self, part: object) -> bool:
        """Whether a part of the version names what stands in a file that could not be read."""
        trees = [value.tree for _, value in walk_written(part) if isinstance(value, Expression)]
        return any(not self.half_read.isdisjoint(_names(tree)) for tree in trees)

    def reading(self, choice: Any) -> Any:
        """Return the value of a choice under this reading of the switches."""
        return choice.under(self.lowering.symbols.settings)

    def reading_key(self, choice: Any) -> tuple[str, ...]:
        """Return the key below which the value of a choice stands."""
        return () if choice.switch is None else (self.lowering.symbols.settings[choice.switch],)

    # ── statements ────────────────────────────────────────────────────────────────────────────────────────

    def statement_faults(self, node: ex.Node, scope: Scope) -> Iterator[Fault]:
        """Yield what is wrong in each part of a statement."""
        match node:
            case ex.AtLeast(count=count, parts=parts):
                if count > len(parts):
                    zh, en = (
                        f"只有 {len(parts)} 项，取不到 {count} 项",
                        f"only {len(parts)} parts; {count} cannot hold",
                    )
                    yield Fault(Text(zh, en), node.span)
                for part in parts:
                    yield from self.statement_faults(part, scope)
            case ex.Negation(body=body):
                yield from self.statement_faults(body, scope)
            case ex.EachYear(body=body):
                yield from self.statement_faults(body, Scope(scope.available_years, Year(-1)))
            case ex.Comparison():
                yield from self._comparison_faults(node, scope)
            case ex.Yes(reference=reference) if (unknown := self._unknown(reference)) is not None:
                yield unknown
            case _:
                yield from self._attempt(node, lambda: self.lowering.statement(node, scope))

    def _unknown(self, reference: ex.Reference) -> Fault | None:
        """Say that a name standing as a statement is none of what may stand there."""
        name, body = reference.name, self.body
        known = {**body.conditions, **body.routes, **self.library.metrics}
        if name in known or name in body.counts or name in self.half_read:
            return None
        zh, en = f"没有名为 {name} 的条件、路径或口径", f"no condition, route or metric is called {name!r}"
        return Fault(with_nearest(zh, en, name, known), reference.span)

    def _comparison_faults(self, node: ex.Comparison, scope: Scope) -> Iterator[Fault]:
        if not any(isinstance(part, ex.Call) and part.function == "year" for part in ex.walk(node)):
            sides = [*self.value_faults(node.left, scope), *self.value_faults(node.right, scope)]
            unlike = None if sides else self.unlike_units(node.left, node.right, scope)
            if sides or unlike:
                yield from sides or [unlike]  # type: ignore[list-item]  # one of the two is there
                return
        yield from self._attempt(node, lambda: self.lowering.statement(node, scope))

    def unlike_units(self, left: ex.Node, right: ex.Node, scope: Scope) -> Fault | None:
        """Say that a literal measures something else than the metric it is compared with."""
        metric = self._metric_of(left)
        if not isinstance(right, ex.Number) or right.unit is None or metric is None or metric.unit is None:
            return None
        value = self.lowering.value(left, scope)
        if not isinstance(value, Value) or value.dimension is right.unit.dimension:
            return None
        mine, its = DIMENSION_LABELS[right.unit.dimension], DIMENSION_LABELS[value.dimension]
        number = float(right.value) if right.value.denominator != 1 else right.value
        written, meant = (f"{number} {unit.label.zh}".strip() for unit in (right.unit, metric.unit))
        name = left.name if isinstance(left, ex.Reference) else metric.id
        zh = f"{written} 是{mine.zh}，{name} 是{its.zh}。是否指 {meant}？"
        en = f"{written} is {mine.en}; {name} is {its.en}. Meant {meant}?"
        return Fault(Text(zh, en), right.span)

    def _metric_of(self, node: ex.Node) -> Metric | None:
        if not isinstance(node, ex.Reference):
            return None
        name = f"{node.name}.{self.body.counts[node.name]}" if node.name in self.body.counts else node.name
        return self.library.metrics.get(name)

    # ── values ────────────────────────────────────────────────────────────────────────────────────────────

    def value_faults(self, node: ex.Node, scope: Scope) -> Iterator[Fault]:
        """Yield what is wrong in each part of a value."""
        sides: list[Fault] = []
        if isinstance(node, ex.Arithmetic):
            sides = [*self.value_faults(node.left, scope), *self.value_faults(node.right, scope)]
        if sides:
            yield from sides
        else:
            yield from self._attempt(node, lambda: self.lowering.value(node, scope))

    def value_of(self, expression: Expression, scope: Scope) -> Value | Bracket | None:
        """Return the lowered value of an expression; None when it has none."""
        try:
            return self.lowering.value(expression.tree, scope)
        except LoweringError:
            return None

    def comparison_fault(self, left: Value, right: Expression, scope: Scope) -> Iterator[Fault]:
        """Yield why a value cannot be held against an edge."""
        node = right.tree

        def hold_against() -> object:
            edge = self.lowering.value(node, scope)
            if not isinstance(edge, Value):
                raise LoweringError(Text("档的边界应为常数", "the edge of a band is a constant"), node.span)
            return compare(left, ">=", edge, node.span)

        yield from self._attempt(node, hold_against)

    def _attempt(self, node: ex.Node, lower: Callable[[], object]) -> Iterator[Fault]:
        if not self.half_read.isdisjoint(_names(node)):
            return
        try:
            lower()
        except LoweringError as error:
            yield Fault(error.text, error.span if error.span.end else node.span)
        except (ValueError, ArithmeticError) as error:
            yield Fault(Text(f"没有意义：{error}", f"has no meaning: {error}"), node.span)


def _names(node: ex.Node) -> Iterator[str]:
    for part in ex.walk(node):
        if isinstance(part, ex.Reference):
            yield part.name
        elif isinstance(part, ex.Holds):
            yield part.title


def _add_stubs(lowering: Lowering, body: PolicyVersion) -> None:
    yes = g.Known(value=True)
    for name, condition in body.conditions.items():
        lowering.conditions[name] = g.ConditionNode(name, condition.text, body.citation(condition), yes)
    for name, route in body.routes.items():
        lowering.routes[name] = g.RouteNode(name, Text(route.zh, route.en), yes)
    for name, score in body.scores.items():
        for path, _ in score.walk((name,)):
            lowering.symbols.scores[path] = g.Bands((), (0, 0))

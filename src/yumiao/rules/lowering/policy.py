"""One policy version as a graph: its conditions, routes and classes, each lowered once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from fractions import Fraction

from yumiao.model.text import Text
from yumiao.model.units import UNITS, Kind
from yumiao.packs import expressions as ex
from yumiao.packs.fields import Expression
from yumiao.packs.library import Library, Policy
from yumiao.packs.policies import ClassTable, PolicyVersion
from yumiao.rules import graph as g
from yumiao.rules.lowering.comparisons import ComparisonLowering
from yumiao.rules.lowering.errors import fail
from yumiao.rules.lowering.quantities import Bracket, Value
from yumiao.rules.lowering.scores import ScoreLowering
from yumiao.rules.lowering.statements import StatementLowering
from yumiao.rules.lowering.symbols import Symbols
from yumiao.rules.lowering.values import ValueLowering
from yumiao.rules.lowering.years import Scope, founding_cells, longest_range

NO_POLICY = PolicyVersion.model_validate(
    {
        "policy": "none",
        "version": "none",
        "title": {"zh": "", "en": ""},
        "documents": [{"number": ""}],
        "applies": [{"to": ["first_application"], "from": dt.date(1949, 10, 1)}],
        "met_when": ["always"],
    }
)
"""For a statement that stands in no policy: it has no conditions, parameters or switches to refer to."""


class Lowering:
    """Lowers one policy version; one instance per (version, as_of, settings).

    Attributes:
        symbols: what its names stand for, and the columns asked for so far.
        conditions: those lowered so far; so ``routes``.
    """

    def __init__(
        self,
        library: Library,
        body: PolicyVersion,
        as_of: dt.date,
        settings: Mapping[str, str],
        leaves: dict[str, g.Leaf] | None = None,
    ) -> None:
        """Begin with nothing lowered; ``leaves`` are those of a policy that asks for a class by this one."""
        self.symbols = Symbols(library, body, as_of, settings, {} if leaves is None else leaves)
        self.conditions: dict[str, g.ConditionNode] = {}
        self.routes: dict[str, g.RouteNode] = {}
        self._values = ValueLowering(self.symbols)
        comparisons = ComparisonLowering(self.symbols, self._values)
        self._statements = StatementLowering(self.symbols, comparisons, clauses=self)
        self._scores = ScoreLowering(self.symbols, self._values, self._statements)
        self._lowering: list[str] = []

    @classmethod
    def of_statement(cls, library: Library, as_of: dt.date) -> Lowering:
        """Make a lowering for a statement that stands in no policy."""
        return cls(library, NO_POLICY, as_of, {})

    @property
    def leaves(self) -> dict[str, g.Leaf]:
        """The columns asked for so far."""
        return self.symbols.leaves

    def statement(self, node: ex.Node, scope: Scope | None = None) -> g.Statement:
        """Lower one statement.

        Raises: LoweringError.
        """
        return self._statements.statement(node, scope or Scope())

    def value(self, node: ex.Node, scope: Scope | None = None) -> Value | Bracket:
        """Lower one value.

        Raises: LoweringError.
        """
        return self._values.value(node, scope or Scope())

    def policy(self, policy: Policy) -> g.PolicyGraph:
        """Lower the whole version, in the order in which it is written.

        Raises: LoweringError for the first statement without meaning.
        """
        body, symbols = self.symbols.body, self.symbols
        for score_id, part in body.scores.items():
            self._scores.score(part, (score_id,), Scope())
        for condition_id in body.conditions:
            self.condition(condition_id)
        for route_id in body.routes:
            self.route(route_id)
        outcome = self._outcome()
        classes = self._classes()
        constraints = tuple(symbols.constraints())
        return g.PolicyGraph(
            policy=policy.family,
            version=policy.version,
            as_of=symbols.as_of,
            settings=dict(symbols.settings),
            leaves=dict(symbols.leaves),
            constraints=constraints,
            conditions=tuple(self.conditions[condition_id] for condition_id in body.conditions),
            scores=tuple(self._scores.nodes),
            routes=tuple(self.routes[route_id] for route_id in body.routes),
            outcome=outcome,
            classes=classes,
        )

    def condition(self, condition_id: str) -> g.Named:
        """Return a condition, lowered when it is first asked for.

        Raises: LoweringError when conditions refer to each other in a circle.
        """
        node = self.conditions.get(condition_id)
        if node is None:
            self._enter(condition_id)
            condition = self.symbols.body.conditions[condition_id]
            need = condition.need.under(self.symbols.settings)
            statement = self._with_years(condition.younger, need)
            node = g.ConditionNode(
                condition_id, condition.text, self.symbols.body.citation(condition), statement
            )
            self.conditions[condition_id] = node
            self._lowering.pop()
        return g.Named(condition_id, node.statement)

    def route(self, route_id: str) -> g.Statement:
        """Return a route, lowered when it is first asked for."""
        if route_id not in self.routes:
            self._enter(route_id)
            route = self.symbols.body.routes[route_id]
            statement = self._statements.expression(route.when, Scope())
            self.routes[route_id] = g.RouteNode(route_id, Text(route.zh, route.en), statement)
            self._lowering.pop()
        return self.routes[route_id].statement

    def classes_of(self, policy: Policy) -> g.Classes:
        """Return the classes of another policy with its usual readings; its facts become those of this one."""
        of = self.symbols
        inner = Lowering(of.library, policy.body, of.as_of, policy.body.settings({}), of.leaves)
        classes = inner.policy(policy).classes
        assert classes is not None  # noqa: S101 - a policy is asked for its classes only where it has some
        return classes

    def _enter(self, name: str) -> None:
        """Note that a condition or route is being lowered, and refuse to go round in a circle."""
        if name in self._lowering:
            chain = " → ".join([*self._lowering, name])
            fail(f"条件互相引用：{chain}", f"conditions refer to each other: {chain}", ex.Span())
        self._lowering.append(name)

    def _with_years(self, younger: str | None, need: Expression) -> g.Statement:
        if younger is None:
            return self._statements.expression(need, Scope())
        cells = founding_cells(self.symbols.as_of, longest_range(need))
        return g.Split(
            self.symbols.founding_column(),
            tuple(
                (cell, self._statements.expression(need, Scope(available_years=count)))
                for cell, count in cells
            ),
        )

    def _outcome(self) -> g.Statement | None:
        if self.symbols.body.met_when is None:
            return None
        parts = tuple(self._statements.expression(part, Scope()) for part in self.symbols.body.met_when)
        return parts[0] if len(parts) == 1 else g.Count(len(parts), parts)

    def _classes(self) -> g.Classes | None:
        if self.symbols.body.classes is not None:
            return tuple(
                g.ClassNode(class_id, Text(rule.zh, rule.en), self._statements.expression(rule.when, Scope()))
                for class_id, rule in self.symbols.body.classes.items()
            )
        return (
            None
            if self.symbols.body.class_table is None
            else self._class_table(self.symbols.body.class_table)
        )

    def _class_table(self, table: ClassTable) -> g.ClassesByCategory:
        span = ex.Span()
        key = self.symbols.metric(table.by, span)
        if key.kind is not Kind.CATEGORY:
            fail(f"{table.by} 不是分类口径", f"{table.by} is not a category", span)
        unknown = [row for row in table.bounds if row not in key.categories()]
        if unknown:
            fail(f"{table.by} 没有 {unknown[0]}", f"{table.by} has no value {unknown[0]}", span)
        column = self.symbols.column(key, None, span)
        rows = {row: self._class_row(table, bounds) for row, bounds in table.bounds.items()}
        return g.ClassesByCategory(column, rows)

    def _class_row(
        self, table: ClassTable, bounds: Mapping[str, Sequence[int | float | str]]
    ) -> tuple[g.ClassNode, ...]:
        nodes = []
        for index, class_id in enumerate(table.classes):
            parts = tuple(
                self._lower_bound(name, levels[index])
                for name, levels in bounds.items()
                if index < len(levels)
            )
            statement: g.Statement = g.Count(len(parts), parts) if parts else g.Known(value=True)
            nodes.append(g.ClassNode(class_id, table.labels[class_id].text, statement))
        return tuple(nodes)

    def _lower_bound(self, name: str, bound: float | str) -> g.Statement:
        metric = self.symbols.metric(name, ex.Span())
        unit = metric.unit or UNITS["number"]
        literal = ex.Number(ex.Span(), Fraction(str(bound)), unit)
        comparison = ex.Comparison(ex.Span(), ">=", ex.Reference(ex.Span(), (name,)), literal)
        return self.statement(comparison, Scope())


def lower(
    library: Library, policy: Policy, as_of: dt.date, settings: Mapping[str, str] | None = None
) -> g.PolicyGraph:
    """Lower one policy version for applications on ``as_of``.

    Raises: LoweringError for the first statement without meaning (``yumiao.rules.check`` finds all).
    """
    chosen = policy.body.settings(settings or {})
    return Lowering(library, policy.body, as_of, chosen).policy(policy)

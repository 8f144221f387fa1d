"""Checked pack text → typed graph: names are resolved, units checked, years fixed, switches read, brackets unfolded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import NoReturn

from yumiao.model.metrics import Metric
from yumiao.model.periods import PeriodKind, Year, column_name
from yumiao.model.text import Text
from yumiao.model.units import DIMENSION_STEPS, UNITS, Dimension, Kind
from yumiao.packs import expressions as ex
from yumiao.packs.fields import Choice, Expression, Points
from yumiao.packs.library import Library, Policy
from yumiao.packs.policies import Band, ParameterBand, PolicyVersion, ScorePart
from yumiao.packs.yaml_reading import nearest
from yumiao.rules import graph as g

POINT_STEPS = UNITS["point"].steps
FOUNDING = "established_on"
"""The date from which the years that a young firm has follow."""

_FLIPPED: dict[str, g.Operator] = {">=": "<=", ">": "<", "<=": ">=", "<": ">", "=": "="}


class LoweringError(ValueError):
    """A statement that has no meaning: an unknown name, unlike units, a period that does not fit."""

    def __init__(self, text: Text, span: ex.Span, expression: str = "") -> None:
        super().__init__(str(text))
        self.text = text
        self.span = span
        self.expression = expression


@dataclass(frozen=True, slots=True)
class Value:
    """A lowered value with what it measures."""

    node: g.Linear | g.Quotient | g.MeanGrowth | g.Score
    dimension: Dimension
    literal: bool = False


@dataclass(frozen=True, slots=True)
class Bracket:
    """A parameter whose value depends on the cell of a column."""

    column: str
    cells: tuple[tuple[g.Cell, Value | None], ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """What ``last n FY`` means here: how many years the firm has, and the year of an ``in each of`` body."""

    available_years: int | None = None
    year: Year | None = None


@dataclass
class Lowering:
    """Lowers one policy version; one instance per (version, as_of, settings)."""

    library: Library
    body: PolicyVersion
    as_of: dt.date
    settings: Mapping[str, str]
    leaves: dict[str, g.Leaf] = field(default_factory=dict)
    conditions: dict[str, g.ConditionNode] = field(default_factory=dict)
    scores: dict[tuple[str, ...], g.Score] = field(default_factory=dict)
    score_nodes: list[g.ScoreNode] = field(default_factory=list)
    routes: dict[str, g.RouteNode] = field(default_factory=dict)
    _lowering: list[str] = field(default_factory=list)

    @property
    def scope(self) -> Scope:
        """The outermost scope."""
        return Scope()

    @classmethod
    def of_statement(cls, library: Library, as_of: dt.date) -> Lowering:
        """Make a lowering for a statement that stands in no policy."""
        return cls(library, _NO_POLICY, as_of, {})

    # ── the whole ─────────────────────────────────────────────────────────────────────────────────────────

    def policy(self, policy: Policy) -> g.PolicyGraph:
        for score_id, part in self.body.scores.items():
            self.score(part, (score_id,), Scope())
        for condition_id in self.body.conditions:
            self.condition(condition_id)
        for route_id in self.body.routes:
            self.route(route_id)
        outcome = self._outcome()
        classes = self._classes()
        constraints = tuple(self._constraints())
        return g.PolicyGraph(
            policy=policy.family,
            version=policy.version,
            as_of=self.as_of,
            settings=dict(self.settings),
            leaves=dict(self.leaves),
            constraints=constraints,
            conditions=tuple(self.conditions[condition_id] for condition_id in self.body.conditions),
            scores=tuple(self.score_nodes),
            routes=tuple(self.routes[route_id] for route_id in self.body.routes),
            outcome=outcome,
            classes=classes,
        )

    def _outcome(self) -> g.Statement | None:
        if self.body.met_when is None:
            return None
        parts = tuple(self.expression(part, Scope()) for part in self.body.met_when)
        return parts[0] if len(parts) == 1 else g.Count(len(parts), parts)

    def _classes(self) -> tuple[g.ClassNode, ...] | g.ClassesByCategory | None:
        if self.body.classes is not None:
            return tuple(
                g.ClassNode(class_id, Text(rule.zh, rule.en), self.expression(rule.when, Scope()))
                for class_id, rule in self.body.classes.items()
            )
        return self._class_table() if self.body.class_table is not None else None

    def _class_table(self) -> g.ClassesByCategory:
        table = self.body.class_table
        assert table is not None  # noqa: S101 - the caller looked
        span = ex.Span()
        key = self.metric(table.by, span)
        if key.kind is not Kind.CATEGORY:
            self._fail(f"{table.by} 不是分类口径", f"{table.by} is not a category", span)
        unknown = [row for row in table.bounds if row not in key.categories()]
        if unknown:
            self._fail(f"{table.by} 没有 {unknown[0]}", f"{table.by} has no value {unknown[0]}", span)
        column = self.column(key, None, span)
        rows = {row: self._class_row(bounds) for row, bounds in table.bounds.items()}
        return g.ClassesByCategory(column, rows)

    def _class_row(self, bounds: Mapping[str, Sequence[int | float | str]]) -> tuple[g.ClassNode, ...]:
        table = self.body.class_table
        assert table is not None  # noqa: S101 - the caller looked
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
        metric = self.metric(name, ex.Span())
        unit = metric.unit or UNITS["number"]
        literal = ex.Number(ex.Span(), Fraction(str(bound)), unit)
        comparison = ex.Comparison(ex.Span(), ">=", ex.Reference(ex.Span(), (name,)), literal)
        return self.statement(comparison, Scope())

    def _constraints(self) -> Iterator[tuple[str, str]]:
        for part, whole in self.library.constraints:
            yield from self._constraint(part, whole)

    def _constraint(self, part: str, whole: str) -> Iterator[tuple[str, str]]:
        """Pair the columns of the same year; a whole that only bounds a part the policy uses is asked for too."""
        for leaf in list(self.leaves.values()):
            if leaf.metric.id == part:
                other = column_name(whole, leaf.year)
                if other not in self.leaves and "." in part and whole == part.partition(".")[0]:
                    self.leaves[other] = g.Leaf(other, self.library.metrics[whole], leaf.year)
                if other in self.leaves:
                    yield leaf.column, other

    # ── names ─────────────────────────────────────────────────────────────────────────────────────────────

    def _fail(self, zh: str, en: str, span: ex.Span) -> NoReturn:
        raise LoweringError(Text(zh, en), span)

    def metric(self, name: str, span: ex.Span) -> Metric:
        name = f"{name}.{self.body.counts[name]}" if name in self.body.counts else name
        found = self.library.metrics.get(name)
        if found is None:
            near = nearest(name, self.library.metrics)
            label = f"{near}（{self.library.metrics[near].label.zh}）" if near else ""
            hint_zh, hint_en = (f"；最接近的是 {label}", f"; nearest: {near}") if near else ("", "")
            self._fail(f"没有口径 {name}{hint_zh}", f"no metric {name!r}{hint_en}", span)
        return found

    def column(self, metric: Metric, year: Year | None, span: ex.Span) -> str:
        if year is not None and not metric.period.is_yearly:
            self._fail(f"{metric.id} 不分年度", f"{metric.id} has no years", span)
        usual = year or Year(metric.period.default_offset)
        number = usual.at(self.as_of) if metric.period.is_yearly else None
        name = column_name(metric.id, number)
        self.leaves.setdefault(name, g.Leaf(name, metric, number))
        return name

    def condition(self, condition_id: str) -> g.Named:
        node = self.conditions.get(condition_id)
        if node is None:
            self._enter(condition_id)
            condition = self.body.conditions[condition_id]
            need = condition.need.under(self.settings)
            statement = self._with_years(condition.younger, need)
            node = g.ConditionNode(condition_id, condition.text, self.body.citation(condition), statement)
            self.conditions[condition_id] = node
            self._lowering.pop()
        return g.Named(condition_id, node.statement)

    def route(self, route_id: str) -> g.Statement:
        if route_id not in self.routes:
            self._enter(route_id)
            route = self.body.routes[route_id]
            statement = self.expression(route.when, Scope())
            self.routes[route_id] = g.RouteNode(route_id, Text(route.zh, route.en), statement)
            self._lowering.pop()
        return self.routes[route_id].statement

    def _enter(self, name: str) -> None:
        """Note that a condition or route is being lowered, and refuse to go round in a circle."""
        if name in self._lowering:
            chain = " → ".join([*self._lowering, name])
            self._fail(f"条件互相引用：{chain}", f"conditions refer to each other: {chain}", ex.Span())
        self._lowering.append(name)

    def _with_years(self, younger: str | None, need: Expression) -> g.Statement:
        if younger is None:
            return self.expression(need, Scope())
        cells = self.founding_cells(_longest_range(need))
        return g.Split(
            self._founding_column(),
            tuple((cell, self.expression(need, Scope(available_years=count))) for cell, count in cells),
        )

    def _founding_column(self) -> str:
        return self.column(self.metric(FOUNDING, ex.Span()), None, ex.Span())

    def founding_cells(self, longest: int) -> Iterator[tuple[g.Cell, int]]:
        """Yield the founding dates that leave ``longest``, … 1 and 0 fiscal years before the application year."""
        first = self.as_of.year - longest
        yield g.Cell(None, _last_day(first) if longest else None), longest
        for count in range(longest - 1, -1, -1):
            year = self.as_of.year - count
            high = _last_day(year) if count else None
            yield g.Cell(_last_day(year - 1) + 1, high), count

    # ── statements ────────────────────────────────────────────────────────────────────────────────────────

    def expression(self, expression: Expression, scope: Scope) -> g.Statement:
        try:
            return self.statement(expression.tree, scope)
        except LoweringError as error:
            if error.expression:
                raise
            raise LoweringError(error.text, error.span, expression.text) from error

    def statement(self, node: ex.Node, scope: Scope) -> g.Statement:
        match node:
            case ex.Constant(value=value):
                return g.Known(value)
            case ex.Comparison():
                return self.comparison(node, scope)
            case ex.Yes(reference=reference):
                return self._yes(reference, scope)
            case ex.Negation(body=body):
                return g.Negated(self.statement(body, scope))
            case ex.AtLeast(count=count, parts=parts):
                return g.Count(count, tuple(self.statement(part, scope) for part in parts))
            case ex.EachYear(every=every, count=count, body=body):
                years = [replace(scope, year=year) for year in self._years(count, scope)]
                yearly = tuple(self.statement(body, year) for year in years)
                return g.Count(len(yearly) if every else 1, yearly)
            case ex.AnyRoute():
                return g.Count(1, tuple(self.route(route_id) for route_id in self.body.routes))
            case ex.Holds(title=title):
                return self._holds(title, node.span)
            case ex.IsValue(subject=subject, values=values):
                return self._is_value(subject, values, scope)
            case _:
                self._fail("此处应为判断式", "expected a statement here, found a value", node.span)

    def _yes(self, reference: ex.Reference, scope: Scope) -> g.Statement:
        name = reference.name
        if name in self.body.conditions:
            return self.condition(name)
        if name in self.body.routes:
            return self.route(name)
        metric = self.metric(name, reference.span)
        if metric.kind is not Kind.BOOL:
            self._fail(
                f"{name} 不是是/否口径",
                f"{name} is no yes/no fact; compare it with something",
                reference.span,
            )
        return g.IsTrue(self.column(metric, _year_asked(metric, reference, scope), reference.span))

    def _holds(self, title: str, span: ex.Span) -> g.Statement:
        if title not in self.library.titles:
            near = nearest(title, self.library.titles)
            self._fail(f"没有资质 {title}；最接近的是 {near}", f"no title {title!r}; nearest: {near}", span)
        today = ex.ApplicationDate(span)
        granted = ex.Reference(span, (f"title_{title}_granted_on",))
        until = ex.Reference(span, (f"title_{title}_valid_until",))
        both = (ex.Comparison(span, "<=", granted, today), ex.Comparison(span, ">=", until, today))
        return g.Count(2, tuple(self.statement(part, Scope()) for part in both))

    def _is_value(self, subject: ex.Node, values: tuple[str, ...], scope: Scope) -> g.Statement:
        if isinstance(subject, ex.ClassOf):
            return self._in_class(subject, values)
        if not isinstance(subject, ex.Reference):
            self._fail("此处应为口径", "expected a metric here", subject.span)
        metric = self.metric(subject.name, subject.span)
        unknown = [value for value in values if value not in metric.categories()]
        if unknown:
            known = ", ".join(metric.categories())
            self._fail(
                f"{metric.id} 没有值 {unknown[0]}；可用：{known}",
                f"{metric.id} has no value {unknown[0]!r}; known: {known}",
                subject.span,
            )
        column = self.column(metric, _year_asked(metric, subject, scope), subject.span)
        return g.OneOf(column, frozenset(values))

    def _in_class(self, subject: ex.ClassOf, values: tuple[str, ...]) -> g.Statement:
        """Lower ``class(policy) in (…)`` by the version of that policy in force; its facts become ours."""
        policy = (
            self.library.in_force(subject.policy, self.as_of)
            if self.library.versions(subject.policy)
            else None
        )
        if policy is None:
            near = nearest(subject.policy, self.library.families())
            self._fail(
                f"没有施行中的政策 {subject.policy}；最接近的是 {near}",
                f"no policy {subject.policy!r} in force; nearest: {near}",
                subject.span,
            )
        labels = policy.body.class_labels()
        unknown = [value for value in values if value not in labels]
        if unknown:
            known = ", ".join(labels)
            self._fail(
                f"{subject.policy} 没有类别 {unknown[0]}；可用：{known}",
                f"{subject.policy} has no class {unknown[0]!r}; known: {known}",
                subject.span,
            )
        inner = Lowering(self.library, policy.body, self.as_of, policy.body.settings({}), self.leaves)
        graph = inner.policy(policy)
        assert graph.classes is not None  # noqa: S101 - it has class labels
        return g.InClass(graph.classes, frozenset(values))

    # ── comparisons ───────────────────────────────────────────────────────────────────────────────────────

    def comparison(self, node: ex.Comparison, scope: Scope) -> g.Statement:
        operator: g.Operator = node.operator  # type: ignore[assignment]  # the grammar allows only operators
        year = self._year_comparison(node, operator, scope)
        if year is not None:
            return year
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        if isinstance(left, Value):
            left = self._never_below_zero(left, node.left.span)
        if isinstance(left, Bracket):
            left, right, operator = right, left, _FLIPPED[operator]
        if isinstance(left, Bracket):
            self._fail("两边都是分档参数", "both sides are bracket parameters", node.span)
        if isinstance(right, Bracket):
            return self._bracket_comparison(left, operator, right, node.span)
        return self.compare(left, operator, right, node.span)

    def _never_below_zero(self, value: Value, span: ex.Span) -> Value:
        """Refuse a mean growth of what may be negative: it would say nothing, and only a score can say what then."""
        if isinstance(value.node, g.MeanGrowth):
            metric = self.leaves[value.node.first].metric
            if metric.minimum is None or metric.minimum < 0:
                self._fail(
                    f"{metric.id} 可为负数，请在评分项中用 below_zero 说明如何计分",
                    f"{metric.id} may be negative; a score part says with `below_zero` what that means",
                    span,
                )
        return value

    def _bracket_comparison(
        self, left: Value, operator: g.Operator, bracket: Bracket, span: ex.Span
    ) -> g.Statement:
        cells = tuple(
            (cell, g.Open(bracket.column) if value is None else self.compare(left, operator, value, span))
            for cell, value in bracket.cells
        )
        return cells[0][1] if len(cells) == 1 else g.Split(bracket.column, cells)

    def compare(self, left: Value, operator: g.Operator, right: Value, span: ex.Span) -> g.Statement:
        if operator == "=":
            both = (self.compare(left, ">=", right, span), self.compare(left, "<=", right, span))
            return g.Count(2, both)
        if isinstance(right.node, g.Linear) and not right.node.terms and right.literal:
            return self._against_constant(left, operator, right, span)
        if isinstance(left.node, g.Linear) and not left.node.terms and left.literal:
            return self._against_constant(right, _FLIPPED[operator], left, span)
        if not (isinstance(left.node, g.Linear) and isinstance(right.node, g.Linear)):
            self._fail(
                "商或得分只能与常数比较", "a quotient or a score is compared with a constant only", span
            )
        self._same_dimension(left, right, span)
        return self._linear(left.node, operator, right.node, left.dimension)

    def _against_constant(
        self, left: Value, operator: g.Operator, right: Value, span: ex.Span
    ) -> g.Statement:
        right = self._coerced(right, left)
        self._same_dimension(left, right, span)
        assert isinstance(right.node, g.Linear)  # noqa: S101 - the caller looked
        constant = right.node.constant
        match left.node:
            case g.Linear():
                return self._linear(left.node, operator, right.node, left.dimension)
            case g.Quotient(periods=periods) if periods and constant < -1:
                self._fail("增长率不会低于-100%", "growth never falls below -100 %", span)
            case g.Quotient():
                shown = _shown(left.node, operator, constant, Dimension.RATIO)
                return g.QuotientComparison(left.node, operator, constant, shown)
            case g.MeanGrowth():
                shown = _shown(left.node, operator, constant, Dimension.RATIO)
                return g.GrowthComparison(left.node, operator, constant, shown)
            case _:
                shown = _shown(None, operator, constant, Dimension.POINT)
                return g.ScoreComparison(left.node, operator, constant, shown)

    def _linear(
        self, left: g.Linear, operator: g.Operator, right: g.Linear, dimension: Dimension
    ) -> g.Statement:
        shown = g.Shown(left, operator, right, _unit_code(dimension), "")
        difference = left.plus(right.scaled(Fraction(-1)))
        if operator in ("<=", "<"):
            difference = difference.scaled(Fraction(-1))
        return g.LinearComparison(difference, operator in (">", "<"), shown)

    def _coerced(self, right: Value, left: Value) -> Value:
        """Read a literal in the steps of what it is compared with: 10 % against a share, 3 against a plain number."""
        assert isinstance(right.node, g.Linear)  # noqa: S101 - the caller looked
        is_ratio = isinstance(left.node, g.Quotient | g.MeanGrowth)
        if right.dimension is Dimension.RATIO and not is_ratio and left.dimension is Dimension.RATIO:
            return replace(right, node=right.node.scaled(Fraction(DIMENSION_STEPS[Dimension.RATIO])))
        if right.dimension is Dimension.NUMBER and is_ratio:
            return Value(
                right.node.scaled(Fraction(1, DIMENSION_STEPS[Dimension.NUMBER])),
                Dimension.RATIO,
                literal=True,
            )
        return right

    def _same_dimension(self, left: Value, right: Value, span: ex.Span) -> None:
        if left.dimension is not right.dimension:
            names = (
                UNITS[_unit_code(left.dimension)].label.zh or "数",
                UNITS[_unit_code(right.dimension)].label.zh or "数",
            )
            self._fail(
                f"两边单位不同：左边是{names[0]}，右边是{names[1]}",
                f"unlike units: the left side is {left.dimension.value}, the right side {right.dimension.value}",
                span,
            )

    def _year_comparison(self, node: ex.Comparison, operator: g.Operator, scope: Scope) -> g.Statement | None:
        """Lower years and ages (``year(application_date) - year(date) <= 10``) to a comparison of dates."""
        match node.left:
            case ex.Call(function="year", arguments=(date,)):
                return self._founded(date, operator, self._year_number(node.right), scope)
            case ex.Arithmetic(
                operator="-",
                left=ex.Call(function="year", arguments=(ex.ApplicationDate(),)),
                right=ex.Call(function="year", arguments=(date,)),
            ):
                return self._founded(
                    date, _FLIPPED[operator], self.as_of.year - self._year_number(node.right), scope
                )
            case _:
                return None

    def _year_number(self, node: ex.Node) -> int:
        if not (isinstance(node, ex.Number) and node.unit is None and node.value.denominator == 1):
            self._fail(
                "年份和年数应写作整数，如 2019 或 10",
                "years are written as whole numbers, such as 2019 or 10",
                node.span,
            )
        return int(node.value)

    def _founded(self, node: ex.Node, operator: g.Operator, year: int, scope: Scope) -> g.Statement:
        date = self.value(node, scope)
        if not (
            isinstance(date, Value) and isinstance(date.node, g.Linear) and date.dimension is Dimension.DAY
        ):
            self._fail("year 需要一个日期", "year takes a date", node.span)
        first, last = _last_day(year - 1) + 1, _last_day(year)
        edges: dict[str, int] = {">=": first, ">": last, "<=": last, "<": first}
        if operator == "=":
            both: tuple[tuple[g.Operator, int], ...] = ((">=", first), ("<=", last))
            return g.Count(
                2, tuple(self._linear(date.node, side, _constant(day), Dimension.DAY) for side, day in both)
            )
        return self._linear(date.node, operator, _constant(edges[operator]), Dimension.DAY)

    # ── values ────────────────────────────────────────────────────────────────────────────────────────────

    def value(self, node: ex.Node, scope: Scope) -> Value | Bracket:
        match node:
            case ex.Number(value=number, unit=unit):
                return _literal(number, unit.code if unit else None)
            case ex.DateLiteral(value=date):
                return Value(_constant(g.day_number(date)), Dimension.DAY, literal=True)
            case ex.ApplicationDate():
                return Value(_constant(g.day_number(self.as_of)), Dimension.DAY, literal=True)
            case ex.Reference():
                return self._reference(node, scope)
            case ex.Call():
                return self._call(node, scope)
            case ex.Arithmetic():
                return self._arithmetic(node, scope)
            case _:
                self._fail("此处应为数值", "expected a value here, found a statement", node.span)

    def _reference(self, node: ex.Reference, scope: Scope) -> Value | Bracket:
        if node.path in self.scores:
            return Value(self.scores[node.path], Dimension.POINT)
        if node.path[0] in self.body.scores and node.name not in self.library.metrics:
            near = nearest(node.name, [".".join(path) for path in self.scores])
            self._fail(
                f"得分没有这一项：{node.name}；最接近的是 {near}",
                f"no such part of a score: {node.name}; nearest: {near}",
                node.span,
            )
        if node.name in self.body.parameters:
            return self._parameter(node.name, scope)
        metric = self.metric(node.name, node.span)
        if metric.kind is Kind.DATE:
            column = self.column(metric, node.year, node.span)
            return Value(g.Linear(((column, Fraction(1)),)), Dimension.DAY)
        if metric.kind is not Kind.QUANTITY or metric.unit is None:
            self._fail(f"{metric.id} 不是数值口径", f"{metric.id} is no quantity", node.span)
        column = self.column(metric, _year_asked(metric, node, scope), node.span)
        return Value(g.Linear(((column, Fraction(1)),)), metric.unit.dimension)

    def _parameter(self, name: str, scope: Scope) -> Value | Bracket:
        parameter = self.body.parameters[name]
        if parameter.is_unknown:
            return Bracket(name, ((g.Cell(None, None), None),))
        if parameter.is_ is not None:
            return self.value(parameter.is_.under(self.settings).tree, scope)
        assert parameter.by is not None  # noqa: S101 - the model allows no other form
        by = self.value(parameter.by.tree, Scope())
        if not (isinstance(by, Value) and isinstance(by.node, g.Linear) and len(by.node.terms) == 1):
            self._fail("by 应为单个口径", "`by` names one metric", parameter.by.tree.span)
        return Bracket(by.node.terms[0][0], tuple(self._bracket_cells(parameter.bands, by)))

    def _bracket_cells(self, bands: Sequence[ParameterBand], by: Value) -> Iterator[tuple[g.Cell, Value]]:
        low: int | None = None
        high: int | None = None
        for band in bands:
            value = self.value(band.is_.tree, Scope())
            if not isinstance(value, Value):
                self._fail("档内的值应为常数", "the value of a band is a constant", band.is_.tree.span)
            match band.edge:
                case "to" | "below":
                    edge = self._edge(band, by) - (1 if band.edge == "below" else 0)
                    yield g.Cell(low, edge), value
                    low = edge + 1
                case "from_" | "above":
                    edge = self._edge(band, by) + (1 if band.edge == "above" else 0)
                    yield g.Cell(edge, high), value
                    high = edge - 1
                case _:
                    yield g.Cell(low, high), value

    def _edge(self, band: ParameterBand | Band, by: Value) -> int:
        expression: Expression = getattr(band, band.edge or "")
        edge = self.value(expression.tree, Scope())
        if not (isinstance(edge, Value) and isinstance(edge.node, g.Linear) and not edge.node.terms):
            self._fail("档的边界应为常数", "the edge of a band is a constant", expression.tree.span)
        edge = self._coerced(edge, by)
        self._same_dimension(by, edge, expression.tree.span)
        return int(edge.node.constant)  # type: ignore[union-attr]  # looked at above

    def _call(self, node: ex.Call, scope: Scope) -> Value:
        match node.function, node.arguments:
            case (("sum" | "mean"), (ex.Reference() as name, ex.Range(count=count))):
                return self._sum(node, name, count, scope)
            case "growth", (ex.Reference() as name,):
                return self._growth(name, Year(-2), Year(-1))
            case "compound_growth", (ex.Reference() as name, ex.Period(year=first), ex.Period(year=last)):
                return self._growth(name, first, last)
            case "mean_growth", (ex.Reference() as name, ex.Range(count=3)):
                return self._mean_growth(name, scope, later_pair=False)
            case "days", (start, end):
                return self._days(start, end, scope, node.span)
            case "year", _:
                self._fail(
                    "year(…) 只能写在比较的左边", "year(…) stands on the left of a comparison", node.span
                )
            case _:
                self._fail(
                    f"{node.function} 的写法不对", f"{node.function} does not take these arguments", node.span
                )

    def _years(self, count: int, scope: Scope) -> list[Year]:
        have = count if scope.available_years is None else min(count, scope.available_years)
        return [Year(-offset) for offset in range(have, 0, -1)]

    def _columns(self, name: ex.Reference, years: Iterable[Year]) -> tuple[Metric, list[str]]:
        metric = self.metric(name.name, name.span)
        if metric.kind is not Kind.QUANTITY or not metric.period.is_yearly:
            self._fail(f"{metric.id} 没有年度数列", f"{metric.id} is no yearly series", name.span)
        return metric, [self.column(metric, year, name.span) for year in years]

    def _sum(self, node: ex.Call, name: ex.Reference, count: int, scope: Scope) -> Value:
        metric, columns = self._columns(name, self._years(count, scope))
        if metric.period is PeriodKind.YEAR_END and node.function == "sum":
            self._fail(
                f"{metric.id} 是年末存量，不能相加",
                f"{metric.id} is a stock at year end; years of it do not add up",
                node.span,
            )
        assert metric.unit is not None  # noqa: S101 - a quantity has a unit
        if node.function == "mean" and not columns:  # a mean of no years meets no threshold
            return Value(g.Quotient(_constant(0), _constant(0)), metric.unit.dimension)
        weight = Fraction(1, len(columns)) if node.function == "mean" else Fraction(1)
        return Value(g.Linear(tuple((column, weight) for column in columns)), metric.unit.dimension)

    def _growth(self, name: ex.Reference, first: Year, last: Year) -> Value:
        if first.relative != last.relative or last.number <= first.number:
            self._fail("增长率的起止年份不对", "growth goes from an earlier to a later year", name.span)
        _, (start, end) = self._columns(name, (first, last))
        one = Fraction(1)
        quotient = g.Quotient(g.Linear(((end, one),)), g.Linear(((start, one),)), last.number - first.number)
        return Value(quotient, Dimension.RATIO)

    def _mean_growth(self, name: ex.Reference, scope: Scope, *, later_pair: bool) -> Value:
        years = self._years(3, scope)
        if len(years) == 2:
            return self._growth(name, years[0], years[1])
        if len(years) < 2:
            self._fail("不足两年，没有增长率", "fewer than two years have no growth", name.span)
        _, (first, second, third) = self._columns(name, years)
        return Value(g.MeanGrowth(first, second, third, later_pair), Dimension.RATIO)

    def _days(self, start: ex.Node, end: ex.Node, scope: Scope, span: ex.Span) -> Value:
        ends = [self.value(node, scope) for node in (start, end)]
        linears = [
            value.node
            for value in ends
            if isinstance(value, Value)
            and isinstance(value.node, g.Linear)
            and value.dimension is Dimension.DAY
        ]
        if len(linears) != 2:
            self._fail("days 需要两个日期", "days takes two dates", span)
        return Value(linears[1].plus(linears[0].scaled(Fraction(-1))), Dimension.DAY)

    def _arithmetic(self, node: ex.Arithmetic, scope: Scope) -> Value:
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        if not (isinstance(left, Value) and isinstance(right, Value)):
            self._fail("分档参数不能参与运算", "a bracket parameter stands alone on one side", node.span)
        if not (isinstance(left.node, g.Linear) and isinstance(right.node, g.Linear)):
            self._fail(
                "商和得分不能再参与运算", "quotients and scores are compared, not computed with", node.span
            )
        if node.operator in ("+", "-"):
            self._same_dimension(left, right, node.span)
            sign = Fraction(1 if node.operator == "+" else -1)
            return Value(
                left.node.plus(right.node.scaled(sign)), left.dimension, left.literal and right.literal
            )
        return self._product(node, left, right)

    def _product(self, node: ex.Arithmetic, left: Value, right: Value) -> Value:
        assert isinstance(left.node, g.Linear) and isinstance(right.node, g.Linear)  # noqa: S101, PT018 - the caller looked
        steps = Fraction(DIMENSION_STEPS[Dimension.NUMBER])
        if node.operator == "/":
            if right.literal and right.node.constant == 0:
                self._fail("除数不能为零", "cannot divide by zero", node.span)
            if right.literal and right.dimension is Dimension.NUMBER:
                return replace(left, node=left.node.scaled(steps / right.node.constant))
            self._same_dimension(left, right, node.span)
            return Value(g.Quotient(left.node, right.node), Dimension.RATIO)
        for factor, other in ((left, right), (right, left)):
            if (
                factor.literal
                and factor.dimension in (Dimension.NUMBER, Dimension.RATIO)
                and isinstance(other.node, g.Linear)
            ):
                unit = steps if factor.dimension is Dimension.NUMBER else Fraction(1)
                return replace(other, node=other.node.scaled(factor.node.constant / unit))  # type: ignore[union-attr]  # both linear
        self._fail("只能乘以常数", "a value is multiplied by a number only", node.span)

    # ── scores ────────────────────────────────────────────────────────────────────────────────────────────

    def score(
        self, part: ScorePart, path: tuple[str, ...], scope: Scope, most: Points | None = None
    ) -> g.Score:
        """Lower a score or part; an option of ``better_of`` that states no maximum has that of its parent."""
        of = part.of or most
        if of is None:
            raise LoweringError(
                Text(f"得分项 {'.'.join(path)} 缺少 of", f"score part {'.'.join(path)} has no `of`"),
                ex.Span(),
            )
        position = len(self.score_nodes)
        score = self._split_score(part, path, of) if part.younger else self._score(part, path, scope, of)
        self.scores[path] = score
        node = g.ScoreNode(path, part.text, _point_steps(of.high), self.body.citation(part), score)
        self.score_nodes.insert(position, node)
        return score

    def _split_score(self, part: ScorePart, path: tuple[str, ...], of: Points) -> g.Score:
        longest = (
            max((_longest_range(value) for value in part.value.readings.values()), default=0)
            if part.value
            else 0
        )
        cells = tuple(
            (cell, self._score(part, path, Scope(available_years=count), of))
            for cell, count in self.founding_cells(longest)
        )
        return g.SplitScore(self._founding_column(), cells)

    def _score(self, part: ScorePart, path: tuple[str, ...], scope: Scope, of: Points) -> g.Score:
        most = _point_steps(of.high)
        if part.parts is not None:
            parts = tuple(
                (name, self.score(child, (*path, name), scope)) for name, child in part.parts.items()
            )
            return g.Sum(parts, most)
        if part.better_of is not None:
            options = tuple(
                (name, self.score(child, (*path, name), scope, of)) for name, child in part.better_of.items()
            )
            return g.Best(options)
        if part.points is not None:
            return g.Given(self._points_column(part.points.under(self.settings), scope), most)
        if part.per is not None:
            return self._per_item(part, scope)
        return self._bands(part, scope)

    def _points_column(self, expression: Expression, scope: Scope) -> g.Linear:
        value = self.value(expression.tree, scope)
        if not (
            isinstance(value, Value)
            and isinstance(value.node, g.Linear)
            and value.dimension is Dimension.POINT
        ):
            raise LoweringError(
                Text("应为以“分”计的口径", "expected a metric in points"),
                expression.tree.span,
                expression.text,
            )
        return value.node

    def _per_item(self, part: ScorePart, scope: Scope) -> g.Score:
        """Points per unit are bands at each multiple."""
        per = part.per
        assert per is not None  # noqa: S101 - the caller looked
        counted: Expression = per.value
        value, every = self.value(counted.tree, scope), self.value(per.every.tree, scope)
        assert isinstance(value, Value) and isinstance(every, Value) and isinstance(every.node, g.Linear)  # noqa: S101, PT018
        self._same_dimension(value, every, counted.tree.span)
        points, most = per.points.high, per.at_most.high
        count = -(-most // points)
        bands = []
        for times in range(int(count), 0, -1):
            edge = replace(every, node=every.node.scaled(Fraction(times)))
            earned = _point_steps(min(points * times, most))
            bands.append((self.compare(value, ">=", edge, counted.tree.span), earned, earned))
        return g.Bands(tuple(bands), (0, 0))

    def _bands(self, part: ScorePart, scope: Scope) -> g.Score:
        fallback = self._too_young(part, scope)
        if fallback is not None:
            return fallback
        bands: list[tuple[g.Statement, int, int]] = []
        bands.extend(self._special_growth(part, scope))
        value = self._banded_value(part, scope)
        otherwise = (0, 0)
        for band in part.bands or ():
            points: Points = band.points.under(self.settings)
            low, high = _point_steps(points.low), _point_steps(points.high)
            if band.edge is None:
                otherwise = (low, high)
            else:
                bands.append((self._band_statement(band, value, part, scope), low, high))
        return g.Bands(tuple(bands), otherwise)

    def _too_young(self, part: ScorePart, scope: Scope) -> g.Score | None:
        """Growth of a firm with fewer than two fiscal years: the points that the switch says."""
        short = scope.available_years is not None and scope.available_years < 2
        if not short or not self._growth_calls(part):
            return None
        points: Points = (
            part.one_year.under(self.settings) if part.one_year else Points(Fraction(0), Fraction(0))
        )
        return g.Bands((), (_point_steps(points.low), _point_steps(points.high)))

    def _growth_calls(self, part: ScorePart) -> list[ex.Call]:
        if part.value is None:
            return []
        tree = part.value.under(self.settings).tree
        return [
            node for node in ex.walk(tree) if isinstance(node, ex.Call) and node.function == "mean_growth"
        ]

    def _special_growth(self, part: ScorePart, scope: Scope) -> Iterator[tuple[g.Statement, int, int]]:
        """Yield the bands that come before the rates: any used value below zero; a zero base with two years only."""
        calls = self._growth_calls(part)
        if not calls:
            return
        name = calls[0].arguments[0]
        assert isinstance(name, ex.Reference)  # noqa: S101 - _call checks the arguments
        metric, columns = self._columns(name, self._years(3, scope))
        dimension = metric.unit.dimension if metric.unit else Dimension.NUMBER
        values = [Value(g.Linear(((column, Fraction(1)),)), dimension) for column in columns]
        zero = Value(_constant(0), dimension, literal=True)
        if part.below_zero is not None:
            negative = g.Count(1, tuple(self.compare(value, "<", zero, name.span) for value in values))
            yield self._special_band(negative, part.below_zero)
        if part.zero_base_two_years is not None and len(values) == 2:
            yield self._special_band(self.compare(values[0], "=", zero, name.span), part.zero_base_two_years)

    def _special_band(self, statement: g.Statement, choice: Choice) -> tuple[g.Statement, int, int]:
        points: Points = choice.under(self.settings)
        return statement, _point_steps(points.low), _point_steps(points.high)

    def _banded_value(self, part: ScorePart, scope: Scope) -> Value | None:
        if part.value is None:
            return None
        expression: Expression = part.value.under(self.settings)
        tree = expression.tree
        if isinstance(tree, ex.Reference) and self._is_category(tree):
            return None
        try:
            match tree:
                case ex.Call(function="mean_growth", arguments=(ex.Reference() as name, ex.Range(count=3))):
                    growth = self._mean_growth(name, scope, later_pair=part.zero_base is not None)
                    return growth if part.below_zero else self._never_below_zero(growth, name.span)
            value = self.value(tree, scope)
        except LoweringError as error:
            raise LoweringError(error.text, error.span, expression.text) from error
        if isinstance(value, Bracket):
            raise LoweringError(
                Text("参数不能分档计分", "a parameter cannot be banded"), tree.span, expression.text
            )
        return value

    def _is_category(self, reference: ex.Reference) -> bool:
        metric = self.library.metrics.get(reference.name)
        return metric is not None and metric.kind is Kind.CATEGORY

    def _band_statement(self, band: Band, value: Value | None, part: ScorePart, scope: Scope) -> g.Statement:
        if band.edge == "when":
            assert band.when is not None  # noqa: S101 - edge says so
            return self.expression(band.when.under(self.settings), scope)
        if band.edge == "is_":
            assert part.value is not None  # noqa: S101 - the model requires it
            assert band.is_ is not None  # noqa: S101 - edge says so
            return self._is_value(part.value.under(self.settings).tree, (band.is_,), scope)
        expression: Expression = getattr(band, band.edge or "")
        assert value is not None  # noqa: S101 - the model requires a value for edges
        operators: dict[str, g.Operator] = {"from_": ">=", "above": ">", "to": "<=", "below": "<"}
        try:
            edge = self.value(expression.tree, scope)
            if not isinstance(edge, Value):
                self._fail("档的边界应为常数", "the edge of a band is a constant", expression.tree.span)
            return self.compare(value, operators[band.edge or ""], edge, expression.tree.span)
        except LoweringError as error:
            raise LoweringError(error.text, error.span, error.expression or expression.text) from error


_NO_POLICY = PolicyVersion.model_validate(
    {
        "policy": "none",
        "version": "none",
        "title": {"zh": "", "en": ""},
        "documents": [{"number": ""}],
        "applies": [{"to": ["first_application"], "from": dt.date(1949, 10, 1)}],
        "met_when": ["always"],
    }
)


def _year_asked(metric: Metric, reference: ex.Reference, scope: Scope) -> Year | None:
    """The year a name stands for: its own, else that of an ``in each of`` around it, else the metric's usual one."""
    return reference.year or (scope.year if metric.period.is_yearly else None)


def _longest_range(expression: Expression) -> int:
    """Over how many years the longest ``last n FY`` of an expression goes."""
    counted = (node.count for node in ex.walk(expression.tree) if isinstance(node, ex.Range | ex.EachYear))
    return max(counted, default=0)


def _last_day(year: int) -> int:
    return g.day_number(dt.date(year, 12, 31))


def _constant(steps: int | Fraction) -> g.Linear:
    return g.Linear((), Fraction(steps))


def _literal(number: Fraction, unit: str | None) -> Value:
    if unit == "percent":
        return Value(_constant(number / 100), Dimension.RATIO, literal=True)
    found = UNITS[unit or "number"]
    return Value(_constant(number * found.steps), found.dimension, literal=True)


def _unit_code(dimension: Dimension) -> str:
    preferred = {Dimension.CNY: "CNY_10k", Dimension.USD: "USD_100m", Dimension.RATIO: "percent"}
    return preferred.get(dimension, dimension.value)


def _shown(
    left: g.Quotient | g.MeanGrowth | None, operator: g.Operator, bound: Fraction, dimension: Dimension
) -> g.Shown:
    return g.Shown(left, operator, _constant(bound), _unit_code(dimension), "")


def _point_steps(points: Fraction | int) -> int:
    return int(Fraction(points) * POINT_STEPS)


def lower(
    library: Library, policy: Policy, as_of: dt.date, settings: Mapping[str, str] | None = None
) -> g.PolicyGraph:
    """Lower one policy version for applications on ``as_of``.

    Raises: LoweringError for the first statement without meaning (``yumiao.rules.check`` finds all).
    """
    chosen = policy.body.settings(settings or {})
    return Lowering(library, policy.body, as_of, chosen).policy(policy)

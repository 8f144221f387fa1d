"""Whether every statement, value and table has a meaning, under every reading of the switches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from yumiao.model.problems import Problem
from yumiao.model.text import Text
from yumiao.model.units import Dimension, Kind
from yumiao.packs import expressions as ex
from yumiao.packs.fields import Choice, Expression
from yumiao.packs.library import Library, Policy
from yumiao.packs.near_names import with_nearest
from yumiao.packs.policies import Band, ClassTable, Parameter, ParameterBand, ScorePart
from yumiao.packs.walking import Keys
from yumiao.rules import graph as g
from yumiao.rules.checks.places import problem_at, problem_in
from yumiao.rules.checks.probing import Fault, Probe
from yumiao.rules.compile import compile_policy
from yumiao.rules.lowering import LoweringError, Scope, Value, lower
from yumiao.rules.program import MagnitudeError

EDGES: Mapping[str, str] = {"from_": "from", "above": "above", "to": "to", "below": "below"}

LONGEST_RANGE = 5
"""More years than any text asks for; a firm that has them has all that ``last n FY`` means."""


def settings_to_try(policy: Policy) -> Iterator[dict[str, str]]:
    """Yield the default readings, then each other reading of each switch on its own."""
    yield {}
    for name, switch in policy.body.switches.items():
        yield from ({name: reading} for reading in switch.readings if reading != switch.default)


def find_meaningless(library: Library, policy: Policy, half_read: frozenset[str]) -> Iterator[Problem]:
    """Yield every part of a version that cannot be lowered; its switches and choices are sound."""
    seen: set[Problem] = set()
    for settings in settings_to_try(policy):
        check = _Check(policy, Probe.of(library, policy, settings, half_read))
        for problem in check.problems():
            if problem not in seen:
                seen.add(problem)
                yield problem
    if not seen:
        yield from _whole(library, policy, half_read)


def _whole(library: Library, policy: Policy, half_read: frozenset[str]) -> Iterator[Problem]:
    """Compile the version as it is judged; what only shows there is reported at its version."""
    if half_read:
        return
    for settings in settings_to_try(policy):
        try:
            compile_policy(lower(library, policy, policy.body.applies[-1].from_, settings))
        except LoweringError as error:
            shown = f"（{error.expression}）" if error.expression else ""
            text = Text(f"{error.text.zh}{shown}", f"{error.text.en} {shown}".strip())
            yield problem_at(policy.source, ["version"], "rule.meaning", text, error.expression)
            return
        except MagnitudeError as error:
            text = Text(f"数值可能超出范围：{error}", f"a number may grow too large: {error}")
            yield problem_at(policy.source, ["version"], "rule.magnitude", text)
            return


@dataclass
class _Check:
    policy: Policy
    probe: Probe

    def problems(self) -> Iterator[Problem]:
        wrong: set[str] = set()
        for name, parameter in self.policy.body.parameters.items():
            found = list(self._parameter(name, parameter))
            yield from found
            if found or self.probe.rests_on_unread(parameter):
                wrong.add(name)
        self.probe.leave_open(wrong)
        yield from self._conditions()
        for name, score in self.policy.body.scores.items():
            yield from self._score(score, ("scores", name), [Scope()])
        yield from self._results()

    # ── shorthand ─────────────────────────────────────────────────────────────────────────────────────────

    def _say(self, keys: Keys, expression: Expression, faults: Iterator[Fault]) -> Iterator[Problem]:
        for fault in faults:
            yield problem_in(self.policy.source, keys, expression, fault.text, fault.span)

    def _at(self, keys: Keys, zh: str, en: str, found: str = "") -> Problem:
        return problem_at(self.policy.source, keys, "rule.meaning", Text(zh, en), found)

    def _near(self, keys: Keys, zh: str, en: str, name: str, known: Iterable[str]) -> Problem:
        return problem_at(self.policy.source, keys, "rule.meaning", with_nearest(zh, en, name, known), name)

    def _value(self, keys: Keys, expression: Expression, scopes: Sequence[Scope]) -> list[Problem]:
        found = [
            problem
            for scope in scopes
            for problem in self._say(keys, expression, self.probe.value_faults(expression.tree, scope))
        ]
        return list(dict.fromkeys(found))

    def _statement(self, keys: Keys, expression: Expression, scopes: Sequence[Scope]) -> list[Problem]:
        found = [
            problem
            for scope in scopes
            for problem in self._say(keys, expression, self.probe.statement_faults(expression.tree, scope))
        ]
        return list(dict.fromkeys(found))

    def _years(self, younger: str | None, scopes: Sequence[Scope]) -> Sequence[Scope]:
        """Return what ``last n FY`` may mean here."""
        if younger is None:
            return scopes
        return [Scope(available_years=count) for count in range(LONGEST_RANGE, -1, -1)]

    # ── parameters ────────────────────────────────────────────────────────────────────────────────────────

    def _parameter(self, name: str, parameter: Parameter) -> Iterator[Problem]:
        keys: Keys = ("parameters", name)
        if parameter.is_unknown:
            return
        if parameter.is_ is not None:
            key = (*keys, "is", *self.probe.reading_key(parameter.is_))
            yield from self._value(key, self.probe.reading(parameter.is_), [Scope()])
        elif parameter.by is not None:
            found = self._value((*keys, "by"), parameter.by, [Scope()])
            yield from found or self._brackets(keys, parameter, parameter.by)

    def _brackets(self, keys: Keys, parameter: Parameter, by: Expression) -> Iterator[Problem]:
        value = self.probe.value_of(by, Scope())
        if value is None:
            return
        terms = value.node.terms if isinstance(value, Value) and isinstance(value.node, g.Linear) else ()
        if not isinstance(value, Value) or len(terms) != 1:
            yield self._at((*keys, "by"), "by 应为单个口径", "`by` names one metric", by.text)
            return
        for index, band in enumerate(parameter.bands):
            place = (*keys, "bands", index)
            yield from self._value((*place, "is"), band.is_, [Scope()])
            yield from self._edge(place, band, value, by.tree, [Scope()])

    def _edge(
        self, place: Keys, band: ParameterBand | Band, value: Value, left: ex.Node, scopes: Sequence[Scope]
    ) -> Iterator[Problem]:
        """Yield what is wrong with the edge of a band of ``value``, written as ``left``."""
        if band.edge is None or band.edge not in EDGES:
            return
        edge: Expression = getattr(band, band.edge)
        keys = (*place, EDGES[band.edge])
        found = self._value(keys, edge, scopes[:1])
        if not found:
            unlike = self.probe.unlike_units(left, edge.tree, scopes[0])
            faults = iter([unlike]) if unlike else self.probe.comparison_fault(value, edge, scopes[0])
            found = list(self._say(keys, edge, faults))
        yield from found

    # ── conditions and results ────────────────────────────────────────────────────────────────────────────

    def _conditions(self) -> Iterator[Problem]:
        for name, condition in self.policy.body.conditions.items():
            keys = ("conditions", name, "need", *self.probe.reading_key(condition.need))
            scopes = self._years(condition.younger, [Scope()])
            yield from self._statement(keys, self.probe.reading(condition.need), scopes)

    def _results(self) -> Iterator[Problem]:
        body = self.policy.body
        whole = [Scope()]
        for name, route in body.routes.items():
            yield from self._statement(("routes", name, "when"), route.when, whole)
        for index, statement in enumerate(body.met_when or ()):
            yield from self._statement(("met_when", index), statement, whole)
        for name, rule in (body.classes or {}).items():
            yield from self._statement(("classes", name, "when"), rule.when, whole)
        if body.class_table is not None:
            yield from self._class_table(body.class_table)

    def _class_table(self, table: ClassTable) -> Iterator[Problem]:
        metrics = self.probe.library.metrics
        yield from self._table_names(table)
        rows = metrics[table.by].categories() if table.by in metrics else tuple(table.bounds)
        for row, bounds in table.bounds.items():
            keys: Keys = ("class_table", "bounds", row)
            if row not in rows:
                yield self._near(keys, f"{table.by} 没有 {row}", f"{table.by} has no {row}", row, rows)
            for name, levels in bounds.items():
                yield from self._table_row((*keys, name), name, levels, len(table.classes) - 1)
        for row in rows:
            if row not in table.bounds:
                zh, en = f"{table.by} 的 {row} 没有分档", f"no bounds for {table.by} {row}"
                yield self._at(("class_table", "bounds"), zh, en, row)

    def _table_names(self, table: ClassTable) -> Iterator[Problem]:
        metric = self.probe.library.metrics.get(table.by)
        if metric is None or metric.kind is not Kind.CATEGORY:
            zh, en = f"{table.by} 不是分类口径", f"{table.by} is no metric with categories"
            yield self._at(("class_table", "by"), zh, en, table.by)
        for name in table.classes:
            if name not in table.labels:
                yield self._at(
                    ("class_table", "labels"), f"类别 {name} 没有名称", f"class {name} has no label", name
                )

    def _table_row(self, keys: Keys, name: str, levels: Sequence[object], most: int) -> Iterator[Problem]:
        metric = self.probe.library.metrics.get(name)
        if metric is None or metric.unit is None:
            metrics = self.probe.library.metrics
            yield self._near(keys, f"没有数值口径 {name}", f"no quantity {name!r}", name, metrics)
            return
        if len(levels) > most:
            yield self._at(keys, f"最多 {most} 个下限", f"at most {most} lower bounds", str(len(levels)))
        numbers: list[float] = []
        for level in levels:
            try:
                metric.store(level)
                numbers.append(float(str(level)))
            except ValueError as error:
                yield self._at(keys, f"下限不可能：{error}", f"impossible bound: {error}", str(level))
        if numbers != sorted(numbers, reverse=True):
            yield self._at(keys, "下限应由高到低", "bounds go from the highest class down", str(levels))

    # ── scores ────────────────────────────────────────────────────────────────────────────────────────────

    def _score(
        self, part: ScorePart, keys: Keys, scopes: Sequence[Scope], *, option: bool = False
    ) -> Iterator[Problem]:
        if part.of is None and not option:
            yield self._at(keys, f"得分项 {keys[-1]} 缺少 of", f"score part {keys[-1]} has no `of`")
        scopes = self._years(part.younger, scopes)
        if part.points is not None:
            yield from self._given(part.points, keys, scopes)
        elif part.per is not None:
            found = [
                *self._value((*keys, "per", "value"), part.per.value, scopes),
                *self._value((*keys, "per", "every"), part.per.every, scopes),
            ]
            yield from found or self._per(part, keys, scopes)
        elif part.bands is not None:
            yield from self._banded(part, keys, scopes)
        below = "parts" if part.parts is not None else "better_of"
        for name, child in part.children.items():
            yield from self._score(child, (*keys, below, name), scopes, option=below == "better_of")

    def _given(self, choice: Choice, keys: Keys, scopes: Sequence[Scope]) -> Iterator[Problem]:
        expression: Expression = self.probe.reading(choice)
        place = (*keys, "points", *self.probe.reading_key(choice))
        found = self._value(place, expression, scopes)
        yield from found
        value = None if found else self.probe.value_of(expression, scopes[0])
        if value is not None and not self._is_linear(value, Dimension.POINT):
            yield self._at(place, "应为以“分”计的口径", "expected a metric in points", expression.text)

    def _is_linear(self, value: object, dimension: Dimension) -> bool:
        return isinstance(value, Value) and isinstance(value.node, g.Linear) and value.dimension is dimension

    def _per(self, part: ScorePart, keys: Keys, scopes: Sequence[Scope]) -> Iterator[Problem]:
        per = part.per
        value = self.probe.value_of(per.value, scopes[0]) if per else None
        if per is None or not isinstance(value, Value):
            return
        faults = self.probe.comparison_fault(value, per.every, scopes[0])
        yield from self._say((*keys, "per", "every"), per.every, faults)
        if per.points.high <= 0:
            yield self._at((*keys, "per", "points"), "每档的分数应大于0", "points for each are more than 0")

    def _banded(self, part: ScorePart, keys: Keys, scopes: Sequence[Scope]) -> Iterator[Problem]:
        values = self._banded_value(part, keys, scopes)
        yield from values.problems
        for index, band in enumerate(part.bands or ()):
            place = (*keys, "bands", index)
            if band.edge == "when" and band.when is not None:
                key = (*place, "when", *self.probe.reading_key(band.when))
                yield from self._statement(key, self.probe.reading(band.when), scopes)
            elif band.edge == "is_" and band.is_ is not None and values.expression is not None:
                yield from self._category(place, values.expression, band.is_)
            elif values.value is not None and values.expression is not None:
                yield from self._edge(place, band, values.value, values.expression.tree, values.scopes)

    def _category(self, place: Keys, expression: Expression, value: str) -> Iterator[Problem]:
        statement = ex.IsValue(ex.Span(), expression.tree, (value,))
        for fault in self.probe.statement_faults(statement, Scope()):
            yield self._at((*place, "is"), fault.text.zh, fault.text.en, value)

    def _banded_value(self, part: ScorePart, keys: Keys, scopes: Sequence[Scope]) -> _Banded:
        if part.value is None:
            return _Banded()
        expression: Expression = self.probe.reading(part.value)
        place = (*keys, "value", *self.probe.reading_key(part.value))
        tree = expression.tree
        growth = isinstance(tree, ex.Call) and tree.function == "mean_growth"
        if growth:
            scopes = [scope for scope in scopes if scope.available_years is None or scope.available_years > 1]
        elif any((part.one_year, part.zero_base, part.below_zero, part.zero_base_two_years)):
            zh, en = "这些键只用于 mean_growth", "one_year, zero_base… belong to mean_growth only"
            return _Banded([self._at(keys, zh, en)])
        if isinstance(tree, ex.Reference) and self._is_category(tree.name):
            return _Banded([], expression)
        found = self._value(place, expression, scopes)
        value = None if found else self.probe.value_of(expression, scopes[0])
        if value is not None and not isinstance(value, Value):
            found = [self._at(place, "参数不能分档计分", "a parameter cannot be banded", expression.text)]
        return _Banded(found, expression, value if isinstance(value, Value) else None, scopes)

    def _is_category(self, name: str) -> bool:
        metric = self.probe.library.metrics.get(name)
        return metric is not None and metric.kind is Kind.CATEGORY


@dataclass(frozen=True)
class _Banded:
    """What a table of bands is read by."""

    problems: Sequence[Problem] = ()
    expression: Expression | None = None
    value: Value | None = None
    scopes: Sequence[Scope] = (Scope(),)

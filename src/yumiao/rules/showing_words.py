"""Expressions of a pack in words, for a reader who does not program: 科技人员数 ÷ 职工总数 ≥ 10%."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from yumiao.model.periods import PeriodKind, Year
from yumiao.model.text import Language, Text, plural
from yumiao.model.units import Dimension, Unit, decimal_text
from yumiao.packs import expressions as ex
from yumiao.packs.library import Library
from yumiao.packs.policies import PolicyVersion

SIGNS: Mapping[str, str] = {">=": "≥", ">": ">", "<=": "≤", "<": "<", "=": "=", "*": "×", "/": "÷"}


def number_words(value: Fraction, unit: Unit | None, language: Language) -> str:
    """Write a literal: 5000 万元, or 50,000,000 yuan."""
    text = decimal_text(value, 10)
    if unit is None:
        return text
    if unit.code == "percent":
        return f"{text}%"
    if language == "zh":
        return f"{text} {unit.label.zh}"
    if unit.dimension in (Dimension.CNY, Dimension.USD):
        currency = "yuan" if unit.dimension is Dimension.CNY else "US dollars"
        return f"{_grouped(value * unit.steps / 100)} {currency}"
    return f"{text} {unit.label.en.removesuffix('s') if value == 1 else unit.label.en}"


def _grouped(value: Fraction) -> str:
    return f"{int(value):,}" if value.denominator == 1 else decimal_text(value)


@dataclass(frozen=True)
class Wording:
    """Puts the expressions of one policy version into words of one language."""

    library: Library
    body: PolicyVersion
    language: Language

    def say(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def text(self, text: Text) -> str:
        return text.words(self.language)

    # ── names ─────────────────────────────────────────────────────────────────────────────────────────

    def metric(self, name: str) -> str:
        """Return the label of a metric; the name itself where there is none."""
        metric = self.library.metrics.get(name)
        return self.text(metric.label) if metric is not None else name

    def name(self, path: tuple[str, ...]) -> str:
        """Return what a name of the policy stands for."""
        name = ".".join(path)
        if path[0] in self.body.scores and name not in self.library.metrics:
            return self._score(path)
        if name in self.body.parameters:
            parameter = self.body.parameters[name]
            label = self.text(Text(parameter.zh or name, parameter.en or name))
            return self.say(f"【{label}】", f"“{label}”")
        if name in self.body.routes:
            route = self.body.routes[name]
            return self.say(f"路径“{route.zh}”", f"the route “{route.en or route.zh}”")
        return name if name in self.body.conditions else self.metric(name)

    def _score(self, path: tuple[str, ...]) -> str:
        part = self.body.scores[path[0]]
        for step in path[1:]:
            part = part.children[step]
        label = self.text(part.text) or path[-1]
        return self.say(f"“{label}”得分", f"the points for “{label}”")

    def year(self, year: Year) -> str:
        """Say which year is meant: of the application, before it, or a literal one."""
        if not year.relative:
            return self.say(f"{year.number}年", f"{year.number}")
        if year.number == 0:
            return self.say("申请当年", "the application year")
        if year.number == -1:
            return self.say("上年", "last year")
        back = -year.number
        return self.say(f"申请前第{back}年", f"{back} {plural(back, 'year', 'years')} before")

    # ── expressions ───────────────────────────────────────────────────────────────────────────────────

    def words(self, node: ex.Node) -> str:
        """Return an expression in words."""
        match node:
            case ex.Comparison(operator=operator, left=left, right=right):
                return f"{self.words(left)} {SIGNS[operator]} {self.words(right)}"
            case ex.AtLeast():
                return self._several(node)
            case ex.Negation(body=body):
                return self._not(body)
            case ex.EachYear():
                return self._each_year(node)
            case ex.Yes(reference=reference):
                return self._reference(reference)
            case ex.IsValue(subject=subject, values=values):
                return self._is_value(subject, values)
            case ex.Holds(title=title):
                return self._holds(title)
            case ex.AnyRoute():
                return self.say("任一路径成立", "any of the routes holds")
            case ex.Constant(value=value):
                return self.say("恒成立", "always") if value else self.say("不成立", "never")
            case _:
                return self._value(node)

    def _value(self, node: ex.Node) -> str:
        match node:
            case ex.Number(value=value, unit=unit):
                return number_words(value, unit, self.language)
            case ex.DateLiteral(value=value):
                return value.isoformat()
            case ex.ApplicationDate():
                return self.say("申请日", "the application date")
            case ex.Reference():
                return self._reference(node)
            case ex.Call():
                return self._call(node)
            case ex.Arithmetic(operator=operator, left=left, right=right):
                sign = SIGNS.get(operator, operator)
                return f"{self._inside(left, operator)} {sign} {self._inside(right, operator)}"
        return str(node)

    def _inside(self, node: ex.Node, operator: str) -> str:
        """Put a sum inside a product into brackets."""
        words = self._value(node)
        needs = isinstance(node, ex.Arithmetic) and operator in "*/" and node.operator in "+-"
        return f"({words})" if needs else words

    def _reference(self, node: ex.Reference) -> str:
        body = self.body
        own = {*body.conditions, *body.routes, *body.parameters, *body.scores}
        return self.name(node.path) if node.path[0] in own else self._metric_in(node)

    def _metric_in(self, node: ex.Reference) -> str:
        """Return the label of a metric with the year in which it is meant."""
        name = self.metric(node.name)
        metric = self.library.metrics.get(node.name)
        if node.year is not None:
            return self.say(f"{name}（{self.year(node.year)}）", f"{name} ({self.year(node.year)})")
        if metric is not None and metric.period is PeriodKind.CALENDAR_YEAR:
            return self.say(f"{name}（申请当年）", f"{name} (the application year)")
        return name

    def _call(self, node: ex.Call) -> str:
        first = self.words(node.arguments[0])
        match node.function, node.arguments[1:]:
            case "sum", (ex.Range(count=count),):
                return self.say(
                    f"近{count}个会计年度{first}之和", f"{first}, sum of the last {count} fiscal years"
                )
            case "mean", (ex.Range(count=count),):
                return self.say(f"近{count}年{first}平均数", f"{first}, mean of the last {count} years")
            case "mean_growth", (ex.Range(count=count),):
                zh, en = (
                    f"近{count}年{first}平均增长率",
                    f"mean growth of {first} over the last {count} years",
                )
                return self.say(zh, en)
            case "compound_growth", (ex.Period(year=start), ex.Period(year=end)):
                span = self.say(
                    f"{self.year(start)}至{self.year(end)}", f"{self.year(start)} to {self.year(end)}"
                )
                return self.say(f"{first}复合增长率（{span}）", f"compound growth of {first} ({span})")
            case "days", (end_day,):
                last = self.words(end_day)
                return self.say(f"{first}至{last}的天数", f"days from {first} to {last}")
            case "year", _:
                return self.say(f"{first}的年份", f"the year of {first}")
        return self.say(f"{first}增长率", f"growth of {first}")

    def _several(self, node: ex.AtLeast) -> str:
        parts = [self._part(part) for part in node.parts]
        if node.count == len(parts):
            return self.say(" 且 ", " and ").join(parts)
        if node.count == 1:
            return self.say(" 或 ", " or ").join(parts)
        listed = self.say("；", "; ").join(parts)
        return self.say(
            f"以下{len(parts)}项中至少{node.count}项：{listed}", f"at least {node.count} of: {listed}"
        )

    def _part(self, node: ex.Node) -> str:
        words = self.words(node)
        return f"({words})" if isinstance(node, ex.AtLeast | ex.EachYear) else words

    def _not(self, body: ex.Node) -> str:
        if isinstance(body, ex.AtLeast) and body.count == 1:
            listed = self.say("；", "; ").join(self.words(part) for part in body.parts)
            return self.say(f"以下均不成立：{listed}", f"none of: {listed}")
        return self.say(f"非（{self.words(body)}）", f"not ({self.words(body)})")

    def _each_year(self, node: ex.EachYear) -> str:
        body = self.words(node.body)
        if node.every:
            return self.say(
                f"近{node.count}个会计年度每年：{body}", f"in each of the last {node.count} years: {body}"
            )
        return self.say(
            f"近{node.count}个会计年度任一年：{body}", f"in any of the last {node.count} years: {body}"
        )

    def _is_value(self, subject: ex.Node, values: tuple[str, ...]) -> str:
        labels: Mapping[str, Text] = {}
        if isinstance(subject, ex.ClassOf):
            versions = self.library.versions(subject.policy)
            name = self.text(versions[-1].title) if versions else subject.policy
            labels = versions[-1].body.class_labels() if versions else {}
        elif isinstance(subject, ex.Reference):
            name = self._metric_in(subject)
            metric = self.library.metrics.get(subject.name)
            labels = dict(metric.values) if metric is not None else {}
        else:
            name = self.words(subject)
        shown = [self.text(labels.get(value, Text(value, value))) for value in values]
        return self.say(f"{name}为{'或'.join(shown)}", f"{name} is {' or '.join(shown)}")

    def _holds(self, title: str) -> str:
        found = self.library.titles.get(title)
        label = self.text(found.label.text) if found is not None else title
        return self.say(f"申请日持有有效的“{label}”资质", f"holds a valid “{label}” on the application date")

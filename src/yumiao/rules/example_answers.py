"""What a worked example expects, held against the answer of a policy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from yumiao.model.outcomes import Outcome
from yumiao.model.text import Text
from yumiao.model.units import UNITS, Unit, decimal_text
from yumiao.packs.example_files import NO_ROUTE, Expected
from yumiao.packs.fields import Points
from yumiao.rules import graph as g
from yumiao.rules.compile import OUTCOMES, REASON_BITS

POINT_STEPS = UNITS["point"].steps
CLASS = "class."


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that came out otherwise than expected."""

    what: Text
    expected: Text
    found: Text

    @property
    def text(self) -> Text:
        return Text(
            f"{self.what.zh}：应为 {self.expected.zh}，得到 {self.found.words('zh')}",
            f"{self.what.en}: expected {self.expected.words('en')}, found {self.found.words('en')}",
        )


def _token(token: str | None) -> Text:
    """Show a token of an answer with its label where it has one."""
    if token in set(Outcome):
        label = Outcome(token).label
        return Text(f"{token}（{label.zh}）", token)
    return Text("无", "none") if token is None else Text(token, token)


def _tokens(tokens: Iterable[str]) -> Text:
    shown = ", ".join(sorted(tokens))
    return Text(shown or "无", shown or "none")


def possible_classes(answer: Mapping[str, Any]) -> frozenset[str]:
    """Return the classes that some completion of the missing facts reaches (``not_met`` among them)."""
    return frozenset(
        name.removeprefix(CLASS) for name, can in answer.items() if name.startswith(CLASS) and can
    )


def verdict_of(graph: g.PolicyGraph, answer: Mapping[str, Any]) -> str:
    """Return the class of a class policy when it is certain, else the outcome."""
    if graph.classes is None:
        return str(OUTCOMES[answer["outcome"]])
    possible = possible_classes(answer)
    return next(iter(possible)) if len(possible) == 1 else str(Outcome.UNDETERMINED)


def find_differences(
    graph: g.PolicyGraph, answer: Mapping[str, Any], expected: Expected
) -> tuple[Difference, ...]:
    """Compare an answer (the outputs of a compiled policy) with what an example expects."""
    return tuple(found for compare in _COMPARISONS for found in compare(graph, answer, expected))


def _verdict(graph: g.PolicyGraph, answer: Mapping[str, Any], expected: Expected) -> Iterator[Difference]:
    found = verdict_of(graph, answer)
    if expected.verdict is not None and expected.verdict != found:
        yield Difference(Text("结论", "verdict"), _token(expected.verdict), _token(found))


def _conditions(_: g.PolicyGraph, answer: Mapping[str, Any], expected: Expected) -> Iterator[Difference]:
    for condition, outcome in expected.conditions.items():
        code = answer.get(f"condition.{condition}")
        what = Text(f"条件 {condition}", f"condition {condition}")
        if code is None:
            yield Difference(what, _token(outcome), Text("没有这个条件", "no such condition"))
        elif OUTCOMES[code] is not outcome:
            yield Difference(what, _token(outcome), _token(OUTCOMES[code]))


def _points(graph: g.PolicyGraph, answer: Mapping[str, Any], expected: Expected) -> Iterator[Difference]:
    stated = {**expected.points, **expected.group_points}
    for part, points in stated.items():
        paths = [node.id for node in graph.scores if part in (node.id, node.path[-1])]
        yield from _score(Text(f"得分 {part}", f"points of {part}"), paths, points, answer)
    if expected.total is not None:
        yield from _score(
            Text("总分", "total"), [node.id for node in graph.scores[:1]], expected.total, answer
        )


def _score(what: Text, paths: list[str], points: Points, answer: Mapping[str, Any]) -> Iterator[Difference]:
    if len(paths) != 1:
        many = ", ".join(paths)
        found = (
            Text(f"不唯一：{many}", f"not unique: {many}") if paths else Text("没有这一项", "no such part")
        )
        yield Difference(what, _interval(points), found)
        return
    low, high = (Fraction(answer[f"score.{paths[0]}.{end}"], POINT_STEPS) for end in ("low", "high"))
    if (low, high) != (points.low, points.high):
        yield Difference(what, _interval(points), _interval(Points(low, high)))


def _interval(points: Points) -> Text:
    ends = dict.fromkeys(decimal_text(end) for end in (points.low, points.high))
    shown = "–".join(ends)
    return Text(f"{shown} 分", f"{shown} points")


def _route(graph: g.PolicyGraph, answer: Mapping[str, Any], expected: Expected) -> Iterator[Difference]:
    if "route" not in expected.model_fields_set:
        return
    wanted = None if expected.route == NO_ROUTE else expected.route
    found = [None, *(route.id for route in graph.routes)][answer["route"]]
    if wanted != found:
        yield Difference(Text("路径", "route"), _token(wanted), _token(found))


def _reasons(_: g.PolicyGraph, answer: Mapping[str, Any], expected: Expected) -> Iterator[Difference]:
    found = {reason for reason, bit in REASON_BITS.items() if answer["reasons"] & bit}
    if expected.reason is not None and expected.reason not in found:
        yield Difference(Text("原因之一", "one of the reasons"), _token(expected.reason), _tokens(found))
    if expected.reasons is not None and set(expected.reasons) != found:
        yield Difference(Text("原因", "reasons"), _tokens(set(expected.reasons)), _tokens(found))


def _possible(_: g.PolicyGraph, answer: Mapping[str, Any], expected: Expected) -> Iterator[Difference]:
    found = possible_classes(answer)
    if expected.possible is not None and set(expected.possible) != found:
        yield Difference(
            Text("可能的类别", "possible classes"), _tokens(set(expected.possible)), _tokens(found)
        )


def _gaps(graph: g.PolicyGraph, answer: Mapping[str, Any], expected: Expected) -> Iterator[Difference]:
    statements = {node.id: node.statement for node in graph.conditions}
    for condition, wanted in expected.gaps.items():
        what = Text(f"条件 {condition} 的差距", f"gap of condition {condition}")
        if condition not in statements:
            yield Difference(what, _amount(wanted, None), Text("没有这个条件", "no such condition"))
            continue
        unit = gap_unit(graph, statements[condition])
        steps = answer[f"gap.{condition}"]
        found = None if steps is None else Fraction(steps) / (unit.steps if unit else 1)
        if found != wanted:
            yield Difference(what, _amount(wanted, unit), _amount(found, unit))


def _amount(number: Fraction | None, unit: Unit | None) -> Text:
    if number is None:
        return Text("未知", "unknown")
    label = unit.label if unit else Text("", "")
    shown = decimal_text(number)
    return Text(f"{shown} {label.zh}".strip(), f"{shown} {label.en}".strip())


def gap_unit(graph: g.PolicyGraph, node: g.Node) -> Unit | None:
    """Return the unit in which a condition's gap is told: that of the first fact on its left side."""
    match node:
        case g.LinearComparison(linear=linear):
            return _unit_of(graph, linear)
        case g.QuotientComparison(quotient=quotient):
            return _unit_of(graph, quotient.numerator)
        case g.ScoreComparison():
            return UNITS["point"]
    return next((unit for child in g.children(node) if (unit := gap_unit(graph, child))), None)


def _unit_of(graph: g.PolicyGraph, linear: g.Linear) -> Unit | None:
    units = (graph.leaves[column].metric.unit or UNITS["day"] for column, _ in linear.terms)
    return next(units, None)


_COMPARISONS: tuple[Callable[[g.PolicyGraph, Mapping[str, Any], Expected], Iterator[Difference]], ...] = (
    _verdict, _conditions, _points, _route, _reasons, _possible, _gaps,
)  # fmt: skip

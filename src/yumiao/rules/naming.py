"""What stands on the left of a comparison, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from yumiao.model.text import Text
from yumiao.model.units import Kind
from yumiao.rules import graph as g
from yumiao.rules.wording import listed


def fact_words(graph: g.PolicyGraph, column: str) -> Text:
    """Name a fact, with its year where it is not the usual one."""
    leaf = graph.leaves[column]
    label = leaf.metric.label
    usual = graph.as_of.year + leaf.metric.period.default_offset
    if leaf.year is None or leaf.year == usual:
        return Text(label.zh, label.words("en"))
    return _dated(label, str(leaf.year))


def _dated(label: Text, years: str) -> Text:
    return Text(f"{label.zh}（{years}年）", f"{label.words('en')} ({years})")


def columns_words(graph: g.PolicyGraph, columns: Sequence[str]) -> Text:
    """Name several facts; years of one metric are named together."""
    by_metric: dict[str, list[str]] = {}
    for column in columns:
        by_metric.setdefault(graph.leaves[column].metric.id, []).append(column)
    return listed((_series_words(graph, series) for series in by_metric.values()), " + ", " + ")


def _series_words(graph: g.PolicyGraph, columns: Sequence[str]) -> Text:
    years = sorted(year for year in (graph.leaves[column].year for column in columns) if year is not None)
    if len(columns) == 1 or not years:
        return fact_words(graph, columns[0])
    return _dated(graph.leaves[columns[0]].metric.label, f"{years[0]}–{years[-1]}")


def linear_words(graph: g.PolicyGraph, linear: g.Linear) -> Text:
    """Name a sum; a number of days between a date and the application is named by the date."""
    dates = [column for column, _ in linear.terms if graph.leaves[column].metric.kind is Kind.DATE]
    if dates and (linear.constant or len(linear.terms) > 1):
        label = columns_words(graph, dates)
        return Text(f"{label.zh}至申请日的天数", f"days from {label.words('en')} to application")
    plus = [column for column, weight in linear.terms if weight > 0]
    minus = [column for column, weight in linear.terms if weight < 0]
    words = columns_words(graph, plus) if plus else Text("0", "0")
    if minus:
        less = columns_words(graph, minus)
        words = Text(f"{words.zh} − {less.zh}", f"{words.en} − {less.en}")
    return words


def left_words(graph: g.PolicyGraph, node: g.Node) -> Text:
    """Name what a comparison compares, or what a statement asks for."""
    match node:
        case g.LinearComparison(shown=shown) if isinstance(shown.left, g.Linear):
            return linear_words(graph, shown.left)
        case g.QuotientComparison(quotient=quotient):
            return _quotient_words(graph, quotient)
        case g.GrowthComparison(growth=growth):
            words = columns_words(graph, (growth.first, growth.second, growth.third))
            return Text(f"{words.zh}平均增长率", f"mean growth of {words.en}")
        case g.ScoreComparison(score=score):
            return score_words(graph, score)
        case g.IsTrue(column=column) | g.OneOf(column=column):
            return fact_words(graph, column)
        case g.Split(cells=cells):
            return left_words(graph, cells[0][1])
        case g.Known(value=value):
            return Text("恒成立", "always") if value else Text("恒不成立", "never")
        case g.Open(parameter=parameter):
            return Text(f"参数 {parameter} 未设定", f"parameter {parameter} is not set")
        case g.InClass(names=names):
            return Text(f"类别为 {'、'.join(sorted(names))}", f"class is {' or '.join(sorted(names))}")
        case _:
            return Text("", "")


def _quotient_words(graph: g.PolicyGraph, quotient: g.Quotient) -> Text:
    top, bottom = (linear_words(graph, side) for side in (quotient.numerator, quotient.denominator))
    if quotient.periods:
        columns = [column for side in (quotient.denominator, quotient.numerator) for column, _ in side.terms]
        words = columns_words(graph, columns)
        return Text(f"{words.zh}年均增长率", f"yearly growth of {words.en}")
    return Text(f"{top.zh} ÷ {bottom.zh}", f"{top.en} ÷ {bottom.en}")


def score_words(graph: g.PolicyGraph, score: g.Score) -> Text:
    """Name a score by its label."""
    return next((node.text for node in graph.scores if node.score is score), Text("得分", "points"))


def missing_words(graph: g.PolicyGraph, columns: Iterable[str]) -> Text:
    """Name unknown facts."""
    return listed(fact_words(graph, column) for column in columns)

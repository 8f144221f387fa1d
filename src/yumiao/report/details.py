"""Every condition of one policy beside its outcome: value, limit, gap, what is missing. Column by column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

import polars as pl

from yumiao.evaluate import EvaluatedPolicy
from yumiao.model.facts import HIGH_SUFFIX, IDENTITY_COLUMNS, LOW_SUFFIX, column_type
from yumiao.model.metrics import Citation
from yumiao.model.outcomes import Outcome
from yumiao.model.text import Language, Text
from yumiao.model.units import UNITS, Dimension, Kind, Unit
from yumiao.report.blocking import find_matters
from yumiao.report.measures import Measure, MeasureReader, unwrap
from yumiao.report.numbers import PLACES, grouped, steps_text
from yumiao.report.wording import (
    NO,
    UNKNOWN,
    YES,
    fact_label,
    joined,
    outcome_words,
    reason_words,
    separator,
)
from yumiao.rules import graph as g
from yumiao.rules.naming import left_words
from yumiao.rules.wording import SIGNS, with_unit

MOST_FACTS = 8
"""How many facts of one condition are written out at most."""

_FINE = 6
"""Decimals of a value that would seem to contradict its outcome with ``PLACES``."""


@dataclass(frozen=True)
class ConditionColumns:
    """How one condition is shown.

    Attributes:
        number: whether ``number.<id>`` holds its value in ``unit``; ``text.<id>`` always holds a text.
        limit: the limit that holds for all, as text; empty where there is none, or each row has its own.
        has_limit: whether there is a column ``limit.<id>``.
        has_gap: whether there is a column ``gap.<id>``.
    """

    id: str
    text: Text
    citation: Citation
    number: bool
    unit: Unit | None
    limit: str
    has_limit: bool
    has_gap: bool


@dataclass(frozen=True)
class Details:
    """One policy's verdicts as officers read them.

    Attributes:
        frame: one row per subject, order of the facts: ``subject``, ``name``, ``code``, ``outcome`` (token),
            ``outcome_text``, ``reasons_text``, ``class_text``, ``possible_text``, ``route_text``, ``failing``,
            ``open``, ``near_miss``, ``distance``, ``contested_text``, ``score.<id>`` (text), and per condition
            ``outcome.<id>`` (label), ``matters.<id>`` (whether it still matters), ``number.<id>`` (Float64),
            ``text.<id>``, ``limit.<id>``, ``gap.<id>``, ``missing.<id>`` (texts; NULL: nothing to say).
        scores: the scores shown: id, text, most points.
    """

    evaluated: EvaluatedPolicy
    frame: pl.DataFrame
    conditions: tuple[ConditionColumns, ...]
    scores: tuple[tuple[str, Text, Fraction], ...]


class DetailReader:
    """Reads the details of one evaluated policy in one language."""

    def __init__(self, facts: pl.DataFrame, evaluated: EvaluatedPolicy, language: Language) -> None:
        self.facts = facts
        self.evaluated = evaluated
        self.language = language
        self.graph = evaluated.graph
        self.reader = MeasureReader(self.graph)
        self.matters = find_matters(self.graph)
        self._layer: list[pl.Expr] = []
        self.measures = {each.id: self._measure(each) for each in self.graph.conditions}
        self.parts = {each.id: self._read_parts(each) for each in self.graph.conditions}

    def read(self, rows: pl.Series | None = None) -> Details:
        """Return the details of all subjects, or of those at some row numbers."""
        source = self._source(rows).with_columns(self._layer)
        frame = source.select(*self._head(), *self._scores(), *self._conditions())
        return Details(self.evaluated, frame, tuple(self._columns()), tuple(self._score_titles()))

    def _measure(self, condition: g.ConditionNode) -> Measure | None:
        measure = self.reader.read(condition.statement)
        return None if measure is None else self._layered(measure, condition.id)

    def _layered(self, measure: Measure, name: str) -> Measure:
        """Make value and limit columns of a first layer, so that none is computed twice."""
        is_span = measure.low is not None and measure.high is not None
        return replace(
            measure,
            value=self._keep(measure.value, f"__value.{name}"),
            limit=self._keep(measure.limit, f"__limit.{name}"),
            low=self._keep(measure.low, f"__low.{name}") if is_span else None,
            high=self._keep(measure.high, f"__high.{name}") if is_span else None,
        )

    def _keep(self, expression: pl.Expr | None, name: str) -> pl.Expr:
        self._layer.append(pl.lit(None).alias(name) if expression is None else expression.alias(name))
        return pl.col(name)

    def _read_parts(self, condition: g.ConditionNode) -> list[tuple[g.Statement, Measure | None]]:
        """Read the parts of a condition that asks for several things; each has a measure or is a yes/no fact."""
        statement = unwrap(condition.statement)
        if not isinstance(statement, g.Count) or len(statement.parts) > MOST_FACTS:
            return []
        found = []
        for number, part in enumerate(statement.parts):
            measure = self.reader.read(part)
            if measure is None and not isinstance(_positive(part), g.IsTrue | g.OneOf):
                return []
            name = f"{condition.id}.{number}"
            found.append((part, None if measure is None else self._layered(measure, name)))
        return found

    def _source(self, rows: pl.Series | None) -> pl.DataFrame:
        """Put facts and verdicts side by side; a fact nobody brought is a column of NULL."""
        facts, verdicts = self.facts, self.evaluated.verdicts
        if rows is not None:
            facts, verdicts = facts[rows], verdicts[rows]
        wanted = [name for name in self._fact_columns() if name in facts.columns]
        absent = [
            pl.lit(None, column_type(leaf.metric)).alias(leaf.column)
            for leaf in self.graph.leaves.values()
            if leaf.column not in facts.columns
        ]
        own = verdicts.select(pl.exclude([name for name in wanted if name in verdicts.columns]))
        return pl.concat([facts.select(wanted), own], how="horizontal").with_columns(absent)

    def _fact_columns(self) -> Iterable[str]:
        for column in self.graph.leaves:
            yield from (column, column + LOW_SUFFIX, column + HIGH_SUFFIX)

    # ── the verdict ───────────────────────────────────────────────────────────────────────────────────────

    def _head(self) -> Iterable[pl.Expr]:
        classes = {
            name: text.words(self.language)
            for name, text in self.evaluated.policy.body.class_labels().items()
        }
        routes = {route.id: route.text.words(self.language) for route in self.graph.routes}
        outcome = pl.col("outcome").cast(pl.String)
        yield from (pl.col(name) for name in IDENTITY_COLUMNS)
        yield outcome.alias("outcome")
        yield _labelled(outcome, outcome_words(self.language)).alias("outcome_text")
        yield _labelled_list("reasons", reason_words(self.language), self.language).alias("reasons_text")
        yield _labelled(pl.col("class").cast(pl.String), classes).alias("class_text")
        yield _labelled_list("possible", classes, self.language).alias("possible_text")
        yield _labelled(pl.col("route").cast(pl.String), routes).alias("route_text")
        yield from (pl.col(name) for name in ("failing", "open", "near_miss", "distance"))
        yield self._contested().alias("contested_text")

    def _contested(self) -> pl.Expr:
        """Say where sources disagree so that the outcome depends on which one is believed."""
        return pl.when("contested").then(pl.lit(YES.words(self.language)))

    def _scores(self) -> Iterable[pl.Expr]:
        for score in self._shown_scores():
            low, high = (pl.col(f"score.{score.id}.{side}") for side in ("low", "high"))
            yield _span_text(low, high, UNITS["point"]).alias(f"score.{score.id}")

    def _shown_scores(self) -> list[g.ScoreNode]:
        return [score for score in self.graph.scores if len(score.path) == 1]

    def _score_titles(self) -> Iterable[tuple[str, Text, Fraction]]:
        for score in self._shown_scores():
            yield score.id, score.text, Fraction(score.of, UNITS["point"].steps)

    # ── the conditions ────────────────────────────────────────────────────────────────────────────────────

    def _columns(self) -> Iterable[ConditionColumns]:
        for condition in self.graph.conditions:
            years = self.reader.read_years(condition.statement)
            measure = self.measures[condition.id]
            shown = measure or (years[0][1] if years else None)
            is_number = measure is not None and not measure.is_date
            fixed = shown is not None and shown.fixed_limit is not None
            yield ConditionColumns(
                id=condition.id,
                text=condition.text,
                citation=condition.citation,
                number=is_number,
                unit=measure.unit if measure is not None else None,
                limit=self._fixed_limit(shown) if shown is not None and fixed else "",
                has_limit=measure is not None and not fixed,
                has_gap=is_number,
            )

    def _fixed_limit(self, measure: Measure) -> str:
        assert measure.fixed_limit is not None  # noqa: S101 - the caller looked
        if measure.is_date:
            return f"{SIGNS[measure.operator]} {_date_of(measure.fixed_limit)}"
        words = f"{SIGNS[measure.operator]} {grouped(measure.fixed_limit)}"
        return _with_unit(words, measure.unit, self.language)

    def _conditions(self) -> Iterable[pl.Expr]:
        words = outcome_words(self.language)
        for condition in self.graph.conditions:
            name = condition.id
            outcome = pl.col(f"condition.{name}").cast(pl.String)
            measure = self.measures[name]
            yield _labelled(outcome, words).alias(f"outcome.{name}")
            yield self.matters[name].alias(f"matters.{name}")
            yield self._missing(condition, outcome).alias(f"missing.{name}")
            if measure is None:
                years = self.reader.read_years(condition.statement)
                text = self._years_text(years) if years else self._parts_text(condition)
                yield text.alias(f"text.{name}")
                continue
            if measure.is_date:
                yield _date_text(measure.value).alias(f"text.{name}")
            else:
                number = cut(measure.value)
                hides = _contradicts(number, measure, outcome)
                yield pl.when(~hides).then(number).alias(f"number.{name}")
                yield self._value_text(measure, number, hides).alias(f"text.{name}")
                yield self._gap_text(name, measure, outcome).alias(f"gap.{name}")
            if measure.fixed_limit is None:
                yield self._limit_text(measure).alias(f"limit.{name}")

    def _value_text(self, measure: Measure, number: pl.Expr, hides: pl.Expr) -> pl.Expr:
        """Print a value; with more decimals where the short form hides on which side of the limit it is."""
        unit = _unit_suffix(measure.unit, self.language)
        is_exact = (measure.value - number).abs() < 10**-_FINE
        mark = pl.when(is_exact).then(pl.lit("")).otherwise(pl.lit("≈"))
        short = pl.concat_str(mark, _float_text(number, PLACES), pl.lit(unit))
        fine = pl.concat_str(pl.lit("≈"), _float_text(measure.value, _FINE), pl.lit(unit))
        text = pl.when(hides).then(fine).otherwise(short)
        if measure.is_date:
            return _date_text(measure.value)
        if measure.low is None or measure.high is None:
            return text
        span = pl.concat_str(
            _float_text(measure.low, PLACES), pl.lit("–"), _float_text(measure.high, PLACES), pl.lit(unit)
        )
        return pl.when(measure.low == measure.high).then(text).otherwise(span)

    def _parts_text(self, condition: g.ConditionNode) -> pl.Expr:
        """Print each part of a condition with its value and limit; else the facts that it looks at."""
        parts = self.parts[condition.id]
        if not parts:
            return self._facts_text(condition.statement)
        unknown = pl.lit(UNKNOWN.words(self.language))
        texts = []
        for part, measure in parts:
            if measure is None:
                (column,) = g.columns_of(part)
                texts.append(self._named_fact(self.graph.leaves[column]))
                continue
            value = pl.coalesce(self._value_text(measure, cut(measure.value), pl.lit(value=False)), unknown)
            limit = (
                self._limit_text(measure)
                if measure.fixed_limit is None
                else pl.lit(self._fixed_limit(measure))
            )
            words = left_words(self.graph, unwrap(part)).words(self.language)
            texts.append(pl.concat_str(pl.lit(f"{words} "), value, pl.lit(" ("), limit, pl.lit(")")))
        return joined(texts, self.language)

    def _years_text(self, years: list[tuple[int, Measure]]) -> pl.Expr:
        """Print one value for each year; unknown ones are named as such."""
        unknown = pl.lit(UNKNOWN.words(self.language))
        parts = []
        for year, measure in years:
            value = pl.concat_str(
                _float_text(cut(measure.value), PLACES), pl.lit(_unit_suffix(measure.unit, self.language))
            )
            label = f"{year}年 " if self.language == "zh" else f"{year}: "
            parts.append(pl.concat_str(pl.lit(label), pl.coalesce(value, unknown)))
        return joined(parts, self.language)

    def _limit_text(self, measure: Measure) -> pl.Expr:
        if measure.is_date:
            limit = _date_text(measure.limit)
        else:
            unit = _unit_suffix(measure.unit, self.language)
            limit = pl.concat_str(_float_text(measure.limit, PLACES), pl.lit(unit))
        return pl.concat_str(pl.lit(f"{SIGNS[measure.operator]} "), limit)

    def _gap_text(self, name: str, measure: Measure, outcome: pl.Expr) -> pl.Expr:
        """Say how much is missing (or too much); NULL unless the condition fails and one number says it."""
        unit = measure.gap_unit
        if unit is None:
            return pl.lit(None, pl.String)
        gap = pl.col(f"gap.{name}")
        is_whole = unit.steps == 1 or unit.dimension is Dimension.POINT
        is_strict = measure.operator in (">", "<") and not is_whole
        steps = gap - 1 if is_strict else gap
        amount = pl.concat_str(
            steps_text(steps, unit.steps, cut="up"), pl.lit(_unit_suffix(unit, self.language))
        )
        before, after = self._gap_words(measure, is_strict=is_strict)
        text = pl.concat_str(pl.lit(before), amount, pl.lit(after))
        return pl.when((outcome == Outcome.NOT_MET.value) & (gap > 0)).then(text)

    def _gap_words(self, measure: Measure, *, is_strict: bool) -> tuple[str, str]:
        """Return what stands before and after the amount that is missing or too much."""
        label = measure.label.words(self.language)
        is_short = measure.operator in (">=", ">", "=")
        if self.language == "zh":
            return f"{label}{'还差' if is_short else '超出'}{'多于' if is_strict else ''} ", ""
        of = f" of {label}" if label else ""
        return "more than " if is_strict else "", f"{of} {'short' if is_short else 'too much'}"

    # ── facts ─────────────────────────────────────────────────────────────────────────────────────────────

    def _facts_text(self, statement: g.Statement) -> pl.Expr:
        """Write out the facts of a condition that compares more than one value."""
        columns = self._columns_of(statement)
        if len(columns) > MOST_FACTS:
            return pl.lit(None, pl.String)
        if len(columns) == 1 and isinstance(unwrap(_positive(statement)), g.IsTrue | g.OneOf):
            return self._fact_text(self.graph.leaves[columns[0]])
        return joined((self._named_fact(self.graph.leaves[column]) for column in columns), self.language)

    def _columns_of(self, statement: g.Statement) -> list[str]:
        """List the facts of a statement: metrics in the order of the policy, each with its years in order."""
        used = g.columns_of(statement)
        places: dict[str, int] = {}
        for leaf in self.graph.leaves.values():
            places.setdefault(leaf.metric.id, len(places))
        leaves = [leaf for column, leaf in self.graph.leaves.items() if column in used]
        return [
            leaf.column for leaf in sorted(leaves, key=lambda leaf: (places[leaf.metric.id], leaf.year or 0))
        ]

    def _named_fact(self, leaf: g.Leaf) -> pl.Expr:
        label = fact_label(leaf.metric, leaf.year, self.language)
        unknown = pl.lit(UNKNOWN.words(self.language))
        return pl.concat_str(pl.lit(f"{label} "), pl.coalesce(self._fact_text(leaf), unknown))

    def _fact_text(self, leaf: g.Leaf) -> pl.Expr:
        """Print one fact; NULL where it is unknown."""
        column, metric = pl.col(leaf.column), leaf.metric
        if metric.kind is Kind.BOOL:
            yes, no = (pl.lit(word.words(self.language)) for word in (YES, NO))
            return pl.when(column.is_not_null()).then(pl.when(column).then(yes).otherwise(no))
        if metric.kind is Kind.DATE:
            return column.cast(pl.Date).dt.to_string("%Y-%m-%d")
        if metric.kind is Kind.CATEGORY or metric.unit is None:
            return _labelled(column, {code: text.words(self.language) for code, text in metric.values})
        suffix = _unit_suffix(metric.unit, self.language)
        known = pl.concat_str(steps_text(column, metric.unit.steps), pl.lit(suffix))
        high = leaf.column + HIGH_SUFFIX
        if high not in self.facts.columns:
            return known
        bound = pl.concat_str(pl.lit("≤ "), steps_text(pl.col(high), metric.unit.steps), pl.lit(suffix))
        return pl.coalesce(known, bound)

    def _missing(self, condition: g.ConditionNode, outcome: pl.Expr) -> pl.Expr:
        """Name the facts that are unknown where the condition is open."""
        leaves = [self.graph.leaves[column] for column in self._columns_of(condition.statement)]
        if not leaves:
            return pl.lit(None, pl.String)
        parts = [
            pl.when(pl.col(leaf.column).is_null()).then(
                pl.lit(fact_label(leaf.metric, leaf.year, self.language))
            )
            for leaf in leaves
        ]
        return pl.when(outcome == Outcome.UNDETERMINED.value).then(joined(parts, self.language))


def read_details(
    facts: pl.DataFrame, evaluated: EvaluatedPolicy, language: Language, rows: pl.Series | None = None
) -> Details:
    """Return the details of one policy for all subjects, or for those at some row numbers.

    Args:
        facts: the facts as judged, derived ones filled in (``Run.judged_facts()``).
    """
    return DetailReader(facts, evaluated, language).read(rows)


def _positive(statement: g.Statement) -> g.Statement:
    statement = unwrap(statement)
    return statement.body if isinstance(statement, g.Negated) else statement


def _labelled(code: pl.Expr, labels: dict[str, str]) -> pl.Expr:
    if not labels:
        return pl.lit(None, pl.String)
    return code.replace_strict(labels, default=code, return_dtype=pl.String)


def _labelled_list(column: str, labels: dict[str, str], language: Language) -> pl.Expr:
    if not labels:
        return pl.lit(None, pl.String)
    words = pl.col(column).list.eval(
        pl.element().replace_strict(labels, default=pl.element(), return_dtype=pl.String)
    )
    return words.list.join(separator(language))


def cut(value: pl.Expr) -> pl.Expr:
    """Cut a value to ``PLACES`` decimals towards zero; what binary numbers only seem to miss is not cut."""
    scaled = value * 10**PLACES
    near = scaled.round()
    towards_zero = scaled.floor() + (scaled < 0).cast(pl.Float64)
    whole: pl.Expr = pl.when((scaled - near).abs() < 0.0001).then(near).otherwise(towards_zero)
    return whole / float(10**PLACES)


def _float_text(number: pl.Expr, places: int) -> pl.Expr:
    steps = (number * 10**places).round().cast(pl.Int64, strict=False)
    size = steps.abs()
    whole, part = size // 10**places, size % 10**places
    tail = pl.concat_str(pl.lit("."), part.cast(pl.String).str.zfill(places).str.strip_chars_end("0"))
    sign = pl.when(steps < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    grouped_whole = whole.cast(pl.String).str.reverse().str.replace_all(r"(\d{3})", "$1,")
    digits = grouped_whole.str.strip_suffix(",").str.reverse()
    return pl.concat_str(sign, digits, pl.when(part > 0).then(tail).otherwise(pl.lit("")))


def _holds(number: pl.Expr, operator: g.Operator, limit: pl.Expr) -> pl.Expr:
    difference = number - limit
    small = 10**-9
    tests = {
        ">=": difference > -small,
        ">": difference > small,
        "<=": difference < small,
        "<": difference < -small,
        "=": difference.abs() < small,
    }
    return tests[operator]


def _contradicts(number: pl.Expr, measure: Measure, outcome: pl.Expr) -> pl.Expr:
    """Whether a shown number would stand on the other side of the limit than the outcome says."""
    holds = _holds(number, measure.operator, measure.limit)
    wrong = ((outcome == Outcome.MET.value) & ~holds) | ((outcome == Outcome.NOT_MET.value) & holds)
    return wrong.fill_null(value=False)


def _span_text(low: pl.Expr, high: pl.Expr, unit: Unit) -> pl.Expr:
    first, last = steps_text(low, unit.steps), steps_text(high, unit.steps)
    return pl.when(low == high).then(first).otherwise(pl.concat_str(first, pl.lit("–"), last))


def _date_text(days: pl.Expr) -> pl.Expr:
    return days.cast(pl.Int32, strict=False).cast(pl.Date).dt.to_string("%Y-%m-%d")


def _date_of(days: Fraction) -> str:
    return (g.EPOCH + dt.timedelta(days=int(days))).isoformat()


def _unit_suffix(unit: Unit, language: Language) -> str:
    return with_unit("0", unit).words(language).removeprefix("0")


def _with_unit(words: str, unit: Unit, language: Language) -> str:
    return f"{words}{_unit_suffix(unit, language)}"

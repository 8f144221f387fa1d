"""Every condition of one policy beside its outcome: value, limit, gap, what is missing. Column by column."""

from __future__ import annotations

from collections.abc import Collection, Iterable
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
from yumiao.report.numbers import steps_text
from yumiao.report.shown import (
    amount_shown,
    contradicts,
    cut,
    fixed_limit,
    labelled,
    labelled_list,
    limit_text,
    span_text,
    unit_suffix,
    value_text,
)
from yumiao.report.wording import (
    NO,
    UNKNOWN,
    YES,
    fact_label,
    joined,
    outcome_words,
    reason_words,
)
from yumiao.rules import graph as g
from yumiao.rules.naming import left_words

NO_OUTCOME = pl.lit(Outcome.UNDETERMINED.value)
"""Beside a part of a condition no outcome is shown that its text could contradict."""

MOST_FACTS = 8
"""How many facts of one condition are written out at most."""


@dataclass(frozen=True)
class ConditionColumns:
    """How one condition is shown.

    Attributes:
        number: whether ``number.<id>`` holds its value in ``unit``; ``text.<id>`` always holds a text.
        limit: the limit that holds for all, as text; empty where there is none, or each row has its own.
        has_limit: whether there is a column ``limit.<id>``.
        has_gap: whether there is a column ``gap.<id>``.
        has_part_gaps: whether there is a column ``part_gaps.<id>``: of a condition that asks for several things at
            once, what is short of those that fail.
    """

    id: str
    text: Text
    citation: Citation
    number: bool
    unit: Unit | None
    limit: str
    has_limit: bool
    has_gap: bool
    has_part_gaps: bool = False


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


@dataclass(frozen=True)
class Lacks:
    """What one condition lacks, in words, row by row.

    Attributes:
        short: what is short where it fails; NULL where no number says it.
        missing: the unknown facts where it is open.
        layer: columns that both are computed from.
    """

    short: pl.Expr
    missing: pl.Expr
    layer: list[pl.Expr]


class DetailReader:
    """Reads the details of one evaluated policy in one language.

    Args:
        only: ids of the conditions wanted; None: all. For few rows it is the planning that costs.
    """

    def __init__(
        self,
        facts: pl.DataFrame,
        evaluated: EvaluatedPolicy,
        language: Language,
        only: Collection[str] | None = None,
    ) -> None:
        self.facts = facts
        self.evaluated = evaluated
        self.language = language
        self.graph = evaluated.graph
        self.conditions = [each for each in self.graph.conditions if only is None or each.id in only]
        self.reader = MeasureReader(self.graph)
        self.matters = find_matters(self.graph)
        self._layer: dict[str, pl.Expr] = {}
        self.measures = {each.id: self._measure(each) for each in self.conditions}
        self.parts = {each.id: self._read_parts(each) for each in self.conditions}
        self.years = {each.id: self._read_years(each) for each in self.conditions}

    def read(self, rows: pl.Series | None = None) -> Details:
        """Return the details of all subjects, or of those at some row numbers."""
        frame = self.plan(rows).collect()
        return Details(self.evaluated, frame, tuple(self._columns()), tuple(self._score_titles()))

    def plan(self, rows: pl.Series | None = None) -> pl.LazyFrame:
        """Return what `Details.frame` is computed from: columns that are not selected from it cost nothing."""
        source = self.source(rows).lazy().with_columns(self._layer.values())
        return source.select(*self._head(), *self._scores(), *self._conditions())

    def read_lacks(self, condition: g.ConditionNode) -> Lacks:
        """Return what is to be said where a condition fails, and where it is open, over the columns of `source`."""
        name, outcome = condition.id, pl.col(f"condition.{condition.id}").cast(pl.String)
        layer = [expression for key, expression in self._layer.items() if f".{name}." in key]
        return Lacks(self._short_text(condition, outcome), self._missing(condition, outcome), layer)

    def _short_text(self, condition: g.ConditionNode, outcome: pl.Expr) -> pl.Expr:
        """Say what is short: by the one number that tells, else part by part; NULL where nothing says it."""
        measure = self.measures[condition.id]
        if measure is not None and not measure.is_date:
            return self._gap_text(condition.id, measure, outcome)
        gaps = self._part_gaps(condition, outcome)
        return pl.lit(None, pl.String) if gaps is None else gaps

    @property
    def columns(self) -> tuple[ConditionColumns, ...]:
        """How each condition is shown."""
        return tuple(self._columns())

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
        self._layer[name] = pl.lit(None).alias(name) if expression is None else expression.alias(name)
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

    def _read_years(self, condition: g.ConditionNode) -> list[tuple[int, Measure]]:
        """Read the years of a condition that asks for each of them."""
        years = self.reader.read_years(condition.statement)
        return [(year, self._layered(measure, f"{condition.id}.year.{year}")) for year, measure in years]

    def source(self, rows: pl.Series | None) -> pl.DataFrame:
        """Put facts and verdicts side by side, of all or some rows; a fact nobody brought is a column of NULL."""
        known = frozenset(self.facts.columns)
        facts = self.facts.select(name for name in self._fact_columns() if name in known)
        verdicts = self.evaluated.verdicts
        if rows is not None:
            facts, verdicts = facts[rows] if facts.width else facts, verdicts[rows]
        absent = [
            pl.lit(None, column_type(leaf.metric)).alias(leaf.column)
            for leaf in self.graph.leaves.values()
            if leaf.column not in known
        ]
        own = verdicts.select(pl.exclude([name for name in facts.columns if name in verdicts.columns]))
        return pl.concat([facts, own], how="horizontal").with_columns(absent)

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
        yield labelled(outcome, outcome_words(self.language)).alias("outcome_text")
        yield labelled_list("reasons", reason_words(self.language), self.language).alias("reasons_text")
        yield labelled(pl.col("class").cast(pl.String), classes).alias("class_text")
        yield labelled_list("possible", classes, self.language).alias("possible_text")
        yield labelled(pl.col("route").cast(pl.String), routes).alias("route_text")
        yield from (pl.col(name) for name in ("failing", "open", "near_miss", "distance"))
        yield self._contested().alias("contested_text")

    def _contested(self) -> pl.Expr:
        """Say where sources disagree so that the outcome depends on which one is believed."""
        return pl.when("contested").then(pl.lit(YES.words(self.language)))

    def _scores(self) -> Iterable[pl.Expr]:
        for score in self._shown_scores():
            low, high = (pl.col(f"score.{score.id}.{side}") for side in ("low", "high"))
            yield span_text(low, high, UNITS["point"]).alias(f"score.{score.id}")

    def _shown_scores(self) -> list[g.ScoreNode]:
        return [score for score in self.graph.scores if len(score.path) == 1]

    def _score_titles(self) -> Iterable[tuple[str, Text, Fraction]]:
        for score in self._shown_scores():
            yield score.id, score.text, Fraction(score.of, UNITS["point"].steps)

    # ── the conditions ────────────────────────────────────────────────────────────────────────────────────

    def _columns(self) -> Iterable[ConditionColumns]:
        for condition in self.conditions:
            years = self.years[condition.id]
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
                limit=fixed_limit(shown, self.language) if shown is not None and fixed else "",
                has_limit=measure is not None and not fixed,
                has_gap=is_number,
                has_part_gaps=bool(years or self._gap_parts(condition)),
            )

    def _conditions(self) -> Iterable[pl.Expr]:
        words = outcome_words(self.language)
        for condition in self.conditions:
            name = condition.id
            outcome = pl.col(f"condition.{name}").cast(pl.String)
            measure = self.measures[name]
            yield labelled(outcome, words).alias(f"outcome.{name}")
            yield self.matters[name].alias(f"matters.{name}")
            yield self._missing(condition, outcome).alias(f"missing.{name}")
            gaps = self._part_gaps(condition, outcome)
            if gaps is not None:
                yield gaps.alias(f"part_gaps.{name}")
            if measure is None:
                years = self.years[name]
                text = self._years_text(years) if years else self._parts_text(condition)
                yield text.alias(f"text.{name}")
                continue
            number = cut(measure.value)
            value = value_text(measure, number, outcome, self.language)
            yield pl.coalesce(value, self._interval_in(condition.statement)).alias(f"text.{name}")
            if not measure.is_date:
                is_hidden = contradicts(number, measure, outcome)
                yield pl.when(~is_hidden).then(number).alias(f"number.{name}")
                yield self._gap_text(name, measure, outcome).alias(f"gap.{name}")
            if measure.fixed_limit is None:
                yield limit_text(measure, self.language).alias(f"limit.{name}")

    def _part_gaps(self, condition: g.ConditionNode, outcome: pl.Expr) -> pl.Expr | None:
        """Say what is short of the years or scores asked for all at once; None where one thing is asked for."""
        years = self.years[condition.id]
        if years:
            return self._years_gap_text(condition.text, years, outcome)
        parts = self._gap_parts(condition)
        return self._part_gaps_text(parts, outcome) if parts else None

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
            number = value_text(measure, cut(measure.value), NO_OUTCOME, self.language)
            value = pl.coalesce(number, self._interval_in(part), unknown)
            limit = limit_text(measure, self.language)
            words = left_words(self.graph, unwrap(part)).words(self.language)
            texts.append(pl.concat_str(pl.lit(f"{words} "), value, pl.lit(" ("), limit, pl.lit(")")))
        return joined(texts, self.language)

    def _years_text(self, years: list[tuple[int, Measure]]) -> pl.Expr:
        """Print one value for each year; unknown ones are named as such."""
        unknown = pl.lit(UNKNOWN.words(self.language))
        parts = []
        for year, measure in years:
            value = value_text(measure, cut(measure.value), NO_OUTCOME, self.language)
            label = f"{year}年 " if self.language == "zh" else f"{year}: "
            parts.append(pl.concat_str(pl.lit(label), pl.coalesce(value, unknown)))
        return joined(parts, self.language)

    def _gap_text(self, name: str, measure: Measure, outcome: pl.Expr) -> pl.Expr:
        """Say how much is missing (or too much); NULL unless the condition fails and one number says it."""
        unit = measure.gap_unit
        if unit is None:
            return pl.lit(None, pl.String)
        gap = pl.col(f"gap.{name}")
        is_whole = unit.steps == 1 or unit.dimension is Dimension.POINT
        is_strict = measure.operator in (">", "<") and not is_whole
        steps = gap - 1 if is_strict else gap
        amount = amount_shown(steps_text(steps, unit.steps, cut="up"), unit, self.language)
        before, after = self._gap_words(measure, is_strict=is_strict)
        text = pl.concat_str(pl.lit(before), amount, pl.lit(after))
        return pl.when((outcome == Outcome.NOT_MET.value) & (gap > 0)).then(text)

    def _gap_parts(self, condition: g.ConditionNode) -> list[Measure]:
        """The scores among the things that a condition asks for all at once."""
        statement = unwrap(condition.statement)
        if not isinstance(statement, g.Count) or statement.least != len(statement.parts):
            return []
        return [
            measure
            for _, measure in self.parts[condition.id]
            if measure is not None
            and measure.operator in (">=", ">")
            and measure.gap_unit is not None
            and measure.unit == measure.gap_unit
            and measure.unit.dimension is Dimension.POINT
        ]

    def _years_gap_text(self, asked: Text, years: list[tuple[int, Measure]], outcome: pl.Expr) -> pl.Expr:
        """Say which years fall short of what is asked of each, with their values; NULL where none surely does."""
        texts = []
        for year, measure in years:
            fails = _falls_short(measure)
            if fails is None:
                return pl.lit(None, pl.String)
            value = value_text(measure, cut(measure.value), pl.lit(Outcome.NOT_MET.value), self.language)
            before = f"{year}年 " if self.language == "zh" else f"{year}: "
            texts.append(pl.when(fails).then(pl.concat_str(pl.lit(before), value)))
        colon, joint = ("：", "；") if self.language == "zh" else (": ", "; ")
        said = pl.concat_str(texts, separator=joint, ignore_nulls=True)
        whole = pl.concat_str(pl.lit(asked.words(self.language) + colon), said)
        return pl.when((outcome == Outcome.NOT_MET.value) & (said != "")).then(whole)

    def _part_gaps_text(self, parts: list[Measure], outcome: pl.Expr) -> pl.Expr:
        """Say how many points are missing of each score that is certainly too low; NULL where none is."""
        texts = []
        for measure in parts:
            best = measure.value if measure.high is None else measure.high
            short = measure.limit - best
            is_strict = measure.operator == ">"
            fails = (short >= 0) if is_strict else (short > 0)
            before, after = self._gap_words(measure, is_strict=is_strict)
            steps = (short * measure.unit.steps).round().cast(pl.Int64)
            amount = amount_shown(
                steps_text(steps, measure.unit.steps, cut="up"), measure.unit, self.language
            )
            texts.append(pl.when(fails).then(pl.concat_str(pl.lit(before), amount, pl.lit(after))))
        separator = "；" if self.language == "zh" else "; "
        said = pl.concat_str(texts, separator=separator, ignore_nulls=True)
        return pl.when((outcome == Outcome.NOT_MET.value) & (said != "")).then(said)

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
            return labelled(column, {code: text.words(self.language) for code, text in metric.values})
        known = amount_shown(steps_text(column, metric.unit.steps), metric.unit, self.language)
        return pl.coalesce(known, self._interval_text(leaf))

    def _interval_text(self, leaf: g.Leaf) -> pl.Expr:
        """Print what is known of a quantity that is an interval: both ends, or the one that says something."""
        low, high = leaf.column + LOW_SUFFIX, leaf.column + HIGH_SUFFIX
        metric, unit = leaf.metric, leaf.metric.unit
        if unit is None or not {low, high} <= set(self.facts.columns):
            return pl.lit(None, pl.String)
        says_least = pl.lit(value=True) if metric.minimum is None else pl.col(low) > metric.minimum
        least = pl.when(says_least).then(steps_text(pl.col(low), unit.steps))
        most, suffix = steps_text(pl.col(high), unit.steps), pl.lit(unit_suffix(unit, self.language))
        return pl.coalesce(
            pl.concat_str(least, pl.lit("–"), most, suffix),
            pl.concat_str(pl.lit("≤ "), most, suffix),
            pl.concat_str(pl.lit("≥ "), least, suffix),
        )

    def _interval_in(self, statement: g.Statement) -> pl.Expr:
        """The interval of the one fact that a statement looks at; NULL where it looks at more."""
        columns = g.columns_of(statement)
        if len(columns) != 1:
            return pl.lit(None, pl.String)
        (column,) = columns
        return self._interval_text(self.graph.leaves[column])

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


def _falls_short(measure: Measure) -> pl.Expr | None:
    """Whether a value is surely on the wrong side of its limit; None for comparisons of another kind."""
    value, limit = measure.value, measure.limit
    sides = {">=": value < limit, ">": value <= limit, "<=": value > limit, "<": value >= limit}
    return sides.get(measure.operator)

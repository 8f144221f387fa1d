"""The first thing in the way of each subject under one policy, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from yumiao.evaluate import EvaluatedPolicy
from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX, SUBJECT
from yumiao.model.outcomes import Outcome
from yumiao.model.text import Language
from yumiao.report.blocking import find_matters
from yumiao.report.details import DetailReader
from yumiao.rules.graph import ConditionNode

LANGUAGES: tuple[Language, ...] = ("zh", "en")

_AS_WRITTEN = pl.QueryOptFlags.none()
"""Nothing is planned that is not wanted, so to look for what could be left out costs more than it saves."""

_SHARED = pl.QueryOptFlags.none()
_SHARED.comm_subexpr_elim = True
"""Words of conditions with many parts name the same numbers again and again."""


@dataclass(frozen=True)
class Words:
    """What was said before, and of which facts it may no longer hold.

    Attributes:
        texts: by policy family ``subject``, ``zh``, ``en``.
        moved: ``subject`` and for each fact that differs anywhere from what it was whether this subject's does; a
            subject without a row has other facts altogether.
    """

    texts: Mapping[str, pl.DataFrame] = field(default_factory=dict, repr=False)
    moved: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame({SUBJECT: pl.Series([], dtype=pl.String)})
    )

    def of(self, facts: pl.DataFrame, evaluated: EvaluatedPolicy) -> pl.DataFrame:
        """Return what still holds of each subject: ``zh`` and ``en``, rows in the facts' order; NULL: nothing does."""
        texts = self.texts.get(evaluated.policy.family)
        if texts is None:
            return facts.select(pl.lit(None, pl.String).alias(language) for language in LANGUAGES)
        read = sorted(columns_read(evaluated).intersection(self.moved.columns))
        differs = pl.any_horizontal(read) if read else pl.lit(value=False)
        known = self.moved.select(SUBJECT, differs=differs).filter(~pl.col("differs")).join(texts, on=SUBJECT)
        return (
            facts.select(SUBJECT).join(known, on=SUBJECT, how="left", maintain_order="left").select(LANGUAGES)
        )


def columns_read(evaluated: EvaluatedPolicy) -> frozenset[str]:
    """Return the columns of facts that a policy's verdicts and words follow from, intervals included."""
    ends = ("", LOW_SUFFIX, HIGH_SUFFIX)
    return frozenset(name + end for name in evaluated.graph.leaves for end in ends)


def hindrances_now(facts: pl.DataFrame, evaluated: EvaluatedPolicy, words: Words) -> pl.DataFrame:
    """Say what `first_hindrances` says, writing anew only what no longer holds of what was said before."""
    held = words.of(facts, evaluated)
    rows = held["zh"].is_null().arg_true()
    if len(rows) == held.height:
        return first_hindrances(facts, evaluated)
    if not len(rows):
        return held
    said = first_hindrances(facts, evaluated, rows)
    return held.with_columns(held[language].scatter(rows, said[language]) for language in LANGUAGES)


def first_hindrances(
    facts: pl.DataFrame, evaluated: EvaluatedPolicy, rows: pl.Series | None = None
) -> pl.DataFrame:
    """Say what is in the way: of what fails the first gap, of what is open the first unknown fact.

    Args:
        facts: the facts as judged, derived ones filled in.
        rows: row numbers of the subjects wanted; None: all.
    Returns: one row per subject wanted, in the facts' order, or that of ``rows``: ``zh`` and ``en``; empty where the
        policy is met, or has no conditions.
    """
    source = DetailReader(facts, evaluated, "zh", only=()).source(rows)
    first = _first_condition(source, evaluated)
    places = {number: (first == number).arg_true() for number in sorted(first.drop_nulls().unique())}
    standing = [evaluated.graph.conditions[number] for number in places]
    only = [condition.id for condition in standing]
    readers = [DetailReader(facts, evaluated, language, only=only) for language in LANGUAGES]
    plans = [
        _worded(source, at, [_words(reader, condition) for reader in readers])
        for at, condition in zip(places.values(), standing, strict=True)
    ]
    said = pl.select(pl.repeat("", source.height).alias(language) for language in LANGUAGES)
    parts = pl.collect_all(plans, optimizations=_SHARED)
    if not parts:
        return said
    at, words = pl.concat(places.values()), pl.concat(parts)
    return said.select(said[language].scatter(at, words[language]) for language in LANGUAGES)


def _worded(
    source: pl.DataFrame, at: pl.Series, words: Sequence[tuple[pl.Expr, list[pl.Expr]]]
) -> pl.LazyFrame:
    """Return the words of one condition for the rows in whose way it is; no other row is worded for nothing."""
    texts = [text.alias(language) for language, (text, _) in zip(LANGUAGES, words, strict=True)]
    layer = {each.meta.output_name(): each for _, needed in words for each in needed}
    read = {name for each in (*texts, *layer.values()) for name in each.meta.root_names()}
    some = source.select(name for name in source.columns if name in read)[at]
    return some.lazy().with_columns(layer.values()).select(texts)


def _first_condition(source: pl.DataFrame, evaluated: EvaluatedPolicy) -> pl.Series:
    """Return for each row the number of the condition that is first in its way; NULL where none is."""
    matters = find_matters(evaluated.graph)
    outcome = pl.col("outcome")
    stands = [
        pl.when((pl.col(f"condition.{each.id}") == outcome) & matters[each.id]).then(
            pl.lit(number, pl.UInt16)
        )
        for number, each in enumerate(evaluated.graph.conditions)
    ]
    first = pl.coalesce(stands) if stands else pl.lit(None, pl.UInt16)
    waits = pl.when(outcome != Outcome.MET.value).then(first)
    plan = source.lazy().select(
        pl.repeat(None, pl.len(), dtype=pl.UInt16).alias("none"), waits.alias("first")
    )
    return plan.collect(optimizations=_AS_WRITTEN)["first"]


def _words(reader: DetailReader, condition: ConditionNode) -> tuple[pl.Expr, list[pl.Expr]]:
    """Say what is short of a condition that fails, or which fact of an open one is missing; else what it asks."""
    lacks = reader.read_lacks(condition)
    before = "缺 " if reader.language == "zh" else "missing: "
    missing = pl.when(lacks.missing != "").then(pl.concat_str(pl.lit(before), lacks.missing))
    fails = pl.col("outcome") == Outcome.NOT_MET.value
    asked = pl.lit(condition.text.words(reader.language))
    return pl.coalesce(pl.when(fails).then(lacks.short).otherwise(missing), asked), lacks.layer

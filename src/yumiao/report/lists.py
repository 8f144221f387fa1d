"""Whom to see: the subjects that miss a policy by little, and those of which it is still open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from yumiao.evaluate.subjects import row_of
from yumiao.model.outcomes import Outcome
from yumiao.model.text import Language
from yumiao.report.details import ConditionColumns, Details, read_details
from yumiao.report.disagreements import contested_table
from yumiao.report.questions import question_table
from yumiao.report.summary import PolicySummary, Summary
from yumiao.report.wording import joined, separator
from yumiao.rules.answers import Subject
from yumiao.rules.explaining import explain
from yumiao.rules.judging import SubjectJudge

EXPLAINED = 200
"""Near misses of one policy whose gap is told with the levers that close it; the others' with the number alone."""


@dataclass(frozen=True)
class Lists:
    """The lists of a run in one language, read once for page, workbook and terminal.

    Attributes:
        near_misses: policy id -> its near misses, see :func:`near_miss_table`.
        still_possible: policy id -> its undetermined subjects, see :func:`still_possible_table`.
        questions: see :func:`yumiao.report.questions.question_table`.
        contested: see :func:`yumiao.report.disagreements.contested_table`.
    """

    language: Language
    near_misses: Mapping[str, pl.DataFrame]
    still_possible: Mapping[str, pl.DataFrame]
    questions: pl.DataFrame
    contested: pl.DataFrame


def read_lists(summary: Summary, language: Language) -> Lists:
    """Read the lists of a run."""
    return Lists(
        language,
        {policy.id: near_miss_table(summary, policy, language) for policy in summary.policies},
        {policy.id: still_possible_table(summary, policy, language) for policy in summary.policies},
        question_table(summary, language),
        contested_table(summary, language),
    )


def near_miss_table(summary: Summary, policy: PolicySummary, language: Language) -> pl.DataFrame:
    """Return the near misses of one policy.

    Returns: one row per subject, the nearest first: ``subject``, ``name``, ``code``, ``failing_text`` (the
        conditions that fail), ``value_text``, ``gap_text``, ``missing_text``, ``cite_text``, ``class_text``,
        ``possible_text``, ``reasons_text``, ``distance``; texts of several conditions are joined.
    """
    rows = policy.near_misses
    details = read_details(summary.facts, policy.evaluated, language, rows)
    listed = _listed(details, Outcome.NOT_MET.label.words(language), language)
    told = list(_told(summary, details, rows.head(EXPLAINED), language))
    told += [{}] * (listed.height - len(told))
    better = pl.DataFrame(told, schema=dict.fromkeys(_TOLD, pl.String))
    return listed.with_columns(better[name].fill_null(listed[name]).alias(name) for name in _TOLD)


_TOLD = ("failing_text", "value_text", "gap_text", "cite_text")


def _told(
    summary: Summary, details: Details, rows: pl.Series, language: Language
) -> Iterator[dict[str, str]]:
    """Say of each subject what would close the gaps that decide; nothing where no lever does."""
    evaluated = details.evaluated
    judges = SubjectJudge(summary.run.library)
    for row, shown in zip(rows, details.frame.iter_rows(named=True), strict=False):
        answer = explain(
            judges,
            evaluated.policy,
            summary.run.as_of,
            row_of(summary.facts[int(row)]),
            subject=Subject(""),
            settings=evaluated.graph.settings,
        )
        gaps = {each.id: each.gap for each in answer.conditions if each.decisive and each.gap is not None}
        columns = [column for column in details.conditions if column.id in gaps]
        texts = {
            "failing_text": (column.text.words(language) for column in columns),
            "value_text": (_value_words(shown, column) for column in columns),
            "gap_text": (gap.text.words(language) for gap in gaps.values()),
            "cite_text": (column.citation.clause for column in columns),
        }
        joint = {
            name: separator(language).join(part for part in parts if part) for name, parts in texts.items()
        }
        yield joint if gaps else {}


def _value_words(shown: Mapping[str, Any], column: ConditionColumns) -> str:
    limit = shown[f"limit.{column.id}"] if column.has_limit else column.limit
    return " / ".join(part for part in (shown[f"text.{column.id}"], limit) if part)


def still_possible_table(summary: Summary, policy: PolicySummary, language: Language) -> pl.DataFrame:
    """Return the undetermined subjects of one policy, those with the fewest open conditions first.

    Returns: as :func:`near_miss_table`, with the open conditions and, as ``missing_text``, the unknown facts.
    """
    details = read_details(summary.facts, policy.evaluated, language, policy.still_possible)
    return _listed(details, Outcome.UNDETERMINED.label.words(language), language)


def _listed(details: Details, label: str, language: Language) -> pl.DataFrame:
    """Keep the conditions with one outcome, written out."""
    return details.frame.select(
        "subject",
        "name",
        "code",
        _picked(details, label, "name", language).alias("failing_text"),
        _picked(details, label, "value", language).alias("value_text"),
        _picked(details, label, "gap", language).alias("gap_text"),
        _picked(details, label, "missing", language).alias("missing_text"),
        _picked(details, label, "cite", language).alias("cite_text"),
        "class_text",
        "possible_text",
        "reasons_text",
        "distance",
    )


def _picked(details: Details, label: str, what: str, language: Language) -> pl.Expr:
    parts = []
    for column in details.conditions:
        limit = pl.col(f"limit.{column.id}") if column.has_limit else pl.lit(column.limit)
        held_against = pl.when(limit != "").then(pl.concat_str(pl.lit(" / "), limit)).otherwise(pl.lit(""))
        texts = {
            "name": pl.lit(column.text.words(language)),
            "value": pl.concat_str(pl.coalesce(f"text.{column.id}", pl.lit("—")), held_against),
            "gap": pl.col(f"gap.{column.id}") if column.has_gap else pl.lit(None, pl.String),
            "missing": pl.col(f"missing.{column.id}"),
            "cite": pl.lit(column.citation.clause),
        }
        is_listed = (pl.col(f"outcome.{column.id}") == label) & pl.col(f"matters.{column.id}")
        parts.append(pl.when(is_listed).then(texts[what]))
    if not parts:
        return pl.lit("", pl.String)
    return joined(parts, language)

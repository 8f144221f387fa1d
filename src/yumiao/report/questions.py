"""What to ask: the unknown facts that could settle the most verdicts."""

from __future__ import annotations

import polars as pl

from yumiao.model.metrics import Metric
from yumiao.model.text import Language
from yumiao.report.summary import PolicySummary, Summary
from yumiao.report.wording import period_words

QUESTION_SCHEMA = {
    "policy": pl.String(),
    "question": pl.String(),
    "verdicts": pl.Int64(),
    "examples": pl.String(),
    "metric": pl.String(),
    "period": pl.String(),
}


def question_words(metric: Metric, year: int | None, language: Language) -> str:
    """Ask for one fact."""
    period = period_words(metric, year, language)
    if metric.question is not None:
        return metric.question.words(language).replace("{period}", period)
    label = metric.label.words(language)
    return f"{period}{label}？" if language == "zh" else f"{label} {period}?".replace(" ?", "?")


def question_table(summary: Summary, language: Language, most: int | None = None) -> pl.DataFrame:
    """Return the questions of every policy, those first that could settle the most verdicts of it.

    Returns: one row per policy and fact: ``policy`` (title), ``question`` (sentence), ``verdicts`` (how many open
        ones it could settle), ``examples`` (names), ``metric``, ``period``.
    """
    frames = [_policy_questions(summary, policy, language, most) for policy in summary.policies]
    return pl.concat(frames) if frames else pl.DataFrame(schema=QUESTION_SCHEMA)


def _policy_questions(
    summary: Summary, policy: PolicySummary, language: Language, most: int | None
) -> pl.DataFrame:
    found = summary.run.questions(policy.id)
    if most is not None:
        found = found.head(most)
    rows = [_row(summary, policy, row, language) for row in found.iter_rows(named=True)]
    return pl.DataFrame(rows, schema=QUESTION_SCHEMA)


def _row(
    summary: Summary, policy: PolicySummary, row: dict[str, object], language: Language
) -> dict[str, object]:
    metric = summary.run.library.metrics[str(row["metric"])]
    period = str(row["period"])
    year = int(period[2:]) if period[2:].isdigit() else None
    return {
        "policy": policy.title.words(language),
        "question": question_words(metric, year, language),
        "verdicts": row["verdicts"],
        "examples": "、".join(row["examples"]),  # type: ignore[arg-type]  # a list of names
        "metric": metric.id,
        "period": period,
    }

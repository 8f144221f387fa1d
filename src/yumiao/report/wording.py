"""Words that several reports share, in either language."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from yumiao.model.metrics import Metric
from yumiao.model.outcomes import Outcome, Reason
from yumiao.model.periods import PeriodKind
from yumiao.model.text import Language, Text

YES, NO = Text("是", "yes"), Text("否", "no")
UNKNOWN = Text("缺", "unknown")
OUTCOMES = (Outcome.MET, Outcome.NOT_MET, Outcome.UNDETERMINED)
"""The order in which reports name the outcomes."""


def separator(language: Language) -> str:
    """What stands between parts of a list."""
    return "；" if language == "zh" else "; "


def outcome_words(language: Language) -> dict[str, str]:
    """Outcome -> its label."""
    return {outcome.value: outcome.label.words(language) for outcome in Outcome}


def reason_words(language: Language) -> dict[str, str]:
    """Reason -> its label."""
    return {reason.value: reason.label.words(language) for reason in Reason}


def joined(parts: Iterable[pl.Expr], language: Language) -> pl.Expr:
    """Join texts of one row, leaving out NULL and empty ones; nothing gives an empty text."""
    shown = [pl.when(part != "").then(part) for part in parts]
    if not shown:
        return pl.lit("")
    texts = pl.concat_list(shown)
    return texts.list.drop_nulls().list.join(separator(language))


def period_words(metric: Metric, year: int | None, language: Language) -> str:
    """Name a period: 2025年, 2025年末, FY2025, the end of 2025; empty without one."""
    if year is None:
        return ""
    at_end = metric.period is PeriodKind.YEAR_END
    if language == "zh":
        return f"{year}年末" if at_end else f"{year}年"
    return f"end of {year}" if at_end else f"{year}"


def fact_label(metric: Metric, year: int | None, language: Language) -> str:
    """Name a fact: 2025年营业收入; operating revenue 2025."""
    words = metric.label.words(language)
    period = period_words(metric, year, language)
    if not period:
        return words
    return f"{period}{words}" if language == "zh" else f"{words} ({period})"

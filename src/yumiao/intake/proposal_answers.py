"""What a person answers to a proposal: which metric, which unit, which year, what means unknown."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from yumiao.intake.column_proposals import for_metric
from yumiao.intake.evidence import Ask, Question
from yumiao.intake.label_terms import read_label
from yumiao.intake.labels import unit_named, year_named
from yumiao.intake.mapping import settle_unit
from yumiao.intake.proposals import ColumnProposal, Standing
from yumiao.intake.words import NO_WORDS, YES_WORDS
from yumiao.model.metrics import Metric
from yumiao.model.text import Text

YES = frozenset({"y", "yes", "是", "对", "好", "1"})
NO = frozenset({"n", "no", "否", "不", "不是", "0"})
_SEPARATORS = re.compile(r"[,，、;；\s]+")

CHOSEN = Text("由人指定", "said by a person")


def choose_metric(column: ColumnProposal, metric: Metric | None, *, has_years: bool) -> ColumnProposal:
    """Return the column for the metric that a person chose, or unused when none is right."""
    if metric is None:
        return replace(
            column,
            standing=Standing.UNUSED,
            metric=None,
            confidence=1.0,
            reason=CHOSEN,
            questions=(),
            others=(),
        )
    label = read_label(column.label)
    chosen = replace(column, standing=Standing.PROPOSED, confidence=1.0, reason=CHOSEN, others=())
    if label.unit is None and column.unit is not None:
        label = replace(label, unit=column.unit)
    return for_metric(chosen, metric, label, has_years=has_years)


def answer_question(
    column: ColumnProposal, question: Question, answer: str, metric: Metric | None
) -> ColumnProposal | None:
    """Return the column with one question answered; None when the answer is not understood.

    Args:
        answer: as typed: a unit, a year, y or n, words. Empty leaves the question open.
        metric: the column's metric; None for a column about persons.
    """
    if not answer.strip():
        return column
    reader = _READERS.get(question.ask)
    answered = None if reader is None else reader(column, answer.strip(), metric)
    if answered is None:
        return None
    left = tuple(each for each in column.questions if each is not question)
    return replace(answered, questions=left)


def _answer_unit(column: ColumnProposal, answer: str, metric: Metric | None) -> ColumnProposal | None:
    unit = unit_named(answer)
    settled = None if metric is None or unit is None else settle_unit(metric, unit)
    return None if settled is None else replace(column, unit=settled)


def _answer_year(column: ColumnProposal, answer: str, _: Metric | None) -> ColumnProposal | None:
    year = year_named(answer)
    return None if year is None else replace(column, year=year)


def _answer_missing(column: ColumnProposal, answer: str, _: Metric | None) -> ColumnProposal | None:
    if answer.lower() in NO:
        return column
    if answer.lower() not in YES:
        return None
    return replace(column, missing=tuple(suspect.code for suspect in column.profile.suspects))


def _answer_words(column: ColumnProposal, answer: str, _: Metric | None) -> ColumnProposal | None:
    """Read the words that mean yes beside 是, or "n" for none of them; every other word of the column means no."""
    words = column.profile.words
    chosen = tuple(word for word in _SEPARATORS.split(answer) if word)
    if answer.lower() in NO and answer not in words:
        chosen = ()
    elif not chosen or not set(chosen) <= set(words):
        return None
    yes = tuple(word for word in words if word in chosen or word.lower() in YES_WORDS)
    no = tuple(word for word in words if word not in yes)
    return replace(column, yes=yes or YES_WORDS, no=no or NO_WORDS)


def _answer_persons(column: ColumnProposal, answer: str, _: Metric | None) -> ColumnProposal | None:
    if answer.lower() in YES:
        return replace(column, reason=CHOSEN)
    return None


def _answer_territory(column: ColumnProposal, answer: str, _: Metric | None) -> ColumnProposal | None:
    if answer.lower() in YES:
        return replace(column, reason=CHOSEN)
    return replace(column, standing=Standing.UNUSED, reason=CHOSEN) if answer.lower() in NO else None


_Reader = Callable[[ColumnProposal, str, Metric | None], ColumnProposal | None]
_READERS: dict[Ask, _Reader] = {
    Ask.UNIT: _answer_unit,
    Ask.YEAR: _answer_year,
    Ask.MISSING: _answer_missing,
    Ask.WORDS: _answer_words,
    Ask.PERSONS: _answer_persons,
    Ask.TERRITORY: _answer_territory,
}
ANSWERED = frozenset(_READERS)
"""What can be answered in a word; other questions stay in the mapping file as comments."""

"""Whether the cells of a column can be values of a metric, and what has to be asked before they are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from yumiao.intake.labels import FRACTION, STATED_DIMENSIONS
from yumiao.intake.profiles import Profile
from yumiao.intake.shapes import CellType
from yumiao.intake.words import NO_WORDS, YES_WORDS
from yumiao.model.metrics import Metric
from yumiao.model.text import Text
from yumiao.model.units import Dimension, Kind, Unit

_FEW, _MOST = 0.5, 0.9


class Ask(StrEnum):
    """What a person is asked about a column or a file."""

    METRIC = "metric"
    UNIT = "unit"
    YEAR = "year"
    MISSING = "missing"
    WORDS = "words"
    VALUES = "values"
    SUM = "sum"
    LIST = "list"
    PERSONS = "persons"
    RECORDS = "records"
    TERRITORY = "territory"


@dataclass(frozen=True, slots=True)
class Question:
    """Something only a person can say.

    Attributes:
        is_blocking: without an answer the column cannot be read, or something would be read wrongly.
        answer: the likely answer as a mapping file writes it (``unit: 万元``); empty when there is none.
    """

    ask: Ask
    text: Text
    is_blocking: bool = True
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the cells say about one metric.

    Attributes:
        limit: the most that the confidence can be, from 0.0 (they cannot be its values) to 1.0.
        reason: why it is limited; empty when it is not.
    """

    limit: float = 1.0
    reason: Text = Text("")


def weigh_cells(metric: Metric, unit: Unit | None, profile: Profile) -> Verdict:
    """Say how far the cells of a column can be values of a metric; an empty column says nothing."""
    if not profile.shares:
        return Verdict()
    if metric.kind is Kind.QUANTITY:
        return _weigh_numbers(metric, unit, profile)
    if metric.kind is Kind.DATE:
        return _weigh_share(profile.share("date"), "日期", "dates")
    if metric.kind is Kind.BOOL:
        return _weigh_yes_no(profile)
    return _weigh_categories(metric, profile)


def _weigh_share(share: float, zh: str, en: str) -> Verdict:
    text = Text(f"只有{share:.0%}的单元格是{zh}", f"only {share:.0%} of the cells are {en}")
    if share < _FEW:
        return Verdict(0.2, text)
    return Verdict(0.8, text) if share < _MOST else Verdict()


def _weigh_numbers(metric: Metric, unit: Unit | None, profile: Profile) -> Verdict:
    found = _weigh_share(profile.share("number"), "数字", "numbers")
    if found.limit < 1.0:
        return found
    if profile.share("code") > 0 or profile.share("date") >= _FEW:
        return Verdict(0.2, Text("单元格是代码或日期", "the cells are codes or dates"))
    if profile.share("percent") >= _FEW and metric.unit and metric.unit.dimension is not Dimension.RATIO:
        return Verdict(0.2, Text("单元格是百分数", "the cells are percentages"))
    is_counted = metric.unit is not None and metric.unit.steps == 1
    if is_counted and profile.share("whole") < _MOST:
        return Verdict(
            0.3, Text("人数、件数应为整数，但多有小数", "counts are whole, yet many cells are not")
        )
    outside = _outside_text(metric, unit, profile)
    return Verdict() if outside is None else Verdict(0.8, outside)


def _outside_text(metric: Metric, unit: Unit | None, profile: Profile) -> Text | None:
    if metric.minimum == 0 and profile.share("negative") > 0:
        share = profile.share("negative")
        return Text(
            f"{share:.0%}的单元格为负，此口径不为负",
            f"{share:.0%} of the cells are negative, the metric never is",
        )
    steps = unit.steps if unit is not None else None
    if steps is None or metric.maximum is None or profile.largest is None:
        return None
    if profile.largest * steps > metric.maximum:
        return Text("有单元格超过此口径的最大值", "cells exceed the largest value of the metric")
    return None


def _weigh_yes_no(profile: Profile) -> Verdict:
    if profile.share("yes_no") >= _MOST or profile.share("binary") >= _MOST:
        return Verdict()
    if 0 < len(profile.words) <= 2 and profile.type is not CellType.NUMBER:
        return Verdict(0.8, Text("只有两种词，但不是“是/否”", "two different words, yet not yes and no"))
    return Verdict(0.2, Text("单元格不是“是/否”", "the cells are not yes or no"))


def _weigh_categories(metric: Metric, profile: Profile) -> Verdict:
    if profile.type in (CellType.NUMBER, CellType.DATE):
        return Verdict(0.2, Text("单元格不是分类", "the cells are no categories"))
    unknown = _unknown_words(metric, profile)
    if profile.words and not unknown:
        return Verdict()
    if not profile.words:
        return Verdict(0.8, Text("不同的词太多，不像分类", "too many different words for categories"))
    words = "、".join(unknown[:3])
    return Verdict(0.8, Text(f"有不认识的分类：{words}", f"unknown categories: {words}"))


def _unknown_words(metric: Metric, profile: Profile) -> tuple[str, ...]:
    known = {word for code, label in metric.values for word in (code, label.zh, label.en) if word}
    return tuple(word for word in profile.words if word not in known)


def questions_of(metric: Metric, unit: Unit | None, profile: Profile) -> tuple[Question, ...]:
    """Return what has to be asked of a column before its cells count as values of ``metric``."""
    found = [*_ask_unit(metric, unit, profile), *_ask_missing(metric, profile)]
    if metric.kind is Kind.BOOL:
        found += _ask_words(profile)
    if metric.kind is Kind.CATEGORY and _unknown_words(metric, profile):
        words = "、".join(_unknown_words(metric, profile)[:8])
        text = Text(f"这些词各是哪一类：{words}？", f"which categories are these words: {words}?")
        found.append(Question(Ask.VALUES, text, answer=f"values: {{{words}: …}}"))
    return tuple(found)


def _ask_unit(metric: Metric, unit: Unit | None, profile: Profile) -> list[Question]:
    if metric.unit is None:
        return []
    if unit is None and metric.unit.dimension in STATED_DIMENSIONS:
        if metric.unit.dimension is Dimension.RATIO:
            return [_ask_ratio(profile)]
        return [Question(Ask.UNIT, Text("单位是元、万元还是亿元？", "元, 万元 or 亿元?"), answer="unit: …")]
    is_percent = unit is not None and unit is not FRACTION and unit.dimension is Dimension.RATIO
    if is_percent and _are_fractions(profile) and profile.filled > 1:
        text = Text(
            "各值都不超过1：是小数（0.3 即 30%）吗？", "no value exceeds 1: fractions (0.3 for 30 %)?"
        )
        return [Question(Ask.UNIT, text, answer="unit: 小数")]
    return []


def _are_fractions(profile: Profile) -> bool:
    return profile.share("fraction") >= 1.0 and not profile.share("percent")


def _ask_ratio(profile: Profile) -> Question:
    text = Text("是百分数（%）还是小数（0.3 即 30%）？", "percentages (%) or fractions (0.3 for 30 %)?")
    return Question(Ask.UNIT, text, answer="unit: 小数" if _are_fractions(profile) else "unit: '%'")


def _ask_missing(metric: Metric, profile: Profile) -> list[Question]:
    if not profile.suspects:
        return []
    codes = "、".join(f"“{suspect.code}”（{suspect.cells}）" for suspect in profile.suspects)
    counts = ", ".join(f"“{suspect.code}” ({suspect.cells})" for suspect in profile.suspects)
    answer = "missing: [" + ", ".join(f'"{suspect.code}"' for suspect in profile.suspects) + "]"
    text = Text(f"{codes}是否表示未知？", f"do these mean unknown: {counts}?")
    is_blocking = any(suspect.is_value and _would_count(suspect.code, metric) for suspect in profile.suspects)
    return [Question(Ask.MISSING, text, is_blocking, answer)]


def _would_count(code: str, metric: Metric) -> bool:
    """Whether a code would be read as a value of the metric rather than reported as outside its domain."""
    try:
        number = Fraction(code.replace(",", ""))
    except ValueError:
        return False
    return metric.minimum is None or number >= 0


def _ask_words(profile: Profile) -> list[Question]:
    strange = [word for word in profile.words if word.lower() not in (*YES_WORDS, *NO_WORDS)]
    if not strange:
        return []
    words = "、".join(strange)
    text = Text(f"哪些词表示是、哪些表示否：{words}？", f"which of these mean yes, which no: {words}?")
    return [Question(Ask.WORDS, text, answer=_words_answer(strange))]


def _words_answer(words: list[str]) -> str:
    yes = [word for word in words if word.lower() in {"√", "✓", "有", "y", "1", "符合"}]
    no = [word for word in words if word not in yes]
    parts = [
        f"{key}: [{', '.join(repr(word) for word in found)}]"
        for key, found in (("yes", yes), ("no", no))
        if found
    ]
    return ", ".join(parts)

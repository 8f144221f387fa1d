"""One column at a time: which metric its label and its cells speak for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from yumiao.intake.evidence import Ask, Question, questions_of, weigh_cells
from yumiao.intake.label_matches import QUALIFIED, Match, MetricNames
from yumiao.intake.label_terms import Label, brackets_of, read_label, with_unit
from yumiao.intake.mapping import settle_unit
from yumiao.intake.mapping_writer import quote
from yumiao.intake.person_kinds import KIND_LABELS
from yumiao.intake.profiles import Profile
from yumiao.intake.proposals import (
    ASKED_BAR,
    PROPOSED_BAR,
    ColumnProposal,
    SeenColumn,
    Standing,
)
from yumiao.intake.values import tidy_texts
from yumiao.model.metrics import Metric
from yumiao.model.periods import Year
from yumiao.model.prefix_tables import PrefixTable, plain_code
from yumiao.model.text import Text

CANDIDATES = 3
"""Other metrics that are named beside the best."""

EXAMPLES = 3
_MUCH_LESS = 0.25
_TERRITORY = re.compile(
    "所属镇|镇街|乡镇|街道|所属区|所在区|所属园区|所属板块|行政区划|区划代码|所属地区|属地"
)
_CODE_LABEL = re.compile("^(?:国民经济)?行业(?:分类|小类)?代码$|^行业(?:分类|小类)代码")
_WARNED = re.compile("不是同一口径|未指明口径")


@dataclass(frozen=True)
class ColumnReading:
    """A column with everything needed to say what it is.

    Attributes:
        has_years: whether another column gives every row its year.
        whole: for a label that starts with 其中: the label to the left that it is a part of; else empty.
    """

    column: SeenColumn
    profile: Profile
    names: MetricNames
    tables: Mapping[str, PrefixTable]
    has_years: bool
    whole: str = ""


def propose_column(reading: ColumnReading, known: Mapping[str, Standing]) -> ColumnProposal:
    """Propose what one column means; ``known`` says which labels tell who is meant or which year."""
    column, profile = reading.column, reading.profile
    standing = known.get(column.label)
    if standing is Standing.SUBJECT:
        text = Text("说明是哪一家", "says who is meant")
        return ColumnProposal(column.label, standing, text, confidence=1.0, examples=_examples(column))
    if standing is Standing.YEAR:
        text = Text("每行的年份", "the year of every row")
        return ColumnProposal(column.label, standing, text, confidence=1.0, examples=_examples(column))
    if profile.person is not None:
        return _propose_person(column, profile)
    label = with_unit(read_label(column.label), column.unit)
    coded = _propose_codes(reading, label)
    if coded is not None:
        return coded
    ranked = _rank(reading, label)
    if reading.whole and (not ranked or ranked[0].confidence < ASKED_BAR):
        ranked = _rank_part(reading, label)
    if not ranked or ranked[0].confidence < ASKED_BAR:
        return _propose_other(column, label, profile, ranked)
    return _propose_metric(reading, label, ranked)


def _examples(column: SeenColumn) -> tuple[str, ...]:
    cells = column.texts.drop_nulls().unique(maintain_order=True).head(EXAMPLES)
    return tuple(cells.to_list())


def _propose_person(column: SeenColumn, profile: Profile) -> ColumnProposal:
    assert profile.person is not None  # noqa: S101 - asked before
    kind = KIND_LABELS[profile.person.kind]
    zh, en = ("列名", "label") if profile.person.by_label else ("单元格", "cells")
    reason = Text(
        f"个人信息（{kind.zh}，据{zh}）：不入库", f"about persons ({kind.en}, by its {en}): not stored"
    )
    text = Text("丢弃此列？", "drop the column?")
    question = Question(Ask.PERSONS, text, is_blocking=False, answer="drop")
    return ColumnProposal(column.label, Standing.PERSON, reason, confidence=1.0, questions=(question,))


def _propose_codes(reading: ColumnReading, label: Label) -> ColumnProposal | None:
    """Propose a table of codes for a column whose cells it knows and whose label says that they are codes."""
    if not _CODE_LABEL.match(label.words):
        return None
    codes = [plain_code(cell) for cell in tidy_texts(reading.column.texts).drop_nulls().unique().head(500)]
    for table in reading.tables.values():
        known = sum(code is not None and table.category(code) is not None for code in codes)
        if table.metric in reading.names.metrics and codes and known >= 0.5 * len(codes):
            text = Text(
                f"行业代码，由对照表“{table.label.zh}”归类",
                f"codes that the table {table.id} turns into categories",
            )
            return ColumnProposal(
                reading.column.label,
                Standing.PROPOSED,
                text,
                table.metric,
                0.95,
                examples=_examples(reading.column),
                table=table,
            )
    return None


def _rank(reading: ColumnReading, label: Label) -> list[Match]:
    """Return the metrics the column may give, best first, once its cells have been looked at."""
    ranked = []
    for match in reading.names.matches(label):
        metric = reading.names.metrics[match.metric]
        verdict = weigh_cells(metric, settle_unit(metric, label.unit), reading.profile)
        confidence = round(min(match.confidence, verdict.limit), 2)
        reason = match.reason
        if verdict.limit < match.confidence:
            reason = Text(f"{reason.zh}；但{verdict.reason.zh}", f"{reason.en}; yet {verdict.reason.en}")
        ranked.append(replace(match, confidence=confidence, reason=reason))
    return sorted(ranked, key=lambda match: -match.confidence)


def _rank_part(reading: ColumnReading, label: Label) -> list[Match]:
    """Return what a part (其中：境内) may be of the whole that stands to its left; never more than a question."""
    whole = read_label(reading.whole)
    text = Text(f"“{reading.whole}”的一部分：", f"a part of “{reading.whole}”: ")
    return [
        replace(
            match,
            confidence=min(match.confidence, QUALIFIED),
            reason=Text(text.zh + match.reason.zh, text.en + match.reason.en),
        )
        for match in _rank(reading, replace(label, words=label.words + whole.words))
    ]


def _propose_other(
    column: SeenColumn, label: Label, profile: Profile, ranked: Sequence[Match]
) -> ColumnProposal:
    """Propose something other than a metric: the territory, or nothing."""
    if _TERRITORY.search(label.words):
        return _propose_territory(column, profile)
    reason = ranked[0].reason if ranked else Text("没有相近的口径", "no metric has a similar name")
    confidence = ranked[0].confidence if ranked else 0.0
    return ColumnProposal(
        column.label,
        Standing.UNUSED,
        reason,
        confidence=confidence,
        others=tuple(ranked[:CANDIDATES]),
        examples=_examples(column),
    )


def _propose_territory(column: SeenColumn, profile: Profile) -> ColumnProposal:
    """Propose the territory of the rows; names of towns are asked about, division codes are not."""
    text = Text("看来是所属地区", "seems to be the territory")
    proposal = ColumnProposal(
        column.label, Standing.TERRITORY, text, confidence=0.95, examples=_examples(column), profile=profile
    )
    if profile.share("division") >= PROPOSED_BAR:
        return proposal
    question = Question(
        Ask.TERRITORY,
        Text("这一列说明各行属于哪个地区吗？", "does this column say to which division a row belongs?"),
        is_blocking=False,
        answer=f"territory: {{column: {quote(column.label)}}}",
    )
    return replace(proposal, confidence=0.7, questions=(question,))


def _propose_metric(reading: ColumnReading, label: Label, ranked: Sequence[Match]) -> ColumnProposal:
    best = ranked[0]
    metric = reading.names.metrics[best.metric]
    doubt = _doubt(metric, label, ranked)
    is_sure = best.confidence >= PROPOSED_BAR and doubt is None
    reason = best.reason
    if doubt is not None:
        reason = Text(f"{reason.zh}；{doubt.zh}", f"{reason.en}; {doubt.en}")
    proposal = ColumnProposal(
        reading.column.label,
        Standing.PROPOSED if is_sure else Standing.ASKED,
        reason,
        confidence=best.confidence if doubt is None else min(best.confidence, QUALIFIED),
        others=_others(ranked),
        examples=_examples(reading.column),
        profile=reading.profile,
    )
    # A label that is the metric's id (an exported table) means the metric's own unit.
    unit = label.unit or (metric.unit if best.name == metric.id else None)
    return for_metric(proposal, metric, replace(label, unit=unit), has_years=reading.has_years)


def _others(ranked: Sequence[Match]) -> tuple[Match, ...]:
    """Return the metrics that are worth naming beside the best one."""
    bar = max(ASKED_BAR, ranked[0].confidence - _MUCH_LESS)
    return tuple(match for match in ranked[1:] if match.confidence >= bar)[:CANDIDATES]


def for_metric(proposal: ColumnProposal, metric: Metric, label: Label, *, has_years: bool) -> ColumnProposal:
    """Return the proposal with a metric, its unit and year as far as they are stated, and what is left to ask."""
    unit = settle_unit(metric, label.unit)
    year = label.year if metric.period.is_yearly else None
    questions = [*questions_of(metric, unit, proposal.profile), *_ask_year(metric, year, has_years)]
    return replace(proposal, metric=metric.id, unit=unit, year=year, questions=tuple(questions))


def _doubt(metric: Metric, label: Label, ranked: Sequence[Match]) -> Text | None:
    """Say why even the right name is no proof; None where it is."""
    # Without its bracket (审计口径) the label may be several metrics; with it, only the one that has it too.
    bar = QUALIFIED if not brackets_of(label.words) else PROPOSED_BAR
    refined = f"{ranked[0].metric}."
    rivals = [
        match for match in ranked[1:] if match.confidence >= bar and not match.metric.startswith(refined)
    ]
    if rivals:
        ids = ", ".join(match.metric for match in rivals[:CANDIDATES])
        return Text(f"也可以是 {ids}", f"it may also be {ids}")
    if not label.is_under_heading:
        path = "、".join(label.parents)
        return Text(f"上级表头“{path}”可能改变含义", f"“{path}” above it may change the meaning")
    if _WARNED.search(metric.definition.zh):
        return Text(
            f"定义提醒：{metric.definition.zh}", f"its definition warns: {metric.definition.words('en')}"
        )
    return None


def _ask_year(metric: Metric, year: Year | None, has_years: bool) -> list[Question]:
    if not metric.period.is_yearly or (year is None and has_years):
        return []
    if year is None:
        return [Question(Ask.YEAR, Text("是哪一年的数？", "of which year?"), answer="year: …")]
    if year.relative and year.number == 0:
        text = Text(
            "“本年”是哪一年？（不写则指申报年份）", "which year is 本年? (unless said: the application year)"
        )
        return [Question(Ask.YEAR, text, answer="year: …")]
    return []

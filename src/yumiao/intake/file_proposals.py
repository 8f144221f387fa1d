"""All columns of a file together: who is meant, which year, what two columns give twice, what the shape is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from yumiao.intake.column_proposals import ColumnReading, propose_column
from yumiao.intake.evidence import Ask, Question
from yumiao.intake.label_matches import QUALIFIED, MetricNames
from yumiao.intake.label_terms import read_label, with_unit
from yumiao.intake.labels import normalise_label
from yumiao.intake.mapping import IDENTITY_LABELS, YEAR_LABELS, SubjectColumns
from yumiao.intake.profiles import Profile, profile_column, shape_column
from yumiao.intake.proposals import PROPOSED_BAR, ColumnProposal, Proposal, SeenColumn, Standing
from yumiao.intake.shapes import Shape
from yumiao.intake.tables import Table
from yumiao.intake.values import tidy_texts
from yumiao.model.metrics import Metric
from yumiao.model.periods import Year
from yumiao.model.prefix_tables import PrefixTable
from yumiao.model.text import Text

_NAME_LABEL = re.compile("(?:企业|单位|公司|机构|法人)(?:名称|全称)$|^名称$")
_YEAR = re.compile("(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_FORMS = r"(?:公司|厂|中心|研究院|研究所|合作社|事务所|合伙\)?|经营部|工作室|分公司|集团|学校|医院)$"
_NO_TABLES: Mapping[str, PrefixTable] = {}


def propose_columns(
    seen: Sequence[SeenColumn],
    metrics: Mapping[str, Metric],
    tables: Mapping[str, PrefixTable] = _NO_TABLES,
    *,
    sheet: str = "",
) -> Proposal:
    """Propose what the columns of a file mean.

    A metric is `proposed` only where the label is its name but for words that change nothing, no other metric has
    that name, and the cells can be its values. Anything less is asked or left unused, with the reason.

    Args:
        seen: the columns from left to right; of a label that occurs twice the first counts.
        tables: tables of codes whose columns may be recognised.
        sheet: where the table stands, remembered in the shape.
    """
    columns = _first_of_label(seen)
    profiles = {column.label: profile_column(column.label, column.texts) for column in columns}
    subject, year_column = _find_subject(columns, profiles), _find_year(columns)
    names = MetricNames(metrics)
    known = {**dict.fromkeys(subject.labels(), Standing.SUBJECT)}
    if year_column is not None:
        known[year_column] = Standing.YEAR
    wholes = _wholes([column.label for column in columns])
    has_years = year_column is not None
    found = [
        propose_column(
            ColumnReading(column, profiles[column.label], names, tables, has_years, wholes[column.label]),
            known,
        )
        for column in columns
    ]
    found = _ask_relative_years(_ask_doubles(found))
    shape = _shape_of(columns, profiles, sheet)
    return Proposal(subject, tuple(found), year_column, _ask_file(found, subject, names), shape)


def _wholes(labels: Sequence[str]) -> dict[str, str]:
    """Return for every label that starts with 其中 the nearest label to its left that does not, else nothing."""
    found, whole = {}, ""
    for label in labels:
        is_part = normalise_label(label).startswith("其中")
        found[label] = whole if is_part else ""
        whole = whole if is_part else label
    return found


def shape_of(seen: Sequence[SeenColumn], sheet: str = "") -> Shape:
    """Return what a table looks like, without proposing anything for its columns."""
    columns = _first_of_label(seen)
    profiles = {column.label: profile_column(column.label, column.texts) for column in columns}
    return _shape_of(columns, profiles, sheet)


def _shape_of(columns: Sequence[SeenColumn], profiles: Mapping[str, Profile], sheet: str) -> Shape:
    shapes = (
        shape_column(
            column.label, with_unit(read_label(column.label), column.unit).unit, profiles[column.label]
        )
        for column in columns
    )
    rows = max((profiles[column.label].filled for column in columns), default=0)
    return Shape(sheet, rows, tuple(shapes))


def _first_of_label(seen: Sequence[SeenColumn]) -> list[SeenColumn]:
    return list({normalise_label(column.label): column for column in reversed(seen)}.values())[::-1]


def _find_subject(columns: Sequence[SeenColumn], profiles: Mapping[str, Profile]) -> SubjectColumns:
    labels = {read_label(column.label).words: column.label for column in reversed(columns)}
    labels |= {normalise_label(column.label): column.label for column in reversed(columns)}
    found = {part: _usual(labels, names) for part, names in IDENTITY_LABELS.items()}
    found["code"] = found["code"] or next(
        (column.label for column in columns if profiles[column.label].share("code") >= PROPOSED_BAR), None
    )
    found["name"] = found["name"] or next(
        (column.label for column in columns if _names_firms(column, profiles[column.label])), None
    )
    return SubjectColumns(**found)


def _usual(labels: Mapping[str, str], names: Sequence[str]) -> str | None:
    return next((labels[normalise_label(name)] for name in names if normalise_label(name) in labels), None)


def _names_firms(column: SeenColumn, profile: Profile) -> bool:
    if profile.person is not None or not _NAME_LABEL.search(read_label(column.label).words):
        return False
    cells = tidy_texts(column.texts).drop_nulls()
    share = cells.str.contains(_FORMS).mean() if cells.len() else None
    return isinstance(share, float) and share >= 0.5


def _find_year(columns: Sequence[SeenColumn]) -> str | None:
    labels = {normalise_label(column.label): column.label for column in reversed(columns)}
    return _usual(labels, YEAR_LABELS)


def _ask_doubles(found: Sequence[ColumnProposal]) -> list[ColumnProposal]:
    """Ask about every column whose metric and year another column has too."""
    targets: dict[tuple[str | None, Year | None], list[str]] = {}
    for column in found:
        if column.standing is Standing.PROPOSED:
            targets.setdefault((column.metric, column.year), []).append(column.label)
    return [_doubled(column, targets.get((column.metric, column.year), [])) for column in found]


def _doubled(column: ColumnProposal, same: Sequence[str]) -> ColumnProposal:
    if column.standing is not Standing.PROPOSED or len(same) < 2:
        return column
    others = "、".join(f"“{label}”" for label in same if label != column.label)
    reason = Text(
        f"{column.reason.zh}；{others}也是这个口径和年份",
        f"{column.reason.en}; {others} gives the same metric and year",
    )
    return replace(
        column, standing=Standing.ASKED, reason=reason, confidence=min(column.confidence, QUALIFIED)
    )


def _ask_relative_years(found: Sequence[ColumnProposal]) -> list[ColumnProposal]:
    """Ask which year 上年 is wherever a column of 本年 stands beside it: both count from the same year."""
    if not any(column.year == Year(0) for column in found):
        return list(found)
    question = Question(
        Ask.YEAR, Text("与“本年”并列：是哪一年？", "beside 本年: which year is it?"), answer="year: …"
    )
    return [
        replace(column, questions=(*column.questions, question))
        if column.year is not None and column.year.relative and column.year.number
        else column
        for column in found
    ]


def _ask_sums(found: Sequence[ColumnProposal], names: MetricNames) -> list[Question]:
    """Ask whether two halves (流动资产合计 and 非流动资产合计) are to be added where nothing gives the whole."""
    labels = {read_label(column.label).words: column.label for column in found}
    given = {column.metric for column in found if column.standing is Standing.PROPOSED}
    questions = []
    for words, label in labels.items():
        other = labels.get(f"非{words}")
        whole = words.removeprefix("流动")
        if other is None or whole == words:
            continue
        match = next(iter(names.matches(read_label(whole))), None)
        if match is not None and match.confidence >= PROPOSED_BAR and match.metric not in given:
            text = Text(
                f"{match.metric} 是否等于“{label}”加“{other}”？",
                f"is {match.metric} “{label}” plus “{other}”?",
            )
            answer = f"{whole}: {{metric: {match.metric}, sum: [{label}, {other}], unit: …}}"
            questions.append(Question(Ask.SUM, text, is_blocking=False, answer=answer))
    return questions


def _ask_file(
    found: Sequence[ColumnProposal], subject: SubjectColumns, names: MetricNames
) -> tuple[Question, ...]:
    questions = _ask_sums(found, names)
    if not subject.labels():
        text = Text("哪一列说明是哪一家（代码或名称）？", "which column says who is meant (code or name)?")
        questions.append(Question(Ask.METRIC, text, answer="subject: {name: …}"))
    lists = [column for column in found if column.standing is Standing.PROPOSED and _is_all_yes(column)]
    for column in lists:
        text = Text(
            f"“{column.label}”只有“是”：这是完整名单吗？（是，则不在其中的就是“否”）",
            f"“{column.label}” holds yes only: is this a complete list? (then who is not on it is a no)",
        )
        answer = f"registers: [{{metric: {column.metric}, complete: true, file: …, on: …}}]"
        questions.append(Question(Ask.LIST, text, is_blocking=False, answer=answer))
    return tuple(questions)


def _is_all_yes(column: ColumnProposal) -> bool:
    return bool(column.examples) and all(
        example.strip() in {"是", "√", "有", "1", "yes"} for example in column.examples
    )


def with_year_hint(proposal: Proposal, names: Sequence[str]) -> Proposal:
    """Name the year that the file, its sheet or its title speaks of as the likely answer, where it is one only.

    It stays a question: a report of 2025 may give the figures of 2024.
    """
    years = {found for name in names for found in _YEAR.findall(name)}
    if len(years) != 1:
        return proposal
    [year] = years
    columns = tuple(
        replace(column, questions=tuple(_hinted(question, year) for question in column.questions))
        for column in proposal.columns
    )
    return replace(proposal, columns=columns)


def _hinted(question: Question, year: str) -> Question:
    if question.ask is not Ask.YEAR:
        return question
    text = Text(f"{question.text.zh}（名称里是{year}）", f"{question.text.en} (its name says {year})")
    return replace(question, text=text, answer=f"year: {year}")


def seen_columns(table: Table) -> tuple[SeenColumn, ...]:
    """Return the labelled columns of a table as they are seen; one without a label cannot be mapped."""
    return tuple(
        SeenColumn(label, table.texts(index)) for index, label in enumerate(table.header) if label is not None
    )

"""A proposal as a mapping: what is settled is read, what is open stands beside it as a comment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from yumiao.intake.evidence import Ask
from yumiao.intake.label_matches import Match
from yumiao.intake.labels import normalise_label
from yumiao.intake.mapping import ColumnRule, MappingFile, Territory
from yumiao.intake.mapping_writer import Remarks, quote, write_rule
from yumiao.intake.persons_mapping import PersonsRule
from yumiao.intake.proposals import ColumnProposal, Proposal, Standing
from yumiao.intake.words import NO_WORDS, YES_WORDS
from yumiao.model.metrics import Metric
from yumiao.model.text import Language, Text


@dataclass(frozen=True, slots=True)
class Origin:
    """What a person says of a kind of file: its name, who reports it, for which territory, as of when."""

    name: str
    kind: str = ""
    source: str | None = None
    territory: Territory | None = None
    observed_on: dt.date | None = None


def mapping_of(proposal: Proposal, origin: Origin) -> MappingFile:
    """Return the mapping of what is settled; open columns are not in it, unused ones are ignored.

    A column about persons is dropped only where a person said so.
    """
    territory = origin.territory or _territory_of(proposal)
    drop = tuple(column.label for column in proposal.columns if _is_dropped(column))
    unused = tuple(column.label for column in proposal.columns if column.standing is Standing.UNUSED)
    return MappingFile(
        origin.name,
        proposal.subject,
        tuple(rule_of(column) for column in proposal.columns if column.is_settled),
        sheet=None,
        year_column=proposal.year_column,
        ignore=(*unused, *drop),
        source=origin.source,
        kind=origin.kind,
        territory=territory,
        observed_on=origin.observed_on,
        persons=PersonsRule(drop=drop) if drop else None,
        records=proposal.records,
        shape=proposal.shape,
    )


def _territory_of(proposal: Proposal) -> Territory | None:
    """Return the column of the territory, where the file or a person leaves no doubt that it is one."""
    for column in proposal.columns:
        if column.standing is Standing.TERRITORY and not column.questions:
            return Territory(column=column.label)
    return None


def _is_dropped(column: ColumnProposal) -> bool:
    return column.standing is Standing.PERSON and not column.questions


def rule_of(column: ColumnProposal) -> ColumnRule:
    """Return how a proposed column is read."""
    assert column.metric is not None  # noqa: S101 - only columns with a metric are read
    return ColumnRule(
        column.label,
        column.metric,
        (column.label,),
        year=column.year,
        unit=column.unit,
        missing=column.missing,
        yes=column.yes or YES_WORDS,
        no=column.no or NO_WORDS,
        values=column.values,
        table=column.table,
    )


def update_mapping(old: MappingFile, proposal: Proposal) -> MappingFile:
    """Return a remembered mapping for the table as it is now: new columns added, the shape renewed.

    What a person declared stays as it is, also where a column is gone.
    """
    known = {normalise_label(label) for label in (*old.labels(), *old.ignore)}
    new = [column for column in proposal.columns if normalise_label(column.label) not in known]
    targets = {(rule.metric, rule.year) for rule in old.columns}
    rules = [rule_of(column) for column in new if column.is_settled]
    added = tuple(rule for rule in rules if (rule.metric, rule.year) not in targets)
    unused = tuple(column.label for column in new if column.standing is Standing.UNUSED)
    drop = tuple(column.label for column in new if _is_dropped(column))
    persons = old.persons
    if drop:
        persons = replace(persons or PersonsRule(), drop=(*(persons.drop if persons else ()), *drop))
    return replace(
        old,
        columns=(*old.columns, *added),
        ignore=tuple(dict.fromkeys((*old.ignore, *unused, *drop))),
        persons=persons,
        shape=proposal.shape,
    )


def new_columns(old: MappingFile, proposal: Proposal) -> Proposal:
    """Return the proposal without the columns that a remembered mapping already speaks of."""
    known = {normalise_label(label) for label in (*old.labels(), *old.ignore)}
    left = tuple(column for column in proposal.columns if normalise_label(column.label) not in known)
    return replace(proposal, columns=left, questions=())


def remarks_of(
    proposal: Proposal, metrics: Mapping[str, Metric], language: Language, first: tuple[Text, ...] = ()
) -> Remarks:
    """Return the comments of a mapping file: why each column is read so, and every open question."""
    reasons = {column.label: _reason(column, language) for column in proposal.columns if column.is_settled}
    asked = [line for column in proposal.columns for line in _asked_lines(column, metrics, language)]
    last: list[str] = []
    for question in proposal.questions:
        lines = asked if question.ask is Ask.SUM else last
        lines += [f"? {question.text.words(language)}", question.answer]
    for column in proposal.columns:
        if column.standing is Standing.TERRITORY:
            for question in column.questions:
                last += [f"? {column.label}: {question.text.words(language)}", question.answer]
    last += _person_lines(proposal, language)
    return Remarks(tuple(text.words(language) for text in first), reasons, tuple(asked), tuple(last))


def _person_lines(proposal: Proposal, language: Language) -> list[str]:
    columns = [
        column for column in proposal.columns if column.standing is Standing.PERSON and column.questions
    ]
    if not columns:
        return []
    text = Text(
        "? 这些列是个人信息，写明 drop 之前文件不会导入：",
        "? these columns are about persons; the file is not imported until they are dropped:",
    )
    reasons = [f"  {column.label}: {column.reason.words(language)}" for column in columns]
    labels = ", ".join(quote(column.label) for column in columns)
    return [text.words(language), *reasons, f"persons: {{drop: [{labels}]}}"]


def _reason(column: ColumnProposal, language: Language) -> str:
    line = f"{column.confidence:.2f} {column.reason.words(language)}"
    for question in column.questions:
        line += f" ? {question.text.words(language)} {question.answer}"
    return line


def _asked_lines(column: ColumnProposal, metrics: Mapping[str, Metric], language: Language) -> list[str]:
    if column.is_settled or not column.is_open or column.standing in (Standing.PERSON, Standing.TERRITORY):
        return []
    questions = " ".join(question.text.words(language) for question in column.questions)
    lines = [f"? {column.confidence:.2f} {column.reason.words(language)} {questions}"]
    candidates = (
        [column.metric, *map(_metric_of, column.others)]
        if column.standing is Standing.ASKED
        else [column.metric]
    )
    return lines + [
        f"  {quote(column.label)}: {_rule_text(column, metric)}" for metric in candidates if metric in metrics
    ]


def _metric_of(match: Match) -> str:
    return match.metric


def _rule_text(column: ColumnProposal, metric: str | None) -> str:
    """Write the line that would answer the questions, with … where only a person knows."""
    assert metric is not None  # noqa: S101 - only candidates with a metric are written
    answers = (
        [question.answer for question in column.questions if question.answer]
        if metric == column.metric
        else []
    )
    written = write_rule(
        replace(rule_of(column), metric=metric, unit=column.unit if metric == column.metric else None)
    )
    return written[:-1] + "".join(f", {answer}" for answer in answers) + "}"

"""What an officer answers about the columns of a file, and the mapping file that follows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from yumiao.district.intakes.seeing import SeenFile
from yumiao.intake.evidence import Ask, Question
from yumiao.intake.mapping import MappingFile
from yumiao.intake.mapping_reader import read_mapping
from yumiao.intake.mapping_writer import quote, write_mapping
from yumiao.intake.proposal_answers import ANSWERED, answer_question, choose_metric
from yumiao.intake.proposals import ColumnProposal, Proposal, Standing
from yumiao.intake.proposed_mapping import Origin, mapping_of, update_mapping
from yumiao.model.metrics import Metric
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text
from yumiao.packs.library import Library

UNUSED = "-"
"""What an officer chooses for a column that is not to be read."""

Answers = Mapping[str, Mapping[str, str]]
"""Label of a column → what was answered: ``metric`` and one entry for each `Ask`; label ``""``: of the file."""


@dataclass(frozen=True)
class Answered:
    """A proposal with what was answered.

    Attributes:
        problems: answers that are not understood; ``path`` is the label of the column, ``found`` what was typed.
    """

    proposal: Proposal
    problems: tuple[Problem, ...] = ()

    @property
    def open_columns(self) -> int:
        """How many columns something has still to be said of."""
        return sum(_is_open(column) for column in self.proposal.columns)


def _is_open(column: ColumnProposal) -> bool:
    if column.standing is Standing.PERSON:
        return bool(column.questions)
    return column.standing is Standing.ASKED or any(each.is_blocking for each in column.questions)


def answer_columns(proposal: Proposal, answers: Answers, library: Library) -> Answered:
    """Put what was answered into a proposal; what was not understood leaves its question open."""
    columns, problems = [], []
    for column in proposal.columns:
        given = answers.get(column.label, {})
        answered, wrong = _answer(column, given, library, has_years=proposal.year_column is not None)
        columns.append(answered)
        problems += wrong
    return Answered(replace(proposal, columns=tuple(columns)), tuple(problems))


def _answer(
    column: ColumnProposal, given: Mapping[str, str], library: Library, *, has_years: bool
) -> tuple[ColumnProposal, list[Problem]]:
    problems: list[Problem] = []
    wanted = given.get("metric", "").strip()
    if wanted == UNUSED:
        return choose_metric(column, None, has_years=has_years), problems
    if wanted:
        metric = metric_named(library, wanted)
        if metric is None:
            problems.append(
                _not_understood(column, wanted, Text("口径的名称或编号", "the name or id of a metric"))
            )
        elif metric.id != column.metric or column.standing is not Standing.PROPOSED:
            column = choose_metric(column, metric, has_years=has_years)
    for question in column.questions:
        answer = given.get(question.ask.value, "").strip()
        if not answer or question.ask not in ANSWERED:
            continue
        answered = answer_question(column, question, answer, library.metrics.get(column.metric or ""))
        if answered is None:
            problems.append(_not_understood(column, answer, question.text))
        else:
            column = answered
    return column, problems


def metric_named(library: Library, name: str) -> Metric | None:
    """Return the metric of an id or label; None where no metric, or several, are called so."""
    if name in library.metrics:
        return library.metrics[name]
    found = [each for each in library.metrics.values() if name in (each.label.zh, each.label.en)]
    return found[0] if len(found) == 1 else None


def _not_understood(column: ColumnProposal, found: str, expected: Text) -> Problem:
    text = Text(
        f"列“{column.label}”：“{found}”看不懂，应为：{expected.zh}",
        f"Column “{column.label}”: “{found}” is not understood; expected: {expected.words('en')}",
    )
    return Problem("mapping.answer", text, path=column.label, found=found, expected=expected)


def mapping_text(seen: SeenFile, answered: Answered, answers: Answers, file: str, library: Library) -> str:
    """Return the mapping file that follows from the answers; empty where nothing of the file is settled.

    Raises: YumiaoError where what was answered does not fit together.
    """
    if seen.remembered is not None:
        return write_mapping(update_mapping(seen.remembered[0], answered.proposal), Path())
    name = Path(file).stem
    mapping = mapping_of(answered.proposal, Origin(name, name))
    line = file_line(answered.proposal.questions, answers.get("", {}), file)
    if not mapping.columns and mapping.records is None and not line:
        return ""
    text = write_mapping(mapping, Path())
    if not line:
        return text
    whole = read_text(text.rstrip("\n") + "\n" + line + "\n", library)
    fields = {rule.label for rule in whole.records.fields} if whole.records else set()
    return write_mapping(
        replace(whole, ignore=tuple(each for each in whole.ignore if each not in fields)), Path()
    )


def file_line(questions: tuple[Question, ...], given: Mapping[str, str], file: str) -> str:
    """Return the line of a mapping file that answers what is asked of the file as a whole; empty for none."""
    records = [each for each in questions if each.ask is Ask.RECORDS]
    chosen = given.get("records", "")
    if chosen.isdigit() and int(chosen) < len(records):
        title = given.get("title", "") or "…"
        line = re.sub(r"(?<=title: )[\w…]+", lambda _: title, records[int(chosen)].answer)
        is_complete = given.get("complete") == "y" and "complete:" not in line
        return line[:-1] + ", complete: true}" if is_complete else line
    if given.get("list") and any(each.ask is Ask.LIST for each in questions):
        complete = "true" if given.get("complete") == "y" else "false"
        day = given.get("on", "")
        return (
            f"registers: [{{metric: {given['list']}, complete: {complete}, file: {quote(file)}, on: {day}}}]"
        )
    return ""


def read_text(text: str, library: Library) -> MappingFile:
    """Read the text of a mapping file. Raises: YumiaoError naming every problem of it."""
    return read_mapping(
        Path("mapping.yaml"),
        library.metrics,
        library.tables,
        library.registers,
        library.reported.sources,
        content=text,
    )


def check_text(text: str, library: Library) -> tuple[Problem, ...]:
    """Return what is wrong with the text of a mapping file; nothing where it can be read."""
    try:
        read_text(text, library)
    except YumiaoError as error:
        return error.problems or (Problem(error.code, error.text),)
    return ()

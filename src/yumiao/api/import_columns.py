"""``/imports/{id}/files/{file}``: what the columns of a file are taken for, what is asked, and what is answered."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from yumiao.api.errors import invalid
from yumiao.api.import_acting import STATE, file_named, importer, told
from yumiao.api.import_shapes import FileInShort, Line, Strict, file_in_short
from yumiao.api.operations import act, check_query, read
from yumiao.api.shapes import Words, words
from yumiao.district.intakes import selectors, services
from yumiao.district.tokens.scopes import Scope
from yumiao.intake.evidence import Ask, Question
from yumiao.intake.proposals import ColumnProposal
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text
from yumiao.packs.near_names import with_nearest

router = Router()
MOST_MAPPING = 80_000
"""The longest mapping file that is taken, in characters: less than a megabyte even where each is escaped."""

Id = Annotated[str, Field(max_length=100, pattern=r"^[A-Za-z0-9_.]*$")]
ColumnStanding = Literal["subject", "year", "territory", "person", "field", "proposed", "asked", "unused"]


class QuestionAsked(Schema):
    """Something only a person can say; a blocking one keeps the column from being read."""

    ask: Ask
    text: Words
    is_blocking: bool
    likely: str | None = Field(description="The likely answer as a mapping file writes it.")


class ColumnSeen(Schema):
    """One column and what it is taken for. Columns about persons have no examples and are never stored."""

    label: str
    standing: ColumnStanding
    why: Words
    metric: str | None
    others: list[str] = Field(description="Further metrics that the label may mean.")
    sure: int | None = Field(description="Whole percent; null where nothing is proposed.")
    examples: list[str]
    questions: list[QuestionAsked]
    given: dict[str, str] = Field(description="What was answered, by the name of the question.")


class FileWhole(FileInShort):
    """One file; `columns` is null where it can no longer be read, and `told` says why."""

    sheet: str | None
    rows: int | None
    columns: list[ColumnSeen] | None = Field(
        description="Of a file whose mapping is remembered only those that are new."
    )
    questions: list[QuestionAsked] = Field(description="What is asked of the file as a whole.")
    mapping: str = Field(description="The mapping file as it follows; empty where nothing is settled.")
    told: Words | None


class ColumnAnswer(Strict):
    """What a column is: a metric by id or label, `-` for one that is not read; and answers in a word."""

    metric: Line = ""
    unit: Line = ""
    year: Line = ""
    missing: Line = ""
    words: Line = ""
    persons: Line = ""
    territory: Line = ""


class FileAnswer(Strict):
    """What is answered of the file as a whole."""

    records: Annotated[
        int | None, Field(ge=0, le=99, description="Which of the `records` questions holds.")
    ] = None
    title: Annotated[Id, Field(description="The title whose holders the rows list.")] = ""
    is_complete: Annotated[bool | None, Field(description="Whoever is not listed does not hold it.")] = None
    list_of: Annotated[Id, Field(description="The metric that is true of those listed.")] = ""
    on: dt.date | None = None


class Answers(Strict):
    """All answers about a file, in place of those given before; columns by their label."""

    columns: dict[Annotated[str, Field(max_length=500)], ColumnAnswer] = Field(
        default_factory=dict, max_length=2000
    )
    file: FileAnswer = FileAnswer()


class MappingText(Strict):
    """A mapping file written by hand."""

    text: Annotated[str, Field(max_length=MOST_MAPPING, pattern=r"^[^\x00]*$")]


@read(
    router,
    "/imports/{intake_id}/files/{file_id}",
    Scope.READ_IMPORTS,
    FileWhole,
    summary="The columns of a file, and what is asked about them",
    operation_id="get_import_file",
)
def get_import_file(request: HttpRequest, intake_id: str, file_id: str) -> dict[str, Any]:
    """Say what each column is taken for, how sure that is, and what only a person can say."""
    check_query(request)
    importer(request)
    return _whole(file_named(intake_id, file_id))


@act(
    router,
    "/imports/{intake_id}/files/{file_id}/answers",
    Scope.WRITE_IMPORTS,
    FileWhole,
    also=STATE,
    summary="Answer what is asked about the columns",
    operation_id="answer_columns",
)
def answer_columns(request: HttpRequest, intake_id: str, file_id: str, body: Answers) -> dict[str, Any]:
    """Keep what is answered, all or nothing; what a check found before no longer holds."""
    check_query(request)
    actor = importer(request)
    row = file_named(intake_id, file_id)
    with told(intake_id), transaction.atomic():
        _check_labels(row, body)
        problems = services.answer(file_id, _given(body), by=actor.id, now=timezone.now())
        if problems:
            raise YumiaoError("mapping.answers", NOT_UNDERSTOOD, problems)
    return _whole(file_named(intake_id, file_id))


@act(
    router,
    "/imports/{intake_id}/files/{file_id}/mapping",
    Scope.WRITE_IMPORTS,
    FileWhole,
    also=STATE,
    summary="Give a mapping file written by hand",
    operation_id="write_mapping",
)
def write_mapping(request: HttpRequest, intake_id: str, file_id: str, body: MappingText) -> dict[str, Any]:
    """Keep a mapping file; of one with faults nothing is kept, and each is named with its line."""
    check_query(request)
    actor = importer(request)
    file_named(intake_id, file_id)
    with told(intake_id):
        problems = services.write_mapping_by_hand(
            file_id, body.text.replace("\r\n", "\n"), by=actor.id, now=timezone.now()
        )
        if problems:
            raise YumiaoError("mapping.text", FAULTY, problems)
    return _whole(file_named(intake_id, file_id))


@act(
    router,
    "/imports/{intake_id}/files/{file_id}/anew",
    Scope.WRITE_IMPORTS,
    FileWhole,
    also=STATE,
    summary="Begin anew with the columns of a file",
    operation_id="forget_mapping",
)
def forget_mapping(request: HttpRequest, intake_id: str, file_id: str) -> dict[str, Any]:
    """Forget the answers, and the mapping that is remembered for files of the kind."""
    check_query(request)
    actor = importer(request)
    file_named(intake_id, file_id)
    with told(intake_id):
        services.forget_mapping(file_id, by=actor.id, now=timezone.now())
    return _whole(file_named(intake_id, file_id))


NOT_UNDERSTOOD = Text("有答复看不懂，什么也没有保存。", "Some answers are not understood; nothing was kept.")
REMOVED = Text(
    "这次报送已结束，上传的文件已删除。", "The intake has ended; the files that were uploaded are removed."
)
FAULTY = Text("映射文件有问题，没有保存。", "The mapping file has faults and was not kept.")


def _check_labels(row: Any, body: Answers) -> None:
    """Refuse answers about columns that the file does not ask about. Raises: ApiError (422)."""
    if row.intake.state not in ("mapping", "checked"):
        return  # the district says so
    known = [column.label for column in selectors.look(row)[0].proposal.columns]
    wrong = [
        Problem(
            "mapping.no_column",
            with_nearest(f"文件没有列“{label}”", f"the file has no column “{label}”", label, known),
            path=f"columns.{label}",
        )
        for label in body.columns
        if label not in known
    ]
    if wrong:
        raise invalid(*wrong)


def _given(body: Answers) -> dict[str, dict[str, str]]:
    found = {
        label: {name: text.strip() for name, text in each.model_dump().items() if text.strip()}
        for label, each in body.columns.items()
    }
    whole = body.file
    file = {
        "records": "" if whole.records is None else str(whole.records),
        "title": whole.title,
        "complete": "y" if whole.is_complete else "",
        "list": whole.list_of,
        "on": whole.on.isoformat() if whole.on else "",
    }
    return {**found, "": {name: text for name, text in file.items() if text}}


def _whole(row: Any) -> dict[str, Any]:
    short = {**file_in_short(row), "mapping": row.mapping}
    gone: dict[str, Any] = {"sheet": None, "rows": None, "columns": None, "questions": []}
    if row.intake.state in ("committed", "cancelled"):
        return {**short, **gone, "told": words(REMOVED)}
    try:
        seen, answered = selectors.look(row)
    except YumiaoError as error:
        return {**short, **gone, "told": words(error.text)}
    return {
        **short,
        "sheet": seen.sheet,
        "rows": seen.rows,
        "columns": [_column(each, row.answers.get(each.label, {})) for each in answered.proposal.columns],
        "questions": [_question(each) for each in answered.proposal.questions],
        "told": None,
    }


def _column(column: ColumnProposal, given: dict[str, str]) -> dict[str, Any]:
    return {
        "label": column.label,
        "standing": column.standing.value,
        "why": words(column.reason),
        "metric": column.metric,
        "others": [match.metric for match in column.others],
        "sure": round(column.confidence * 100) if column.metric else None,
        "examples": list(column.examples),
        "questions": [_question(each) for each in column.questions],
        "given": given,
    }


def _question(question: Question) -> dict[str, Any]:
    return {
        "ask": question.ask,
        "text": words(question.text),
        "is_blocking": question.is_blocking,
        "likely": question.answer or None,
    }

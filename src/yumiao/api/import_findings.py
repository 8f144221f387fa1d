"""``/imports/{id}/problems`` and ``…/changes``: what a check found wrong, and what the import would change."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from yumiao.api.errors import ApiError
from yumiao.api.import_acting import STATE, importer, intake_named
from yumiao.api.import_shapes import FOUND, PLAIN, ChangeOfVerdict, KindOfChange, change_of_verdict, said
from yumiao.api.operations import check_query, read
from yumiao.api.paging import page_of
from yumiao.api.shapes import Page, Paging, Words, words
from yumiao.district.intakes import selectors
from yumiao.district.intakes.offers import known_words
from yumiao.district.tokens.scopes import Scope
from yumiao.model.text import Text

router = Router()


class ProblemsQuery(Paging):
    """Which problems are wanted."""

    severity: Literal["error", "warning"] | None = None
    file: str = Field("", max_length=40, pattern=PLAIN, description="Id of a file.")


class CellProblem(Schema):
    """One thing wrong in one place; `row` is null where it is about no row.

    `read_as` is what an officer put in place of the cell, null where nobody did; empty where nothing is read from it,
    so that what the library knows goes on counting. `kept_because` is why a value is right as it stands, null where
    nobody said so. `known` is what the library knows of the fact, null where it knows nothing.
    """

    file: str
    severity: Literal["error", "warning"]
    code: str
    sheet: str
    cell: str
    row: int | None
    subject: str
    column: str
    found: str
    expected: Words | None
    text: Words
    read_as: str | None
    kept_because: str | None = None
    known: Words | None = None
    is_left_out: bool


class ChangesQuery(Paging):
    """Which changes are wanted."""

    kind: KindOfChange | None = None
    policy: str = Field("", max_length=160, pattern=PLAIN, description="family@version")


class ChangeByFacts(ChangeOfVerdict):
    """A verdict that the import would change, and the facts that make it."""

    facts: list[str] = Field(description="Columns of facts, as `metric@year`.")


@read(
    router,
    "/imports/{intake_id}/problems",
    Scope.READ_IMPORTS,
    Page[CellProblem],
    also=STATE,
    summary="What is wrong in the files, cell by cell",
    operation_id="list_import_problems",
)
def list_import_problems(
    request: HttpRequest, intake_id: str, query: Annotated[ProblemsQuery, Query()]
) -> dict[str, Any]:
    """List what the check found, in the order of the files."""
    check_query(request, ProblemsQuery)
    importer(request)
    _checked(intake_id)
    found = selectors.problems_of(intake_id, query.severity or "", query.file)

    def show(rows: Any) -> list[Any]:
        held = selectors.corrections_of_intake(intake_id)
        return [_problem(row, held) for row in rows]

    return page_of(request, query, found.count(), found, show)


@read(
    router,
    "/imports/{intake_id}/changes",
    Scope.READ_IMPORTS,
    Page[ChangeByFacts],
    also=STATE,
    summary="Verdicts that the import would change",
    operation_id="list_import_changes",
)
def list_import_changes(
    request: HttpRequest, intake_id: str, query: Annotated[ChangesQuery, Query()]
) -> dict[str, Any]:
    """List the verdicts that the import would change, or changed, those who lose first."""
    check_query(request, ChangesQuery)
    importer(request)
    _checked(intake_id)
    found = selectors.changes_of(intake_id, query.kind or "", query.policy)
    return page_of(
        request,
        query,
        found.count(),
        found,
        lambda rows: [{**change_of_verdict(row), "facts": list(row.columns)} for row in rows],
    )


def _checked(intake: str) -> None:
    """Go on where a check has ended: nothing found is not the same as nothing looked for. Raises: ApiError."""
    if intake_named(intake).state not in FOUND:
        text = Text(
            "这次报送还没有核对，或核对后又改过。请先 POST …/check。",
            "The intake is not checked yet, or was changed since. POST …/check first.",
        )
        raise ApiError(409, "intake.unchecked", text)


def _problem(row: Any, held: Any) -> dict[str, Any]:
    correction = held.get((row.file_id, row.sheet, row.row, row.cell)) if row.cell else None
    is_kept = correction is not None and correction.choice == "keep"
    return {
        "file": row.file_id,
        "severity": row.severity,
        "code": row.code,
        "sheet": row.sheet,
        "cell": row.cell,
        "row": row.row or None,
        "subject": row.subject_name,
        "column": row.column,
        "found": row.found,
        "expected": said(Text(row.expected_zh, row.expected_en)),
        "text": words(Text(row.text_zh, row.text_en)),
        "read_as": correction.value if correction is not None and not is_kept else None,
        "kept_because": correction.why if correction is not None and is_kept else None,
        "known": words(known_words(row.fact, row.known)) if row.known else None,
        "is_left_out": bool(row.row) and (row.file_id, row.sheet, row.row, "") in held,
    }

"""``GET /subjects/{id}/questions``: the unknown facts whose answers could change an outcome."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from yumiao.api.acting import caller_of, is_itself, visible_subject
from yumiao.api.operations import check_query, read
from yumiao.api.paging import page_of
from yumiao.api.shapes import Page, Paging, QuestionBody
from yumiao.api.verdicts import current_register, policies_named
from yumiao.district.registry.packs import library
from yumiao.district.tokens.scopes import Scope

router = Router()


class QuestionsQuery(Paging):
    """Of which policy; by default of all."""

    policy: str = Field(
        "", max_length=100, description="Family, or the version that the register was judged by."
    )


class AskedFact(Schema):
    """One unknown fact and the version of a policy whose outcome rests on it."""

    policy: str = Field(description="The version, as `family@version`.")
    question: QuestionBody


@read(
    router,
    "/subjects/{subject_id}/questions",
    Scope.READ_VERDICTS,
    Page[AskedFact],
    summary="What to ask of one enterprise",
    operation_id="list_questions",
)
def list_questions(
    request: HttpRequest, subject_id: str, query: Annotated[QuestionsQuery, Query()]
) -> dict[str, Any]:
    """List the questions of each policy in the order in which they are best asked; none where all is decided."""
    check_query(request, QuestionsQuery)
    actor = caller_of(request).actor
    found = visible_subject(actor, subject_id)
    judged = current_register()
    chosen = policies_named(judged, query.policy) if query.policy else judged.policies
    answers = replace(judged, policies=chosen).answers(found.id)
    asked = [
        {"policy": f"{answer['policy']}@{answer['version']}", "question": question}
        for answer in (each.to_json() for each in answers)
        for question in answer["questions"]
        if not is_itself(actor) or library().metrics[question["metric"]].shown_to_subject
    ]
    return page_of(request, query, len(asked), asked, list)

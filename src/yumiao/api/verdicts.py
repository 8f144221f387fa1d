"""``GET /subjects/{id}/verdicts`` and ``/verdicts/{policy}``: the whole answers, clause by clause."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from yumiao.api.acting import NO_REGISTER, caller_of, is_itself, visible_subject
from yumiao.api.errors import ApiError
from yumiao.api.operations import check_query, read
from yumiao.api.paging import page_of
from yumiao.api.shapes import AnswerBody, Page, Paging, Words, words
from yumiao.district.registry import selectors
from yumiao.district.registry.judged import Judged
from yumiao.district.registry.packs import library
from yumiao.district.registry.withholding import ShownAnswer, shown_answers
from yumiao.district.tokens.scopes import Scope
from yumiao.model.text import Text
from yumiao.packs.library import Policy
from yumiao.packs.near_names import with_nearest
from yumiao.rules.graph import PolicyGraph

router = Router()


class HiddenSource(Schema):
    """A source that is not shown to the caller and on which a condition rests; nothing of what it says.

    `source` is empty for an item that is not shown to any enterprise, whoever reports it.
    """

    condition: str
    source: str
    label: Words


class Verdict(Schema):
    """A verdict; `withheld` names the conditions whose numbers rest on sources that are not shown to the caller."""

    answer: AnswerBody
    withheld: list[str] = Field(description="Ids of conditions; empty for the district's own people.")
    hidden_sources: list[HiddenSource] = Field(description="For each of those conditions, what it rests on.")


@read(
    router,
    "/subjects/{subject_id}/verdicts",
    Scope.READ_VERDICTS,
    Page[Verdict],
    summary="Current verdicts of one enterprise",
    operation_id="list_verdicts",
)
def list_verdicts(request: HttpRequest, subject_id: str, query: Annotated[Paging, Query()]) -> dict[str, Any]:
    """List the verdict of every policy of the current register, in the order of their ids."""
    check_query(request, Paging)
    actor = caller_of(request).actor
    found = visible_subject(actor, subject_id)
    judged = current_register()
    if not len(judged.facts_of(found.id)):
        return page_of(request, query, 0, [], list)
    return page_of(
        request,
        query,
        len(judged.policies),
        judged.policies,
        lambda page: _verdicts(replace(judged, policies=page), found.id, for_itself=is_itself(actor)),
    )


@read(
    router,
    "/subjects/{subject_id}/verdicts/{policy}",
    Scope.READ_VERDICTS,
    Verdict,
    summary="Current verdict of one enterprise under one policy",
    operation_id="get_verdict",
)
def get_verdict(request: HttpRequest, subject_id: str, policy: str) -> Verdict:
    """Give the verdict of a family (`hnte`) or of the version that the register was judged by (`hnte@...`)."""
    check_query(request)
    actor = caller_of(request).actor
    found = visible_subject(actor, subject_id)
    judged = current_register()
    named = policies_named(judged, policy)
    verdicts = _verdicts(replace(judged, policies=named), found.id, for_itself=is_itself(actor))
    if not verdicts:
        text = Text(
            "对这家企业还一无所知，没有判定。", "Nothing is known of this enterprise; there is no verdict."
        )
        raise ApiError(404, "verdict.none", text)
    return verdicts[0]


def policies_named(judged: Judged, policy: str) -> tuple[tuple[Policy, PolicyGraph], ...]:
    """Return what the register was judged by of a family or version. Raises: ApiError (404) where it was not."""
    named = tuple(pair for pair in judged.policies if policy in (pair[0].family, pair[0].id))
    if not named:
        families = [each.family for each, _ in judged.policies]
        text = with_nearest(f"没有政策 {policy} 的判定", f"there is no verdict of {policy}", policy, families)
        raise ApiError(404, "policy.unknown", text)
    return named


def current_register() -> Judged:
    """Return the facts and policies of the current verdicts. Raises: ApiError (503) while there is no register."""
    judged = selectors.judged()
    if judged is None:
        raise NO_REGISTER
    return judged


def _verdicts(judged: Judged, subject: str, *, for_itself: bool) -> list[Verdict]:
    if for_itself:
        return [_verdict(shown) for shown in shown_answers(judged, subject, library())]
    return [_verdict(ShownAnswer(answer, {})) for answer in judged.answers(subject)]


def _verdict(shown: ShownAnswer) -> Verdict:
    hidden = [
        HiddenSource(condition=condition, source=each.token, label=words(each.label))
        for condition, kinds in shown.hidden.items()
        for each in kinds
    ]
    return Verdict(answer=shown.answer.to_json(), withheld=list(shown.hidden), hidden_sources=hidden)

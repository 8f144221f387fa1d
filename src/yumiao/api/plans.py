"""Plans of one enterprise for one policy: what would have to change to be met on a later application date."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from yumiao.api.acting import caller_of, is_itself, visible_subject
from yumiao.api.errors import ApiError, invalid
from yumiao.api.jobs import JobState, job_state
from yumiao.api.operations import act, check_query, read
from yumiao.api.shapes import PlanBody, QuestionBody, Words
from yumiao.api.verdicts import current_register, policies_named
from yumiao.district.jobs.selectors import job_of
from yumiao.district.policies.plans import ask_thoroughly, first_later_day, is_ended, plan_quickly
from yumiao.district.policies.shown_facts import known_shown
from yumiao.district.registry.judged import Judged, Known
from yumiao.district.tokens.scopes import Scope
from yumiao.model.outcomes import Outcome
from yumiao.model.problems import Problem
from yumiao.model.text import Text
from yumiao.rules.planning import Obstacle

router = Router()


class PlansQuery(Schema):
    """For which application."""

    on: dt.date | None = Field(
        None,
        description="Later application date, within ten years; by default the next known window, else a year later.",
    )


MOST_YEARS = 10


class HindranceSaid(Schema):
    """Why there is no plan, and of which condition; null: of the whole."""

    obstacle: Obstacle
    condition: str | None
    text: Words


class PlansFound(Schema):
    """Plans with different levers, the best first: `proven` least, or `best_found` where the search was cut short.

    A plan without changes says that waiting suffices. Without plans `hindrances` says why, `questions` what to ask.
    """

    on: dt.date
    policy: str
    version: str
    outcome: Outcome = Field(description="What comes out on that day when nothing is changed.")
    plans: list[PlanBody] = Field(max_length=3)
    hindrances: list[HindranceSaid]
    questions: list[QuestionBody]
    is_cut_short: bool = Field(description="A longer search, asked for by POST, may say more.")


@read(
    router,
    "/subjects/{subject_id}/plans/{policy}",
    Scope.READ_VERDICTS,
    PlansFound,
    summary="Plans of one enterprise for one policy",
    operation_id="list_plans",
)
def list_plans(
    request: HttpRequest, subject_id: str, policy: str, query: Annotated[PlansQuery, Query()]
) -> dict[str, Any]:
    """Find the fewest levers and the least effort that lead to `met`; a search of a second at the most."""
    asked = _asked(request, subject_id, policy, query)
    found = plan_quickly(asked.judged, asked.known, asked.family, asked.on)
    assert found is not None  # noqa: S101 - the family is one of the register's
    return {**found, "is_cut_short": is_ended(found)}


@act(
    router,
    "/subjects/{subject_id}/plans/{policy}",
    Scope.READ_VERDICTS,
    JobState,
    summary="Ask for a thorough search for plans",
    operation_id="ask_for_plans",
)
def ask_for_plans(
    request: HttpRequest, subject_id: str, policy: str, query: Annotated[PlansQuery, Query()]
) -> JobState:
    """Let a worker search to the end; asked again meanwhile it is the same job. Its `result` holds the plans."""
    asked = _asked(request, subject_id, policy, query)
    job = ask_thoroughly(
        asked.judged,
        asked.subject,
        asked.family,
        asked.on,
        for_itself=asked.for_itself,
        by=caller_of(request).actor.id,
        now=timezone.now(),
    )
    found = job_of(job)
    assert found is not None  # noqa: S101 - it was asked for a line above
    return job_state(found)


@dataclass(frozen=True)
class _Asked:
    judged: Judged
    known: Known
    subject: str
    family: str
    on: dt.date
    for_itself: bool


def _asked(request: HttpRequest, subject_id: str, policy: str, query: PlansQuery) -> _Asked:
    check_query(request, PlansQuery)
    actor = caller_of(request).actor
    subject = visible_subject(actor, subject_id).id
    judged = current_register()
    family = policies_named(judged, policy)[0][0].family
    on = query.on or first_later_day(judged, family)
    assert on is not None  # noqa: S101 - the family is one of the register's
    _check_day(on, judged.as_of)
    for_itself = is_itself(actor)
    known = known_shown(judged, subject, for_itself=for_itself)
    if known is None:
        text = Text("对这家企业还一无所知。", "Nothing is known of this enterprise.")
        raise ApiError(404, "verdict.none", text)
    return _Asked(judged, known, subject, family, on, for_itself)


def _check_day(on: dt.date, as_of: dt.date) -> None:
    if as_of < on and on.year <= as_of.year + MOST_YEARS:
        return
    text = Text(
        f"on 须晚于企业库的申报日期 {as_of}，且在 {MOST_YEARS} 年之内。",
        f"on has to be later than the register's application date {as_of}, by {MOST_YEARS} years at the most.",
    )
    raise invalid(Problem("plan.not_later", text, path="on", found=on.isoformat()))

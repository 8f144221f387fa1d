"""``POST /judge``: facts in, verdicts out; nothing is stored."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import AwareDatetime, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr

from yumiao.api.acting import caller_of
from yumiao.api.errors import ApiError, require
from yumiao.api.operations import act, check_query
from yumiao.api.shapes import AnswerBody
from yumiao.district.permissions import Operation, can
from yumiao.district.registry.packs import library
from yumiao.district.tokens.scopes import Scope
from yumiao.evaluate.stated import StatedFact, state_facts
from yumiao.evaluate.trial import answer_stated
from yumiao.model.problems import YumiaoError

router = Router()

Name = Annotated[str, Field(max_length=100)]
Short = Annotated[StrictStr, Field(max_length=100)]
Given = StrictBool | StrictInt | StrictFloat | Short


class _Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class GivenFact(_Strict):
    """One fact: a value, or an interval, or null for unknown, which leaving it out says too.

    A number may be sent as text, a decimal or a fraction, and is read exactly. `unit` is any unit of the same kind.
    """

    metric: Name
    period: Name = Field("", description="FY2025, YE2025, CY2026; empty or now where the metric has no year.")
    value: Given | None = None
    low: Given | None = None
    high: Given | None = None
    unit: Name = Field("", description="A unit code such as CNY_10k; the metric's own by default.")


class GivenSubject(_Strict):
    """Who is judged, copied into the answers; nothing is looked up."""

    id: Name = "given"
    name: Name | None = None
    code: Name | None = None


class JudgeRequest(_Strict):
    """What is to be judged, by what, for which application date."""

    as_of: dt.date
    known_at: AwareDatetime | None = Field(None, description="Copied into the answers.")
    policies: list[Name] = Field(
        default_factory=list,
        max_length=100,
        description="Families, or versions to pin; none: every policy in force.",
    )
    switches: dict[Name, dict[Name, Name]] = Field(
        default_factory=dict, description="Policy, switch, reading; the default reading where none is given."
    )
    subject: GivenSubject = GivenSubject()
    facts: list[GivenFact] = Field(max_length=2000)


class JudgeResponse(Schema):
    """One answer for each policy, in the order asked for."""

    verdicts: list[AnswerBody]


@act(
    router,
    "/judge",
    Scope.JUDGE,
    JudgeResponse,
    summary="Judge given facts, storing nothing",
    operation_id="judge",
)
def judge(request: HttpRequest, body: JudgeRequest) -> dict[str, Any]:
    """Judge one subject's facts by several policies; a fact that is not given is unknown."""
    check_query(request)
    require(can(caller_of(request).actor, Operation.JUDGE_FACTS))
    packs = library()
    who = body.subject
    try:
        facts = state_facts(
            packs.metrics,
            [StatedFact(**given.model_dump()) for given in body.facts],
            subject=who.id,
            name=who.name,
            code=who.code,
        )
        answers = answer_stated(
            packs,
            facts,
            as_of=body.as_of,
            policies=body.policies,
            settings=body.switches,
            known_at=body.known_at.isoformat() if body.known_at else "",
        )
    except YumiaoError as error:
        raise ApiError(422, error.code, error.text, error.problems) from error
    return {"verdicts": [answer.to_json() for answer in answers]}

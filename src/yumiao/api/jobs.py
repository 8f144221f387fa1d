"""``GET /jobs/{id}``: how far a job is that the caller asked for, and how it ended."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal, cast

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from yumiao.api.acting import caller_of
from yumiao.api.errors import ApiError, require
from yumiao.api.operations import check_query, read
from yumiao.api.shapes import Words, words
from yumiao.district.jobs.selectors import JobShown, job_of
from yumiao.district.permissions import can_see_job
from yumiao.district.tokens.scopes import Scope
from yumiao.model.text import Text

router = Router()


StateName = Literal["queued", "running", "done", "failed"]


class JobState(Schema):
    """One job. Ask again every second or two while `is_over` is false."""

    id: str
    kind: str
    label: Words
    state: StateName
    is_over: bool
    percent: int | None = Field(description="Whole percent done; null where nobody knows the whole.")
    step: Words | None = Field(description="What is being done; null where it does not say.")
    result: dict[str, Any] = Field(description="Ids and numbers that the kind returns; empty unless done.")
    code: str = Field(description="Code of the error; empty unless failed.")
    told: Words | None = Field(description="How it failed; null unless failed.")
    queued_at: dt.datetime
    finished_at: dt.datetime | None


@read(router, "/jobs/{job_id}", Scope.READ_JOBS, JobState, summary="How far a job is", operation_id="get_job")
def get_job(request: HttpRequest, job_id: str) -> JobState:
    """Give the state of a job; whoever asked for it may see it."""
    check_query(request)
    actor = caller_of(request).actor
    found = job_of(job_id)
    if found is None:
        raise ApiError(404, "job.unknown", Text("没有这项任务。", "There is no such job."))
    require(can_see_job(actor, found.actor))
    return job_state(found)


def job_state(job: JobShown) -> JobState:
    """Return a job as it is sent."""
    return JobState(
        id=job.id,
        kind=job.kind,
        label=words(job.label),
        state=cast("StateName", job.state.value),
        is_over=job.is_over,
        percent=job.percent,
        step=_said(job.step),
        result=dict(job.result),
        code=job.code,
        told=_said(job.told),
        queued_at=job.queued_at,
        finished_at=job.finished_at,
    )


def _said(text: Text) -> Words | None:
    return words(text) if text.zh or text.en else None

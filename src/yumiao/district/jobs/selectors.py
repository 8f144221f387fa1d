"""What is asked about jobs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yumiao.district.jobs.kinds import kind_named
from yumiao.district.jobs.models import Job, State
from yumiao.model.text import Text


@dataclass(frozen=True)
class JobShown:
    """One job as people see it.

    Attributes:
        percent: whole percent done, 0 to 99 while it runs, 100 at the end; None where nobody knows the total.
        result: what the kind returned; empty unless done.
        told: how it failed; empty unless failed.
        page: name of the page of its result and the argument of that page; empty for none.
    """

    id: str
    kind: str
    label: Text
    actor: str
    about: str
    state: State
    percent: int | None
    step: Text
    result: Mapping[str, Any]
    code: str
    told: Text
    page: tuple[str, str]
    queued_at: dt.datetime
    finished_at: dt.datetime | None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in {State.DONE, State.FAILED}


def job_of(job: str) -> JobShown | None:
    """Return a job by its id; None where there is none."""
    row = Job.objects.filter(id=job).first()
    return _shown(row) if row else None


def latest_job(kind: str, about: str) -> JobShown | None:
    """Return the job of a kind that was last asked for about something; None where none was."""
    row = Job.objects.filter(kind=kind, about=about).order_by("-queued_at").first()
    return _shown(row) if row else None


def _shown(row: Job) -> JobShown:
    kind = kind_named(row.kind)
    name, key = kind.address if kind else ("", "")
    return JobShown(
        id=row.id,
        kind=row.kind,
        label=kind.label if kind else Text(row.kind),
        actor=row.actor,
        about=row.about,
        state=State(row.state),
        percent=_percent(row),
        step=Text(row.step_zh, row.step_en),
        result=row.result or {},
        code=row.code,
        told=Text(row.told_zh, row.told_en),
        page=(name, str(row.arguments.get(key, ""))) if name else ("", ""),
        queued_at=row.queued_at,
        finished_at=row.finished_at,
    )


def _percent(row: Job) -> int | None:
    if row.state == State.DONE:
        return 100
    return min(row.done * 100 // row.total, 99) if row.total else None

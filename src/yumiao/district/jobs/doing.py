"""Doing a job, and saying how far it is and how it ended."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from yumiao.district.jobs.kinds import Work, kind_named
from yumiao.district.jobs.models import Job, State
from yumiao.district.jobs.signs import at_work
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

_WRITTEN_EVERY = 0.5

_LOGGER = logging.getLogger(__name__)

_FAILED = Text(
    "处理中出现程序错误，没有完成。请把编号告诉系统管理员，错误已记入日志。",
    "A fault of the program stopped the work. Tell the system administrator the code; the log has the details.",
)

Clock = Callable[[], dt.datetime]


def do_job(job: str, clock: Clock) -> None:
    """Do one job that waits; does nothing where it no longer waits, so that a job sent twice is done once."""
    now = clock()
    taken = Job.objects.filter(id=job, state=State.QUEUED).update(
        state=State.RUNNING, started_at=now, beat_at=now
    )
    if not taken:
        return
    row = Job.objects.get(id=job)
    row.attempts += 1
    row.save(update_fields=["attempts"])
    kind = kind_named(row.kind)
    if kind is None:
        told = Text(f"没有 {row.kind} 这种任务。", f"No job of kind {row.kind}.")
        end_job(row.id, State.FAILED, now, code="job.unknown", told=told)
        return
    try:
        tell, give_way = _Progress(row.id, clock), partial(do_urgent, kind.priority, clock)
        result = kind.run(Work(row.id, row.actor, row.arguments, now, tell, give_way))
    except YumiaoError as error:
        end_job(row.id, State.FAILED, clock(), code=error.code, told=error.text)
    except Exception:
        _LOGGER.exception("job %s (%s) failed", row.id, row.kind)
        end_job(row.id, State.FAILED, clock(), code=f"job.fault:{row.id[:8]}", told=_FAILED)
    else:
        end_job(row.id, State.DONE, clock(), result=dict(result))


def do_urgent(priority: int, clock: Clock) -> None:
    """Do every waiting job of a higher priority, the most urgent first; what the queue still sends of them is done.

    A worker that dies here leaves both jobs, the one that gave way and the urgent one, to be taken up again.
    """
    while job := _most_urgent(priority):
        with at_work(job):
            do_job(job, clock)


def _most_urgent(above: int) -> str | None:
    waiting = Job.objects.filter(state=State.QUEUED).order_by("queued_at").values_list("id", "kind")
    urgent = [(kind.priority, job) for job, name in waiting if (kind := kind_named(name)) is not None]
    priority, job = max(urgent, key=lambda each: each[0], default=(above, None))
    return job if priority > above else None


def beat(jobs: set[str], now: dt.datetime) -> None:
    """Note that the worker which has some jobs lives."""
    Job.objects.filter(id__in=jobs, state=State.RUNNING).update(beat_at=now)


class _Progress:
    """Writes down how far a job is, at most twice a second; the last word is always the end of the job."""

    def __init__(self, job: str, clock: Clock) -> None:
        self.job = job
        self.clock = clock
        self.written = 0.0

    def __call__(self, done: int, total: int = 0, step: Text = Text("")) -> None:
        if time.monotonic() - self.written < _WRITTEN_EVERY:
            return
        self.written = time.monotonic()
        Job.objects.filter(id=self.job).update(
            done=done, total=total, step_zh=step.zh, step_en=step.words("en"), beat_at=self.clock()
        )


def end_job(
    job: str,
    state: State,
    at: dt.datetime,
    *,
    result: dict[str, Any] | None = None,
    code: str = "",
    told: Text = Text(""),
) -> None:
    """Write down how a job ended."""
    Job.objects.filter(id=job).update(
        state=state,
        result=result,
        code=code,
        told_zh=told.zh,
        told_en=told.words("en"),
        finished_at=at,
    )

"""What changes jobs: asking for one, taking up what a dead worker left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from yumiao.district.jobs.doing import end_job
from yumiao.district.jobs.kinds import Kind, kind_named
from yumiao.district.jobs.models import Job, State
from yumiao.district.jobs.tasks import do
from yumiao.model.text import Text

SILENT_AFTER = dt.timedelta(seconds=90)
"""A worker that gave no sign of life for so long is dead; longer than a writer may have to wait for another one."""

MOST_ATTEMPTS = 3
"""Work that three workers died of is not begun again."""

_DIED = Text(
    "处理程序连续三次中断，没有完成。请系统管理员查看日志。",
    "The worker stopped three times while doing this. Ask the system administrator to look into the log.",
)


def ask_for(
    kind: Kind, *, actor: str, arguments: Mapping[str, Any], now: dt.datetime, about: str = ""
) -> str:
    """Ask for a job, in the transaction of whoever asks; returns its id.

    Args:
        about: opaque id of what the job is about, by which it is found again.
    """
    job = Job.objects.create(
        kind=kind.name, actor=actor, arguments=dict(arguments), about=about, queued_at=now
    )
    _send(job.id, kind.priority)
    return job.id


def take_up_left(now: dt.datetime) -> int:
    """Send again what dead workers left unfinished, and give up what three of them died of; returns how many."""
    with transaction.atomic():
        left = list(
            Job.objects.select_for_update().filter(state=State.RUNNING, beat_at__lt=now - SILENT_AFTER)
        )
        for row in left:
            if row.attempts >= MOST_ATTEMPTS:
                end_job(row.id, State.FAILED, now, code="job.died", told=_DIED)
            else:
                Job.objects.filter(id=row.id).update(state=State.QUEUED, beat_at=None)
                _send(row.id, kind.priority if (kind := kind_named(row.kind)) else 0)
    return len(left)


def _send(job: str, priority: int) -> None:
    """Send a job once this is committed; a queue that does jobs at once, as in tests, knows no priority."""
    task = do.using(priority=priority) if do.get_backend().supports_priority else do
    transaction.on_commit(lambda: task.enqueue(job))

"""The retention of attachments: each has a last day; the worker removes files whose day has come."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from yumiao.district.attachments.services import UNDO_DAYS, over, remove_due
from yumiao.district.jobs.periodic import Periodic, declare_periodic
from yumiao.district.retention.kinds import STATED, OverItem, RetainedKind, declare_retained
from yumiao.model.text import Text


def _run(now: dt.datetime) -> None:
    remove_due(now=now, today=timezone.localdate(now))


REMOVING = declare_periodic(Periodic("attachments.remove_due", dt.timedelta(hours=6), _run))


def _show(before: dt.datetime, start: int, stop: int) -> list[OverItem]:
    rows = over(now=before, today=timezone.localdate(before))[start:stop]
    return [OverItem(row.id, row.subject, row.keep_until) for row in rows]


ATTACHMENTS = declare_retained(
    RetainedKind(
        "attachments",
        Text(
            f"企业附件，及撤回满 {UNDO_DAYS} 天的",
            f"Files attached to enterprises, and those withdrawn {UNDO_DAYS} days ago",
        ),
        STATED,
        0,
        0,
        lambda before: over(now=before, today=timezone.localdate(before)).count(),
        lambda before, now: remove_due(now=now, today=timezone.localdate(before)),
        _show,
    )
)

"""The retention of uploads: an intake that nobody finishes is given up at its term, and its files go with it."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from yumiao.district.intakes.models import Intake, State
from yumiao.district.intakes.services import cancel
from yumiao.district.journal.services import CONSOLE
from yumiao.district.retention.kinds import DEFAULT, OverItem, RetainedKind, declare_retained
from yumiao.model.text import Text

KEPT_DAYS = 30
"""So long an intake waits to be finished."""


def _left(before: dt.datetime) -> QuerySet[Intake]:
    """Intakes that wait for a person since; one that a job is at is left alone."""
    waiting = (State.MAPPING, State.CHECKED)
    return Intake.objects.filter(created_at__lt=before, state__in=waiting).order_by("created_at", "id")


def _give_up(before: dt.datetime, now: dt.datetime) -> int:
    ids = list(_left(before).values_list("id", flat=True))
    for intake in ids:
        cancel(intake, by=CONSOLE, now=now)
    return len(ids)


UPLOADS = declare_retained(
    RetainedKind(
        "uploads",
        Text("没有办完的导入及其文件", "Imports that nobody finished, with their files"),
        DEFAULT,
        KEPT_DAYS,
        1,
        lambda before: _left(before).count(),
        _give_up,
        lambda before, start, stop: [
            OverItem(row.id, row.source, row.created_at) for row in _left(before)[start:stop]
        ],
    )
)

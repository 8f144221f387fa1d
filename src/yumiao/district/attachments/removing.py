"""The periodic act of attachments: files whose day has come are removed."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from yumiao.district.attachments.services import remove_due
from yumiao.district.jobs.periodic import Periodic, declare_periodic


def _run(now: dt.datetime) -> None:
    remove_due(now=now, today=timezone.localdate(now))


REMOVING = declare_periodic(Periodic("attachments.remove_due", dt.timedelta(hours=6), _run))

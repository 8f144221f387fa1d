"""The periodic act of the vault: values whose day has come are erased."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from yumiao.district.jobs.periodic import Periodic, declare_periodic
from yumiao.district.vault.services import erase_due


def _run(now: dt.datetime) -> None:
    erase_due(now, timezone.localdate(now))


ERASING = declare_periodic(Periodic("vault.erase_due", dt.timedelta(hours=6), _run))

"""Once a day the worker destroys what is over."""

from __future__ import annotations

import datetime as dt

from yumiao.district.jobs.periodic import Periodic, declare_periodic
from yumiao.district.retention.services import destroy_over


def _run(now: dt.datetime) -> None:
    destroy_over(now=now)


DAILY = declare_periodic(Periodic("retention", dt.timedelta(days=1), _run))

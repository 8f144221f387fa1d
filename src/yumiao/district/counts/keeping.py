"""The job that counts the register once it changed, and the act of the worker that notices where nobody counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from yumiao.district.counts.kept import register_key
from yumiao.district.counts.ladder import STEPS
from yumiao.district.counts.models import KeptCounts
from yumiao.district.counts.standing import Standing, is_made_alike
from yumiao.district.jobs.kinds import Kind, Work, declare_kind
from yumiao.district.jobs.periodic import Periodic, declare_periodic
from yumiao.district.jobs.selectors import latest_job
from yumiao.district.jobs.services import ask_for
from yumiao.district.registry.keeping import declare_follower
from yumiao.district.registry.models import Projection
from yumiao.district.registry.selectors import projection
from yumiao.model.text import Text
from yumiao.store import open_store

STANDING = Standing()
"""How subjects stand in the register counted last, in a process that does this job again and again."""

_ABOUT = "register"
_TRIES = 5
_LOOKED_EVERY = dt.timedelta(minutes=1)


def _run(work: Work) -> Mapping[str, Any]:
    """Count the register as it is; what is counted while it becomes another one is not kept."""
    for _ in range(_TRIES):
        work.give_way()
        built = projection()
        if built is None or KeptCounts.objects.filter(register=register_key(built)).exists():
            return {"places": 0}
        STANDING.follow(open_store(Path(settings.YUMIAO_STORE)), built, partial(_goes_on, work, built))
        if not STANDING.says(built):
            continue
        places = STANDING.counts()
        for step in STEPS:
            step(places)
            work.give_way()
        now = projection()
        if now is not None and register_key(now) == register_key(built):
            _keep(register_key(built), {place: each.written() for place, each in places.items()}, work.now)
            return {"places": len(places)}
    return {"places": 0}


def _goes_on(work: Work, built: Projection) -> bool:
    """Let more urgent jobs by; say whether what is being read is still of use."""
    work.give_way()
    now = projection()
    return now is not None and is_made_alike(built, now)


@transaction.atomic
def _keep(register: str, places: dict[str, Any], now: dt.datetime) -> None:
    KeptCounts.objects.exclude(register=register).delete()
    KeptCounts.objects.update_or_create(register=register, defaults={"places": places, "counted_at": now})


SECOND = 40
"""After the register is up to date, and before anything else that nobody asked for."""

COUNT = declare_kind(Kind("register.count", Text("统计企业库", "Count the register"), _run, priority=SECOND))


@transaction.atomic
def ask_for_counts(now: dt.datetime) -> None:
    """Ask for the register to be counted, where nobody did and it is not."""
    latest, built = latest_job(COUNT.name, _ABOUT), projection()
    if built is None or (latest is not None and latest.state == "queued"):
        return
    if not KeptCounts.objects.filter(register=register_key(built)).exists():
        ask_for(COUNT, actor="", arguments={}, now=now, about=_ABOUT)


declare_follower("counts", ask_for_counts)
LOOK = declare_periodic(Periodic("register.count", _LOOKED_EVERY, ask_for_counts))

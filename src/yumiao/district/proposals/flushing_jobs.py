"""Flushing by itself: every minute what waits is carried into the store, and the register brought up to date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from yumiao.district.jobs.kinds import Kind, Work, declare_kind
from yumiao.district.jobs.models import Job, State
from yumiao.district.jobs.periodic import Periodic, declare_periodic
from yumiao.district.jobs.services import ask_for
from yumiao.district.proposals.flushing import flush_outbox
from yumiao.district.proposals.models import Flush, Outgoing
from yumiao.district.registry.models import Projection
from yumiao.district.registry.packs import library
from yumiao.district.registry.refreshing import refresh
from yumiao.model.text import Text
from yumiao.store import open_store


def _run(work: Work) -> Mapping[str, Any]:
    store = open_store(Path(settings.YUMIAO_STORE))
    work.tell(0, 2, Text("写入数据仓", "writing into the store"))
    flushed = flush_outbox(store, now=work.now)
    work.tell(1, 2, Text("重新判定", "judging again"))
    bring_up_to_date(work.now, by=work.actor or "console")
    return {"facts": flushed.facts, "subjects": len(flushed.subjects)}


def bring_up_to_date(now: dt.datetime, *, by: str) -> None:
    """Judge again whom the store tells something new of; nothing while there is no register."""
    found = Projection.objects.first()
    if found is None:
        return
    store, data = open_store(Path(settings.YUMIAO_STORE)), Path(settings.YUMIAO_DATA)
    refresh(store, library(), as_of=found.as_of, data=data, now=now, by=by)


FLUSH = declare_kind(Kind("proposals.flush", Text("采纳的填报入库", "Accepted facts into the store"), _run))


def ask_for_flush(now: dt.datetime) -> None:
    """Ask for a flush where something waits and none is asked for yet."""
    waits = Outgoing.objects.filter(flush=None).exists() or Flush.objects.filter(finished_at=None).exists()
    asked = Job.objects.filter(kind=FLUSH.name, state__in=(State.QUEUED, State.RUNNING)).exists()
    if waits and not asked:
        ask_for(FLUSH, actor="", arguments={}, now=now)


declare_periodic(Periodic("proposals.flush", dt.timedelta(minutes=1), ask_for_flush))

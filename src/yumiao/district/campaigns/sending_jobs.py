"""Jobs of campaigns, and what happens by itself: late accounts are asked, last days are reminded of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from yumiao.district.campaigns.sending import (
    campaigns_to_remind,
    campaigns_to_send,
    prepare_questions,
    remind_firms,
    send_questions,
)
from yumiao.district.jobs.kinds import Kind, Tell, Work, declare_kind
from yumiao.district.jobs.periodic import Periodic, declare_periodic
from yumiao.district.journal.services import CONSOLE
from yumiao.model.text import Text


def today_here(now: dt.datetime) -> dt.date:
    """Return the day that it is where the office is."""
    return now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def _prepare(work: Work) -> Mapping[str, Any]:
    return {"firms": prepare_questions(work.arguments["campaign"], work.now, work.tell)}


def _send(work: Work) -> Mapping[str, Any]:
    return {"firms": send_questions(work.arguments["campaign"], work.now, work.tell)}


def _remind(work: Work) -> Mapping[str, Any]:
    today, by = today_here(work.now), work.actor or CONSOLE
    return {"firms": remind_firms(work.arguments["campaign"], work.now, today, work.tell, by)}


_PAGE = ("campaign", "campaign")
PREPARE = declare_kind(
    Kind("campaigns.prepare", Text("准备征集的问题", "Preparing a campaign"), _prepare, _PAGE)
)
SEND = declare_kind(Kind("campaigns.send", Text("发送征集", "Sending a campaign"), _send, _PAGE))
REMIND = declare_kind(Kind("campaigns.remind", Text("提醒企业", "Reminding firms"), _remind, _PAGE))


class _Silent:
    """Says nothing: what is short enough to happen by itself has no progress."""

    def __call__(self, done: int, total: int = 0, step: Text = Text("")) -> None: ...


_SILENT: Tell = _Silent()


def send_late(now: dt.datetime) -> None:
    """Ask the firms of open campaigns that have got an account since."""
    for campaign in campaigns_to_send():
        send_questions(campaign, now, _SILENT)


def remind_due(now: dt.datetime) -> None:
    """Remind by the last days of campaigns, each firm once."""
    today = today_here(now)
    for campaign in campaigns_to_remind(today):
        remind_firms(campaign, now, today, _SILENT)


declare_periodic(Periodic("campaigns.send_late", dt.timedelta(minutes=10), send_late))
declare_periodic(Periodic("campaigns.remind", dt.timedelta(hours=6), remind_due))

"""The to-dos that follow from the register, the ladder and the store alone."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

from yumiao.district.accounts.roles import PLACED, Role
from yumiao.district.accounts.selectors import Actor
from yumiao.district.indicators.conditions import SOON_DAYS, scope_of
from yumiao.district.indicators.models import TitleState
from yumiao.district.indicators.selectors import ladder_built
from yumiao.district.overview.sources import overdue_count
from yumiao.district.overview.todos import HOUSEHOLDS, Todo, declare_todo
from yumiao.district.permissions import Operation, can, visible_to
from yumiao.district.registry.models import OutcomeCurrent, Subject
from yumiao.model.text import Text


def declare_known() -> None:
    """Declare them, in the order in which they stand."""
    declare_todo("ending_soon", count_ending_soon)
    declare_todo("contested", count_contested)
    declare_todo("waiting_pairs", count_waiting_pairs)
    declare_todo("sources_overdue", count_sources_overdue)


def count_ending_soon(actor: Actor, _now: dt.datetime) -> Todo | None:
    """Count the enterprises with a title that ends soon and has no later term."""
    if actor.role not in PLACED:
        return None
    seen = Subject.objects.filter(visible_to(actor))
    rows = TitleState.objects.filter(scope=scope_of(actor), subject__in=seen, days_left__lte=SOON_DAYS)
    return Todo(
        rows.order_by().values("subject").distinct().count(),
        HOUSEHOLDS,
        Text(f"{SOON_DAYS} 天内到期，还没有续期", f"Ends within {SOON_DAYS} days, not renewed yet"),
        Text("提醒企业准备重新认定。", "Remind the enterprise to apply again."),
        "enterprises",
        urlencode({"state": "ending90"}),
        is_hot=True,
    )


def count_contested(actor: Actor, _now: dt.datetime) -> Todo | None:
    """Count the enterprises with a verdict that rests on a fact on which sources differ."""
    if actor.role is not Role.OFFICER:
        return None
    seen = Subject.objects.filter(visible_to(actor))
    rows = OutcomeCurrent.objects.filter(contested=True, subject__in=seen)
    return Todo(
        rows.order_by().values("subject").distinct().count(),
        HOUSEHOLDS,
        Text("来源不一致，待核对", "Sources differ: find out which holds"),
        Text("换一个来源，结论就会改变。", "With the other source the verdict would change."),
        "enterprises",
        urlencode({"contested": 1}),
    )


def count_waiting_pairs(actor: Actor, _now: dt.datetime) -> Todo | None:
    """Count the pairs of subjects that may be one, as of the last rebuild."""
    built = ladder_built()
    if actor.role is not Role.OFFICER or built is None:
        return None
    return Todo(
        built.waiting_pairs,
        Text("对", "pairs"),
        Text("疑为同一企业，待辨认", "May be one enterprise: tell them apart"),
        Text("以企业库上次更新为准。", "As of the last update of the register."),
        "queue",
    )


def count_sources_overdue(actor: Actor, now: dt.datetime) -> Todo | None:
    """Count the sources that have been silent for longer than their rhythm."""
    if not can(actor, Operation.SEE_SOURCES).allowed:
        return None
    return Todo(
        overdue_count(now),
        Text("个", "sources"),
        Text("来源逾期未报", "Sources are overdue"),
        Text("结论可能依据旧资料。", "Verdicts may rest on old facts."),
        "sources",
        urlencode({"state": "overdue"}),
    )

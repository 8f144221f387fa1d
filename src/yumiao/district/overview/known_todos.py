"""The to-dos that follow from the register, the ladder and the store alone."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

from yumiao.district.accounts.roles import PLACED
from yumiao.district.accounts.selectors import Actor
from yumiao.district.counts.kept import LadderCounts, counts_seen
from yumiao.district.indicators.conditions import SOON_DAYS, scope_of
from yumiao.district.indicators.models import TitleState
from yumiao.district.intakes.selectors import contested_wanted, waiting_counts
from yumiao.district.overview.sources import overdue_count
from yumiao.district.overview.todos import HOUSEHOLDS, Todo, Unit, declare_todo
from yumiao.district.permissions import Operation, can, visible_to
from yumiao.district.registry.models import Projection, Subject
from yumiao.district.registry.remembering import remembered, sight_of
from yumiao.district.registry.selectors import projection
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
    built = projection()
    if built is None:
        return None
    return Todo(
        remembered(built, ("ending soon", sight_of(actor)), lambda: _ending_soon(actor, built)),
        HOUSEHOLDS,
        Text(f"{SOON_DAYS} 天内到期，还没有续期", f"Ends within {SOON_DAYS} days, not renewed yet"),
        Text("提醒企业准备重新认定。", "Remind the enterprise to apply again."),
        "enterprises",
        urlencode({"state": "ending90"}),
        is_hot=True,
    )


def _ending_soon(actor: Actor, built: Projection) -> int:
    counts = counts_seen(actor, built)
    if counts is not None:
        return counts.scopes.get(scope_of(actor), LadderCounts()).ending_soon
    seen = Subject.objects.filter(visible_to(actor))
    rows = TitleState.objects.filter(scope=scope_of(actor), subject__in=seen, days_left__lte=SOON_DAYS)
    return rows.order_by().values("subject").distinct().count()


def count_waiting_pairs(actor: Actor, _now: dt.datetime) -> Todo | None:
    """Count the pairs of subjects that may be one, as the queue lists them."""
    if not can(actor, Operation.DECIDE_IDENTITY).allowed:
        return None
    return Todo(
        waiting_counts()[0],
        Unit("对", "pair", "pairs"),
        Text("疑为同一企业，待辨认", "May be one enterprise: tell them apart"),
        Text("认定为同一家的，事实并到一处。", "Where they are one, their facts come together."),
        "queue",
    )


def count_contested(actor: Actor, _now: dt.datetime) -> Todo | None:
    """Count the contested facts on which a verdict hangs, as the list of them does."""
    if not can(actor, Operation.SETTLE_FACTS).allowed:
        return None
    return Todo(
        contested_wanted(hanging=True).count(),
        Unit("处", "fact", "facts"),
        Text("来源不一致且影响判定，待裁定", "Sources disagree on what a verdict rests on: settle"),
        Text("逐处说明哪个值对。", "Say of each which value is right."),
        "conflicts",
        urlencode({"hanging": 1}),
    )


def count_sources_overdue(actor: Actor, now: dt.datetime) -> Todo | None:
    """Count the sources that have been silent for longer than their rhythm."""
    if not can(actor, Operation.SEE_SOURCES).allowed:
        return None
    return Todo(
        overdue_count(now),
        Unit("个", "source", "sources"),
        Text("来源逾期未报", "Sources are overdue"),
        Text("结论可能依据旧资料。", "Verdicts may rest on old facts."),
        "sources",
        urlencode({"state": "overdue"}),
    )

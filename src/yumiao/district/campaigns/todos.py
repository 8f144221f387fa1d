"""What waits because of campaigns: those that end within a week and are not answered."""

from __future__ import annotations

import datetime as dt

from yumiao.district.accounts.selectors import Actor
from yumiao.district.campaigns.selectors import due_count
from yumiao.district.campaigns.sending_jobs import today_here
from yumiao.district.overview.todos import Todo, Unit, declare_todo
from yumiao.district.permissions import Operation, can
from yumiao.model.text import Text


def count_due(actor: Actor, now: dt.datetime) -> Todo | None:
    """Count the campaigns that end soon; None for whoever does not see campaigns."""
    if not can(actor, Operation.LIST_CAMPAIGNS).allowed:
        return None
    label = Text("征集 7 日内截止", "End within 7 days: remind those who have not answered")
    count = due_count(actor, today_here(now))
    return Todo(
        count, Unit("个", "campaign", "campaigns"), label, page="campaigns", query="due=soon", is_hot=True
    )


declare_todo("campaigns", count_due)

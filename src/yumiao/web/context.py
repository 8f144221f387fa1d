"""What the layout of every page needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from yumiao.district.accounts.roles import Role
from yumiao.district.accounts.selectors import Actor
from yumiao.district.messages.selectors import unread_count
from yumiao.district.permissions import Operation, can
from yumiao.web.views.firm import firm_shell
from yumiao.web.views.navigation import entries_of

MOST_TABS = 5
"""So many entries fit side by side on a phone; of more, the last place opens the others."""


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the office, who is signed in, and where they may go."""
    actor: Actor | None = getattr(request, "actor", None)
    is_firms = actor is not None and actor.role is Role.ENTERPRISE
    navigation = entries_of(request, actor)
    shown = len(navigation) if len(navigation) <= MOST_TABS else MOST_TABS - 1
    return {
        "is_solo": is_firms,
        **(firm_shell(request, actor) if actor is not None and is_firms else {}),
        "organisation": settings.YUMIAO_ORGANISATION,
        "demo": settings.YUMIAO_DEMO,
        "actor": actor,
        "find_text": "",
        "may_find": actor is not None and not is_firms and can(actor, Operation.LIST_SUBJECTS).allowed,
        "navigation": navigation,
        "phone_tabs": navigation[:shown],
        "phone_more": navigation[shown:],
        "is_phone_more_current": any(entry.is_current for entry in navigation[shown:]),
        "unread": unread_count(actor.id) if actor else 0,
    }

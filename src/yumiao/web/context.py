"""What the layout of every page needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from yumiao.district.accounts.roles import Role
from yumiao.district.accounts.selectors import Actor
from yumiao.district.messages.selectors import unread_count
from yumiao.district.permissions import Operation, can
from yumiao.web.views.firm import chosen_firm, firm_pages, firm_shell

MOST_TABS = 5
"""So many entries fit side by side on a phone; of more, the last place opens the others."""


@dataclass(frozen=True)
class Entry:
    """One entry of the navigation; ``icon`` is one of `icons.PATHS`."""

    address: str
    label: str
    icon: str
    is_current: bool


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the office, who is signed in, and where they may go."""
    actor: Actor | None = getattr(request, "actor", None)
    is_firms = actor is not None and actor.role is Role.ENTERPRISE
    navigation = _entries(request, actor)
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


def _entries(request: HttpRequest, actor: Actor | None) -> list[Entry]:
    if actor is None:
        return []
    entries = _subject_entries(request, actor)
    if can(actor, Operation.SEE_INDICATORS).allowed:
        entries.append(_page_entry(request, "indicators", gettext("指标")))
    if can(actor, Operation.IMPORT_FILES).allowed:
        entries.append(_page_entry(request, "imports", gettext("导入")))
    if can(actor, Operation.SEE_POLICIES).allowed:
        address = reverse("policies")
        entries.append(Entry(address, gettext("政策"), "policies", request.path.startswith(address)))
    if can(actor, Operation.LIST_CAMPAIGNS).allowed:
        address = reverse("campaigns")
        is_current = request.path.startswith((address, reverse("proposals"), reverse("codes")))
        entries.append(Entry(address, gettext("征集"), "campaigns", is_current))
    if can(actor, Operation.SEE_CHAINS).allowed:
        entries.append(_page_entry(request, "chains", gettext("产业链")))
    return entries


def _subject_entries(request: HttpRequest, actor: Actor) -> list[Entry]:
    if can(actor, Operation.LIST_SUBJECTS).allowed:
        labels = {"overview": gettext("总览"), "enterprises": gettext("企业")}
        return [_page_entry(request, name, label) for name, label in labels.items()]
    if actor.role is Role.ENTERPRISE:
        pages = firm_pages(chosen_firm(request, actor))
        return [Entry(address, label, icon, request.path == address) for address, label, icon in pages]
    if can(actor, Operation.LIST_PEOPLE).allowed:
        return _administration_entries(request, actor)
    if can(actor, Operation.SEE_JOURNAL).allowed:
        address = reverse("journal")
        return [Entry(address, gettext("留痕"), "journal", request.path.startswith(address))]
    return []


def _administration_entries(request: HttpRequest, actor: Actor) -> list[Entry]:
    """Return the pages of those who run the platform: each sees what their role is for."""
    pages = {
        "people": (Operation.LIST_PEOPLE, gettext("账号")),
        "tokens": (Operation.LIST_TOKENS, gettext("令牌")),
        "divisions": (Operation.SET_REFERENCE, gettext("区划表")),
        "calendar": (Operation.SET_REFERENCE, gettext("日历")),
        "retention": (Operation.SET_RETENTION, gettext("保管")),
    }
    return [
        _page_entry(request, name, label)
        for name, (wanted, label) in pages.items()
        if can(actor, wanted).allowed
    ]


def _page_entry(request: HttpRequest, name: str, label: str) -> Entry:
    address = reverse(name)
    return Entry(address, label, name, request.path.startswith(address))

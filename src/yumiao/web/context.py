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


@dataclass(frozen=True)
class Entry:
    """One entry of the navigation."""

    address: str
    label: str
    is_current: bool


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the office, who is signed in, and where they may go."""
    actor: Actor | None = getattr(request, "actor", None)
    return {
        "organisation": settings.YUMIAO_ORGANISATION,
        "demo": settings.YUMIAO_DEMO,
        "actor": actor,
        "navigation": _entries(request, actor),
        "unread": unread_count(actor.id) if actor else 0,
    }


def _entries(request: HttpRequest, actor: Actor | None) -> list[Entry]:
    if actor is None:
        return []
    entries = _subject_entries(request, actor)
    if can(actor, Operation.SEE_INDICATORS).allowed:
        entries.append(_page_entry(request, "indicators", gettext("指标")))
    if can(actor, Operation.SEE_POLICIES).allowed:
        address = reverse("policies")
        entries.append(Entry(address, gettext("政策"), request.path.startswith(address)))
    return entries


def _subject_entries(request: HttpRequest, actor: Actor) -> list[Entry]:
    if can(actor, Operation.LIST_SUBJECTS).allowed:
        labels = {"overview": gettext("总览"), "enterprises": gettext("企业")}
        return [_page_entry(request, name, label) for name, label in labels.items()]
    if actor.role is Role.ENTERPRISE:
        addresses = [reverse("enterprise", args=[subject]) for subject in sorted(actor.subjects)]
        return [Entry(address, gettext("本企业"), request.path == address) for address in addresses]
    if can(actor, Operation.SEE_JOURNAL).allowed:
        address = reverse("journal")
        return [Entry(address, gettext("留痕"), request.path.startswith(address))]
    return []


def _page_entry(request: HttpRequest, name: str, label: str) -> Entry:
    address = reverse(name)
    return Entry(address, label, request.path.startswith(address))

"""Where a person may go: the entries of the rail and of the phone's bar, and which of them a page belongs to."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from yumiao.district.accounts.roles import Role
from yumiao.district.accounts.selectors import Actor
from yumiao.district.permissions import Operation, can
from yumiao.web.views.firm import chosen_firm


@dataclass(frozen=True)
class Entry:
    """One entry of the navigation.

    Attributes:
        icon: one of `icons.PATHS`.
        holds: beginnings of the addresses of the pages below it.
    """

    address: str
    label: str
    icon: str
    holds: tuple[str, ...]
    is_current: bool = False


def entries_of(request: HttpRequest, actor: Actor | None) -> list[Entry]:
    """Return the entries of whoever asks; of those that hold the page, the one that says it most closely is current.

    A view whose page belongs to another address than its own says so with `belongs_to`.
    """
    if actor is None:
        return []
    entries = _of_firm(request, actor) if actor.role is Role.ENTERPRISE else _of_office(actor)
    page = getattr(request, "page_belongs_to", request.path)
    found = max(
        (begin for entry in entries for begin in entry.holds if page.startswith(begin)), key=len, default=""
    )
    return [replace(entry, is_current=bool(found) and found in entry.holds) for entry in entries]


def belongs_to(request: HttpRequest, address: str) -> None:
    """Say that the page that is being written stands below another address: a job below the page that asked for it."""
    request.page_belongs_to = address  # type: ignore[attr-defined]  # read by `entries_of` alone


def _of_firm(request: HttpRequest, actor: Actor) -> list[Entry]:
    entries, firm = [], chosen_firm(request, actor)
    if firm:
        home, questions, facts = (
            reverse(f"my-{name}", args=[firm]) for name in ("home", "questions", "facts")
        )
        entries = [
            Entry(home, gettext("首页"), "home", (reverse("my"), reverse("enterprises"))),
            Entry(questions, gettext("问题"), "questions", (questions, reverse("my-drafts", args=[firm]))),
            Entry(facts, gettext("资料"), "facts", (facts,)),
            _entry("messages", gettext("消息")),
        ]
    return [*entries, *_pages_for_all(actor)]


def _of_office(actor: Actor) -> list[Entry]:
    if can(actor, Operation.LIST_SUBJECTS).allowed:
        first = [_entry("overview", gettext("总览"), "brief"), _entry("enterprises", gettext("企业"))]
    elif can(actor, Operation.LIST_PEOPLE).allowed:
        first = _of_administration(actor)
    elif can(actor, Operation.SEE_JOURNAL).allowed:
        first = [_entry("journal", gettext("留痕"))]
    else:
        first = []
    return [*first, *_pages_for_all(actor)]


def _pages_for_all(actor: Actor) -> list[Entry]:
    """Return the pages that follow, for whoever may see them."""
    pages = (
        (Operation.SEE_INDICATORS, ("indicators", gettext("指标"))),
        (Operation.IMPORT_FILES, ("imports", gettext("导入"))),
        (Operation.SEE_POLICIES, ("policies", gettext("政策"))),
        (Operation.LIST_CAMPAIGNS, ("campaigns", gettext("征集"), "proposals", "codes")),
        (Operation.SEE_CHAINS, ("chains", gettext("产业链"))),
    )
    return [_entry(*page) for wanted, page in pages if can(actor, wanted).allowed]


def _of_administration(actor: Actor) -> list[Entry]:
    """Return the pages of those who run the platform: each sees what their role is for."""
    pages = (
        (Operation.LIST_PEOPLE, ("people", gettext("账号"))),
        (Operation.LIST_TOKENS, ("tokens", gettext("令牌"))),
        (Operation.SET_REFERENCE, ("divisions", gettext("区划表"))),
        (Operation.SET_REFERENCE, ("calendar", gettext("日历"))),
        (Operation.SET_RETENTION, ("retention", gettext("保管"))),
    )
    return [_entry(*page) for wanted, page in pages if can(actor, wanted).allowed]


def _entry(name: str, label: str, *below: str) -> Entry:
    address = reverse(name)
    return Entry(address, label, name, (address, *(reverse(each) for each in below)))

"""The call list: on screen, on paper, and as a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from yumiao.district.indicators.selectors import ladder_built
from yumiao.district.overview.calls import (
    REASONS,
    SORTS,
    Call,
    CallsWanted,
    calls_wanted,
    shown_calls,
    towns_to_call,
)
from yumiao.district.permissions import Operation, can
from yumiao.web.templatetags.words import words
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.export import KINDS
from yumiao.web.views.list_query import read_page
from yumiao.web.views.sending import send_file

PAGE = 50
MOST_PRINTED = 500
"""Rows on paper; longer lists are printed town by town."""


@require_GET
@acting
def calls(request: ActingRequest) -> HttpResponseBase:
    """Show whom to call."""
    require(can(request.actor, Operation.SEE_CALL_LIST))
    wanted = read_calls_wanted(request.GET)
    found = calls_wanted(request.actor, wanted)
    page = Paginator(found, PAGE).get_page(read_page(request.GET))
    rows = (
        shown_calls(request.actor, found[page.start_index() - 1 : page.end_index()])
        if page.paginator.count
        else []
    )
    context = {
        "wanted": wanted,
        "reasons": REASONS,
        "towns": towns_to_call(request.actor),
        "page": page,
        "rows": rows,
        "is_filtered": bool(wanted.territory or wanted.reason),
        "built": ladder_built(),
    }
    return render(request, "overview/calls.html", context)


@require_GET
@acting
def calls_print(request: ActingRequest) -> HttpResponseBase:
    """Show the list as a page to print, with room for notes."""
    require(can(request.actor, Operation.SEE_CALL_LIST))
    found = calls_wanted(request.actor, read_calls_wanted(request.GET))
    context: dict[str, Any] = {
        "rows": shown_calls(request.actor, found[:MOST_PRINTED]),
        "count": found.count(),
        "most": MOST_PRINTED,
        "now": timezone.localtime(),
        "reasons": REASONS,
        "built": ladder_built(),
    }
    return render(request, "overview/calls_print.html", context)


@require_GET
@acting
def calls_file(request: ActingRequest, kind: str) -> HttpResponseBase:
    """Send the list with the same query, all pages of it."""
    require(can(request.actor, Operation.SEE_CALL_LIST))
    if kind not in KINDS:
        raise Http404
    found = calls_wanted(request.actor, read_calls_wanted(request.GET))
    head = [
        gettext("属地"),
        gettext("企业"),
        gettext("代码"),
        gettext("联系人"),
        gettext("事由"),
        gettext("说什么"),
        gettext("备注"),
    ]
    return send_file(kind, [_cells(call) for call in shown_calls(request.actor, found)], head, "calls")


def read_calls_wanted(query: Mapping[str, str]) -> CallsWanted:
    """Read the query of the page; what it does not know is left out."""
    territory, reason, sort = query.get("territory", ""), query.get("reason", ""), query.get("sort", "")
    return CallsWanted(
        territory=territory if territory.isascii() and territory.isdigit() else "",
        reason=reason if reason in REASONS else "",
        sort=sort if sort in SORTS else "place",
    )


def _cells(call: Call) -> list[str]:
    reasons = dict.fromkeys(words(REASONS[reason]) for reason, _, _ in call.points)
    said = [f"{words(about)}：{words(text)}" for _, about, text in call.points]
    contact = call.contact
    who = f"{contact.name} {contact.post} {contact.phone}" if contact is not None else ""
    return [call.place, call.name, call.code, who, " ".join(reasons), "；".join(said), ""]

"""Filters of the list kept under a name: saving, sharing, removing, putting back."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from yumiao.district.filters.services import remove_filter, restore_filter, save_filter, share_filter
from yumiao.district.permissions import Operation, can
from yumiao.web.views.acting import ActingRequest, acting, require

KEPT = (
    "q",
    "territory",
    "policy",
    "outcome",
    "crossing",
    "coverage",
    "state",
    "title",
    "rung",
    "from",
    "chain",
    "link",
    "near_miss",
    "contested",
    "sort",
)
"""What of an address is a filter; the page is none."""


@require_POST
@acting
def filters_save(request: ActingRequest) -> HttpResponseBase:
    """Keep what the list is filtered by; the list is shown again."""
    require(can(request.actor, Operation.LIST_SUBJECTS))
    query = kept_query(request.POST.get("query", ""))
    save_filter(
        name=request.POST.get("name", "")[:200],
        query=query,
        is_shared=request.POST.get("shared") == "1",
        by=request.actor.id,
        now=timezone.now(),
    )
    return redirect(f"{reverse('enterprises')}?{query}")


def kept_query(text: str) -> str:
    """Return the query of a list without what is no filter, in one order."""
    sent = QueryDict(text.lstrip("?")[:4000])
    found = QueryDict(mutable=True)
    for name in KEPT:
        if sent.get(name):
            found[name] = sent[name]
    return found.urlencode()


@require_POST
@acting
def filters_act(request: ActingRequest, saved: str) -> HttpResponseBase:
    """Share a filter or no longer, remove it or put it back."""
    require(can(request.actor, Operation.LIST_SUBJECTS))
    who: dict[str, Any] = {"saved": saved, "by": request.actor.id, "now": timezone.now()}
    match request.POST.get("act"):
        case "share":
            share_filter(is_shared=True, **who)
        case "unshare":
            share_filter(is_shared=False, **who)
        case "remove":
            remove_filter(**who)
            return redirect(f"{reverse('enterprises')}?removed={saved}")
        case "restore":
            restore_filter(**who)
        case _:
            raise Http404
    return redirect("enterprises")

"""The overview: the forest, the targets, who is one step away, what wants a look."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from yumiao.district.overview.selectors import read_overview
from yumiao.district.permissions import Operation, can
from yumiao.district.registry.packs import library
from yumiao.web.drawn_once import drawn_once
from yumiao.web.forest import draw_forest
from yumiao.web.rulers import draw_ruler
from yumiao.web.views.acting import ActingRequest, acting, require


@require_GET
@acting
def overview(request: ActingRequest) -> HttpResponseBase:
    """Show what an actor's part of the district looks like on the register's date."""
    require(can(request.actor, Operation.LIST_SUBJECTS))
    found = read_overview(request.actor, library(), timezone.now())
    if found is None:
        return render(request, "enterprises/none_yet.html")
    context = {
        "overview": found,
        "forest": drawn_once(
            "overview/forest.html",
            whole=found.whole,
            balances=found.balances,
            moves=found.moves,
            forest=draw_forest(found.stages, found.moves),
        ),
        "near_policies": drawn_once(
            "overview/near_policies.html",
            near_all=found.near_all,
            near_policies=found.near_policies,
            widest=max((near.who.count for near in found.near_policies), default=1),
        ),
        "titles": drawn_once("overview/titles.html", lines=found.lines, since=found.since, as_of=found.as_of),
        "may_brief": can(request.actor, Operation.MAKE_BRIEF).allowed,
        "todos": [(todo, page_address(todo.page, todo.query)) for todo in found.todos],
        "today": timezone.localdate(),
        "rulers": [draw_ruler(goal, behind) for goal, behind in found.goals],
    }
    return render(request, "overview/page.html", context)


def page_address(page: str, query: str) -> str:
    """Return the address of a page with a query; empty where there is none of that name."""
    try:
        address = reverse(page) if page else ""
    except NoReverseMatch:
        return ""
    return f"{address}?{query}" if address and query else address

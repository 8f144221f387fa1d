"""The list of enterprises: search, filters, order, pages."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yumiao.district.accounts.selectors import Actor
from yumiao.district.divisions.naming import PlaceNames
from yumiao.district.filters.selectors import filters_for, removed_filter
from yumiao.district.permissions import Operation, can
from yumiao.district.registry import selectors
from yumiao.district.registry.places import place_names
from yumiao.district.registry.remembering import remembered
from yumiao.model.text import Text
from yumiao.web.list_choices import draw_choices
from yumiao.web.list_rows import draw_rows
from yumiao.web.paging import Counted
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.list_query import read_page, read_wanted
from yumiao.web.views.saved_filters import kept_query

PAGE = 50


@require_GET
@acting
def enterprises(request: ActingRequest) -> HttpResponseBase:
    """Show the enterprises that an actor may see and asked for."""
    actor = request.actor
    require(can(actor, Operation.LIST_SUBJECTS))
    found = selectors.projection()
    if found is None:
        return render(request, "enterprises/none_yet.html")
    policies = selectors.policy_choices()
    wanted = read_wanted(request.GET, {policy.family for policy in policies})
    order, names = selectors.order_wanted(actor, wanted, found), place_names()
    page = Counted((), PAGE, total=order.count).get_page(read_page(request.GET))
    first = max(page.start_index() - 1, 0)
    ids = selectors.ids_wanted(actor, wanted, order, first, page.end_index())
    rows = selectors.rows_of(actor, ids, wanted.policy, names)
    context = {
        "built": found,
        "wanted": wanted,
        "chosen": next((policy for policy in policies if policy.family == wanted.policy), None),
        "choices": draw_choices(
            wanted, policies, _territories(actor, names), partial(remembered, found), found.chains
        ),
        "page": page,
        "rows": draw_rows(rows, is_of_policy=bool(wanted.policy)),
        "may_run_campaign": can(actor, Operation.RUN_CAMPAIGN).allowed,
        "filters": filters_for(actor),
        "filter_query": kept_query(request.META.get("QUERY_STRING", "")),
        "removed": removed_filter(actor, removed) if (removed := request.GET.get("removed", "")) else None,
        "may_export": can(actor, Operation.EXPORT_SUBJECTS).allowed,
        "is_filtered": wanted != selectors.Wanted(sort=wanted.sort),
    }
    return render(request, "enterprises/list.html", context)


def _territories(actor: Actor, names: PlaceNames) -> tuple[tuple[str, Text], ...]:
    return tuple((code, names.option(code)) for code in selectors.territories_visible(actor))

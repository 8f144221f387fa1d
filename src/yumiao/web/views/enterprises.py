"""The list of enterprises: search, filters, order, pages."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yumiao.district.filters.selectors import filters_for, removed_filter
from yumiao.district.indicators.conditions import ON_LADDER, STATES
from yumiao.district.permissions import Operation, can
from yumiao.district.registry import selectors
from yumiao.district.registry.crossing import Crossing
from yumiao.district.registry.packs import library
from yumiao.district.registry.places import place_names
from yumiao.model.outcomes import Outcome
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
    subjects = selectors.subjects_wanted(actor, wanted)
    counted = Counted(subjects, PAGE, total=selectors.count_wanted(actor, wanted))
    page = counted.get_page(read_page(request.GET))
    names = place_names()
    context = {
        "built": found,
        "wanted": wanted,
        "policies": policies,
        "chosen": next((policy for policy in policies if policy.family == wanted.policy), None),
        "outcomes": list(Outcome),
        "crossings": [(each.value, each.label) for each in Crossing],
        "coverages": selectors.COVERAGES,
        "states": STATES,
        "on_ladder": ON_LADDER,
        "titles": library().titles,
        "rungs": sorted({0} | {title.rung for title in library().titles.values() if title.rung}),
        "territories": [(code, names.option(code)) for code in selectors.territories_visible(actor)],
        "page": page,
        "rows": _rows(subjects, page, wanted.policy),
        "may_run_campaign": can(actor, Operation.RUN_CAMPAIGN).allowed,
        "filters": filters_for(actor),
        "filter_query": kept_query(request.META.get("QUERY_STRING", "")),
        "removed": removed_filter(actor, removed) if (removed := request.GET.get("removed", "")) else None,
        "may_export": can(actor, Operation.EXPORT_SUBJECTS).allowed,
        "is_filtered": wanted != selectors.Wanted(sort=wanted.sort),
    }
    return render(request, "enterprises/list.html", context)


def _rows(subjects: QuerySet[Any], page: Page[Any], policy: str) -> list[selectors.ListedSubject]:
    """The rows of a page: with the verdict of the policy chosen, else in short."""
    if not page.paginator.count:
        return []
    rows = subjects[page.start_index() - 1 : page.end_index()]
    return selectors.with_verdicts(rows, policy) if policy else selectors.in_short(rows)

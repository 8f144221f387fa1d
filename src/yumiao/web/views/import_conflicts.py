"""Facts on which sources disagree: both values with their cells, and saying which is right."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from yumiao.district.intakes import deciding, selectors
from yumiao.district.intakes.desk_lists import (
    CONFLICT_SORTS,
    WantedConflicts,
    conflicts_wanted,
    contested_choices,
)
from yumiao.district.permissions import Operation, can
from yumiao.district.registry.packs import library
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.report.stored_values import stored_words
from yumiao.web.templatetags.words import words
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.export import KINDS
from yumiao.web.views.import_changes import column_words
from yumiao.web.views.import_queue import back_query, read_anchor, read_why
from yumiao.web.views.imports import tabs
from yumiao.web.views.listed import (
    choice_filter,
    list_context,
    read_choice,
    read_text,
    sort_filter,
    text_filter,
    tick_filter,
    with_anchors,
)
from yumiao.web.views.sending import send_file

PAGE = 20


def _wanted(request: HttpRequest, metrics: list[str], policies: list[tuple[str, Text]]) -> WantedConflicts:
    query = request.GET
    return WantedConflicts(
        text=read_text(query),
        source=read_choice(query, "source", dict(selectors.source_choices())),
        column=read_choice(query, "column", metrics),
        policy=read_choice(query, "policy", dict(policies)),
        hanging=query.get("hanging") == "1",
        sort=read_choice(query, "sort", CONFLICT_SORTS, "hanging"),
    )


@require_GET
@acting
def conflicts(request: ActingRequest) -> HttpResponseBase:
    """Show the facts on which sources disagree, first those on which most verdicts hang."""
    require(can(request.actor, Operation.SETTLE_FACTS))
    return _show(request)


def _show(request: ActingRequest, error: YumiaoError | None = None) -> HttpResponseBase:
    metrics, policies = contested_choices()
    wanted = _wanted(request, metrics, policies)
    filters = (
        text_filter("q", gettext("名称或代码"), wanted.text),
        choice_filter("source", gettext("来源"), selectors.source_choices(), wanted.source),
        choice_filter(
            "column", gettext("事实"), [(each, _metric_label(each)) for each in metrics], wanted.column
        ),
        choice_filter("policy", gettext("影响的判定"), policies, wanted.policy),
        sort_filter(CONFLICT_SORTS, wanted.sort),
        tick_filter("hanging", gettext("只看影响判定的"), is_on=wanted.hanging),
    )
    context = {
        **tabs("conflicts"),
        **list_context(
            request,
            conflicts_wanted(wanted),
            filters,
            address=("conflicts",),
            export="conflicts-export",
            per_page=PAGE,
        ),
        "error": error,
    }
    rows = [_contested(each) for each in context["page"].object_list]
    context["rows"] = with_anchors(rows, lambda row: str(row["anchor"]))
    return render(request, "imports/conflicts.html", context, status=400 if error else 200)


def _metric_label(metric: str) -> Text:
    found = library().metrics.get(metric)
    return found.label if found is not None else Text(metric, metric)


def _contested(row: Any) -> dict[str, Any]:
    metric = library().metrics.get(row.column.partition("#")[0].partition("@")[0])
    return {
        "row": row,
        "anchor": f"fact-{row.subject}-{row.column.replace('@', '-').replace('#', '-')}-{row.other_source}",
        "name": row.name or row.code or row.subject,
        "fact": column_words(row.column),
        "value": stored_words(metric, row.value or None),
        "other": stored_words(metric, row.other or None),
        "source": selectors.source_label(row.source),
        "other_source": selectors.source_label(row.other_source),
        "policies": [selectors.title_of(each) for each in row.policies],
    }


@require_GET
@acting
def conflicts_file(request: ActingRequest, kind: str) -> HttpResponseBase:
    """Send the contested facts with the same query, all pages of it."""
    require(can(request.actor, Operation.SETTLE_FACTS))
    if kind not in KINDS:
        raise Http404
    rows = []
    for each in map(_contested, conflicts_wanted(_wanted(request, *contested_choices()))):
        row = each["row"]
        sides = [words(each["value"]), words(each["source"]), row.place]
        others = [words(each["other"]), words(each["other_source"]), row.other_place]
        hanging = gettext("、").join(map(words, each["policies"]))
        rows.append([each["name"], row.code, each["fact"], *sides, *others, hanging])
    heads = [
        gettext("企业"),
        gettext("代码"),
        gettext("事实"),
        gettext("采信"),
        gettext("来源"),
        gettext("出处"),
    ]
    more = [gettext("未采信"), gettext("其来源"), gettext("其出处"), gettext("影响的判定")]
    return send_file(kind, rows, [*heads, *more], "conflicts")


@require_POST
@acting
def conflicts_settle(request: ActingRequest, fact: int) -> HttpResponseBase:
    """Say which value of a contested fact is right; the others' sources are taken to say so too."""
    require(can(request.actor, Operation.SETTLE_FACTS))
    query = back_query(request)
    address = reverse("conflicts") + ("?" if query else "") + urlencode(query)
    if not selectors.contested_wanted().filter(id=fact).exists():
        return redirect(f"{address}#result")
    try:
        deciding.settle(
            fact,
            request.POST.get("value", ""),
            why=read_why(request),
            by=request.actor.id,
            now=timezone.now(),
        )
    except YumiaoError as error:
        return _show(request, error)
    return redirect(f"{address}#{read_anchor(request)}")

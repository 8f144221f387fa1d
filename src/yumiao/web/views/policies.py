"""The list of policies, as a page and as a file, and one policy for a reader."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from yumiao.district.permissions import Operation, can
from yumiao.district.policies import selectors
from yumiao.district.policies.clause_coverage import clause_coverage
from yumiao.district.policies.describing import describe
from yumiao.district.registry.packs import library
from yumiao.district.registry.selectors import projection
from yumiao.packs.library import Policy
from yumiao.web.templatetags.words import reader_language, words
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.export import KINDS
from yumiao.web.views.policy_query import read_day, read_policies_wanted, require_policy, usual_day
from yumiao.web.views.policy_trying import read_panel
from yumiao.web.views.sending import send_file


@require_GET
@acting
def policies(request: ActingRequest) -> HttpResponseBase:
    """Show the policies that were asked for, each with how the visible enterprises stand."""
    require(can(request.actor, Operation.SEE_POLICIES))
    wanted = read_policies_wanted(request.GET)
    context = {
        "wanted": wanted,
        "rows": selectors.policies_wanted(request.actor, wanted),
        "levels": selectors.LEVELS.items(),
        "built": selectors.built(),
        "may_count": can(request.actor, Operation.LIST_SUBJECTS).allowed,
        "is_filtered": bool(wanted.text or wanted.level or wanted.in_force),
    }
    return render(request, "policies/list.html", context)


@require_GET
@acting
def policies_file(request: ActingRequest, kind: str) -> HttpResponseBase:
    """Send the list of policies with the same query as a file."""
    require(can(request.actor, Operation.SEE_POLICIES))
    if kind not in KINDS:
        raise Http404
    rows = [
        _cells(row) for row in selectors.policies_wanted(request.actor, read_policies_wanted(request.GET))
    ]
    head = [
        gettext("政策"),
        gettext("文号"),
        gettext("层级"),
        gettext("版本"),
        gettext("适用自"),
        gettext("适用至"),
    ]
    head += [gettext("资质"), gettext("符合"), gettext("不符合"), gettext("未定"), gettext("差一步")]
    return send_file(kind, rows, head, "policies")


def _cells(row: selectors.ListedPolicy) -> list[str]:
    counted = row.coverage
    counts = (counted.met, counted.not_met, counted.undetermined, counted.near_miss) if counted else ("",) * 4
    return [
        words(row.policy.title),
        " ".join(row.numbers),
        f"{words(row.level_label)} {row.place}".strip(),
        row.policy.version,
        row.from_.isoformat(),
        row.until.isoformat() if row.until else "",
        words(row.granted),
        *(str(count) for count in counts),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def policy(request: ActingRequest, family: str) -> HttpResponseBase:
    """Show one version of a policy: what it says, its other versions, how the visible enterprises stand.

    Facts that were typed into its panel come by POST; nothing of them is kept. Scripts take the panel alone.
    """
    asked = request.POST if request.method == "POST" else request.GET
    on = read_day(asked.get("on", ""), usual_day())
    shown = require_policy(request, family, asked.get("version", ""), on)
    panel, versions = read_panel(request, shown, on), selectors.versions_of(family)
    context = {
        "policy": shown,
        "on": on,
        "is_in_force": shown.in_force(on),
        "versions": [(each, *selectors.span_of(each), each.in_force(on)) for each in versions],
        "panel": panel,
    }
    if request.headers.get("HX-Request") == "true":
        return render(request, "policies/try_panel.html", context)
    context |= _document(request, shown, on, len(versions))
    return render(request, "policies/policy.html", context, status=400 if panel.unread else 200)


def _document(request: ActingRequest, shown: Policy, on: dt.date, versions: int) -> dict[str, Any]:
    """Return what the page shows around the panel."""
    said = describe(library(), shown, reader_language(), shown.body.default_settings)
    counted = clause_coverage(request.actor, projection(), shown)
    clauses = counted.clauses if counted is not None else {}
    return {
        "conditions": [(entry, clauses.get(entry.id)) for entry in said.conditions],
        "has_clauses": bool(clauses),
        "said": said,
        "level": selectors.LEVELS[selectors.level_of(shown.territory)],
        "coverage": selectors.coverage(request.actor).get(shown.family),
        "may_compare": versions > 1 and can(request.actor, Operation.COMPARE_VERSIONS).allowed,
        "rail": selectors.policies_wanted(request.actor, selectors.PoliciesWanted(on)),
    }

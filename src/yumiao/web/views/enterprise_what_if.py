"""What if: facts of one enterprise changed in a form, judged anew on the server, nothing saved."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from yumiao.district.policies.shown_facts import known_shown
from yumiao.district.policies.supposing import Ground, Supposed, ground_of, suppose
from yumiao.district.registry import selectors
from yumiao.district.registry.judged import Judged
from yumiao.model.outcomes import Outcome
from yumiao.web.clause_rows import draw_clauses
from yumiao.web.score_cards import draw_scores
from yumiao.web.suppositions import read_amounts, read_values, suppose_form
from yumiao.web.verdicts import Verdict, read_verdict
from yumiao.web.views.acting import ActingRequest, acting
from yumiao.web.views.subject_pages import is_own, require_subject, subject_context


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def enterprise_what_if(request: ActingRequest, subject: str) -> HttpResponseBase:
    """Show the form with what is known; after it was sent the verdict that would be."""
    found = require_subject(request, subject)
    judged = selectors.judged()
    if judged is None:
        raise Http404
    sent = request.POST if request.method == "POST" else request.GET
    family = choose_family(judged, found.id, sent.get("policy", ""))
    known = known_shown(judged, found.id, for_itself=is_own(request))
    ground = ground_of(judged, known, family) if known is not None else None
    context = subject_context(request, found, "enterprise-what-if") | {
        "as_of": judged.as_of,
        "family": family,
        "policies": selectors.policy_choices(),
    }
    status = 200
    if ground is not None:
        supposed, form = _supposed(request, ground)
        context |= form
        status = 400 if supposed.problems else 200
    is_part = request.headers.get("HX-Request") == "true" and request.method == "POST"
    template = "enterprises/what_if_answer.html" if is_part else "enterprises/what_if.html"
    response: HttpResponse = render(request, template, context, status=200 if is_part else status)
    return response


def choose_family(judged: Judged, subject: str, wanted: str) -> str:
    """Return the policy that a page is about: the one asked for, else the first that is not met."""
    if judged.graph_of(wanted) is not None:
        return wanted
    row = selectors.subject_row(subject)
    verdicts = row.verdicts if row is not None else ()
    order = {Outcome.NOT_MET: 0, Outcome.UNDETERMINED: 1, Outcome.MET: 2}
    ranked = sorted(
        verdicts,
        key=lambda each: (not each.near_miss, each.granted is None, order[each.outcome], each.family),
    )
    return ranked[0].family if ranked else judged.policies[0][0].family


def _supposed(request: ActingRequest, ground: Ground) -> tuple[Supposed, dict[str, Any]]:
    values, amounts = read_values(ground, request.POST), read_amounts(ground, request.POST)
    supposed = suppose(ground, values, amounts, gettext("本页填写"))
    after = supposed.after or supposed.before
    before, verdict = _verdict(ground, supposed.before), _verdict(ground, after)
    was = {each.condition.id: each.condition.outcome for each in before.conditions}
    context = {
        "form": suppose_form(ground, values, amounts, supposed.problems),
        "is_sent": request.method == "POST",
        "problems": supposed.problems,
        "before": before,
        "verdict": verdict,
        "clauses": draw_clauses(verdict.conditions),
        "scores": draw_scores(verdict.scores),
        "answer": verdict.answer,
        "shifts": supposed.shifts,
        "turned": [
            each for each in verdict.conditions if was.get(each.condition.id) != each.condition.outcome
        ],
        "broken": supposed.broken,
    }
    return supposed, context


def _verdict(ground: Ground, answer: Any) -> Verdict:
    return read_verdict(answer, {route.id: route.text for route in ground.trial.graph.routes})

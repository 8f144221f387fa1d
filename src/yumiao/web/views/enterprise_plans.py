"""Plans: what one enterprise would have to change to be met by a policy on a later day, or why nothing helps."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from yumiao.district.policies.plans import (
    ask_thoroughly,
    first_later_day,
    is_ended,
    plan_job,
    plan_quickly,
)
from yumiao.district.policies.shown_facts import known_shown
from yumiao.district.registry import selectors
from yumiao.web.plans import read_plans
from yumiao.web.views.acting import ActingRequest, acting
from yumiao.web.views.enterprise_what_if import choose_family
from yumiao.web.views.policy_query import read_day
from yumiao.web.views.subject_pages import is_own, require_subject, subject_context

ASKED_EVERY = 2
"""Seconds after which a page without scripts asks again how far the search is."""


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def enterprise_plans(request: ActingRequest, subject: str) -> HttpResponseBase:
    """Show what a short search finds at once; a thorough one is asked for by a form and done by the worker."""
    found = require_subject(request, subject)
    judged = selectors.judged()
    if judged is None:
        raise Http404
    own, sent = is_own(request), request.POST if request.method == "POST" else request.GET
    family = choose_family(judged, found.id, sent.get("policy", ""))
    usual = first_later_day(judged, family) or judged.as_of
    asked = read_day(sent.get("on", ""), usual)
    on = asked if asked >= judged.as_of else usual
    if request.method == "POST":
        ask_thoroughly(judged, found.id, family, on, for_itself=own, by=request.actor.id, now=timezone.now())
        query = urlencode({"policy": family, "on": on.isoformat()})
        return redirect(f"{reverse('enterprise-plans', args=[found.id])}?{query}")
    job = plan_job(judged, found.id, family, on, for_itself=own)
    known = known_shown(judged, found.id, for_itself=own)
    result = dict(job.result) if job is not None and job.result else None
    if result is None and known is not None:
        result = plan_quickly(judged, known, family, on)
    context = subject_context(request, found, "enterprise-plans") | {
        "as_of": judged.as_of,
        "on": on,
        "is_past": asked < judged.as_of,
        "family": family,
        "policies": selectors.policy_choices(),
        "result": read_plans(result) if result is not None else None,
        "is_ended": result is not None and is_ended(result),
        "job": job if job is not None and job.state != "done" else None,
    }
    response: HttpResponse = render(request, "enterprises/plans.html", context)
    if job is not None and not job.is_over:
        response.headers["Refresh"] = str(ASKED_EVERY)
    return response

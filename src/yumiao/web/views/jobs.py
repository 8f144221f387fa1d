"""The page of one job: how far it is, how it ended, where its result is."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from yumiao.district.jobs.selectors import job_of
from yumiao.district.permissions import can_see_job
from yumiao.web.views.acting import ActingRequest, acting, require

ASKED_EVERY = 2
"""Seconds after which a page without scripts asks again."""


@require_GET
@acting
def job(request: ActingRequest, job: str) -> HttpResponseBase:
    """Show one job; while it runs the page asks again by itself, and may be left and found again."""
    found = job_of(job)
    if found is None:
        raise Http404
    require(can_see_job(request.actor, found.actor))
    name, argument = found.page
    context = {
        "job": found,
        "result_address": reverse(name, args=[argument]) if name and found.state == "done" else "",
    }
    response: HttpResponse = render(request, "jobs/job.html", context)
    if not found.is_over:
        response.headers["Refresh"] = str(ASKED_EVERY)
    return response

"""The page of one job: how far it is, how it ended, where its result is."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from yumiao.district.jobs.selectors import JobShown, job_of
from yumiao.district.permissions import can_see_job
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.navigation import belongs_to

_ABOVE = {
    "brief": "brief",
    "campaigns": "campaigns",
    "enterprise": "enterprises",
    "intakes": "imports",
    "proposals": "proposals",
    "register": "enterprises",
}
"""The page below which a job stands, by the first word of its kind."""

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
    belongs_to(request, _page_above(found))
    name, argument = found.page
    context = {
        "job": found,
        "result_address": reverse(name, args=[argument]) if name and found.state == "done" else "",
    }
    response: HttpResponse = render(request, "jobs/job.html", context)
    if not found.is_over:
        response.headers["Refresh"] = str(ASKED_EVERY)
    return response


def _page_above(job: JobShown) -> str:
    """Return the address of the list that a job was asked for on; of kinds that nobody asks for, that of the job."""
    name = _ABOVE.get(job.kind.partition(".")[0])
    return reverse(name) if name else reverse("job", args=[job.id])

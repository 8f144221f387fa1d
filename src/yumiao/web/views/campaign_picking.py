"""What a campaign asks: picked from what would settle most, or found by words; and how the firm will see it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yumiao.district.campaigns import selectors
from yumiao.district.campaigns.picking import find_metrics
from yumiao.district.campaigns.selectors import ListedCampaign, WantedFirms
from yumiao.district.campaigns.sending_jobs import PREPARE, today_here
from yumiao.district.campaigns.services import add_question, include_question, pick_questions
from yumiao.district.campaigns.states import CampaignState
from yumiao.district.jobs.selectors import latest_job
from yumiao.district.permissions import Operation, can
from yumiao.district.proposals.reading import asked_fact
from yumiao.district.registry.packs import library
from yumiao.web.firm_facts import read_own_facts
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.campaign_acts import require_run
from yumiao.web.views.campaigns import may_run, require_campaign
from yumiao.web.views.list_query import MOST_TEXT

MOST_CHOICES = 50


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def campaign_questions(request: ActingRequest, campaign: str) -> HttpResponseBase:
    """Show what may be asked, what settles most first; pick among it, add to it, and see it as a firm will."""
    if request.method == "POST":
        return _change(request, require_run(request, campaign))
    require(can(request.actor, Operation.RUN_CAMPAIGN))
    listed = require_campaign(request, campaign)
    text = request.GET.get("q", "").strip()[:MOST_TEXT]
    questions = selectors.campaign_questions(request.actor, listed.id)
    known = {each.column for each in questions}
    job = latest_job(PREPARE.name, listed.id)
    context = {
        "campaign": listed,
        "questions": questions,
        "may_run": may_run(request, listed.id) and listed.state in (CampaignState.DRAFT, CampaignState.OPEN),
        "text": text,
        "found": find_metrics(text, today_here(timezone.now())),
        "known_columns": known,
        "job": job if job is not None and not job.is_over else None,
        **_preview(request, listed),
    }
    return render(request, "campaigns/questions.html", context)


def _change(request: ActingRequest, listed: ListedCampaign) -> HttpResponseBase:
    by, now = request.actor.id, timezone.now()
    column, act = request.POST.get("column", "")[:100].strip(), request.POST.get("act", "")
    if act == "add":
        add_question(campaign=listed.id, column=column, by=by, now=now)
    elif act == "pick":
        columns = {each[:100] for each in request.POST.getlist("columns")}
        pick_questions(campaign=listed.id, columns=columns, by=by, now=now)
    elif act in ("include", "leave_out"):
        include_question(campaign=listed.id, column=column, is_included=act == "include", by=by, now=now)
    if request.POST.get("back") == "picker":
        return redirect("campaign-questions", listed.id)
    return redirect(reverse("campaign", args=[listed.id]) + "#h-questions")


def _preview(request: ActingRequest, listed: ListedCampaign) -> dict[str, Any]:
    """What the chosen firm, else the first, will see; some firms to choose from."""
    firms = selectors.firms_wanted(request.actor, listed.id, WantedFirms())
    chosen = request.GET.get("firm", "")
    row = (
        firms.filter(id=int(chosen)).first() if chosen.isdecimal() and len(chosen) < 10 else None
    ) or firms.first()
    choices = selectors.listed_firms(firms[:MOST_CHOICES])
    if row is None:
        return {"preview": None, "preview_firm": None, "firm_choices": choices}
    shown = {each.column: each for each in read_own_facts(row.subject, {})}
    asked = [each for each in selectors.questions_of_firm(row.pk) if each.is_included]
    rows = [(each, asked_fact(library(), each.column), shown.get(each.column)) for each in asked]
    return {"preview": rows, "preview_firm": row.pk, "firm_choices": choices}

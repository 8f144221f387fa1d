"""What officers do with campaigns: making one from a list, questions, who looks after whom, starting, ending."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yumiao.district.campaigns import selectors as campaign_selectors
from yumiao.district.campaigns.answering import reopen_firm
from yumiao.district.campaigns.selectors import ListedCampaign
from yumiao.district.campaigns.sending import firms_to_remind
from yumiao.district.campaigns.sending_jobs import PREPARE, REMIND, SEND, today_here
from yumiao.district.campaigns.services import (
    MOST_FIRMS,
    assign_firms,
    close_firm,
    create_campaign,
    end_campaign,
    include_question,
    reopen_campaign,
    start_campaign,
)
from yumiao.district.campaigns.states import CampaignState
from yumiao.district.jobs.kinds import Kind
from yumiao.district.jobs.services import ask_for
from yumiao.district.permissions import Decision, Operation, can
from yumiao.district.registry import selectors
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.web.views.acting import ActingRequest, Refused, acting, require
from yumiao.web.views.campaigns import may_run, read_wanted_firms, require_campaign
from yumiao.web.views.list_query import read_wanted

_FOREIGN = Text(
    "这个征集含有您辖区以外的企业，只能由建立它的单位处理。",
    "The campaign asks firms outside your divisions; only the office that made it may do that.",
)


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def campaign_new(request: ActingRequest) -> HttpResponseBase:
    """Make a campaign of the firms that a list query finds; a refused form keeps what was typed."""
    require(can(request.actor, Operation.RUN_CAMPAIGN))
    policies = selectors.policy_choices()
    wanted = read_wanted(request.GET, {policy.family for policy in policies})
    found = selectors.subjects_wanted(request.actor, wanted)
    count = found.count()
    typed = {name: request.POST.get(name, "")[:2000] for name in ("name", "purpose", "due_on")}
    typed["policy"] = request.POST.get("policy", wanted.policy)
    context = {
        "policies": policies,
        "wanted": wanted,
        "count": count,
        "most": MOST_FIRMS,
        "first": list(found.values_list("name", flat=True)[:5]),
        "typed": typed,
    }
    if request.method != "POST":
        return render(request, "campaigns/new.html", context)
    now = timezone.now()
    try:
        campaign = create_campaign(
            name=typed["name"],
            family=typed["policy"] if typed["policy"] in {policy.family for policy in policies} else "",
            purpose=typed["purpose"],
            due_on=_day(typed["due_on"]),
            subjects=list(found.values_list("id", flat=True)[: MOST_FIRMS + 1]),
            by=request.actor.id,
            now=now,
            today=today_here(now),
        )
    except YumiaoError as error:
        problems = {problem.path: problem.text for problem in error.problems}
        context = {**context, "problems": problems, "reason": error.text}
        return render(request, "campaigns/new.html", context, status=400)
    if campaign.due_on != _day(typed["due_on"]):
        told = gettext("截止日是休息日，顺延到 %(day)s。") % {"day": campaign.due_on.isoformat()}
        messages.info(request, told)
    _ask(request, PREPARE, campaign.id)
    return redirect("campaign", campaign.id)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        return None


def _ask(request: ActingRequest, kind: Kind, campaign: str) -> str:
    return ask_for(
        kind, actor=request.actor.id, arguments={"campaign": campaign}, about=campaign, now=timezone.now()
    )


def require_run(request: ActingRequest, campaign: str) -> ListedCampaign:
    """Return a campaign on all of which the actor may act. Raises: Refused; Http404."""
    listed = require_campaign(request, campaign)
    require(can(request.actor, Operation.RUN_CAMPAIGN))
    if not may_run(request, listed.id):
        raise Refused(Decision(allowed=False, reason=_FOREIGN))
    return listed


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def campaign_act(request: ActingRequest, campaign: str, act: str) -> HttpResponseBase:
    """Start, remind, close, cancel or reopen a campaign; closing, cancelling and reminding ask first."""
    listed = require_run(request, campaign)
    by, now = request.actor.id, timezone.now()
    if request.method != "POST":
        return _ask_first(request, listed, act)
    match act:
        case "start":
            start_campaign(campaign=listed.id, by=by, now=now)
            _ask(request, SEND, listed.id)
        case "send":
            _ask(request, SEND, listed.id)
        case "prepare":
            _ask(request, PREPARE, listed.id)
        case "remind":
            _ask(request, REMIND, listed.id)
        case "close" | "cancel":
            end_campaign(campaign=listed.id, is_cancelled=act == "cancel", by=by, now=now)
        case "reopen":
            reopen_campaign(campaign=listed.id, by=by, now=now)
        case _:
            raise Http404
    return redirect("campaign", listed.id)


def _ask_first(request: ActingRequest, listed: ListedCampaign, act: str) -> HttpResponseBase:
    count = firms_to_remind(listed.id, today_here(timezone.now())).count() if act == "remind" else 0
    ending = gettext("企业不再看到这些问题，也不再收到提醒；已经填报的照常审核。之后可以重新打开。")
    reminding = gettext("还没答完、今天没提醒过的企业：{count} 家，各收到一条提醒。").format(count=count)
    words = {
        "close": (gettext("结束这个征集？"), ending, gettext("结束")),
        "cancel": (gettext("取消这个征集？"), ending, gettext("取消征集")),
        "remind": (gettext("提醒还没答的企业？"), reminding, gettext("发提醒")),
    }
    if act not in words or (act == "remind" and listed.state is not CampaignState.OPEN):
        raise Http404
    title, sentence, button = words[act]
    context = {
        "title": title,
        "sentence": sentence,
        "subject_name": listed.name,
        "button": button,
        "back": reverse("campaign", args=[listed.id]),
    }
    return render(request, "parts/ask.html", context)


@require_POST
@acting
def campaign_assign(request: ActingRequest, campaign: str) -> HttpResponseBase:
    """Let somebody look after the firms that the list shows with the same query, all pages of it."""
    require(can(request.actor, Operation.RUN_CAMPAIGN))
    listed = require_campaign(request, campaign)
    wanted = read_wanted_firms(request.POST)
    firms = campaign_selectors.firms_wanted(request.actor, listed.id, wanted)
    assign_firms(
        campaign=listed.id,
        firms=list(firms.values_list("id", flat=True)),
        to=request.POST.get("to", "")[:12],
        by=request.actor.id,
        now=timezone.now(),
    )
    return redirect("campaign", listed.id)


@require_GET
@acting
def campaign_firm(request: ActingRequest, campaign: str, firm: int) -> HttpResponseBase:
    """Show what one firm of a campaign is asked, and what came of it."""
    listed = require_campaign(request, campaign)
    row = campaign_selectors.firms_wanted(request.actor, listed.id, campaign_selectors.WantedFirms()).filter(
        id=firm
    )
    found = campaign_selectors.listed_firms(row)
    if not found:
        raise Http404
    context = {
        "campaign": listed,
        "row": found[0],
        "questions": campaign_selectors.questions_of_firm(firm),
        "may_run": can(request.actor, Operation.RUN_CAMPAIGN).allowed,
    }
    return render(request, "campaigns/firm.html", context)


@require_POST
@acting
def campaign_firm_act(request: ActingRequest, campaign: str, firm: int) -> HttpResponseBase:
    """Include or leave out a question at one firm, or be done with the firm."""
    require(can(request.actor, Operation.RUN_CAMPAIGN))
    listed = require_campaign(request, campaign)
    seen = campaign_selectors.firms_wanted(request.actor, listed.id, campaign_selectors.WantedFirms())
    if not seen.filter(id=firm).exists():
        raise Http404
    by, now, act = request.actor.id, timezone.now(), request.POST.get("act", "")
    if act == "close":
        close_firm(firm=firm, by=by, now=now)
    elif act == "reopen":
        reopen_firm(firm=firm, by=by, now=now)
    elif act in ("include", "leave_out"):
        column = request.POST.get("column", "")
        include_question(
            campaign=listed.id, column=column, is_included=act == "include", by=by, now=now, firm=firm
        )
    return redirect("campaign-firm", listed.id, firm)

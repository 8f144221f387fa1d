"""Campaigns for officers: the list, one with the firms it asks, and the same as files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from yumiao.district.campaigns import selectors
from yumiao.district.campaigns.selectors import ListedCampaign, ListedFirm, WantedFirms
from yumiao.district.campaigns.sending import firms_to_remind
from yumiao.district.campaigns.sending_jobs import PREPARE, REMIND, SEND, today_here
from yumiao.district.campaigns.states import CampaignState, FirmState
from yumiao.district.jobs.selectors import latest_job
from yumiao.district.permissions import Operation, can
from yumiao.web.templatetags.words import words
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.export import KINDS
from yumiao.web.views.list_query import MOST_TEXT, read_page

PAGE = 50


@require_GET
@acting
def campaigns(request: ActingRequest) -> HttpResponseBase:
    """Show the campaigns that ask a firm which an actor may see, those due first first."""
    require(can(request.actor, Operation.LIST_CAMPAIGNS))
    state, today = _read_state(request), today_here(timezone.now())
    found = _found(request, state, today)
    page = Paginator(found, PAGE).get_page(read_page(request.GET))
    context = {
        "page": page,
        "rows": selectors.listed_campaigns(request.actor, page.object_list),
        "states": list(CampaignState),
        "state": state,
        "today": today,
        "is_due": request.GET.get("due") == "soon",
        "may_run": can(request.actor, Operation.RUN_CAMPAIGN).allowed,
    }
    return render(request, "campaigns/list.html", context)


def _found(request: ActingRequest, state: CampaignState | None, today: dt.date) -> Any:
    found = selectors.campaigns_wanted(request.actor, state=state)
    return selectors.due_soon(found, today) if request.GET.get("due") == "soon" else found


@require_GET
@acting
def campaigns_file(request: ActingRequest, kind: str) -> HttpResponseBase:
    """Send what the list shows with the same query, all pages of it."""
    require(can(request.actor, Operation.LIST_CAMPAIGNS))
    found = _found(request, _read_state(request), today_here(timezone.now()))
    head = [gettext("名称"), gettext("政策"), gettext("状态"), gettext("截止"), gettext("企业数")]
    head += [words(state.words) for state in FirmState]
    return _file(kind, "campaigns", head, _campaign_rows(selectors.listed_campaigns(request.actor, found)))


def _campaign_rows(listed: Iterable[ListedCampaign]) -> Iterator[list[str]]:
    for each in listed:
        counts = [str(each.counts.get(state, 0)) for state in FirmState]
        due = each.due_on.isoformat()
        yield [each.name, words(each.policy), words(each.state.words), due, str(each.firms), *counts]


def _file(kind: str, name: str, head: list[str], rows: Iterable[list[str]]) -> HttpResponseBase:
    if kind not in KINDS:
        raise Http404
    content_type, write = KINDS[kind]
    response = StreamingHttpResponse(write(rows, head), content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


@require_GET
@acting
def campaign(request: ActingRequest, campaign: str) -> HttpResponseBase:
    """Show one campaign: its questions, and its firms with how far each is."""
    listed = require_campaign(request, campaign)
    wanted = read_wanted_firms(request.GET)
    found = selectors.firms_wanted(request.actor, listed.id, wanted)
    page = Paginator(found, PAGE).get_page(read_page(request.GET))
    jobs = [latest_job(kind.name, listed.id) for kind in (PREPARE, SEND, REMIND)]
    context = {
        "campaign": listed,
        "wanted": wanted,
        "page": page,
        "rows": selectors.listed_firms(page.object_list),
        "states": list(FirmState),
        "counts": [(state, listed.counts.get(state, 0)) for state in FirmState],
        "questions": selectors.campaign_questions(request.actor, listed.id),
        "to_remind": firms_to_remind(listed.id, today_here(timezone.now())).count(),
        "assignees": selectors.assignees(),
        "is_filtered": wanted != WantedFirms(),
        "may_run": may_run(request, listed.id),
        "may_assign": can(request.actor, Operation.RUN_CAMPAIGN).allowed,
        "jobs": [each for each in jobs if each is not None and not each.is_over],
    }
    return render(request, "campaigns/campaign.html", context)


@require_GET
@acting
def campaign_file(request: ActingRequest, campaign: str, kind: str) -> HttpResponseBase:
    """Send the firms that the page lists with the same query, all pages of it."""
    listed = require_campaign(request, campaign)
    found = selectors.firms_wanted(request.actor, listed.id, read_wanted_firms(request.GET))
    head = [
        gettext("企业"),
        gettext("属地"),
        gettext("状态"),
        gettext("负责人"),
        gettext("问题数"),
        gettext("已答"),
    ]
    head += [gettext("有账号"), gettext("发送"), gettext("查看"), gettext("提醒")]
    return _file(kind, "campaign", head, _firm_rows(selectors.listed_firms(found)))


def _firm_rows(listed: Iterable[ListedFirm]) -> Iterator[list[str]]:
    for each in listed:
        moments = [_moment(at) for at in (each.sent_at, each.seen_at)]
        yield [
            each.name,
            each.place,
            words(each.state.words),
            each.assignee,
            str(each.asked),
            str(each.answered),
            gettext("有") if each.has_people else gettext("没有"),
            *moments,
            each.reminded_on.isoformat() if each.reminded_on else "",
        ]


def _moment(at: dt.datetime | None) -> str:
    return timezone.localtime(at).isoformat(" ", "minutes") if at else ""


def require_campaign(request: ActingRequest, campaign: str) -> ListedCampaign:
    """Return a campaign that the actor may see. Raises: Refused; Http404 where there is none such for them."""
    require(can(request.actor, Operation.LIST_CAMPAIGNS))
    row = selectors.campaign_for(request.actor, campaign)
    if row is None:
        raise Http404
    return selectors.listed_campaigns(request.actor, [row])[0]


def may_run(request: ActingRequest, campaign: str) -> bool:
    """Say whether the actor may act on the whole campaign: every firm of it lies in their divisions."""
    allowed = can(request.actor, Operation.RUN_CAMPAIGN).allowed
    return allowed and selectors.sees_all_firms(request.actor, campaign)


def read_wanted_firms(query: Mapping[str, str]) -> WantedFirms:
    """Read the query of a campaign's list; what it does not know is left out."""
    state, assignee = query.get("state", ""), query.get("assignee", "")
    known = {"-", *(key for key, _ in selectors.assignees())} if assignee else set()
    return WantedFirms(
        FirmState(state) if state in set(FirmState) else None,
        assignee if assignee in known else "",
        query.get("q", "").strip()[:MOST_TEXT],
    )


def _read_state(request: ActingRequest) -> CampaignState | None:
    text = request.GET.get("state", "")
    return CampaignState(text) if text in set(CampaignState) else None

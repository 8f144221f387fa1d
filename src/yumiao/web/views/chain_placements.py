"""Placements: those of a chain, those of one enterprise, ending them and taking them back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yumiao.district.chain_firms.dismissed import links_dismissed
from yumiao.district.chain_firms.placements import (
    STATES,
    ShownPlacement,
    WantedPlacements,
    firms_with,
    placements_of,
    placements_wanted,
    shown_placements,
    subject_of,
    subjects_of_act,
)
from yumiao.district.chain_firms.suggesting import links_fitting
from yumiao.district.chains import placing
from yumiao.district.chains.fields import LONGEST, PLACEMENT_FIELDS, read_placement
from yumiao.district.chains.kinds import Way
from yumiao.district.chains.placing import NewPlacement
from yumiao.district.chains.selectors import ShownChain, all_chains
from yumiao.district.permissions import Operation, can
from yumiao.district.registry.selectors import projection
from yumiao.model.problems import YumiaoError
from yumiao.web.templatetags.words import words
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.administration.files import file_of
from yumiao.web.views.administration.told import told
from yumiao.web.views.chains import require_chain
from yumiao.web.views.listed import (
    choice_filter,
    list_context,
    read_choice,
    read_text,
    received_filter,
    text_filter,
)
from yumiao.web.views.subject_pages import require_subject, subject_context

PAGE = 50


def _read_wanted(request: ActingRequest, chain: ShownChain) -> WantedPlacements:
    query = request.GET
    return WantedPlacements(
        chain.id,
        read_choice(query, "link", [each.id for each in chain.links]),
        read_text(query),
        read_choice(query, "state", STATES),
    )


@require_GET
@acting
def chain_placements(request: ActingRequest, chain_id: str) -> HttpResponseBase:
    """Show who was ever placed in a chain, by whom and from which source."""
    chain = require_chain(request, chain_id)
    wanted = _read_wanted(request, chain)
    links = [(each.id, each.name) for each in chain.links]
    filters = (
        text_filter("q", gettext("名称、拼音、首字母、曾用名、代码"), wanted.text),
        received_filter("link", gettext("环节"), links, wanted.link),
        choice_filter("state", gettext("状态"), STATES, wanted.state),
    )
    address = ("chain-placements", chain.id)
    found = placements_wanted(request.actor, wanted)
    context = list_context(
        request, found, filters, address=address, export="chain-placements-export", per_page=PAGE
    )
    context |= {"chain": chain, "rows": shown_placements(context["page"].object_list)}
    return render(request, "chains/placements.html", context)


@require_GET
@acting
def chain_placements_file(request: ActingRequest, chain_id: str, kind: str) -> HttpResponseBase:
    """Send the placements that the page lists with the same query, all pages of it."""
    chain = require_chain(request, chain_id)
    rows = shown_placements(placements_wanted(request.actor, _read_wanted(request, chain)))
    head = [
        gettext("企业"),
        gettext("代码"),
        gettext("属地"),
        gettext("产业链"),
        gettext("环节"),
        gettext("位置"),
    ]
    head += [gettext("角色或产品"), gettext("起"), gettext("依据"), gettext("归链方式"), gettext("归链人")]
    head += [gettext("归链时间"), gettext("状态"), gettext("止"), gettext("原因")]
    return file_of(map(_row, rows), head, "placements", kind)


def _row(each: ShownPlacement) -> list[str]:
    return [
        each.name,
        each.code,
        each.place,
        words(each.chain_title),
        each.link_name,
        words(each.position.label),
        each.note,
        each.since.isoformat() if each.since else "",
        each.source,
        words(each.way.label),
        each.placed_by,
        timezone.localtime(each.placed_at).strftime("%Y-%m-%d %H:%M"),
        words(each.state_label),
        each.ended_on.isoformat() if each.ended_on else "",
        each.ended_why,
    ]


# ── one enterprise ────────────────────────────────────────────────────────────────────────────────────────────


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def enterprise_chains(request: ActingRequest, subject: str) -> HttpResponseBase:
    """Show where an enterprise is and was placed; a form sent places it in a link."""
    require(can(request.actor, Operation.PLACE_SUBJECT))
    found = require_subject(request, subject)
    require(can(request.actor, Operation.PLACE_SUBJECT, found))
    if request.method != "POST":
        return _show(request, found)
    now, today = timezone.now(), timezone.localdate()
    typed = {name: request.POST.get(name, "")[:LONGEST] for name in (*PLACEMENT_FIELDS, "link")}
    typed["link"] = typed["link"] if typed["link"].isalnum() else ""
    try:
        row = NewPlacement(found.id, typed["link"], read_placement(typed, today))
        done = placing.place_subjects([row], way=Way.ENTERED, by=request.actor.id, now=now)
    except YumiaoError as error:
        return _show(request, found, error, typed=typed)
    said = gettext("已归入。") if done.count else gettext("已在这个环节，没有重复归入。")
    messages.success(request, said)
    return redirect("enterprise-chains", found.id)


def _show(
    request: ActingRequest,
    subject: Any,
    error: YumiaoError | None = None,
    *,
    typed: dict[str, str] | None = None,
    ending: dict[str, str] | None = None,
) -> HttpResponse:
    built, today = projection(), timezone.localdate()
    chains = [each for each in all_chains() if each.counts_on(today)]
    every = [link for chain in chains for link in chain.standing_links]
    but = links_dismissed(subject.id)
    code, fitting = links_fitting(request.actor, built, subject.id, every, but) if built else ("", [])
    titles = {chain.id: chain.title for chain in chains}
    context = subject_context(request, subject, "enterprise-chains") | {
        "placements": placements_of(subject.id),
        "chains": [each for each in chains if each.standing_links],
        "code": code,
        "fitting": [(link, titles[link.chain]) for link in fitting],
        "typed": typed or {"link": request.GET.get("link", "")},
        "ending": ending or {},
        "today": today,
        **told(error),
    }
    return render(request, "chains/of_enterprise.html", context, status=400 if error else 200)


@require_POST
@acting
def placement_act(request: ActingRequest, placement: str) -> HttpResponseBase:
    """End a placement, let it stand again, take it back, or let it count again."""
    require(can(request.actor, Operation.PLACE_SUBJECT))
    about = subject_of(placement) if placement.isalnum() else None
    if about is None:
        raise Http404
    found = require_subject(request, about)
    require(can(request.actor, Operation.PLACE_SUBJECT, found))
    who: dict[str, Any] = {"by": request.actor.id, "now": timezone.now()}
    ending = {"id": placement, "on": request.POST.get("on", ""), "why": request.POST.get("why", "")[:LONGEST]}
    try:
        match request.POST.get("act"):
            case "end":
                today = timezone.localdate()
                on = read_day(ending["on"])
                placing.end_placement(placement, on=on, why=ending["why"], today=today, **who)
            case "resume":
                placing.resume_placement(placement, **who)
            case "withdraw":
                placing.withdraw_placement(placement, is_withdrawn=True, **who)
            case "back":
                placing.withdraw_placement(placement, is_withdrawn=False, **who)
            case _:
                raise Http404
    except YumiaoError as error:
        return _show(request, found, error, ending=ending)
    messages.success(request, gettext("已保存。"))
    return redirect("enterprise-chains", found.id)


def read_day(text: str) -> dt.date:
    """Read a day; one that is none is after every other, and so refused as one to come."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return dt.date.max


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def act_undo(request: ActingRequest, act: str) -> HttpResponseBase:
    """Show what was placed at once, take all of it back, or let it count again."""
    require(can(request.actor, Operation.PLACE_SUBJECT))
    firms = firms_with(subjects_of_act(act)) if act.isalnum() else []
    if not firms:
        raise Http404
    for firm in firms:
        require(can(request.actor, Operation.PLACE_SUBJECT, firm))
    if request.method == "POST":
        is_back = request.POST.get("act") == "back"
        placing.withdraw_act(act, is_withdrawn=not is_back, by=request.actor.id, now=timezone.now())
        return redirect("chain-act", act)
    found = placements_wanted(request.actor, WantedPlacements(act=act))
    rows = shown_placements(found[:PAGE])
    context = {
        "act": act,
        "rows": rows,
        "count": found.count(),
        "is_withdrawn": rows[0].is_withdrawn if rows else False,
    }
    return render(request, "chains/act.html", context)

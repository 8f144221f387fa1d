"""Enterprises that an industry code suggests for links, and those of which no code is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from yumiao.district.accounts.selectors import Actor
from yumiao.district.chain_firms.codes import codes_of
from yumiao.district.chain_firms.dismissed import read_settled
from yumiao.district.chain_firms.placements import firms_with
from yumiao.district.chain_firms.suggesting import FIT, SHORT, Suggestion, suggested_for, without_code
from yumiao.district.chains.dismissing import NewDismissal, dismiss_suggestions
from yumiao.district.chains.fields import LONGEST, PLACEMENT_FIELDS, read_placement
from yumiao.district.chains.kinds import Way
from yumiao.district.chains.placing import NewPlacement, Placed, place_subjects
from yumiao.district.chains.selectors import ShownChain
from yumiao.district.permissions import Operation, can
from yumiao.district.registry import selectors
from yumiao.district.registry.places import place_names
from yumiao.district.registry.selectors import ListedSubject
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.administration.files import file_of
from yumiao.web.views.administration.told import told
from yumiao.web.views.chains import require_chain
from yumiao.web.views.listed import choice_filter, list_context, read_choice, received_filter

PAGE = 100
WHICH = {
    FIT: Text("代码符合", "the code fits"),
    SHORT: Text("代码太短，看不出", "the code is too short to tell"),
}


@dataclass(frozen=True)
class Row:
    """One suggestion as the page shows it."""

    subject: ListedSubject
    link: str
    link_name: str
    code: str

    @property
    def pick(self) -> str:
        """What the form sends for it."""
        return f"{self.link}:{self.subject.id}"


def _found(request: ActingRequest, chain: ShownChain) -> tuple[str, str, list[Suggestion]]:
    """Return the link and the kind asked for, and the suggestions."""
    link = read_choice(request.GET, "link", [each.id for each in chain.standing_links])
    which = read_choice(request.GET, "which", WHICH, FIT)
    built = selectors.projection()
    if built is None:
        return link, which, []
    links = [each for each in chain.standing_links if link in ("", each.id)]
    settled = read_settled(request.actor, built)
    return link, which, suggested_for(request.actor, built, links, settled, which)


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def chain_suggestions(request: ActingRequest, chain_id: str) -> HttpResponseBase:
    """Show whom industry codes suggest for the links of a chain; those ticked are placed."""
    chain = require_chain(request, chain_id)
    if request.method != "POST":
        return _show(request, chain)
    typed = {name: request.POST.get(name, "")[:LONGEST] for name in (*PLACEMENT_FIELDS, "why")}
    picked = request.POST.getlist("pick")
    try:
        if request.POST.get("act") == "dismiss":
            return _dismiss(request, chain, picked, typed["why"])
        done = _place(request, chain, picked, typed)
    except YumiaoError as error:
        return _show(request, chain, error, typed=typed, picked=picked)
    return redirect("chain-act", done.act) if done.count else redirect("chain-suggestions", chain.id)


def _dismiss(request: ActingRequest, chain: ShownChain, picked: Sequence[str], why: str) -> HttpResponseBase:
    """Dismiss those ticked. Raises: Refused where one of them may not be dismissed; YumiaoError."""
    pairs = _pairs_ticked(request, chain, picked, Operation.DISMISS_SUGGESTION)
    built = selectors.projection()
    codes = codes_of(request.actor, built, [subject for _, subject in pairs]) if built is not None else {}
    rows = [NewDismissal(subject, link, codes.get(subject, "")) for link, subject in pairs]
    count = dismiss_suggestions(rows, why=why, by=request.actor.id, now=timezone.now())
    messages.success(request, gettext("已不归入，以后不再建议：%(count)s") % {"count": count})
    return redirect("chain-dismissals", chain.id)


def _pairs_ticked(
    request: ActingRequest, chain: ShownChain, picked: Sequence[str], wanted: Operation
) -> list[tuple[str, str]]:
    """Return link and firm of what was ticked, as far as there are such. Raises: Refused where one is not allowed."""
    require(can(request.actor, wanted))
    links = {each.id for each in chain.standing_links}
    pairs = [
        (link, subject)
        for link, _, subject in (each.partition(":") for each in picked)
        if link in links and subject.isalnum()
    ]
    firms = {each.id: each for each in firms_with({subject for _, subject in pairs})}
    for firm in firms.values():
        require(can(request.actor, wanted, firm))
    return [(link, subject) for link, subject in pairs if subject in firms]


def _place(request: ActingRequest, chain: ShownChain, picked: Sequence[str], typed: dict[str, str]) -> Placed:
    """Place those ticked. Raises: Refused where one of them may not be placed; YumiaoError."""
    pairs = _pairs_ticked(request, chain, picked, Operation.PLACE_SUBJECT)
    entry = read_placement(typed, timezone.localdate())
    rows = [NewPlacement(subject, link, entry) for link, subject in pairs]
    return place_subjects(rows, way=Way.CONFIRMED, by=request.actor.id, now=timezone.now())


def _show(
    request: ActingRequest,
    chain: ShownChain,
    error: YumiaoError | None = None,
    *,
    typed: dict[str, str] | None = None,
    picked: Sequence[str] = (),
) -> HttpResponse:
    link, which, found = _found(request, chain)
    names = [(each.id, each.name) for each in chain.standing_links if each.codes]
    filters = (
        received_filter("link", gettext("环节"), names, link),
        choice_filter("which", gettext("建议依据"), WHICH, which),
    )
    address = ("chain-suggestions", chain.id)
    context = list_context(
        request, found, filters, address=address, export="chain-suggestions-export", per_page=PAGE
    )
    usual = {"source": gettext("按行业代码建议，经办核对")}
    context |= {
        "chain": chain,
        "rows": _rows(request.actor, chain, context["page"].object_list),
        "is_filtered": bool(link) or which != FIT,
        "has_codes": bool(names),
        "may_place": can(request.actor, Operation.PLACE_SUBJECT).allowed,
        "may_dismiss": can(request.actor, Operation.DISMISS_SUGGESTION).allowed,
        "typed": typed or usual,
        "picked": picked,
        "unknown": _unknown(request.actor),
        **told(error),
    }
    return render(request, "chains/suggestions.html", context, status=400 if error else 200)


def _unknown(actor: Actor) -> int:
    built = selectors.projection()
    return len(without_code(actor, built)) if built is not None else 0


def _rows(actor: Actor, chain: ShownChain, found: Sequence[Suggestion]) -> list[Row]:
    ids = list(dict.fromkeys(each.subject for each in found))
    firms = {row.id: row for row in selectors.rows_of(actor, ids, "", place_names())}
    names = {each.id: each.name for each in chain.links}
    return [
        Row(firms[each.subject], each.link, names[each.link], each.code)
        for each in found
        if each.subject in firms
    ]


@require_GET
@acting
def chain_suggestions_file(request: ActingRequest, chain_id: str, kind: str) -> HttpResponseBase:
    """Send the suggestions that the page lists with the same query, all pages of it."""
    chain = require_chain(request, chain_id)
    _, _, found = _found(request, chain)
    head = [gettext("企业"), gettext("代码"), gettext("属地"), gettext("环节"), gettext("行业代码")]
    rows = _rows(request.actor, chain, found)
    cells = ([row.subject.name, row.subject.code, row.subject.place, row.link_name, row.code] for row in rows)
    return file_of(cells, head, "suggested", kind)


def _without_code(request: ActingRequest) -> list[str]:
    require(can(request.actor, Operation.SEE_CHAINS))
    built = selectors.projection()
    return without_code(request.actor, built) if built is not None else []


@require_GET
@acting
def codes_unknown(request: ActingRequest) -> HttpResponseBase:
    """Show the enterprises of which no source wrote an industry code."""
    found = _without_code(request)
    context: dict[str, Any] = list_context(
        request, found, (), address=("codes-unknown",), export="codes-unknown-export", per_page=PAGE
    )
    context["rows"] = selectors.rows_of(request.actor, list(context["page"].object_list), "", place_names())
    context["chains_address"] = reverse("chains")
    return render(request, "chains/unknown.html", context)


@require_GET
@acting
def codes_unknown_file(request: ActingRequest, kind: str) -> HttpResponseBase:
    """Send all of them as a file."""
    rows = selectors.rows_of(request.actor, _without_code(request), "", place_names())
    head = [gettext("企业"), gettext("代码"), gettext("属地")]
    return file_of(([row.name, row.code, row.place] for row in rows), head, "without-code", kind)

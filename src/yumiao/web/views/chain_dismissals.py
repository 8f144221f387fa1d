"""Suggestions that were dismissed: listed with who and why, ended, taken back, brought back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from yumiao.district.chain_firms.dismissed import (
    STATES,
    ShownDismissal,
    WantedDismissals,
    dismissals_wanted,
    firms_dismissed,
    shown_dismissals,
)
from yumiao.district.chain_firms.placements import firms_with
from yumiao.district.chains import dismissing
from yumiao.district.chains.fields import LONGEST
from yumiao.district.chains.selectors import ShownChain
from yumiao.district.permissions import Operation, can
from yumiao.model.problems import YumiaoError
from yumiao.web.templatetags.words import words
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.administration.files import file_of
from yumiao.web.views.administration.told import told
from yumiao.web.views.chain_placements import read_day
from yumiao.web.views.chains import require_chain
from yumiao.web.views.listed import (
    choice_filter,
    list_context,
    read_choice,
    read_text,
    received_filter,
    text_filter,
)

PAGE = 100


def _read_wanted(request: ActingRequest, chain: ShownChain) -> WantedDismissals:
    query = request.GET
    return WantedDismissals(
        chain.id,
        read_choice(query, "link", [each.id for each in chain.links]),
        read_text(query),
        read_choice(query, "state", STATES),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def chain_dismissals(request: ActingRequest, chain_id: str) -> HttpResponseBase:
    """Show which suggestions of a chain were dismissed; those ticked are ended, taken back, or brought back."""
    chain = require_chain(request, chain_id)
    if request.method != "POST":
        return _show(request, chain)
    require(can(request.actor, Operation.DISMISS_SUGGESTION))
    about = firms_dismissed(chain.id, [each for each in request.POST.getlist("pick") if each.isalnum()])
    for firm in firms_with(set(about.values())):
        require(can(request.actor, Operation.DISMISS_SUGGESTION, firm))
    typed = {name: request.POST.get(name, "")[:LONGEST] for name in ("on", "why")}
    try:
        _change(request, list(about), typed)
    except YumiaoError as error:
        return _show(request, chain, error, typed=typed, picked=list(about))
    messages.success(request, gettext("已保存。"))
    return redirect("chain-dismissals", chain.id)


def _change(request: ActingRequest, picked: list[str], typed: dict[str, str]) -> None:
    """Do what the button says to those ticked. Raises: Http404 for no such button; YumiaoError."""
    by, now = request.actor.id, timezone.now()
    match request.POST.get("act"):
        case "end":
            dismissing.end_dismissals(picked, on=read_day(typed["on"]), why=typed["why"], by=by, now=now)
        case "withdraw":
            dismissing.withdraw_dismissals(picked, by=by, now=now)
        case "restore":
            dismissing.restore_dismissals(picked, by=by, now=now)
        case _:
            raise Http404


def _show(
    request: ActingRequest,
    chain: ShownChain,
    error: YumiaoError | None = None,
    *,
    typed: dict[str, str] | None = None,
    picked: list[str] | None = None,
) -> HttpResponse:
    wanted = _read_wanted(request, chain)
    links = [(each.id, each.name) for each in chain.links]
    filters = (
        text_filter("q", gettext("名称、拼音、首字母、曾用名、代码"), wanted.text),
        received_filter("link", gettext("环节"), links, wanted.link),
        choice_filter("state", gettext("状态"), STATES, wanted.state),
    )
    context = list_context(
        request,
        dismissals_wanted(request.actor, wanted),
        filters,
        address=("chain-dismissals", chain.id),
        export="chain-dismissals-export",
        per_page=PAGE,
    )
    context |= {
        "chain": chain,
        "rows": shown_dismissals(context["page"].object_list),
        "may_dismiss": can(request.actor, Operation.DISMISS_SUGGESTION).allowed,
        "typed": typed or {"on": timezone.localdate().isoformat(), "why": ""},
        "picked": picked or [],
        **told(error),
    }
    return render(request, "chains/dismissed.html", context, status=400 if error else 200)


@require_GET
@acting
def chain_dismissals_file(request: ActingRequest, chain_id: str, kind: str) -> HttpResponseBase:
    """Send the dismissals that the page lists with the same query, all pages of it."""
    chain = require_chain(request, chain_id)
    rows = shown_dismissals(dismissals_wanted(request.actor, _read_wanted(request, chain)))
    head = [gettext("企业"), gettext("代码"), gettext("环节"), gettext("位置"), gettext("行业代码")]
    head += [
        gettext("不归入的原因"),
        gettext("谁"),
        gettext("时间"),
        gettext("状态"),
        gettext("止"),
        gettext("原因"),
    ]
    return file_of(map(_row, rows), head, "dismissed", kind)


def _row(each: ShownDismissal) -> list[str]:
    return [
        each.name,
        each.firm_code,
        each.link_name,
        words(each.position.label),
        each.code,
        each.why,
        each.dismissed_by,
        timezone.localtime(each.dismissed_at).strftime("%Y-%m-%d %H:%M"),
        words(each.state_label),
        each.ended_on.isoformat() if each.ended_on else "",
        each.ended_why,
    ]

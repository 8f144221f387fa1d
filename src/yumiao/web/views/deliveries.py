"""How messages were delivered, for the office: states and reasons, never texts; what was given up is tried again."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from yumiao.district.messages.channels import Channel, State
from yumiao.district.messages.selectors import (
    ShownDelivery,
    deliveries_wanted,
    delivery_counts,
    given_up_ids,
    shown_deliveries,
)
from yumiao.district.messages.services import retry_deliveries
from yumiao.district.permissions import Operation, can
from yumiao.web.templatetags.words import words
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.export import KINDS
from yumiao.web.views.list_query import read_page
from yumiao.web.views.sending import send_file

PAGE = 50


@require_GET
@acting
def deliveries(request: ActingRequest) -> HttpResponseBase:
    """Show deliveries, the latest first, and how many stand where."""
    require(can(request.actor, Operation.SEE_DELIVERIES))
    state, channel = _read_wanted(request.GET)
    page = Paginator(deliveries_wanted(state, channel), PAGE).get_page(read_page(request.GET))
    counts = delivery_counts()
    context = {
        "state": state,
        "channel": channel,
        "states": [(each, sum(counts.get((way, each), 0) for way in Channel)) for each in State],
        "channels": list(Channel),
        "page": page,
        "rows": shown_deliveries(page.object_list),
        "is_filtered": bool(state or channel),
        "given_up": sum(counts.get((way, State.GIVEN_UP), 0) for way in Channel),
    }
    return render(request, "messages/deliveries.html", context)


@require_GET
@acting
def deliveries_file(request: ActingRequest, kind: str) -> HttpResponseBase:
    """Send what the page shows with the same query, all pages of it."""
    require(can(request.actor, Operation.SEE_DELIVERIES))
    if kind not in KINDS:
        raise Http404
    head = [
        gettext("消息"),
        gettext("发到"),
        gettext("收件人编号"),
        gettext("状态"),
        gettext("次数"),
        gettext("原因"),
    ]
    head += [gettext("建立"), gettext("下次"), gettext("已发时间")]
    found = deliveries_wanted(*_read_wanted(request.GET)).iterator(chunk_size=2000)
    return send_file(kind, [_cells(each) for each in shown_deliveries(found)], head, "deliveries")


@require_POST
@acting
def deliveries_retry(request: ActingRequest) -> HttpResponseBase:
    """Let one delivery that was given up, or all of them, be tried anew."""
    require(can(request.actor, Operation.RETRY_DELIVERIES))
    one = request.POST.get("delivery", "")
    is_one = one.isascii() and one.isdigit() and len(one) < 19
    ids = [int(one)] if is_one else given_up_ids() if request.POST.get("all") == "1" else []
    retry_deliveries(ids=ids, by=request.actor.id, now=timezone.now())
    return redirect("deliveries")


def _read_wanted(query: Mapping[str, str]) -> tuple[str, str]:
    state, channel = query.get("state", ""), query.get("channel", "")
    return state if state in set(State) else "", channel if channel in set(Channel) else ""


def _cells(row: ShownDelivery) -> list[str]:
    moments = (row.created_at, row.due_at, row.sent_at)
    return [
        words(row.topic),
        words(row.channel.label),
        row.person,
        words(row.state.label),
        str(row.tries),
        words(row.fault),
        *(f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else "" for moment in moments),
    ]

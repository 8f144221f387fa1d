"""My messages: the list, opening one, marking, and what is sent elsewhere."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from yumiao.district.messages import selectors
from yumiao.district.messages.channels import Frequency
from yumiao.district.messages.services import (
    choose,
    choose_topics,
    mark_all_read,
    mark_read,
    mark_unread,
)
from yumiao.district.permissions import Operation, can
from yumiao.web.views.acting import ActingRequest, acting
from yumiao.web.views.list_query import read_page

PAGE = 50


@require_GET
@acting
def messages(request: ActingRequest) -> HttpResponseBase:
    """Show the messages of whoever asks, the latest first."""
    person = request.actor.id
    unread_only = request.GET.get("unread") == "1"
    found = selectors.messages_of(person, unread_only=unread_only)
    page = Paginator(found, PAGE).get_page(read_page(request.GET))
    context = {
        "unread_only": unread_only,
        "page": page,
        "rows": selectors.shown_messages(found[page.start_index() - 1 : page.end_index()])
        if page.paginator.count
        else [],
        "choices": list(selectors.choices_of(person).items()),
        "frequencies": list(Frequency),
        "topic_choices": selectors.topic_choices_of(person),
        "working_days": selectors.wants_working_days(person),
        "may_see_deliveries": can(request.actor, Operation.SEE_DELIVERIES).allowed,
    }
    return render(request, "messages/list.html", context)


@require_POST
@acting
def messages_open(request: ActingRequest, message: str) -> HttpResponseBase:
    """Open one message, or mark it read or unread; somebody else's is not found."""
    person = request.actor.id
    address = selectors.address_of(person, message)
    if address is None:
        raise Http404
    act = request.POST.get("act")
    if act == "unread":
        mark_unread(person=person, message=message)
    else:
        mark_read(person=person, ids=[message], now=timezone.now())
    if act == "open" and address:
        return redirect(address)
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if is_ours else "messages")


@require_POST
@acting
def messages_read(request: ActingRequest) -> HttpResponseBase:
    """Mark every message of whoever asks as read."""
    mark_all_read(person=request.actor.id, now=timezone.now())
    return redirect("messages")


@require_POST
@acting
def messages_choose(request: ActingRequest) -> HttpResponseBase:
    """Keep how often whoever asks wants each way out; what the form does not name stays."""
    person = request.actor.id
    wanted = {channel: request.POST.get(channel.value, "") for channel in selectors.choices_of(person)}
    choose(
        person=person,
        frequencies={channel: Frequency(text) for channel, text in wanted.items() if text in set(Frequency)},
    )
    return redirect("messages")


@require_POST
@acting
def messages_topics(request: ActingRequest) -> HttpResponseBase:
    """Keep how often whoever asks wants each way out for each topic; what the form does not name stays."""
    person = request.actor.id
    wanted = {
        (channel, topic): request.POST[name]
        for topic, _, chosen in selectors.topic_choices_of(person)
        for channel, _ in chosen
        if (name := f"{channel.value}.{topic}") in request.POST
    }
    choose_topics(
        person=person,
        frequencies={
            key: Frequency(text) if text else None
            for key, text in wanted.items()
            if not text or text in set(Frequency)
        },
        working_days=request.POST.get("working_days") == "1",
    )
    return redirect("messages")

"""Retention: the term of each kind, what is over now one by one, and destroying it after asking."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from yumiao.district.permissions import Operation, can
from yumiao.district.retention.services import (
    ShownTerm,
    WishedTerm,
    check_term,
    decide_term,
    destroy_over,
    over_items,
    term_of,
    terms,
)
from yumiao.model.problems import YumiaoError
from yumiao.web.templatetags.words import words
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.administration.files import file_of
from yumiao.web.views.administration.told import told
from yumiao.web.views.list_query import read_page

PAGE = 50
_CHUNK = 500


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def retention(request: ActingRequest) -> HttpResponseBase:
    """Show every kind with its term and what is over; decide a term, asked again where it makes things over."""
    require(can(request.actor, Operation.SET_RETENTION))
    if request.method != "POST":
        return _page(request, None)
    now = timezone.now()
    try:
        wished = _wished(request, now)
        if wished.more and request.POST.get("sure") != "1":
            return render(request, "administration/retention_shorter.html", {"wished": wished})
        decide_term(
            kind=wished.kind.name, days=wished.days, reason=wished.reason, now=now, by=request.actor.id
        )
    except YumiaoError as error:
        return _page(request, error)
    messages.success(request, gettext("已保存。"))
    return redirect("retention")


@require_GET
@acting
def retention_over(request: ActingRequest, kind: str) -> HttpResponseBase:
    """Show what of one kind is over, one by one: ids and days, no content."""
    require(can(request.actor, Operation.SET_RETENTION))
    now = timezone.now()
    term = _term(kind, now)
    page = Paginator(range(term.over), PAGE).get_page(read_page(request.GET))
    start = max(page.start_index() - 1, 0)
    context = {"term": term, "page": page, "rows": over_items(term, now, start, page.end_index())}
    return render(request, "administration/retention_over.html", context)


@require_GET
@acting
def retention_over_file(request: ActingRequest, kind: str, form: str) -> HttpResponseBase:
    """Send the same list as a file."""
    require(can(request.actor, Operation.SET_RETENTION))
    now = timezone.now()
    term = _term(kind, now)
    head = [gettext("种类"), gettext("编号"), gettext("关于"), gettext("期限起算或最后一天")]
    return file_of(_lines(term, now), head, f"retention-{kind}", form)


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def retention_destroy(request: ActingRequest) -> HttpResponseBase:
    """Ask whether what is over shall be destroyed now, of one kind or of all, and do it: that cannot be undone."""
    require(can(request.actor, Operation.SET_RETENTION))
    now, kind = timezone.now(), request.POST.get("kind") or request.GET.get("kind", "")
    found = [_term(kind, now)] if kind else terms(now)
    if request.method != "POST":
        rows = [each for each in found if each.over]
        context = {"rows": rows, "kind": kind, "seen": now.isoformat()}
        return render(request, "administration/retention_destroy.html", context)
    done = destroy_over(
        now=now,
        by=request.actor.id,
        only={each.kind.name for each in found},
        seen_at=_moment(request.POST.get("seen", "")),
    )
    messages.success(request, gettext("已销毁：%(count)s") % {"count": sum(done.values())})
    return redirect("retention")


def _wished(request: ActingRequest, now: dt.datetime) -> WishedTerm:
    days = request.POST.get("days", "")
    return check_term(
        kind=request.POST.get("kind", ""),
        days=int(days) if days.isascii() and days.isdigit() and len(days) < 7 else 0,
        reason=request.POST.get("reason", ""),
        now=now,
    )


def _page(request: ActingRequest, error: YumiaoError | None) -> HttpResponseBase:
    rows = terms(timezone.now())
    typed = {name: request.POST.get(name, "") for name in ("kind", "days", "reason")}
    context = {"rows": rows, "over": sum(each.over for each in rows), "typed": typed, **told(error)}
    return render(request, "administration/retention.html", context, status=400 if error else 200)


def _term(kind: str, now: dt.datetime) -> ShownTerm:
    try:
        return term_of(kind, now)
    except YumiaoError:
        raise Http404 from None


def _lines(term: ShownTerm, now: dt.datetime) -> Iterator[list[str]]:
    for start in range(0, term.over, _CHUNK):
        for item in over_items(term, now, start, start + _CHUNK):
            yield [words(term.kind.label), item.id, item.about, item.since.isoformat()]


def _moment(text: str) -> dt.datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and timezone.is_aware(found) else None

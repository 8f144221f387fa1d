"""The working calendar: the exceptions of a year, entered one by one or as a file."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yumiao.district.permissions import Operation, can
from yumiao.district.workdays.selectors import days_of, known_years
from yumiao.district.workdays.services import Day, clear_day, import_days, reference_text, set_day
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.administration.files import file_of
from yumiao.web.views.administration.received import received_text
from yumiao.web.views.administration.told import told

_NO_DATE = YumiaoError(
    "calendar.refused", Text("请填日期，如 2026-10-01。", "Give a date such as 2026-10-01.")
)


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def calendar(request: ActingRequest) -> HttpResponseBase:
    """Show the exceptions of a year; with the form that enters one."""
    require(can(request.actor, Operation.SET_REFERENCE))
    typed = {"date": "", "kind": "off", "name": "", "source": ""}
    if request.method != "POST":
        return _page(request, typed, None)
    typed = {name: request.POST.get(name, "").strip()[:300] for name in typed}
    try:
        day = _day_of(typed["date"])
        entered = Day(day, typed["kind"] == "work", typed["name"], typed["source"])
        set_day(entered, now=timezone.now(), by=request.actor.id)
    except YumiaoError as error:
        return _page(request, typed, error)
    messages.success(request, gettext("已保存。"))
    return redirect(f"{request.path}?year={day.year}")


@require_POST
@acting
def calendar_clear(request: ActingRequest, day: str) -> HttpResponseBase:
    """Let one day be as its weekday says; entering it again brings the exception back."""
    require(can(request.actor, Operation.SET_REFERENCE))
    found = _day_of(day)
    if not clear_day(found, now=timezone.now(), by=request.actor.id):
        raise Http404
    messages.success(request, gettext("已撤去，需要时可再登记。"))
    return redirect(f"/admin/calendar/?year={found.year}")


@require_POST
@acting
def calendar_import(request: ActingRequest) -> HttpResponseBase:
    """Replace the years that a file names, or take the file that comes with the program."""
    require(can(request.actor, Operation.SET_REFERENCE))
    try:
        text = reference_text() if request.POST.get("reference") == "1" else received_text(request)
        count = import_days(text, now=timezone.now(), by=request.actor.id)
    except YumiaoError as error:
        return _page(request, {"date": "", "kind": "off", "name": "", "source": ""}, error)
    messages.success(request, gettext("已导入：%(count)s") % {"count": count})
    return redirect("calendar")


@require_GET
@acting
def calendar_file(request: ActingRequest, kind: str) -> HttpResponseBase:
    """Send all exceptions, in the columns that are imported."""
    require(can(request.actor, Operation.SET_REFERENCE))
    rows = (
        [each.day.isoformat(), "work" if each.is_working else "off", each.name, each.source]
        for year in sorted(known_years())
        for each in days_of(year)
    )
    return file_of(rows, ["date", "kind", "name", "source"], "calendar", kind)


def _page(request: ActingRequest, typed: dict[str, str], error: YumiaoError | None) -> HttpResponseBase:
    years = known_years()
    text = request.GET.get("year", "")
    today = timezone.localdate().year
    year = int(text) if text.isascii() and text.isdigit() and 1900 < int(text) < 2200 else today
    context: dict[str, Any] = {
        "years": sorted({*years, today, today + 1}, reverse=True),
        "year": year,
        "is_known": year in years,
        "rows": days_of(year),
        "typed": typed,
        **told(error),
    }
    return render(request, "administration/calendar.html", context, status=400 if error else 200)


def _day_of(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise _NO_DATE from None

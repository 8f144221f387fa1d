"""Divisions: the tree of codes and names with their dates."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yumiao.district.divisions.kinds import kinds_offered
from yumiao.district.divisions.naming import TOWN, unnamed
from yumiao.district.divisions.selectors import divisions_wanted, shown_divisions
from yumiao.district.divisions.services import (
    COLUMNS,
    add_division,
    end_division,
    import_divisions,
    read_division,
    reference_texts,
    withdraw_division,
)
from yumiao.district.permissions import Operation, can
from yumiao.district.registry.places import place_names
from yumiao.district.registry.selectors import territories_in_use
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.administration.files import file_of
from yumiao.web.views.administration.received import received_text
from yumiao.web.views.administration.told import told
from yumiao.web.views.list_query import read_page

PAGE = 100


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def divisions(request: ActingRequest) -> HttpResponseBase:
    """Show the divisions of a day, or all names ever; with the form that enters one."""
    require(can(request.actor, Operation.SET_REFERENCE))
    typed = dict.fromkeys(COLUMNS, "")
    if request.method != "POST":
        code = request.GET.get("code", "")
        typed |= (
            {"code": code, "parent": code[:6], "kind": "town"} if code.isdigit() and len(code) == TOWN else {}
        )
        return _page(request, typed, None)
    typed = {name: request.POST.get(name, "").strip()[:300] for name in COLUMNS}
    try:
        read = read_division(typed)
        if isinstance(read, Text):
            raise YumiaoError("division.refused", read)  # noqa: TRY301 - the same answer as a refused row
        add_division(read, now=timezone.now(), by=request.actor.id)
    except YumiaoError as error:
        return _page(request, typed, error)
    messages.success(request, gettext("已保存。"))
    return redirect("divisions")


@require_POST
@acting
def division_act(request: ActingRequest, row: int, act: str) -> HttpResponseBase:
    """End a name, withdraw a row entered by mistake, or bring it back."""
    require(can(request.actor, Operation.SET_REFERENCE))
    now, by = timezone.now(), request.actor.id
    try:
        if act == "end":
            end_division(row, until=_day_of(request.POST.get("until", "")), now=now, by=by)
        else:
            withdraw_division(row, is_withdrawn=act == "withdraw", now=now, by=by)
    except YumiaoError as error:
        return _page(request, dict.fromkeys(COLUMNS, ""), error)
    if act == "withdraw":
        return _page(request, dict.fromkeys(COLUMNS, ""), None, withdrawn=row)
    messages.success(request, gettext("已保存。"))
    return redirect("divisions")


@require_POST
@acting
def divisions_import(request: ActingRequest) -> HttpResponseBase:
    """Add the rows of a file, or of one that comes with the program."""
    require(can(request.actor, Operation.SET_REFERENCE))
    try:
        text = reference_texts().get(request.POST.get("reference", "")) or received_text(request)
        count = import_divisions(text, now=timezone.now(), by=request.actor.id)
    except YumiaoError as error:
        return _page(request, dict.fromkeys(COLUMNS, ""), error)
    messages.success(request, gettext("已导入：%(count)s") % {"count": count})
    return redirect("divisions")


@require_GET
@acting
def divisions_file(request: ActingRequest, kind: str) -> HttpResponseBase:
    """Send what the page lists with the same query, in the columns that are imported."""
    require(can(request.actor, Operation.SET_REFERENCE))
    on, text = _read_wanted(request)
    rows = (
        [str(getattr(row, name) or "") for name in COLUMNS]
        for row in divisions_wanted(on, text).iterator(2_000)
    )
    return file_of(rows, list(COLUMNS), "divisions", kind)


def _page(
    request: ActingRequest, typed: dict[str, str], error: YumiaoError | None, withdrawn: int = 0
) -> HttpResponseBase:
    on, text = _read_wanted(request)
    page = Paginator(divisions_wanted(on, text), PAGE).get_page(read_page(request.GET))
    context: dict[str, Any] = {
        "on": on,
        "text": text,
        "page": page,
        "rows": shown_divisions(page.object_list),
        "unnamed": unnamed(territories_in_use(), place_names()),
        "references": list(reference_texts()),
        "typed": typed,
        "kinds": kinds_offered(typed["kind"]),
        "withdrawn": withdrawn,
        **told(error),
    }
    return render(request, "administration/divisions.html", context, status=400 if error else 200)


def _read_wanted(request: ActingRequest) -> tuple[dt.date | None, str]:
    text = request.GET.get("q", "").strip()[:60].replace("\x00", "")
    try:
        return dt.date.fromisoformat(request.GET.get("on", "")), text
    except ValueError:
        return None, text


def _day_of(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        told_no = Text("请填止日，如 2026-12-31。", "Give the last day, such as 2026-12-31.")
        raise YumiaoError("division.refused", told_no) from None

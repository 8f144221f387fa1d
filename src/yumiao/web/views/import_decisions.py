"""What was decided on who is who: listed with what was taken back, taken back, made to hold again."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from yumiao.district.intakes import accepting, deciding
from yumiao.district.intakes.desk_lists import (
    ACTS,
    DECISION_SORTS,
    STANDINGS,
    WantedDecisions,
    decided_together,
    deciders,
    decisions_wanted,
)
from yumiao.district.intakes.selectors import labels_of
from yumiao.district.permissions import Operation, can
from yumiao.model.problems import YumiaoError
from yumiao.web.templatetags.words import words
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.export import KINDS
from yumiao.web.views.import_queue import back_query, read_why
from yumiao.web.views.imports import tabs
from yumiao.web.views.listed import (
    choice_filter,
    list_context,
    read_choice,
    read_text,
    received_filter,
    sort_filter,
    text_filter,
)
from yumiao.web.views.sending import send_file

PAGE = 50
_MOST_DIGITS = 9
_WITH_INTAKE = re.compile(r"intake ([0-9a-f]{32})")


def read_number(text: str) -> int | None:
    """Read the number of a decision; None for what is none."""
    is_number = text.isdigit() and text.isascii() and len(text) <= _MOST_DIGITS
    return int(text) if is_number else None


def _wanted(request: HttpRequest) -> WantedDecisions:
    query = request.GET
    return WantedDecisions(
        text=read_text(query),
        act=read_choice(query, "act", ACTS),
        standing=read_choice(query, "standing", STANDINGS),
        who=read_text(query, "who"),
        together=read_number(query.get("together", "")),
        sort=read_choice(query, "sort", DECISION_SORTS, "latest"),
    )


@require_GET
@acting
def decisions_page(request: ActingRequest) -> HttpResponseBase:
    """Show the decisions, the latest first."""
    require(can(request.actor, Operation.DECIDE_IDENTITY))
    return _show(request)


def _show(request: ActingRequest, error: YumiaoError | None = None) -> HttpResponseBase:
    wanted = _wanted(request)
    filters = (
        text_filter("q", gettext("名称或理由"), wanted.text),
        choice_filter("act", gettext("决定"), ACTS, wanted.act),
        choice_filter("standing", gettext("状态"), STANDINGS, wanted.standing),
        received_filter("who", gettext("谁"), deciders(), wanted.who),
        sort_filter(DECISION_SORTS, wanted.sort),
    )
    context: dict[str, Any] = {
        **tabs("queue"),
        **list_context(
            request,
            decisions_wanted(wanted),
            filters,
            address=("decisions",),
            export="decisions-export",
            per_page=PAGE,
        ),
        "together": wanted.together,
        "together_count": len(decided_together(wanted.together)) if wanted.together is not None else 0,
        "error": error,
    }
    rows = list(context["page"].object_list)
    people = labels_of({who for row in rows for who in (row.who, row.undone_by) if who})
    context["is_filtered"] |= wanted.together is not None
    context["rows"] = [
        (row, ACTS[row.act], people[row.who], people.get(row.undone_by), _intake_in(row.why)) for row in rows
    ]
    return render(request, "imports/decisions.html", context, status=400 if error else 200)


def _intake_in(why: str) -> str:
    """The intake with which a decision was made, from the reason that says so; empty of another reason."""
    found = _WITH_INTAKE.fullmatch(why)
    return found[1] if found else ""


@require_GET
@acting
def decisions_file(request: ActingRequest, kind: str) -> HttpResponseBase:
    """Send the decisions with the same query, all pages of it."""
    require(can(request.actor, Operation.DECIDE_IDENTITY))
    if kind not in KINDS:
        raise Http404
    found = list(decisions_wanted(_wanted(request)))
    people = labels_of({who for row in found for who in (row.who, row.undone_by) if who})
    rows = [
        [
            str(row.number),
            row.name or row.subject,
            row.subject,
            row.other_name or row.other,
            row.other,
            words(ACTS[row.act]),
            " ".join(row.batches),
            _moment(row.at),
            people[row.who],
            row.why,
            words(STANDINGS["holds" if row.undo is None else "undone"]),
            _moment(row.undone_at),
            people.get(row.undone_by, ""),
        ]
        for row in found
    ]
    heads = [gettext("编号"), gettext("主体"), gettext("主体编号"), gettext("另一主体"), gettext("其编号")]
    more = [
        gettext("决定"),
        gettext("批次"),
        gettext("时间"),
        gettext("谁"),
        gettext("理由"),
        gettext("状态"),
    ]
    return send_file(kind, rows, [*heads, *more, gettext("撤回时间"), gettext("谁撤回")], "decisions")


def _moment(at: Any) -> str:
    return "" if at is None else timezone.localtime(at).strftime("%Y-%m-%d %H:%M")


@require_POST
@acting
def decisions_undo(request: ActingRequest) -> HttpResponseBase:
    """Take a decision back, or by the number of that undo make it hold again."""
    require(can(request.actor, Operation.DECIDE_IDENTITY))
    number = read_number(request.POST.get("number", ""))
    if number is None:
        raise Http404
    try:
        deciding.undo(number, why=read_why(request), by=request.actor.id, now=timezone.now())
    except YumiaoError as error:
        return _show(request, error)
    page = "queue" if request.POST.get("from") == "queue" else "decisions"
    query = [(name, value) for name, value in back_query(request) if name != "done"]
    return redirect(f"{reverse(page)}{'?' if query else ''}{urlencode(query)}#result")


@require_POST
@acting
def decisions_together(request: ActingRequest, number: int) -> HttpResponseBase:
    """Take back all that was decided at once and still holds."""
    require(can(request.actor, Operation.DECIDE_IDENTITY))
    try:
        accepting.take_back_together(number, why=read_why(request), by=request.actor.id, now=timezone.now())
    except YumiaoError as error:
        return _show(request, error)
    return redirect(f"{reverse('decisions')}?together={number}#result")

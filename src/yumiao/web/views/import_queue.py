"""The queue: pairs of subjects of which nobody has said whether they are one, decided one by one or many at once."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yumiao.district.intakes import accepting, deciding, selectors
from yumiao.district.intakes.desk_lists import decision_of
from yumiao.district.intakes.pair_lists import BANDS, PAIR_SORTS, STEPS, WantedPairs, queue_wanted, step_label
from yumiao.district.permissions import Operation, can
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.web.templatetags.words import words
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.export import KINDS
from yumiao.web.views.imports import tabs
from yumiao.web.views.listed import (
    choice_filter,
    list_context,
    read_choice,
    read_text,
    sort_filter,
    text_filter,
    with_anchors,
)
from yumiao.web.views.sending import send_file

PAGE = 20
SAMPLE = 20
MOST_WHY = 300
MOST_QUERY = 500
_ANCHOR = re.compile(r"[A-Za-z0-9_.-]{1,100}")


def read_why(request: HttpRequest) -> str:
    """Read a reason, free words."""
    return request.POST.get("why", "").strip()[:MOST_WHY]


def read_anchor(request: HttpRequest) -> str:
    """Read where on the page the focus goes next; the heading of the list where that is not said."""
    text = request.POST.get("then", "")
    return text if _ANCHOR.fullmatch(text) else "result"


def back_query(request: HttpRequest) -> list[tuple[str, str]]:
    """Read the query of the list that a form was sent from."""
    return parse_qsl(request.POST.get("back", "")[:MOST_QUERY])


def pair_anchor(row: Any) -> str:
    """Return the id of a pair's row on the page; it stays when the queue is made anew."""
    return f"pair-{row.subject}-{row.other}"


def _wanted(request: HttpRequest) -> WantedPairs:
    query = request.GET
    return WantedPairs(
        text=read_text(query),
        step=read_choice(query, "step", STEPS),
        band=read_choice(query, "band", BANDS),
        source=read_choice(query, "source", dict(selectors.source_choices())),
        sort=read_choice(query, "sort", PAIR_SORTS, "unsure"),
    )


@require_GET
@acting
def queue(request: ActingRequest) -> HttpResponseBase:
    """Show the pairs, from the least sure."""
    require(can(request.actor, Operation.DECIDE_IDENTITY))
    return _show(request)


def _show(request: ActingRequest, error: YumiaoError | None = None) -> HttpResponseBase:
    wanted = _wanted(request)
    filters = (
        text_filter("q", gettext("名称、代码或文件"), wanted.text),
        choice_filter("band", gettext("把握"), BANDS, wanted.band),
        choice_filter("step", gettext("怎样找到的"), STEPS, wanted.step),
        choice_filter("source", gettext("来源"), selectors.source_choices(), wanted.source),
        sort_filter(PAIR_SORTS, wanted.sort),
    )
    context = {
        **tabs("queue"),
        **list_context(
            request,
            queue_wanted(wanted),
            filters,
            address=("queue",),
            export="queue-export",
            per_page=PAGE,
        ),
        "sure_count": len(accepting.acceptable_pairs(wanted, accepting.LEASTS[0]).ids),
        "least": accepting.LEASTS[0],
        "done": decision_of(request.GET.get("done", "")),
        "error": error,
    }
    context["rows"] = with_anchors(context["page"].object_list, pair_anchor)
    return render(request, "imports/queue.html", context, status=400 if error else 200)


@require_GET
@acting
def queue_file(request: ActingRequest, kind: str) -> HttpResponseBase:
    """Send the open pairs with the same query, all pages of it."""
    require(can(request.actor, Operation.DECIDE_IDENTITY))
    if kind not in KINDS:
        raise Http404
    rows = [
        [
            each.name,
            each.code,
            each.other_name,
            each.other_code,
            "" if each.probability is None else f"{each.probability:.3f}",
            words(step_label(each.step)),
            words(Text(each.evidence_zh, each.evidence_en)),
            each.file,
            each.batch,
        ]
        for each in queue_wanted(_wanted(request))
    ]
    heads = [gettext("主体"), gettext("代码"), gettext("可能是"), gettext("其代码"), gettext("概率")]
    more = [gettext("怎样找到的"), gettext("依据"), gettext("文件"), gettext("批次")]
    return send_file(kind, rows, [*heads, *more], "queue")


@require_POST
@acting
def queue_decide(request: ActingRequest) -> HttpResponseBase:
    """Decide of one pair; it is remembered and can be undone. The next pair has the focus then."""
    require(can(request.actor, Operation.DECIDE_IDENTITY))
    decision = request.POST.get("decision", "")
    if decision not in ("same", "different"):
        return redirect("queue")
    try:
        number = deciding.decide(
            request.POST.get("subject", ""),
            request.POST.get("other", ""),
            is_same=decision == "same",
            why=read_why(request),
            by=request.actor.id,
            now=timezone.now(),
        )
    except YumiaoError as error:
        return _show(request, error)
    query = [(name, value) for name, value in back_query(request) if name != "done"]
    address = f"{reverse('queue')}?{urlencode([*query, ('done', str(number))])}"
    return redirect(f"{address}#{read_anchor(request)}")


# ── many at once ──────────────────────────────────────────────────────────────────────────────────────────────


def read_least(text: str) -> int:
    """Read how sure pairs have to be, in percent; the lowest that is offered where it is none of those."""
    return next((each for each in accepting.LEASTS if str(each) == text), accepting.LEASTS[0])


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def queue_accept(request: ActingRequest) -> HttpResponseBase:
    """Show how many pairs are that sure, and those of them that are least so; then decide all of them at once."""
    require(can(request.actor, Operation.DECIDE_IDENTITY))
    wanted, error = _wanted(request), None
    least = read_least(request.GET.get("least", ""))
    if request.method == "POST":
        mark, why = request.POST.get("mark", ""), read_why(request)
        try:
            number = accepting.accept_all(
                wanted, least, mark=mark, why=why, by=request.actor.id, now=timezone.now()
            )
        except YumiaoError as refused:
            error = refused
        else:
            return redirect(f"{reverse('decisions')}?together={number}#result")
    found = accepting.acceptable_pairs(wanted, least)
    address = f"{reverse('queue')}?{request.GET.urlencode()}"
    context = {**tabs("queue"), "error": error, "back": address}
    return show_acceptable(request, found, least, context | {"sample": accepting.sample_pairs(found, SAMPLE)})


def show_acceptable(
    request: ActingRequest, found: accepting.Acceptable, least: int, context: dict[str, Any]
) -> HttpResponseBase:
    """Show what would be accepted, and ask."""
    context |= {
        "count": len(found.ids),
        "left": found.left,
        "mark": found.mark,
        "least": least,
        "leasts": accepting.LEASTS,
        "why": request.POST.get("why", ""),
        "kept_query": [(name, value) for name, value in request.GET.items() if name != "least"],
    }
    return render(request, "imports/accept.html", context, status=400 if context.get("error") else 200)

"""What waits for a person after imports: who is who, and which source is right; and taking decisions back."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from yumiao.district.intakes import deciding, selectors
from yumiao.district.permissions import Operation, can
from yumiao.district.registry.packs import library
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.report.stored_values import stored_words
from yumiao.store.values import Act
from yumiao.web.templatetags.words import words
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.export import KINDS
from yumiao.web.views.import_findings import column_words
from yumiao.web.views.imports import tabs
from yumiao.web.views.list_query import read_page
from yumiao.web.views.sending import send_file

PAGE = 20
MOST_WHY = 300

ACTS = {
    Act.MERGE: Text("同一主体", "one subject"),
    Act.SEPARATE: Text("不同主体", "two subjects"),
    Act.SPLIT: Text("拆分", "split"),
    Act.SAME: Text("标识相同", "same identifier"),
}


def _why(request: ActingRequest) -> str:
    return request.POST.get("why", "").strip()[:MOST_WHY]


def _text(request: ActingRequest) -> str:
    return request.GET.get("q", "").strip()[:100].replace("\x00", "")


# ── who is who ────────────────────────────────────────────────────────────────────────────────────────────────


@require_GET
@acting
def queue(request: ActingRequest) -> HttpResponseBase:
    """Show the pairs of which nobody has said whether they are one, from the least sure."""
    require(can(request.actor, Operation.DECIDE_IDENTITY))
    return _show_queue(request)


def _show_queue(request: ActingRequest, error: YumiaoError | None = None) -> HttpResponseBase:
    text, step = _text(request), request.GET.get("step", "")
    steps = selectors.pair_steps()
    step = step if step in steps else ""
    page = Paginator(selectors.open_pairs_wanted(text, step), PAGE).get_page(read_page(request.GET))
    context = {
        **tabs("queue"),
        "page": page,
        "rows": page.object_list,
        "text": text,
        "step": step,
        "steps": steps,
        "is_filtered": bool(text or step),
        "error": error,
    }
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
            words(Text(each.evidence_zh, each.evidence_en)),
            each.file,
        ]
        for each in selectors.open_pairs_wanted(_text(request), request.GET.get("step", "")[:80])
    ]
    heads = [gettext("主体"), gettext("代码"), gettext("可能是"), gettext("其代码"), gettext("概率")]
    return send_file(kind, rows, [*heads, gettext("依据"), gettext("文件")], "queue")


@require_POST
@acting
def queue_decide(request: ActingRequest) -> HttpResponseBase:
    """Decide of one pair; it is remembered and can be undone."""
    require(can(request.actor, Operation.DECIDE_IDENTITY))
    decision = request.POST.get("decision", "")
    if decision not in ("same", "different"):
        return redirect("queue")
    try:
        deciding.decide(
            request.POST.get("subject", ""),
            request.POST.get("other", ""),
            is_same=decision == "same",
            why=_why(request),
            by=request.actor.id,
            now=timezone.now(),
        )
    except YumiaoError as error:
        return _show_queue(request, error)
    return redirect("queue")


@require_GET
@acting
def decisions_page(request: ActingRequest) -> HttpResponseBase:
    """Show the decisions on who is who that hold, the latest first."""
    require(can(request.actor, Operation.DECIDE_IDENTITY))
    return _show_decisions(request)


def _show_decisions(request: ActingRequest, error: YumiaoError | None = None) -> HttpResponseBase:
    page = Paginator(selectors.decisions(), PAGE).get_page(read_page(request.GET))
    events = list(page.object_list)
    ids = {str(event.details[key]) for event in events for key in _SIDES if key in event.details}
    names, people = selectors.names_of(ids), selectors.labels_of({event.who for event in events})
    rows = [
        {
            "seq": event.seq,
            "at": event.at[:16].replace("T", " "),
            "who": people[event.who],
            "act": ACTS[event.act],
            "sides": [names[str(event.details[key])] for key in _SIDES if key in event.details],
            "why": event.details.get("why", ""),
        }
        for event in events
    ]
    context: dict[str, Any] = {**tabs("queue"), "page": page, "rows": rows, "error": error}
    return render(request, "imports/decisions.html", context, status=400 if error else 200)


_SIDES = ("from", "subject", "left", "into", "right")


@require_POST
@acting
def decisions_undo(request: ActingRequest) -> HttpResponseBase:
    """Take a decision back; what rested on it is as it was."""
    require(can(request.actor, Operation.DECIDE_IDENTITY))
    number = request.POST.get("number", "")
    if not (number.isdigit() and number.isascii() and len(number) < 10):
        raise Http404
    try:
        deciding.undo(int(number), why=_why(request), by=request.actor.id, now=timezone.now())
    except YumiaoError as error:
        return _show_decisions(request, error)
    return redirect("decisions")


# ── which source is right ─────────────────────────────────────────────────────────────────────────────────────


@require_GET
@acting
def conflicts(request: ActingRequest) -> HttpResponseBase:
    """Show the facts on which sources disagree, first those on which most verdicts hang."""
    require(can(request.actor, Operation.SETTLE_FACTS))
    return _show_conflicts(request)


def _show_conflicts(request: ActingRequest, error: YumiaoError | None = None) -> HttpResponseBase:
    text, source, hanging = _text(request), request.GET.get("source", ""), request.GET.get("hanging") == "1"
    source = source if source in dict(selectors.source_choices()) else ""
    found = selectors.contested_wanted(text, source, hanging=hanging)
    page = Paginator(found, PAGE).get_page(read_page(request.GET))
    context = {
        **tabs("conflicts"),
        "page": page,
        "rows": [_contested(each) for each in page.object_list],
        "text": text,
        "source": source,
        "hanging": hanging,
        "sources": selectors.source_choices(),
        "is_filtered": bool(text or source or hanging),
        "error": error,
    }
    return render(request, "imports/conflicts.html", context, status=400 if error else 200)


def _contested(row: Any) -> dict[str, Any]:
    metric = library().metrics.get(row.column.partition("#")[0].partition("@")[0])
    return {
        "row": row,
        "name": row.name or row.code or row.subject,
        "fact": column_words(row.column),
        "value": stored_words(metric, row.value or None),
        "other": stored_words(metric, row.other or None),
        "source": selectors.source_label(row.source),
        "other_source": selectors.source_label(row.other_source),
        "policies": [selectors.title_of(each) for each in row.policies],
    }


@require_GET
@acting
def conflicts_file(request: ActingRequest, kind: str) -> HttpResponseBase:
    """Send the contested facts with the same query, all pages of it."""
    require(can(request.actor, Operation.SETTLE_FACTS))
    if kind not in KINDS:
        raise Http404
    found = selectors.contested_wanted(
        _text(request), request.GET.get("source", "")[:80], hanging=request.GET.get("hanging") == "1"
    )
    rows = []
    for each in map(_contested, found):
        row = each["row"]
        sides = [words(each["value"]), words(each["source"]), row.place]
        others = [words(each["other"]), words(each["other_source"]), row.other_place]
        rows.append([each["name"], each["fact"], *sides, *others, "、".join(map(words, each["policies"]))])
    heads = [gettext("企业"), gettext("事实"), gettext("采信"), gettext("来源"), gettext("出处")]
    more = [gettext("未采信"), gettext("其来源"), gettext("其出处"), gettext("影响的判定")]
    return send_file(kind, rows, [*heads, *more], "conflicts")


@require_POST
@acting
def conflicts_settle(request: ActingRequest, fact: int) -> HttpResponseBase:
    """Say which value of a contested fact is right; the others' sources are taken to say so too."""
    require(can(request.actor, Operation.SETTLE_FACTS))
    if not selectors.contested_wanted().filter(id=fact).exists():
        return redirect("conflicts")
    try:
        deciding.settle(
            fact, request.POST.get("value", ""), why=_why(request), by=request.actor.id, now=timezone.now()
        )
    except YumiaoError as error:
        return _show_conflicts(request, error)
    return redirect("conflicts")

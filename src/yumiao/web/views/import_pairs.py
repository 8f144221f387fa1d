"""The subjects of an intake that may be known ones, told apart before the import: one by one, or many at once."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yumiao.district.intakes import accepting, selectors, services
from yumiao.district.intakes.pair_lists import (
    BANDS,
    DECIDED,
    FILE_PAIR_SORTS,
    WantedFilePairs,
    file_pairs_wanted,
)
from yumiao.district.permissions import Operation, can
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.web.templatetags.words import words
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.export import KINDS
from yumiao.web.views.import_queue import SAMPLE, back_query, read_anchor, read_least, show_acceptable
from yumiao.web.views.imports import done, intake_or_404, numbered_pairs, show_intake, tabs
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


def _wanted(request: HttpRequest, files: list[tuple[str, str]]) -> WantedFilePairs:
    query = request.GET
    return WantedFilePairs(
        text=read_text(query),
        band=read_choice(query, "band", BANDS),
        decision=read_choice(query, "decision", DECIDED),
        file=read_choice(query, "file", dict(files)),
        sort=read_choice(query, "sort", FILE_PAIR_SORTS, "unsure"),
    )


def _files(row: Any) -> list[tuple[str, str]]:
    return [(each.id, each.name) for each in row.files.all()]


@require_GET
@acting
def pairs(request: ActingRequest, intake: str) -> HttpResponseBase:
    """Show the subjects of an intake that may be known ones, from the least sure."""
    row = intake_or_404(request, intake)
    wanted = _wanted(request, _files(row))
    filters = (
        text_filter("q", gettext("名称或代码"), wanted.text),
        choice_filter("band", gettext("把握"), BANDS, wanted.band),
        choice_filter("decision", gettext("决定"), DECIDED, wanted.decision),
        received_filter("file", gettext("文件"), _files(row), wanted.file),
        sort_filter(FILE_PAIR_SORTS, wanted.sort),
    )
    context: dict[str, Any] = {
        **tabs("imports"),
        "intake": row,
        **list_context(
            request,
            file_pairs_wanted(intake, wanted),
            filters,
            address=("import-pairs", intake),
            export="import-pairs-export",
            per_page=PAGE,
        ),
        **accepting_context(row, wanted),
        "from_list": True,
    }
    context["pairs"] = numbered_pairs(context["page"].object_list)
    return render(request, "imports/pairs.html", context)


def accepting_context(row: Any, wanted: WantedFilePairs) -> dict[str, Any]:
    """Return how many pairs of a checked intake could be accepted at once, and how many are decided."""
    if row.state != "checked":
        return {"sure_count": 0, "decided_count": 0, "least": accepting.LEASTS[0]}
    return {
        "sure_count": len(accepting.acceptable_file_pairs(row.id, wanted, accepting.LEASTS[0]).ids),
        "decided_count": selectors.pairs_of(row.id).exclude(decision="").count(),
        "least": accepting.LEASTS[0],
    }


@require_GET
@acting
def pairs_file(request: ActingRequest, intake: str, kind: str) -> HttpResponseBase:
    """Send the pairs with the same query, all pages of it."""
    row = intake_or_404(request, intake)
    if kind not in KINDS:
        raise Http404
    rows = [
        [
            each.name or each.key,
            each.code,
            each.other_name,
            each.other_code,
            "" if each.probability is None else f"{each.probability:.3f}",
            words(Text(each.evidence_zh, each.evidence_en)),
            words(DECIDED[each.decision or "open"]),
            each.file.name,
        ]
        for each in file_pairs_wanted(intake, _wanted(request, _files(row)))
    ]
    heads = [gettext("主体"), gettext("代码"), gettext("可能是"), gettext("其代码"), gettext("概率")]
    return send_file(kind, rows, [*heads, gettext("依据"), gettext("决定"), gettext("文件")], "pairs")


@require_POST
@acting
def pair_choose(request: ActingRequest, intake: str) -> HttpResponseBase:
    """Say of one pair whether it is one subject, or leave it to be told apart after the import."""
    intake_or_404(request, intake)
    require(can(request.actor, Operation.DECIDE_IDENTITY))
    number, decision = request.POST.get("pair", ""), request.POST.get("decision", "")
    if not number.isdigit() or decision not in ("same", "different", ""):
        raise Http404
    if not selectors.pairs_of(intake).filter(id=int(number)).exists():
        raise Http404

    def act() -> None:
        services.choose_pair(int(number), decision, by=request.actor.id, now=timezone.now())

    if request.POST.get("from") != "list":
        return done(request, intake, act, read_anchor(request))
    try:
        act()
    except YumiaoError as error:
        return show_intake(request, intake, error, status=400)
    return _to_list(request, intake, read_anchor(request))


def _to_list(request: HttpRequest, intake: str, anchor: str) -> HttpResponseBase:
    query = back_query(request)
    address = reverse("import-pairs", args=[intake]) + ("?" if query else "") + urlencode(query)
    return redirect(f"{address}#{anchor}")


# ── many at once ──────────────────────────────────────────────────────────────────────────────────────────────


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def pairs_accept(request: ActingRequest, intake: str) -> HttpResponseBase:
    """Show how many pairs of an intake are that sure, and those least so; then say of all that they are one."""
    row = intake_or_404(request, intake)
    require(can(request.actor, Operation.DECIDE_IDENTITY))
    wanted, least = _wanted(request, _files(row)), read_least(request.GET.get("least", ""))
    error: YumiaoError | None = None
    if request.method == "POST":
        mark = request.POST.get("mark", "")
        try:
            accepting.choose_file_pairs(
                intake, wanted, least, mark=mark, by=request.actor.id, now=timezone.now()
            )
        except YumiaoError as refused:
            error = refused
        else:
            return redirect(f"{reverse('import-pairs', args=[intake])}?decision=same#result")
    found = accepting.acceptable_file_pairs(intake, wanted, least)
    address = reverse("import-pairs", args=[intake])
    context = {
        **tabs("imports"),
        "intake": row,
        "error": error,
        "back": f"{address}?{request.GET.urlencode()}",
    }
    context["sample"] = accepting.sample_file_pairs(found, SAMPLE)
    return show_acceptable(request, found, least, context)


@require_POST
@acting
def pairs_reopen(request: ActingRequest, intake: str) -> HttpResponseBase:
    """Take back what was said of every pair of an intake, before the import."""
    intake_or_404(request, intake)
    require(can(request.actor, Operation.DECIDE_IDENTITY))
    try:
        accepting.reopen_file_pairs(intake, by=request.actor.id, now=timezone.now())
    except YumiaoError as error:
        return show_intake(request, intake, error, status=400)
    return redirect(f"{reverse('import-pairs', args=[intake])}#result")

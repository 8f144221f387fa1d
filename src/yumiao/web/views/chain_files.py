"""Lists of placements as files: the template, and taking a filled one in."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from yumiao.district.chain_firms.listed_files import COLUMNS, MOST_BYTES, read_placements
from yumiao.district.chains.kinds import Way
from yumiao.district.chains.placing import place_subjects
from yumiao.district.intakes.files import plain_name
from yumiao.district.permissions import Operation, can
from yumiao.model.problems import YumiaoError
from yumiao.web.templatetags.words import words
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.administration.files import file_of
from yumiao.web.views.administration.told import told


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def placements_import(request: ActingRequest) -> HttpResponseBase:
    """Take a list of placements in: all of it, or nothing with every faulty row told."""
    require(can(request.actor, Operation.PLACE_SUBJECT))
    if request.method != "POST":
        return _show(request)
    sent = request.FILES.get("file")
    try:
        content = sent.read(MOST_BYTES + 1) if sent is not None else b""
        name = plain_name((sent.name or "") if sent is not None else "")
        rows = read_placements(request.actor, name, content, Path(settings.YUMIAO_DATA), timezone.localdate())
        done = place_subjects(rows, way=Way.IMPORTED, by=request.actor.id, now=timezone.now())
    except YumiaoError as error:
        return _show(request, error)
    return redirect("chain-act", done.act) if done.count else _show(request, already=done.already)


def _show(request: ActingRequest, error: YumiaoError | None = None, *, already: int = 0) -> HttpResponse:
    context = {"columns": list(COLUMNS.values()), "already": already, **told(error)}
    return render(request, "chains/import.html", context, status=400 if error else 200)


@require_GET
@acting
def placements_template(request: ActingRequest, kind: str) -> HttpResponseBase:
    """Send an empty list with its heads."""
    require(can(request.actor, Operation.PLACE_SUBJECT))
    return file_of([], [words(each) for each in COLUMNS.values()], "chain-list", kind)

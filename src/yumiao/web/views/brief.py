"""The monthly brief: the page that asks for it, the file, the page to print, and that page as PDF."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib.staticfiles import finders
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yumiao.district.brief.making import ask_for_brief, context_of_month, made_brief
from yumiao.district.brief.past import past_months
from yumiao.district.brief.pdf import pdf_of
from yumiao.district.indicators.selectors import ladder_built
from yumiao.district.permissions import Operation, can
from yumiao.web.templatetags.words import reader_language
from yumiao.web.views.acting import ActingRequest, acting, require

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_GET
@acting
def brief(request: ActingRequest) -> HttpResponseBase:
    """Show of which month a brief can be made, and the ways to have it."""
    require(can(request.actor, Operation.MAKE_BRIEF))
    context = {"built": ladder_built(), "months": past_months(request.actor), "month": _month(request.GET)}
    return render(request, "brief/page.html", context)


@require_POST
@acting
def brief_make(request: ActingRequest) -> HttpResponseBase:
    """Ask for the brief as a Word document, in the reader's language; its job says how far it is."""
    require(can(request.actor, Operation.MAKE_BRIEF))
    built = ladder_built()
    month = _month(request.POST) or (built.as_of.strftime("%Y-%m") if built is not None else "")
    job = ask_for_brief(
        actor=request.actor,
        file=uuid.uuid4().hex,
        month=month,
        language=reader_language(),
        now=timezone.now(),
    )
    return redirect("job", job)


@require_GET
@acting
def brief_made(request: ActingRequest, made: str) -> HttpResponseBase:
    """Send a made brief to whoever asked for it."""
    require(can(request.actor, Operation.MAKE_BRIEF))
    decision, path = made_brief(request.actor, made)
    require(decision)
    if path is None:
        raise Http404
    return FileResponse(path.open("rb"), content_type=WORD, as_attachment=True, filename="brief.docx")


@require_GET
@acting
def brief_print(request: ActingRequest) -> HttpResponseBase:
    """Show the brief as a page to print."""
    require(can(request.actor, Operation.MAKE_BRIEF))
    return render(request, "brief/print.html", _context(request) | {"is_page": True})


@require_GET
@acting
def brief_pdf(request: ActingRequest) -> HttpResponseBase:
    """Send the page to print as PDF, where the system can make one."""
    require(can(request.actor, Operation.MAKE_BRIEF))
    page = render_to_string("brief/print.html", _context(request))
    found = finders.find("yumiao/brief.css")
    style = ""
    if isinstance(found, str):
        with open(found, encoding="utf-8") as file:  # noqa: PTH123 - a name that the finder gives
            style = file.read()
    response = HttpResponse(pdf_of(page, style), content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="brief.pdf"'
    return response


def _context(request: ActingRequest) -> dict[str, Any]:
    month, now = _month(request.GET), timezone.now()
    return dict(context_of_month(request.actor, month=month, language=reader_language(), now=now))


def _month(sent: Mapping[str, str]) -> str:
    """Read the month asked for; empty, which is the register's, for anything that is none."""
    text = sent.get("month", "")
    return text if _MONTH.fullmatch(text) else ""

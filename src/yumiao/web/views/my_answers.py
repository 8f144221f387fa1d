"""Answering for a firm: the form of one fact, drafts that wait to be sent, saying that one does not know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from yumiao.district.attachments.checking import MOST_BYTES
from yumiao.district.campaigns.answering import confirm_known, say_unknown
from yumiao.district.drafts.selectors import drafts_of
from yumiao.district.drafts.services import Typed, remove_draft, save_draft, send_drafts, send_typed
from yumiao.district.permissions import Operation
from yumiao.district.proposals.evidence import add_evidence
from yumiao.district.proposals.reading import asked_fact
from yumiao.district.registry.packs import library
from yumiao.model.problems import YumiaoError
from yumiao.web.firm_answers import filled_as_typed, filled_from, read_seen
from yumiao.web.firm_facts import read_own_facts
from yumiao.web.kept_forms import (
    forget_fields,
    has_lost_file,
    keeping_typed,
    kept_fields,
    typed_fields,
)
from yumiao.web.views.acting import ActingRequest, acting
from yumiao.web.views.firm import Firm, require_firm


@require_http_methods(["GET", "HEAD", "POST"])
@keeping_typed
@acting
def my_fact(request: ActingRequest, subject: str, column: str) -> HttpResponseBase:
    """Show the form of one fact, keep a draft of it, or propose what was typed; a refused form keeps it."""
    firm = require_firm(request, subject, Operation.PROPOSE_FACT)
    asked = asked_fact(library(), column)
    if request.method != "POST":
        return _form(request, firm, column, kept_fields(request))
    fields, is_draft = typed_fields(request), request.POST.get("act") == "draft"
    try:
        _save(request, firm.id, asked.column, fields) if is_draft else _send(
            request, firm.id, asked.column, fields
        )
    except YumiaoError as error:
        return _form(request, firm, column, fields, {"reason": error.text}, status=400)
    forget_fields(request)
    if fields["back"] == "questions":
        return redirect(f"{reverse('my-questions', args=[firm.id])}#q-{column}")
    if is_draft and request.FILES:
        return redirect(f"{reverse('my-drafts', args=[firm.id])}?left=file")
    return redirect("my-drafts" if is_draft else "my-proposals", firm.id)


def _form(
    request: ActingRequest,
    firm: Firm,
    column: str,
    fields: Mapping[str, str] | None,
    told: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponseBase:
    draft = drafts_of(firm.id).get(column)
    shown = {each.column: each for each in read_own_facts(firm.id, {})}
    context = {
        "firm_page": firm,
        "asked": asked_fact(library(), column),
        "known": shown.get(column),
        "typed": filled_from(draft) if fields is None else filled_as_typed(fields, draft),
        "back": fields["back"] if fields is not None else request.GET.get("back", ""),
        "is_kept": fields is not None and told is None,
        "reason": None,
        "had_file": bool(request.FILES.get("file")) or has_lost_file(request),
    }
    return render(request, "my/fact.html", {**context, **(told or {})}, status=status)


def _save(request: ActingRequest, subject: str, column: str, fields: Mapping[str, str]) -> None:
    save_draft(
        subject=subject,
        column=column,
        typed=_typed(fields),
        by=request.actor.id,
        now=timezone.now(),
        seen=read_seen(fields["seen"]),
    )


def _typed(fields: Mapping[str, str]) -> Typed:
    return Typed(fields["value"], fields["unit"], fields["note"])


@transaction.atomic
def _send(request: ActingRequest, subject: str, column: str, fields: Mapping[str, str]) -> None:
    now, sent = timezone.now(), request.FILES.get("file")
    proposal = send_typed(
        subject=subject, column=column, typed=_typed(fields), author=request.actor.id, now=now
    )
    if sent is not None:
        add_evidence(
            proposal=proposal,
            name=sent.name or "",
            data=sent.read(MOST_BYTES + 1),
            by=request.actor.id,
            now=now,
            today=timezone.localdate(),
        )


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def my_drafts(request: ActingRequest, subject: str) -> HttpResponseBase:
    """Show what the firm saved and did not send; send one of it or all. What is not right stays, with the reason."""
    firm = require_firm(request, subject, Operation.PROPOSE_FACT)
    context: dict[str, Any] = {"firm_page": firm, "rows": [], "count": None}
    context["left_file"] = request.GET.get("left") == "file"
    if request.method != "POST":
        return render(request, "my/drafts.html", context | {"rows": _rows(firm.id, {})})
    sent = send_drafts(
        subject=firm.id, by=request.actor.id, now=timezone.now(), column=request.POST.get("column", "")[:100]
    )
    if not sent.refused:
        return redirect("my-proposals", firm.id)
    reasons = {each.column: each.reason for each in sent.refused}
    context |= {"rows": _rows(firm.id, reasons), "count": sent.count}
    return render(request, "my/drafts.html", context, status=400)


def _rows(subject: str, reasons: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    return [(draft, reasons.get(column)) for column, draft in drafts_of(subject).items()]


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def my_draft_remove(request: ActingRequest, subject: str, column: str) -> HttpResponseBase:
    """Throw a draft away, after asking."""
    firm = require_firm(request, subject, Operation.PROPOSE_FACT)
    draft = drafts_of(firm.id).get(column)
    if draft is None:
        raise Http404
    if request.method == "POST":
        remove_draft(subject=firm.id, column=column, by=request.actor.id, now=timezone.now())
        return redirect("my-drafts", firm.id)
    context = {
        "title": gettext("删除这份草稿？"),
        "sentence": gettext("填过的内容不再保留；已经提交的不受影响。"),
        "subject_name": draft.label.zh,
        "button": gettext("删除草稿"),
        "back": reverse("my-drafts", args=[firm.id]),
    }
    return render(request, "parts/ask.html", context)


@require_POST
@acting
def my_unknown(request: ActingRequest, subject: str, question: int) -> HttpResponseBase:
    """Note that the firm does not know an answer, or that what is known is so; another firm's question is not found."""
    firm = require_firm(request, subject, Operation.PROPOSE_FACT)
    say = confirm_known if request.POST.get("act") == "confirm" else say_unknown
    say(question=question, subject=firm.id, by=request.actor.id, now=timezone.now())
    return redirect("my-questions", firm.id)

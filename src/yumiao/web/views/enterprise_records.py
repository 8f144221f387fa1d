"""What officers keep of one enterprise: notes, files, contacts. The enterprise itself never sees these pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST

from yumiao.district.attachments import selectors as attachments
from yumiao.district.attachments import services as files
from yumiao.district.attachments.checking import MOST_BYTES
from yumiao.district.contacts import selectors as contacts
from yumiao.district.contacts import services as contact_services
from yumiao.district.contacts.services import REASONS
from yumiao.district.notes import selectors as notes
from yumiao.district.notes import services as note_services
from yumiao.district.permissions import Operation, can
from yumiao.district.registry.selectors import ids_read_as
from yumiao.model.problems import YumiaoError
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.policy_query import read_day
from yumiao.web.views.subject_pages import require_subject, subject_context

BAD_REQUEST = 400


def _require(request: ActingRequest, subject: str, operation: Operation = Operation.KEEP_RECORDS) -> Any:
    """Return the subject whose records the actor may see and keep."""
    require(can(request.actor, operation))
    found = require_subject(request, subject)
    require(can(request.actor, operation, found))
    return found


def _require_about(subject: Any, about: str | None) -> None:
    """Go on where a record is about the subject of the address. Raises: Http404 where it is about another one."""
    if about is None or about not in ids_read_as(subject.id):
        raise Http404


def _refuse(
    request: ActingRequest, show: Callable[..., HttpResponse], subject: Any, error: YumiaoError
) -> HttpResponse:
    """Show the page again with what was typed and why it was refused."""
    response = show(request, subject, error=error)
    response.status_code = BAD_REQUEST
    return response


# ── notes ─────────────────────────────────────────────────────────────────────────────────────────────────────


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def enterprise_notes(request: ActingRequest, subject: str) -> HttpResponseBase:
    """Show the notes on an enterprise; a note sent is kept."""
    found = _require(request, subject)
    if request.method != "POST":
        return _show_notes(request, found)
    try:
        note_services.write_note(
            subject=found.id, text=request.POST.get("text", ""), by=request.actor.id, now=timezone.now()
        )
    except YumiaoError as error:
        return _refuse(request, _show_notes, found, error)
    return redirect("enterprise-notes", found.id)


def _show_notes(request: ActingRequest, subject: Any, error: YumiaoError | None = None) -> HttpResponse:
    context = subject_context(request, subject, "enterprise-notes") | {
        "notes": notes.notes_on(ids_read_as(subject.id)),
        "most": note_services.MOST_CHARACTERS,
        "error": error,
        "typed": request.POST,
        "me": request.actor.id,
    }
    return render(request, "enterprises/notes.html", context)


@require_POST
@acting
def enterprise_note(request: ActingRequest, subject: str, note: str) -> HttpResponseBase:
    """Word a note anew, withdraw it or put it back."""
    found = _require(request, subject)
    _require_about(found, notes.note_subject(note))
    who: dict[str, Any] = {"note": note, "by": request.actor.id, "now": timezone.now()}
    try:
        match request.POST.get("act"):
            case "edit":
                note_services.edit_note(text=request.POST.get("text", ""), **who)
            case "withdraw":
                note_services.withdraw_note(**who)
            case "restore":
                note_services.restore_note(**who)
            case _:
                raise Http404
    except YumiaoError as error:
        return _refuse(request, _show_notes, found, error)
    return redirect("enterprise-notes", found.id)


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def enterprise_attachments(request: ActingRequest, subject: str) -> HttpResponseBase:
    """Show the files attached to an enterprise; a file sent is checked and kept encrypted."""
    found = _require(request, subject)
    if request.method != "POST":
        return _show_files(request, found)
    sent, today = request.FILES.get("file"), timezone.localdate()
    try:
        data = sent.read(MOST_BYTES + 1) if sent is not None else b""
        files.attach(
            subject=found.id,
            name=(sent.name or "") if sent is not None else "",
            data=data,
            keep_until=read_day(request.POST.get("keep_until", ""), _usual_end(today)),
            by=request.actor.id,
            now=timezone.now(),
            today=today,
        )
    except YumiaoError as error:
        return _refuse(request, _show_files, found, error)
    return redirect("enterprise-attachments", found.id)


def _usual_end(today: dt.date) -> dt.date:
    return today + dt.timedelta(days=files.KEPT_DAYS)


def _show_files(request: ActingRequest, subject: Any, error: YumiaoError | None = None) -> HttpResponse:
    today = timezone.localdate()
    context = subject_context(request, subject, "enterprise-attachments") | {
        "files": attachments.attachments_of(ids_read_as(subject.id)),
        "most_megabytes": MOST_BYTES >> 20,
        "undo_days": files.UNDO_DAYS,
        "today": today,
        "keep_until": read_day(request.POST.get("keep_until", ""), _usual_end(today)),
        "error": error,
    }
    return render(request, "enterprises/attachments.html", context)


@require_http_methods(["GET", "POST"])
@acting
def enterprise_attachment(request: ActingRequest, subject: str, attachment: str) -> HttpResponseBase:
    """Send a file, withdraw it or put it back."""
    found = _require(request, subject)
    _require_about(found, attachments.attachment_subject(attachment))
    who: dict[str, Any] = {"attachment": attachment, "by": request.actor.id, "now": timezone.now()}
    try:
        if request.method == "GET":
            return _sent(files.download(**who))
        match request.POST.get("act"):
            case "withdraw":
                files.withdraw_attachment(**who)
            case "restore":
                files.restore_attachment(**who)
            case _:
                raise Http404
    except YumiaoError as error:
        return _refuse(request, _show_files, found, error)
    return redirect("enterprise-attachments", found.id)


def _sent(download: files.Download) -> HttpResponse:
    """Never shown inside the page: a browser saves it, and reads it as nothing else than what it is."""
    response = HttpResponse(download.data, content_type=download.content_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, download.name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


# ── contacts ──────────────────────────────────────────────────────────────────────────────────────────────────


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def enterprise_contacts(request: ActingRequest, subject: str) -> HttpResponseBase:
    """Show the contacts of an enterprise, masked; a contact sent is kept in the vault."""
    found = _require(request, subject)
    if request.method != "POST":
        return _show_contacts(request, found)
    try:
        contact_services.add_contact(
            subject=found.id,
            sent=request.POST.dict(),
            by=request.actor.id,
            now=timezone.now(),
            today=timezone.localdate(),
        )
    except YumiaoError as error:
        return _refuse(request, _show_contacts, found, error)
    return redirect("enterprise-contacts", found.id)


def _show_contacts(
    request: ActingRequest, subject: Any, error: YumiaoError | None = None, **more: Any
) -> HttpResponse:
    problems = {each.path: each.text for each in error.problems} if error is not None else {}
    context = subject_context(request, subject, "enterprise-contacts") | {
        "contacts": contacts.contacts_of(ids_read_as(subject.id)),
        "reasons": list(REASONS.items()),
        "may_reveal": can(request.actor, Operation.REVEAL_CONTACT, subject).allowed,
        "kept_days": contact_services.KEPT_DAYS,
        "undo_days": contact_services.UNDO_DAYS,
        "error": error,
        "problems": problems,
        "typed": request.POST if error is not None and "act" not in request.POST else {},
        "revealed": None,
        "revealed_id": "",
        "changing": "",
    }
    return render(request, "enterprises/contacts.html", context | more)


@require_POST
@acting
def enterprise_contact(request: ActingRequest, subject: str, contact: str) -> HttpResponseBase:
    """Show a contact unmasked once, change it, withdraw it or put it back."""
    found = _require(request, subject)
    _require_about(found, contacts.contact_subject(contact))
    who: dict[str, Any] = {"contact": contact, "by": request.actor.id, "now": timezone.now()}
    today = timezone.localdate()
    try:
        match request.POST.get("act"):
            case "reveal":
                require(can(request.actor, Operation.REVEAL_CONTACT, found))
                seen = contact_services.reveal_contact(reason=request.POST.get("reason", ""), **who)
                return _show_contacts(request, found, revealed=seen, revealed_id=contact)
            case "change":
                contact_services.change_contact(sent=request.POST.dict(), today=today, **who)
            case "withdraw":
                contact_services.withdraw_contact(today=today, **who)
            case "restore":
                contact_services.restore_contact(**who)
            case _:
                raise Http404
    except YumiaoError as error:
        return _refuse(request, _show_contacts, found, error)
    return redirect("enterprise-contacts", found.id)

"""Taking a subject apart on screen: what each batch says of it, ticked, looked at, decided; undone as any."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from yumiao.district.intakes import selectors, splitting
from yumiao.district.intakes.desk_lists import merged_into
from yumiao.district.permissions import Operation, can
from yumiao.model.problems import YumiaoError
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.import_changes import shown_change
from yumiao.web.views.import_queue import read_why
from yumiao.web.views.imports import tabs

MOST_LISTED = 20


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def split_page(request: ActingRequest, subject: str) -> HttpResponseBase:
    """Show what is said of a subject by which batch; with some ticked, what parting them would change; then part."""
    require(can(request.actor, Operation.DECIDE_IDENTITY))
    said = splitting.said_of(subject)
    if not said:
        raise Http404
    chosen = [each.id for each in said if each.id in set(_read_batches(request))]
    error: YumiaoError | None = None
    parting = None
    try:
        if request.method == "POST":
            splitting.split(subject, chosen, why=read_why(request), by=request.actor.id, now=timezone.now())
            return redirect(f"{reverse('decisions')}#result")
        if "look" in request.GET:
            parting = splitting.look_at_split(subject, chosen, timezone.now())
    except YumiaoError as refused:
        error = refused
    context = _context(subject, said, chosen) | {"error": error, "parting": parting}
    if parting is not None:
        context["changes"] = [_shown(each, subject) for each in parting.changes[:MOST_LISTED]]
        context["more"] = max(0, len(parting.changes) - MOST_LISTED)
    return render(request, "imports/split.html", context, status=400 if error else 200)


def _shown(change: Any, subject: str) -> dict[str, Any]:
    """A changed verdict in words; the new subject is called that, as both may have one name."""
    row = shown_change(change)
    return row if change.subject == subject else row | {"name": gettext("拆出的新主体")}


def _read_batches(request: HttpRequest) -> list[str]:
    form = request.POST if request.method == "POST" else request.GET
    return form.getlist("batch")


def _context(subject: str, said: tuple[splitting.SaidByBatch, ...], chosen: list[str]) -> dict[str, Any]:
    return {
        **tabs("queue"),
        "subject": subject,
        "name": selectors.names_of([subject])[subject],
        "rows": [(each, selectors.source_label(each.source), each.id in chosen) for each in said],
        "chosen": chosen,
        "merged": merged_into(subject),
    }

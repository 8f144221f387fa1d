"""Retention: the term of each kind, what is over now, and destroying it after asking."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from yumiao.district.permissions import Operation, can
from yumiao.district.retention.services import decide_term, destroy_over, terms
from yumiao.model.problems import YumiaoError
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.administration.told import told


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def retention(request: ActingRequest) -> HttpResponseBase:
    """Show every kind with its term and what is over; decide a term."""
    require(can(request.actor, Operation.SET_RETENTION))
    error = None
    if request.method == "POST":
        days = request.POST.get("days", "")
        try:
            decide_term(
                kind=request.POST.get("kind", ""),
                days=int(days) if days.isascii() and days.isdigit() and len(days) < 7 else 0,
                reason=request.POST.get("reason", ""),
                now=timezone.now(),
                by=request.actor.id,
            )
        except YumiaoError as found:
            error = found
        else:
            messages.success(request, gettext("已保存。"))
            return redirect("retention")
    rows = terms(timezone.now())
    typed = {name: request.POST.get(name, "") for name in ("kind", "days", "reason")}
    context = {"rows": rows, "over": sum(each.over for each in rows), "typed": typed, **told(error)}
    return render(request, "administration/retention.html", context, status=400 if error else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def retention_destroy(request: ActingRequest) -> HttpResponseBase:
    """Ask whether everything that is over shall be destroyed now, and do it: that cannot be undone."""
    require(can(request.actor, Operation.SET_RETENTION))
    if request.method != "POST":
        rows = [each for each in terms(timezone.now()) if each.over]
        return render(request, "administration/retention_destroy.html", {"rows": rows})
    done = destroy_over(now=timezone.now(), by=request.actor.id)
    messages.success(request, gettext("已销毁：%(count)s") % {"count": sum(done.values())})
    return redirect("retention")

"""Reminding an enterprise of a policy that it is one step away from: asked first, then sent."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from yumiao.district.permissions import Operation, can
from yumiao.district.reminders.selectors import addressees_of, near_miss_of
from yumiao.district.reminders.services import send_reminder
from yumiao.model.problems import YumiaoError
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.administration.told import told
from yumiao.web.views.subject_pages import require_subject

_MOST_FAMILY = 80


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def enterprise_remind(request: ActingRequest, subject: str) -> HttpResponseBase:
    """Say who would get a reminder and of what; send it."""
    found = require_subject(request, subject)
    require(can(request.actor, Operation.SEND_REMINDER, found))
    family = (request.POST.get("policy") or request.GET.get("policy", ""))[:_MOST_FAMILY]
    error = None
    if request.method == "POST":
        now = timezone.now()
        try:
            who = send_reminder(
                subject=found, family=family, by=request.actor.id, now=now, today=timezone.localdate(now)
            )
        except YumiaoError as refused:
            error = refused
        else:
            messages.success(request, gettext("已提醒，收到的人数：%(count)s") % {"count": len(who.persons)})
            return redirect("overview")
    context = {
        "subject": found,
        "near": near_miss_of(found.id, family),
        "who": addressees_of(found, sender=request.actor.id),
        "may_issue_code": can(request.actor, Operation.ISSUE_CODE, found).allowed,
        **told(error),
    }
    return render(request, "enterprises/remind.html", context, status=409 if error else 200)

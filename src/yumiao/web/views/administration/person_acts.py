"""What security does with a person; each act says what follows, asks first, and is journalled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from yumiao.district.accounts.changing import enable_person
from yumiao.district.accounts.services import disable_person
from yumiao.district.entering.open_sessions import end_sessions
from yumiao.district.entering.passwords import issue_code
from yumiao.district.entering.people import find_listed
from yumiao.district.entering.second_factors import reset_second_factor
from yumiao.district.permissions import Operation, can
from yumiao.model.text import Text
from yumiao.web.templatetags.words import words
from yumiao.web.views.acting import ActingRequest, acting, require


@dataclass(frozen=True)
class Act:
    """One act; ``run`` takes the person and who does it, and returns what is shown once, or nothing."""

    operation: Operation
    title: Text
    effect: Text
    run: Callable[[str, str], str]


def _disable(person: str, by: str) -> str:
    disable_person(person_id=person, now=timezone.now(), by=by)
    return _end(person, by)


def _enable(person: str, by: str) -> str:
    enable_person(person_id=person, now=timezone.now(), by=by)
    return ""


def _issue(person: str, by: str) -> str:
    return issue_code(person_id=person, now=timezone.now(), by=by).written


def _reset(person: str, by: str) -> str:
    reset_second_factor(person_id=person, now=timezone.now(), by=by)
    return ""


def _end(person: str, by: str) -> str:
    end_sessions(person_id=person, now=timezone.now(), by=by)
    return ""


ACTS: Mapping[str, Act] = {
    "disable": Act(
        Operation.DISABLE_PERSON,
        Text("停用账号", "Disable the account"),
        Text(
            "不能再登录，登录中的会话立即结束。以后可以再启用。",
            "The person cannot sign in any more and open sessions end at once. It can be enabled again.",
        ),
        _disable,
    ),
    "enable": Act(
        Operation.DISABLE_PERSON,
        Text("启用账号", "Enable the account"),
        Text("又可以登录，口令不变。", "The person can sign in again, with the same password."),
        _enable,
    ),
    "code": Act(
        Operation.RESET_PERSON,
        Text("发一次性码", "Issue a one-time code"),
        Text(
            "现在的口令作废，会话结束；24 小时内凭码设置新口令。码只显示一次，请当面交给本人。",
            "The present password ends, and so do open sessions; with the code the person sets a new one within 24 "
            "hours. It is shown once: hand it over in person.",
        ),
        _issue,
    ),
    "factor": Act(
        Operation.RESET_PERSON,
        Text("重置两步验证", "Reset the second step"),
        Text(
            "手机验证和恢复码作废，会话结束；下次登录时重新设置。先核实本人身份。",
            "Telephone and recovery codes end, and so do open sessions; a new one is set up with the next sign-in. "
            "Make sure first who asks.",
        ),
        _reset,
    ),
    "sessions": Act(
        Operation.RESET_PERSON,
        Text("结束会话", "End the sessions"),
        Text("所有设备立即退出，口令不变。", "Every device is signed out at once; the password stays."),
        _end,
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def person_act(request: ActingRequest, person: str, act: str) -> HttpResponseBase:
    """Ask whether something shall be done with a person, and do it; nobody does it to themselves."""
    wanted, found = ACTS.get(act), find_listed(person)
    if wanted is None or found is None:
        raise Http404
    require(can(request.actor, wanted.operation))
    context: dict[str, Any] = {
        "person": found,
        "title": words(wanted.title),
        "effect": words(wanted.effect),
        "is_self": found.id == request.actor.id,
        "secret": "",
    }
    if request.method != "POST":
        return render(request, "administration/person_act.html", context)
    if found.id == request.actor.id:
        return render(request, "administration/person_act.html", context, status=400)
    secret = wanted.run(found.id, request.actor.id)
    if secret:
        return render(request, "administration/person_act.html", context | {"secret": secret})
    messages.success(request, gettext("已完成。"))
    return redirect("person", found.id)

"""The second step of signing in: a code, or setting one up; and a new password by a one-time code."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yumiao.district.entering.passwords import use_code
from yumiao.district.entering.second_factors import (
    check_code,
    has_second_factor,
    new_secret,
    offer_of,
    set_up,
)
from yumiao.model.problems import YumiaoError
from yumiao.web.coming_in import (
    Waiting,
    come_in,
    enter,
    keep_secret,
    safe_address,
    start_session,
    waiting_of,
    waiting_person,
)
from yumiao.web.templatetags.words import words

SITE = "Yumiao"


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code of the second factor; a right one signs in."""
    waiting = waiting_of(request)
    person = waiting_person(waiting) if waiting else None
    if waiting is None or person is None:
        return redirect("sign-in")
    if request.method != "POST":
        return render(request, "entering/code.html", {"reason": None})
    try:
        check_code(person_id=waiting.person, code=request.POST.get("code", ""), now=timezone.now())
    except YumiaoError as error:
        status = 429 if error.code == "factor.paused" else 400
        return render(request, "entering/code.html", {"reason": error.text}, status=status)
    return enter(request, person, waiting.following)


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_set_up(request: HttpRequest) -> HttpResponse:
    """Let whoever needs a second factor set it up before coming in; then show the recovery codes once."""
    waiting = waiting_of(request)
    person = waiting_person(waiting) if waiting else None
    if waiting is None or person is None or has_second_factor(waiting.person):
        return redirect("sign-in")
    secret = _secret_of(request, waiting)
    offer = offer_of(secret, waiting.login, settings.YUMIAO_ORGANISATION or SITE)
    if request.method != "POST":
        return render(request, "entering/set_up.html", {"offer": offer, "reason": None, "is_required": True})
    try:
        codes = set_up(
            person_id=waiting.person, secret=secret, code=request.POST.get("code", ""), now=timezone.now()
        )
    except YumiaoError as error:
        context = {"offer": offer, "reason": error.text, "is_required": True}
        return render(request, "entering/set_up.html", context, status=400)
    start_session(request, person)
    following = safe_address(request, waiting.following)
    return render(request, "entering/recovery.html", {"codes": codes, "following": following})


def _secret_of(request: HttpRequest, waiting: Waiting) -> str:
    if waiting.secret:
        return waiting.secret
    secret = new_secret()
    keep_secret(request, secret)
    return secret


@require_http_methods(["GET", "HEAD", "POST"])
def new_password(request: HttpRequest) -> HttpResponse:
    """Set a password with a one-time code, then go on as after a right one; the login typed stays."""
    context: dict[str, object] = {"login": "", "reason": None, "problems": []}
    if request.method != "POST":
        return render(request, "entering/new_password.html", context)
    typed = request.POST.get("login", "").strip()
    context["login"] = typed
    try:
        person = use_code(
            login=typed,
            code=request.POST.get("code", ""),
            password=request.POST.get("password", ""),
            now=timezone.now(),
        )
    except YumiaoError as error:
        context |= {"reason": error.text, "problems": [words(each.text) for each in error.problems]}
        status = 429 if error.code == "password.paused" else 400
        return render(request, "entering/new_password.html", context, status=status)
    return come_in(request, person, "")

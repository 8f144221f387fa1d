"""My account: who I am here, my sessions, my password, my second factor."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yumiao.district.entering.open_sessions import end_session, end_sessions, sessions_of
from yumiao.district.entering.passwords import change_password
from yumiao.district.entering.policy import SecondFactor
from yumiao.district.entering.second_factors import (
    codes_left,
    has_second_factor,
    new_secret,
    offer_of,
    set_up,
)
from yumiao.model.problems import YumiaoError
from yumiao.web.coming_in import start_session
from yumiao.web.templatetags.words import words
from yumiao.web.views.acting import ActingRequest, acting
from yumiao.web.views.second_step import SITE

_FACTOR = "new_factor"


@require_GET
@acting
def me(request: ActingRequest) -> HttpResponseBase:
    """Show the account of whoever asks."""
    person = request.actor.id
    has_factor = has_second_factor(person)
    context = {
        "sessions": sessions_of(person, request.session.session_key or ""),
        "most": settings.YUMIAO_SESSIONS_EACH,
        "has_factor": has_factor,
        "codes_left": codes_left(person) if has_factor else 0,
        "can_set_up": settings.YUMIAO_SECOND_FACTOR is not SecondFactor.OFF and not has_factor,
    }
    return render(request, "entering/me.html", context)


@require_POST
@acting
def my_session_end(request: ActingRequest) -> HttpResponseBase:
    """End one of one's own sessions, or all others."""
    person, this = request.actor.id, request.session.session_key or ""
    handle = request.POST.get("session", "")
    if handle == "others":
        ended = end_sessions(person_id=person, but=this, now=timezone.now(), by=person)
    else:
        ended = end_session(person_id=person, handle=handle, now=timezone.now())
    if ended:
        messages.success(request, gettext("会话已结束。"))
    return redirect("me")


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def my_password(request: ActingRequest) -> HttpResponseBase:
    """Change one's own password; every other session ends."""
    if request.method != "POST":
        return render(request, "entering/password.html", {"reason": None, "problems": []})
    try:
        change_password(
            person_id=request.actor.id,
            former=request.POST.get("former", ""),
            password=request.POST.get("password", ""),
            this=request.session.session_key or "",
            now=timezone.now(),
        )
    except YumiaoError as error:
        context = {"reason": error.text, "problems": [words(each.text) for each in error.problems]}
        return render(request, "entering/password.html", context, status=400)
    _stay(request)
    messages.success(request, gettext("口令已改，其他会话已结束。"))
    return redirect("me")


def _stay(request: HttpRequest) -> None:
    """Keep this session: it is bound to the former password. Its key changes, and the list of sessions with it."""
    person = get_user_model().objects.get(pk=request.user.pk)
    update_session_auth_hash(request, person)
    start_session(request, person)


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def my_second_factor(request: ActingRequest) -> HttpResponse:
    """Set up a second factor by one's own choice; then show the recovery codes once."""
    person = request.actor.id
    if has_second_factor(person) or settings.YUMIAO_SECOND_FACTOR is SecondFactor.OFF:
        return redirect("me")
    secret = request.session.get(_FACTOR) or new_secret()
    request.session[_FACTOR] = secret
    offer = offer_of(secret, request.user.get_username(), settings.YUMIAO_ORGANISATION or SITE)
    context = {"offer": offer, "reason": None, "is_required": False}
    if request.method != "POST":
        return render(request, "entering/set_up.html", context)
    try:
        codes = set_up(person_id=person, secret=secret, code=request.POST.get("code", ""), now=timezone.now())
    except YumiaoError as error:
        return render(request, "entering/set_up.html", context | {"reason": error.text}, status=400)
    request.session.pop(_FACTOR, None)
    return render(request, "entering/recovery.html", {"codes": codes, "following": "me"})

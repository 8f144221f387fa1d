"""Signing in and out, the first page, and whether the site is well."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import logout
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yumiao import __version__
from yumiao.district.accounts.roles import Role
from yumiao.district.accounts.sign_in import try_sign_in
from yumiao.district.entering.open_sessions import close_session
from yumiao.district.entering.policy import SecondFactor
from yumiao.district.permissions import Operation, can
from yumiao.district.registry.selectors import projection
from yumiao.web.client_addresses import client_address
from yumiao.web.coming_in import come_in
from yumiao.web.views.acting import ActingRequest, acting


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the form, or try what was typed; a wrong try keeps the login and says the same for every cause."""
    following = request.POST.get("next") or request.GET.get("next", "")
    context: dict[str, object] = {
        "next": following,
        "login": "",
        "reason": None,
        "is_factor_off": settings.YUMIAO_SECOND_FACTOR is SecondFactor.OFF,
        "single_sign_on": settings.YUMIAO_SINGLE_SIGN_ON,
    }
    if request.method != "POST":
        return render(request, "sign_in.html", context)
    typed = request.POST.get("login", "").strip()
    tried = try_sign_in(
        login=typed,
        password=request.POST.get("password", ""),
        address=client_address(request),
        now=timezone.now(),
    )
    if tried.person is None:
        context |= {"login": typed, "reason": tried.reason}
        return render(request, "sign_in.html", context, status=429 if tried.is_throttled else 400)
    return come_in(request, tried.person, following)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    close_session(request.session.session_key or "")
    logout(request)
    return redirect("sign-in")


@require_GET
@acting
def home(request: ActingRequest) -> HttpResponseBase:
    """Send a person to what they work with."""
    actor = request.actor
    if can(actor, Operation.LIST_SUBJECTS).allowed:
        return redirect("overview")
    if actor.role is Role.ENTERPRISE:
        return redirect("my")
    if can(actor, Operation.SEE_JOURNAL).allowed:
        return redirect("journal")
    if can(actor, Operation.LIST_PEOPLE).allowed:
        return redirect("people")
    return render(request, "home.html")


@require_GET
def health(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - a view takes it
    """Say whether the database answers and which register is served; for monitoring, without anything secret."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    found = projection()
    register = (
        None
        if found is None
        else {"as_of": found.as_of, "built_at": found.built_at, "subjects": found.subjects}
    )
    return JsonResponse({"status": "ok", "version": __version__, "register": register})

"""Coming in with a code: what it opens, then an account of one's own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yumiao.district.accounts.roles import Role
from yumiao.district.accounts.selectors import actor_of
from yumiao.district.joining.redeeming import find_code, join_as, join_as_new_person
from yumiao.district.joining.selectors import subject_names
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text
from yumiao.web.client_addresses import client_address

_DIFFERENT = Problem("person.password", Text("两次口令不一样。", "The two passwords differ."))


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponseBase:
    """Ask for the code; show whom it opens and ask for login and password; create the account.

    Nothing but the code says for whom somebody will speak. A wrong step keeps what was typed, passwords aside.
    """
    if request.method != "POST":
        return render(request, "joining/join.html", {"typed": {"code": ""}})
    typed = {name: request.POST.get(name, "").strip()[:80] for name in ("code", "login", "label")}
    found = find_code(written=typed["code"], address=client_address(request), now=timezone.now())
    if not found.subject:
        context = {"typed": typed, "reason": found.reason}
        return render(request, "joining/join.html", context, status=429 if found.is_throttled else 400)
    firm = subject_names([found.subject]).get(found.subject, found.subject)
    context = {
        "typed": typed,
        "firm_to_join": firm,
        "post": found.post,
        "signed_in": _is_firms_person(request),
    }
    step = request.POST.get("step")
    if step == "as_me" and request.user.is_authenticated:
        return _join_as_me(request, typed, context)
    if step == "new":
        return _join_as_new(request, typed, context)
    return render(request, "joining/join.html", context)


def _join_as_me(request: HttpRequest, typed: dict[str, str], context: dict[str, object]) -> HttpResponse:
    address, now = client_address(request), timezone.now()
    try:
        subject = join_as(person_id=str(request.user.pk), written=typed["code"], now=now, address=address)
    except YumiaoError as error:
        return render(request, "joining/join.html", {**context, "reason": error.text}, status=400)
    return redirect("my-home", subject)


def _join_as_new(request: HttpRequest, typed: dict[str, str], context: dict[str, object]) -> HttpResponse:
    password = request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        return render(request, "joining/join.html", {**context, "problems": [_DIFFERENT]}, status=400)
    try:
        join_as_new_person(
            written=typed["code"],
            login=typed["login"],
            password=password,
            label=typed["label"],
            now=timezone.now(),
            address=client_address(request),
        )
    except YumiaoError as error:
        problems = error.problems or [Problem(error.code, error.text)]
        return render(request, "joining/join.html", {**context, "problems": problems}, status=400)
    return render(request, "joining/joined.html", {"typed": typed, "firm_joined": context["firm_to_join"]})


def _is_firms_person(request: HttpRequest) -> bool:
    return request.user.is_authenticated and actor_of(request.user).role is Role.ENTERPRISE

"""Codes for enterprises: the list, giving one out with its letter, taking one back, what stands on letters."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from yumiao.district.joining import selectors
from yumiao.district.joining.selectors import CodeState, ListedCode
from yumiao.district.joining.services import MOST_DAYS, change_letter, issue_code, revoke_code
from yumiao.district.permissions import Operation, can
from yumiao.district.registry.selectors import subject_named
from yumiao.model.problems import YumiaoError
from yumiao.web.templatetags.words import words
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.export import KINDS
from yumiao.web.views.list_query import MOST_TEXT, read_page

PAGE = 50


@require_GET
@acting
def codes(request: ActingRequest) -> HttpResponseBase:
    """Show the codes given out for enterprises that an actor may see."""
    require(can(request.actor, Operation.LIST_CODES))
    state, text, now = _read_state(request), _read_text(request), timezone.now()
    found = selectors.codes_wanted(request.actor, state=state, text=text, now=now)
    page = Paginator(found, PAGE).get_page(read_page(request.GET))
    context = {
        "page": page,
        "rows": selectors.listed_codes(page.object_list, now),
        "states": list(CodeState),
        "state": state,
        "text": text,
        "is_filtered": bool(state or text),
        "may_edit_letter": can(request.actor, Operation.EDIT_LETTER).allowed,
    }
    return render(request, "joining/codes.html", context)


@require_GET
@acting
def codes_file(request: ActingRequest, kind: str) -> HttpResponseBase:
    """Send what the list shows with the same query, all pages of it; no code is in it, as none is kept."""
    require(can(request.actor, Operation.LIST_CODES))
    if kind not in KINDS:
        raise Http404
    now = timezone.now()
    found = selectors.codes_wanted(
        request.actor, state=_read_state(request), text=_read_text(request), now=now
    )
    content_type, write = KINDS[kind]
    head = [gettext("企业"), gettext("状态"), gettext("发放"), gettext("有效至"), gettext("使用人")]
    response = StreamingHttpResponse(
        write(_rows(selectors.listed_codes(found, now)), head), content_type=content_type
    )
    response.headers["Content-Disposition"] = f'attachment; filename="codes.{kind}"'
    return response


def _rows(listed: list[ListedCode]) -> Iterator[list[str]]:
    for each in listed:
        moments = [
            timezone.localtime(at).isoformat(" ", "minutes") for at in (each.issued_at, each.expires_at)
        ]
        yield [each.name, words(each.state.label), *moments, each.label]


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def codes_issue(request: ActingRequest, subject: str) -> HttpResponseBase:
    """Ask for how long the code is to be good; then show the letter, this once."""
    require(can(request.actor, Operation.ISSUE_CODE))
    found = subject_named(subject)
    if found is None:
        raise Http404
    require(can(request.actor, Operation.ISSUE_CODE, found))
    letter = selectors.letter_settings()
    days = request.POST.get("days", str(letter.days))[:4]
    context: dict[str, object] = {
        "subject": found,
        "letter": letter,
        "most_days": MOST_DAYS,
        "people": selectors.people_of(found.id),
        "days": days,
    }
    if request.method != "POST":
        return render(request, "joining/issue.html", context)
    try:
        issued = issue_code(
            subject=found.id, days=int(days) if days.isdigit() else 0, by=request.actor.id, now=timezone.now()
        )
    except YumiaoError as error:
        return render(request, "joining/issue.html", {**context, "reason": error.text}, status=400)
    page = {**context, "issued": issued, "address": request.build_absolute_uri(reverse("join"))}
    return render(request, "joining/letter.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def codes_revoke(request: ActingRequest, code: str) -> HttpResponseBase:
    """Ask, then let a code open nothing any more."""
    require(can(request.actor, Operation.ISSUE_CODE))
    subject = selectors.code_subject(code)
    found = subject_named(subject) if subject else None
    if found is None:
        raise Http404
    require(can(request.actor, Operation.ISSUE_CODE, found))
    if request.method == "POST":
        revoke_code(code_id=code, by=request.actor.id, now=timezone.now())
        return redirect("codes")
    context = {
        "title": gettext("作废这个开户码？"),
        "sentence": gettext("信函上的开户码将不能再用；已经开户的人不受影响。要恢复，只能另发一个。"),
        "subject_name": found.name or found.code or found.id,
        "button": gettext("作废"),
        "back": reverse("codes"),
    }
    return render(request, "parts/ask.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def codes_letter(request: ActingRequest) -> HttpResponseBase:
    """Show and change what stands on the letters."""
    require(can(request.actor, Operation.EDIT_LETTER))
    letter = selectors.letter_settings()
    names = ("days", "office", "telephone", "address")
    typed = {name: str(getattr(letter, name)) for name in names}
    context: dict[str, object] = {"typed": typed, "most_days": MOST_DAYS}
    if request.method != "POST":
        return render(request, "joining/letter_settings.html", context)
    typed = {name: request.POST.get(name, "").strip()[:200] for name in names}
    try:
        change_letter(
            days=int(typed["days"]) if typed["days"].isdigit() and len(typed["days"]) < 5 else 0,
            office=typed["office"],
            telephone=typed["telephone"],
            address=typed["address"],
            by=request.actor.id,
            now=timezone.now(),
        )
    except YumiaoError as error:
        problems = {problem.path: problem.text for problem in error.problems}
        context = {**context, "typed": typed, "reason": error.text, "problems": problems}
        return render(request, "joining/letter_settings.html", context, status=400)
    return redirect("codes")


def _read_state(request: ActingRequest) -> CodeState | None:
    text = request.GET.get("state", "")
    return CodeState(text) if text in set(CodeState) else None


def _read_text(request: ActingRequest) -> str:
    return request.GET.get("q", "").strip()[:MOST_TEXT]

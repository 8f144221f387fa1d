"""The people of a firm, for themselves: who they are, inviting, posts, handing over, leaving."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yumiao.district.accounts.roles import Post
from yumiao.district.joining import selectors
from yumiao.district.joining.firm_people import change_post, hand_over, remove_person
from yumiao.district.joining.services import issue_code, revoke_code
from yumiao.district.permissions import Operation, can
from yumiao.model.problems import YumiaoError
from yumiao.web.views.acting import ActingRequest, acting
from yumiao.web.views.firm import Firm, require_firm

INVITED_DAYS = 7
_POSTS = {post.value: post for post in Post}


@require_GET
@acting
def my_people(request: ActingRequest, subject: str) -> HttpResponseBase:
    """Show who speaks for the firm, and the codes that wait."""
    return _page(request, require_firm(request, subject))


def _page(request: ActingRequest, firm: Firm, status: int = 200, **more: object) -> HttpResponseBase:
    may_manage = can(request.actor, Operation.MANAGE_FIRM, firm).allowed
    context = {
        "firm_page": firm,
        "people": selectors.people_of(firm.id),
        "codes": selectors.open_firm_codes(firm.id, timezone.now()) if may_manage else [],
        "may_manage": may_manage,
        "posts": list(Post),
        **more,
    }
    return render(request, "my/people.html", context, status=status)


@require_POST
@acting
def my_invite(request: ActingRequest, subject: str) -> HttpResponseBase:
    """Give out a code for a colleague; shown this once."""
    firm = require_firm(request, subject, Operation.MANAGE_FIRM)
    post = _POSTS.get(request.POST.get("post", ""), Post.READER)
    issued = issue_code(
        subject=firm.id,
        days=INVITED_DAYS,
        by=request.actor.id,
        now=timezone.now(),
        post=post,
        is_of_firm=True,
    )
    return _page(request, firm, issued=issued, address=request.build_absolute_uri(reverse("join")))


@require_POST
@acting
def my_uninvite(request: ActingRequest, subject: str, code: str) -> HttpResponseBase:
    """Take back a code of the firm that nobody redeemed; others' codes are not found."""
    firm = require_firm(request, subject, Operation.MANAGE_FIRM)
    if code in {each.id for each in selectors.open_firm_codes(firm.id, timezone.now())}:
        revoke_code(code_id=code, by=request.actor.id, now=timezone.now())
    return redirect("my-people", firm.id)


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def my_person(request: ActingRequest, subject: str, person: str) -> HttpResponseBase:
    """Change the post of a colleague, hand over to one, or remove one after asking."""
    firm = require_firm(request, subject, Operation.MANAGE_FIRM)
    labels = {each.id: each.label for each in selectors.people_of(firm.id)}
    if person not in labels:
        return redirect("my-people", firm.id)
    act, now, by = request.POST.get("act", "remove"), timezone.now(), request.actor.id
    if request.method != "POST":
        return _ask(request, firm, labels[person], gettext("把这个人移出本企业？"), gettext("移出"))
    try:
        if act == "hand_over":
            hand_over(subject=firm.id, to=person, by=by, now=now)
        elif act in _POSTS:
            change_post(subject=firm.id, person_id=person, post=_POSTS[act], by=by, now=now)
        else:
            remove_person(subject=firm.id, person_id=person, by=by, now=now)
    except YumiaoError as error:
        return _page(request, firm, 400, reason=error.text)
    return redirect("my-people", firm.id) if person != by else redirect("my")


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def my_leave(request: ActingRequest, subject: str) -> HttpResponseBase:
    """Ask, then let whoever asks no longer speak for the firm."""
    firm = require_firm(request, subject)
    if request.method != "POST":
        return _ask(request, firm, request.actor.label, gettext("不再代表本企业？"), gettext("离开本企业"))
    try:
        remove_person(subject=firm.id, person_id=request.actor.id, by=request.actor.id, now=timezone.now())
    except YumiaoError as error:
        return _page(request, firm, 400, reason=error.text)
    return redirect("my")


def _ask(request: ActingRequest, firm: Firm, who: str, title: str, button: str) -> HttpResponseBase:
    context = {
        "title": title,
        "sentence": gettext("填报过的内容会保留，只是不能再查看和填报。要恢复，须凭新的开户码。"),
        "subject_name": f"{firm.name} · {who}",
        "button": button,
        "back": reverse("my-people", args=[firm.id]),
    }
    return render(request, "parts/ask.html", context)

"""Tokens of programs: the list, creating one (shown once), revoking one after asking."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from yumiao.district.permissions import Operation, can
from yumiao.district.tokens.scopes import SCOPE_LABELS, Scope
from yumiao.district.tokens.selectors import listed_tokens, tokens_wanted
from yumiao.district.tokens.services import MOST_DAYS, create_token, revoke_token
from yumiao.model.problems import YumiaoError
from yumiao.web.moments import minute_words
from yumiao.web.templatetags.words import words
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.administration.files import file_of
from yumiao.web.views.list_query import read_page

PAGE = 50
DAYS = 90


@require_GET
@acting
def tokens(request: ActingRequest) -> HttpResponseBase:
    """Show the tokens that were asked for, the newest first; never their secrets."""
    require(can(request.actor, Operation.LIST_TOKENS))
    text, state = _read_wanted(request.GET)
    page = Paginator(tokens_wanted(text, state, timezone.now()), PAGE).get_page(read_page(request.GET))
    context = {
        "text": text,
        "state": state,
        "page": page,
        "rows": listed_tokens(page.object_list),
        "now": timezone.now(),
        "may_create": can(request.actor, Operation.CREATE_TOKEN).allowed,
    }
    return render(request, "administration/tokens.html", context)


@require_GET
@acting
def tokens_file(request: ActingRequest, kind: str) -> HttpResponseBase:
    """Send the tokens that the page lists with the same query, all pages of it."""
    require(can(request.actor, Operation.LIST_TOKENS))
    text, state = _read_wanted(request.GET)
    head = [gettext("编号"), gettext("登录名"), gettext("用途"), gettext("权限范围"), gettext("到期")]
    head += [gettext("最近使用"), gettext("撤销时间")]
    rows = (
        [
            each.id,
            each.login,
            each.label,
            " ".join(each.scopes),
            minute_words(each.expires_at),
            minute_words(each.used_at),
            minute_words(each.revoked_at),
        ]
        for each in listed_tokens(tokens_wanted(text, state, timezone.now()))
    )
    return file_of(rows, head, "tokens", kind)


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def token_new(request: ActingRequest) -> HttpResponseBase:
    """Create a token and show it this once; a refused form keeps what was typed."""
    require(can(request.actor, Operation.CREATE_TOKEN))
    typed = {"login": "", "label": "", "days": str(DAYS)}
    context = {"typed": typed, "chosen": [], "scopes": list(SCOPE_LABELS.items()), "most_days": MOST_DAYS}
    context |= {"reason": None, "problems": [], "created": None}
    if request.method != "POST":
        return render(request, "administration/token_new.html", context)
    typed = {name: request.POST.get(name, "").strip()[:100] for name in ("login", "label", "days")}
    chosen = [Scope(each) for each in request.POST.getlist("scope") if each in set(Scope)]
    days = int(typed["days"]) if typed["days"].isascii() and typed["days"].isdigit() else 0
    context |= {"typed": typed, "chosen": chosen}
    try:
        created = create_token(
            login=typed["login"],
            label=typed["label"],
            scopes=chosen,
            days=days,
            now=timezone.now(),
            by=request.actor.id,
        )
    except YumiaoError as error:
        context |= {"reason": error.text, "problems": [words(each.text) for each in error.problems]}
        return render(request, "administration/token_new.html", context, status=400)
    return render(request, "administration/token_new.html", context | {"created": created})


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def token_revoke(request: ActingRequest, token: str) -> HttpResponseBase:
    """Ask whether a token shall be revoked, and do it: that cannot be undone."""
    require(can(request.actor, Operation.REVOKE_TOKEN))
    if request.method != "POST":
        return render(request, "administration/token_revoke.html", {"token": token})
    revoke_token(token_id=token, now=timezone.now(), by=request.actor.id)
    messages.success(request, gettext("令牌已撤销。"))
    return redirect("tokens")


def _read_wanted(query: Mapping[str, str]) -> tuple[str, str]:
    state = query.get("state", "")
    text = query.get("q", "").strip()[:60].replace("\x00", "")
    return text, state if state in ("active", "ended") else ""

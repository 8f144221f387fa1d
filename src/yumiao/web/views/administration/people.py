"""People: the list, creating one, one person, and what security does with them after asking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from yumiao.district.accounts.changing import change_role
from yumiao.district.accounts.roles import ROLE_LABELS, Role
from yumiao.district.accounts.services import create_person
from yumiao.district.entering.people import (
    SORTS,
    STATES,
    ListedPerson,
    WantedPeople,
    find_listed,
    listed_people,
    people_wanted,
)
from yumiao.district.permissions import Operation, can
from yumiao.district.registry.places import place_names
from yumiao.model.problems import YumiaoError
from yumiao.web.moments import minute_words
from yumiao.web.templatetags.words import words
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.administration.files import file_of
from yumiao.web.views.administration.person_acts import ACTS
from yumiao.web.views.list_query import read_page

PAGE = 50
ROLES = [role for role in Role if role is not Role.ENTERPRISE]
"""Roles that are given here; people of enterprises come by the code of their enterprise."""


@require_GET
@acting
def people(request: ActingRequest) -> HttpResponseBase:
    """Show the people that were asked for."""
    require(can(request.actor, Operation.LIST_PEOPLE))
    wanted = _read_wanted(request.GET)
    page = Paginator(people_wanted(wanted), PAGE).get_page(read_page(request.GET))
    context = {
        "wanted": wanted,
        "page": page,
        "rows": _with_places(listed_people(page.object_list)),
        "roles": [(role.value, label) for role, label in ROLE_LABELS.items()],
        "is_filtered": bool(wanted.text or wanted.role or wanted.state),
        "may_create": can(request.actor, Operation.CREATE_PERSON).allowed,
    }
    return render(request, "administration/people.html", context)


def _with_places(people: Iterable[ListedPerson]) -> list[tuple[ListedPerson, str]]:
    """Return people, each with the names of the divisions that they work for; a code without a name stays a code."""
    names = place_names()
    return [(each, "、".join(names.of(code) for code in each.territories)) for each in people]


@require_GET
@acting
def people_file(request: ActingRequest, kind: str) -> HttpResponseBase:
    """Send the people that the page lists with the same query, all pages of it."""
    require(can(request.actor, Operation.LIST_PEOPLE))
    head = [gettext("登录名"), gettext("岗位"), gettext("角色"), gettext("区划"), gettext("状态")]
    head += [gettext("两步验证"), gettext("建立时间"), gettext("编号")]
    rows = (
        [
            each.login,
            each.label,
            words(each.role.label),
            " ".join(each.territories),
            gettext("可登录") if each.is_active else gettext("已停用"),
            gettext("已开启") if each.has_factor else gettext("未开启"),
            minute_words(each.created_at),
            each.id,
        ]
        for each in listed_people(people_wanted(_read_wanted(request.GET)))
    )
    return file_of(rows, head, "people", kind)


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def person_new(request: ActingRequest) -> HttpResponseBase:
    """Create a person without a password; a refused form keeps what was typed."""
    require(can(request.actor, Operation.CREATE_PERSON))
    if request.method != "POST":
        return _person_form(request, {"login": "", "label": "", "role": "", "territories": ""})
    typed = _typed(request)
    try:
        created = create_person(
            login=typed["login"],
            password=None,
            role=_role_of(typed["role"]),
            label=typed["label"],
            now=timezone.now(),
            territories=_codes(typed["territories"]),
            by=request.actor.id,
        )
    except YumiaoError as error:
        return _person_form(request, typed, error)
    messages.success(request, gettext("账号已建立。请安全管理员发一次性码，交给本人设置口令。"))
    return redirect("person", created.id)


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def person(request: ActingRequest, person: str) -> HttpResponseBase:
    """Show one person; with the form of role and divisions for whoever may change them."""
    require(can(request.actor, Operation.LIST_PEOPLE))
    found = find_listed(person)
    if found is None:
        raise Http404
    if request.method != "POST":
        typed = {"label": found.label, "role": found.role.value, "territories": " ".join(found.territories)}
        return _person_page(request, found, typed)
    require(can(request.actor, Operation.CHANGE_PERSON))
    typed = _typed(request)
    try:
        change_role(
            person_id=found.id,
            role=_role_of(typed["role"]) if found.role is not Role.ENTERPRISE else found.role,
            label=typed["label"],
            territories=_codes(typed["territories"]),
            now=timezone.now(),
            by=request.actor.id,
        )
    except YumiaoError as error:
        return _person_page(request, found, typed, error)
    messages.success(request, gettext("已保存。"))
    return redirect("person", found.id)


def _read_wanted(query: Mapping[str, str]) -> WantedPeople:
    role, state, sort = query.get("role", ""), query.get("state", ""), query.get("sort", "")
    return WantedPeople(
        text=query.get("q", "").strip()[:60].replace("\x00", ""),
        role=role if role in set(Role) else "",
        state=state if state in STATES else "",
        sort=sort if sort in SORTS else "login",
    )


def _role_of(text: str) -> Role:
    """Read a role; one that is not given here is taken for the least one, so that nothing is granted by mistake."""
    return Role(text) if text in ROLES else Role.EXPERT


def _codes(text: str) -> list[str]:
    return text.replace("，", " ").replace(",", " ").split()


def _typed(request: HttpRequest) -> dict[str, str]:
    names = ("login", "label", "role", "territories")
    return {name: request.POST.get(name, "").strip()[:200] for name in names}


def _person_form(
    request: HttpRequest, typed: Mapping[str, str], error: YumiaoError | None = None
) -> HttpResponse:
    context = {"typed": typed, "roles": _role_choices(), **_told(error)}
    return render(request, "administration/person_new.html", context, status=400 if error else 200)


def _person_page(
    request: ActingRequest, found: ListedPerson, typed: Mapping[str, str], error: YumiaoError | None = None
) -> HttpResponse:
    acts = [
        (name, act.title)
        for name, act in ACTS.items()
        if can(request.actor, act.operation).allowed and name != ("enable" if found.is_active else "disable")
    ]
    context = {
        "person": found,
        "typed": typed,
        "roles": _role_choices(),
        "acts": acts,
        "may_change": can(request.actor, Operation.CHANGE_PERSON).allowed
        and found.role is not Role.ENTERPRISE,
        **_told(error),
    }
    return render(request, "administration/person.html", context, status=400 if error else 200)


def _role_choices() -> list[tuple[str, Any]]:
    return [(role.value, role.label) for role in ROLES]


def _told(error: YumiaoError | None) -> dict[str, Any]:
    problems = [words(each.text) for each in error.problems] if error else []
    return {"reason": error.text if error else None, "problems": problems}

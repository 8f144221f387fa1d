"""The profile of one enterprise: who it is, what every policy says of it, what to ask, what is known and from where."""

from __future__ import annotations

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from yumiao.district.accounts.roles import Role
from yumiao.district.permissions import Operation, can
from yumiao.district.registry import selectors
from yumiao.district.registry.places import place_name
from yumiao.web.profiles import read_profile
from yumiao.web.views.acting import ActingRequest, acting, require


@require_GET
@acting
def enterprise(request: ActingRequest, subject: str) -> HttpResponseBase:
    """Show one enterprise; an id that was merged leads to the one it is read as."""
    actor = request.actor
    require(can(actor, Operation.SEE_SUBJECT))
    found = selectors.subject_named(subject)
    if found is None:
        raise Http404
    require(can(actor, Operation.SEE_SUBJECT, found))
    if found.id != subject:
        return redirect("enterprise", found.id)
    is_own = actor.role is Role.ENTERPRISE
    profile = read_profile(found.id, found.identifiers, for_itself=is_own)
    context = {
        "subject": found,
        "place": place_name(found.territory),
        "profile": profile,
        "may_list": can(actor, Operation.LIST_SUBJECTS).allowed,
    }
    return render(request, "enterprises/profile.html", context)

"""What the pages of one enterprise share: whom they are about, who may see them, the tabs between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext

from yumiao.district.accounts.roles import Role
from yumiao.district.permissions import Operation, can
from yumiao.district.registry import selectors
from yumiao.district.registry.places import place_name
from yumiao.web.views.acting import ActingRequest, require


@dataclass(frozen=True)
class Tab:
    """One page of an enterprise."""

    address: str
    label: str
    is_current: bool


def require_subject(request: ActingRequest, subject: str) -> Any:
    """Return the row of a subject that the actor may see.

    Raises: Refused where they may not; Http404 where there is none, or the id is one that was merged.
    """
    require(can(request.actor, Operation.SEE_SUBJECT))
    found = selectors.subject_named(subject)
    if found is None:
        raise Http404
    require(can(request.actor, Operation.SEE_SUBJECT, found))
    if found.id != subject:
        raise Http404
    return found


def is_own(request: ActingRequest) -> bool:
    """Whether the subject's own people look at it: then hidden sources are withheld."""
    return request.actor.role is Role.ENTERPRISE


def subject_context(request: ActingRequest, subject: Any, part: str) -> dict[str, Any]:
    """Return what `enterprises/frame.html` needs.

    Args:
        part: name of the page; empty for the profile itself.
    """
    return {
        "subject": subject,
        "place": place_name(subject.territory),
        "part": part,
        "is_own": is_own(request),
        "may_list": can(request.actor, Operation.LIST_SUBJECTS).allowed,
        "tabs": _tabs(request, subject, part),
    }


def _tabs(request: ActingRequest, subject: Any, part: str) -> list[Tab]:
    labels = {
        "enterprise": gettext("判定"),
        "enterprise-facts": gettext("事实与出处"),
        "enterprise-what-if": gettext("如果……会怎样"),
        "enterprise-plans": gettext("达标路径"),
        "enterprise-timeline": gettext("时间线"),
    }
    if can(request.actor, Operation.KEEP_RECORDS, subject).allowed:
        labels |= {
            "enterprise-notes": gettext("记录"),
            "enterprise-attachments": gettext("附件"),
            "enterprise-contacts": gettext("联系人"),
        }
    if can(request.actor, Operation.PLACE_SUBJECT, subject).allowed:
        labels["enterprise-chains"] = gettext("产业链")
    current = part or "enterprise"
    return [Tab(reverse(name, args=[subject.id]), label, name == current) for name, label in labels.items()]

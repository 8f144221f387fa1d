"""Two versions of a policy over the district: the page, and the list as a file."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from yumiao.district.permissions import Operation, can
from yumiao.district.policies import comparing, selectors
from yumiao.district.policies.comparing import Change, Changed, Comparison
from yumiao.packs.library import Policy
from yumiao.web.templatetags.words import outcome_words, words
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.export import KINDS
from yumiao.web.views.list_query import read_page
from yumiao.web.views.policy_query import usual_day
from yumiao.web.views.sending import send_file

PAGE = 50


@dataclass(frozen=True)
class _Asked:
    """What was asked: the versions, and which changes; ``found`` is None where nothing could be compared."""

    old: Policy
    new: Policy
    change: Change | None
    found: Comparison | None

    @property
    def rows(self) -> list[Changed]:
        changed = self.found.changed if self.found is not None else ()
        return [each for each in changed if self.change in (None, each.change)]


@require_GET
@acting
def compare(request: ActingRequest, family: str) -> HttpResponseBase:
    """Show who gains and who loses between two versions."""
    asked = _read(request, family)
    page = Paginator(asked.rows, PAGE).get_page(read_page(request.GET))
    context = {
        "family": family,
        "versions": selectors.versions_of(family),
        "old": asked.old,
        "new": asked.new,
        "found": asked.found,
        "counts": asked.found.counts().items() if asked.found is not None else (),
        "change": asked.change,
        "page": page,
        "rows": comparing.with_names(list(page.object_list)),
        "most": comparing.MOST_SUBJECTS,
        "built": selectors.built(),
    }
    return render(request, "policies/compare.html", context)


@require_GET
@acting
def compare_file(request: ActingRequest, family: str, kind: str) -> HttpResponseBase:
    """Send the changes that the page lists, all pages of them."""
    require(can(request.actor, Operation.EXPORT_SUBJECTS))
    asked = _read(request, family)
    if kind not in KINDS or asked.found is None:
        raise Http404
    rows = [
        [
            named.name,
            named.code,
            words(named.changed.change.label),
            _verdict(named.changed.old, words(named.changed.old_class)),
            _verdict(named.changed.new, words(named.changed.new_class)),
            words(named.changed.why),
        ]
        for named in comparing.with_names(asked.rows)
    ]
    head = [
        gettext("名称"),
        gettext("代码"),
        gettext("变化"),
        asked.old.version,
        asked.new.version,
        gettext("原因"),
    ]
    return send_file(kind, rows, head, f"{family}-versions")


def _verdict(outcome: str, class_label: str) -> str:
    return f"{outcome_words(outcome)} {class_label}".strip()


def _read(request: ActingRequest, family: str) -> _Asked:
    """Read two versions from an address: those named, else the one before the version in force and that one."""
    require(can(request.actor, Operation.COMPARE_VERSIONS))
    versions = selectors.versions_of(family)
    if len(versions) < 2:
        raise Http404
    old, new = _pair(request, family, versions, usual_day())
    wanted = request.GET.get("change", "")
    change = Change(wanted) if wanted in set(Change) else None
    built = selectors.built()
    can_compare = built is not None and old.id != new.id
    found = comparing.compare_versions(request.actor, built, old, new) if built and can_compare else None
    return _Asked(old, new, change, found)


def _pair(request: ActingRequest, family: str, versions: list[Policy], on: dt.date) -> tuple[Policy, Policy]:
    named = {policy.version: policy for policy in versions}
    in_force = selectors.version_meant(family, "", on) or versions[-1]
    at = max(versions.index(in_force), 1)
    old = named.get(request.GET.get("old", ""), versions[at - 1])
    return old, named.get(request.GET.get("new", ""), versions[at])

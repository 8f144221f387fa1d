"""What the addresses of the policy pages say, read with care; and whether a policy page may be seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.http import Http404
from django.utils import timezone

from yumiao.district.permissions import Operation, can
from yumiao.district.policies import selectors
from yumiao.packs.library import Policy
from yumiao.web.views.acting import ActingRequest, require
from yumiao.web.views.list_query import MOST_TEXT

FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2099, 12, 31)


def read_day(text: str, otherwise: dt.date) -> dt.date:
    """Read a date of an address; anything else is the one given."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return otherwise
    return day if FIRST_DAY <= day <= LAST_DAY else otherwise


def usual_day() -> dt.date:
    """Return the date that the register is judged for; today while there is none."""
    found = selectors.built()
    return found.as_of if found is not None else timezone.localdate()


def read_policies_wanted(query: Mapping[str, str]) -> selectors.PoliciesWanted:
    """Read the query of the list of policies; what it does not know is left out."""
    level, sort = query.get("level", ""), query.get("sort", "")
    return selectors.PoliciesWanted(
        on=read_day(query.get("on", ""), usual_day()),
        text=query.get("q", "").strip()[:MOST_TEXT],
        level=level if level in selectors.LEVELS else "",
        in_force=query.get("in_force") == "1",
        sort=sort if sort in selectors.SORTS else "level",
    )


def require_policy(request: ActingRequest, family: str, version: str, on: dt.date) -> Policy:
    """Return the version that a page is about. Raises: Refused, or Http404 where there is none such."""
    require(can(request.actor, Operation.SEE_POLICIES))
    found = selectors.version_meant(family, version, on)
    if found is None:
        raise Http404
    return found

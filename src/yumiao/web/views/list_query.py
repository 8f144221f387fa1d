"""The query of the list page: what its address says, read with care."""

from __future__ import annotations

from collections.abc import Mapping

from yumiao.district.registry.selectors import SORTS, Wanted
from yumiao.model.outcomes import Outcome

MOST_TEXT = 100


def read_wanted(query: Mapping[str, str], families: set[str]) -> Wanted:
    """Read a list query; what it does not know is left out, as addresses are typed and kept for years."""
    policy = query.get("policy", "")
    outcome = query.get("outcome", "")
    sort = query.get("sort", "")
    territory = query.get("territory", "")
    return Wanted(
        text=query.get("q", "").strip()[:MOST_TEXT],
        territory=territory if territory.isdigit() else "",
        policy=policy if policy in families else "",
        outcome=Outcome(outcome) if outcome in set(Outcome) and policy in families else None,
        near_miss=query.get("near_miss") == "1",
        contested=query.get("contested") == "1",
        sort=sort if sort in SORTS else "name",
    )


def read_page(query: Mapping[str, str]) -> int:
    """Read the number of a page; anything else is the first."""
    text = query.get("page", "1")
    return int(text) if text.isdigit() and text.isascii() and 0 < len(text) <= 6 else 1

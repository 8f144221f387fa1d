"""The query of the list page: what its address says, read with care."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils import timezone

from yumiao.district.chains.conditions import ANY, NONE, InChain
from yumiao.district.chains.selectors import chain_named
from yumiao.district.indicators.conditions import ON_LADDER, STATES, Holding
from yumiao.district.registry.crossing import Crossing
from yumiao.district.registry.packs import library
from yumiao.district.registry.selectors import COVERAGES, SORTS, Wanted
from yumiao.model.outcomes import Outcome

MOST_TEXT = 100
_ID = re.compile("[0-9a-f]{32}")


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
        crossing=_read_crossing(query.get("crossing", "")),
        coverage=_read_coverage(query.get("coverage", "")),
        sort=sort if sort in SORTS else "name",
        holding=_read_holding(query),
        in_chain=read_in_chain(query.get("chain", ""), query.get("link", "")),
    )


def read_in_chain(chain: str, link: str) -> InChain:
    """Read what is asked of chains; a link counts with its own chain alone."""
    if chain in (ANY, NONE):
        return InChain(chain, on=timezone.localdate())
    found = chain_named(chain) if _ID.fullmatch(chain) else None
    if found is None or found.is_withdrawn:
        return InChain()
    return InChain(chain, link if link in {each.id for each in found.links} else "")


def _read_holding(query: Mapping[str, str]) -> Holding:
    title, state = query.get("title", ""), query.get("state", "")
    return Holding(
        title=title if title in library().titles else "",
        state=state if state in STATES else "",
        rung=_read_rung(query.get("rung", "")),
        rung_before=_read_rung(query.get("from", "")),
        on_ladder=ladder if (ladder := query.get("ladder", "")) in ON_LADDER else "",
        moved=query.get("moved") == "1",
        doubled=query.get("doubled") == "1",
    )


def _read_crossing(text: str) -> Crossing | None:
    return Crossing(text) if text in set(Crossing) else None


def _read_coverage(text: str) -> int | None:
    return next((least for least in COVERAGES if str(least) == text), None)


def _read_rung(text: str) -> int | None:
    return int(text) if len(text) == 1 and text in "0123456789" else None


def read_page(query: Mapping[str, str]) -> int:
    """Read the number of a page; anything else is the first."""
    text = query.get("page", "1")
    return int(text) if text.isdigit() and text.isascii() and 0 < len(text) <= 6 else 1

"""What a list may ask of chains, as rows of placements that answer it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from yumiao.district.chains.models import Edition, Placement

ANY, NONE = "any", "none"
STANDING = Q(ended_on=None, withdrawn_at=None)
"""Placements that stand."""
COUNTING = STANDING & Q(link__ended_on=None, link__chain__withdrawn_at=None)
"""Those of them in links that stand, of chains that were not withdrawn."""


@dataclass(frozen=True)
class InChain:
    """What a list asks of chains.

    Attributes:
        chain: id of a chain; `ANY`: somebody placed it in one that counts; `NONE`: nobody did, which does not say that
            it belongs to none; empty: nothing is asked.
        link: id of a link of the chain; empty: any.
        on: the day on which a chain has to count for `ANY` and `NONE`; None: whenever.
    """

    chain: str = ""
    link: str = ""
    on: dt.date | None = None

    def __bool__(self) -> bool:
        return bool(self.chain or self.link)


def placed(wanted: InChain) -> QuerySet[Placement]:
    """Return the placements that an answer rests on: of `NONE` those of whom it leaves out."""
    found = Placement.objects.filter(COUNTING)
    if wanted.link:
        found = found.filter(link=wanted.link)
    if wanted.chain not in ("", ANY, NONE):
        return found.filter(link__chain=wanted.chain)
    return found.filter(counts_on(wanted.on, "link__chain__")) if wanted.on is not None else found


def counts_on(on: dt.date, prefix: str = "") -> Q:
    """Return the condition that keeps the chains that count on a day."""
    began = Q(**{f"{prefix}valid_from": None}) | Q(**{f"{prefix}valid_from__lte": on})
    return began & (Q(**{f"{prefix}valid_until": None}) | Q(**{f"{prefix}valid_until__gte": on}))


def edition() -> QuerySet[Edition, int]:
    """Return the query for how often chains and placements were changed; no row before the first time."""
    return Edition.objects.values_list("number", flat=True)[:1]

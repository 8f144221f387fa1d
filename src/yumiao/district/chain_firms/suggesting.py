"""Whom an industry code suggests for a link. Nobody is placed by it: an officer confirms, or does not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from yumiao.district.accounts.selectors import Actor
from yumiao.district.chain_firms.codes import (
    CODE,
    codes_seen,
    distinct_codes,
    fitting_codes,
    short_codes,
)
from yumiao.district.chains.selectors import ShownLink
from yumiao.district.registry.models import Projection
from yumiao.model.facts import SUBJECT

FIT, SHORT = "fit", "short"
"""Which firms a list of suggestions holds: whose code fits, or whose code is too short to tell."""


@dataclass(frozen=True)
class Suggested:
    """How many firms a link's codes suggest, those left out aside, and of how many the code is too short to tell."""

    fit: int = 0
    short: int = 0


@dataclass(frozen=True)
class Suggestion:
    """One firm that may belong to a link, with its industry code."""

    subject: str
    link: str
    code: str


def count_suggested(
    actor: Actor, built: Projection, links: Iterable[ShownLink], left_out: Mapping[str, frozenset[str]]
) -> dict[str, Suggested]:
    """Return how many firms each link's codes suggest.

    Args:
        left_out: link → who stands in it already, or was dismissed from it.
    """
    seen, links = codes_seen(actor, built), list(links)
    firms = dict(seen.group_by(CODE).len().iter_rows())
    rows = [(link.id, subject) for link in links for subject in left_out.get(link.id, ())]
    table = pl.DataFrame(rows, schema={"link": pl.String, SUBJECT: pl.String}, orient="row")
    placed = table.join(seen, on=SUBJECT).group_by("link", CODE).len()
    there = {(link, code): count for link, code, count in placed.iter_rows()}
    known = [code for code in firms if code is not None]

    def count(link: ShownLink, codes: list[str]) -> int:
        return sum(firms[code] - there.get((link.id, code), 0) for code in codes)

    return {
        link.id: Suggested(
            count(link, fitting_codes(known, link.codes)), count(link, short_codes(known, link.codes))
        )
        for link in links
        if link.codes
    }


def suggested_for(
    actor: Actor,
    built: Projection,
    links: Sequence[ShownLink],
    left_out: Mapping[str, frozenset[str]],
    which: str = FIT,
) -> list[Suggestion]:
    """Return the firms that the codes of some links suggest, link by link, by name; see `count_suggested`."""
    seen, choose = codes_seen(actor, built), short_codes if which == SHORT else fitting_codes
    known, found = distinct_codes(seen), list[Suggestion]()
    for link in links:
        if link.codes:
            here = left_out.get(link.id, frozenset())
            rows = seen.filter(pl.col(CODE).is_in(choose(known, link.codes))).iter_rows()
            found += [Suggestion(each, link.id, code) for each, code in rows if each not in here]
    return found


def links_fitting(
    actor: Actor, built: Projection, subject: str, links: Iterable[ShownLink], but: Collection[str] = ()
) -> tuple[str, list[ShownLink]]:
    """Return a firm's industry code, empty where none is known, and the links whose codes it begins with.

    Args:
        but: ids of links that it was dismissed from.
    """
    row = codes_seen(actor, built).filter(pl.col(SUBJECT) == subject)
    code = (row[CODE][0] if row.height else None) or ""
    return code, [link for link in links if code and code.startswith(link.codes) and link.id not in but]


def without_code(actor: Actor, built: Projection) -> list[str]:
    """Return the firms of which no source wrote an industry code, by name."""
    seen = codes_seen(actor, built)
    return seen.filter(pl.col(CODE).is_null())[SUBJECT].to_list()

"""Whom an industry code suggests for a link. Nobody is placed by it: an officer confirms, or does not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from yumiao.district.accounts.selectors import Actor
from yumiao.district.chain_firms.codes import CODE, codes_seen, fits, is_too_short
from yumiao.district.chains.selectors import ShownLink
from yumiao.district.registry.models import Projection
from yumiao.model.facts import SUBJECT

FIT, SHORT = "fit", "short"
"""Which firms a list of suggestions holds: whose code fits, or whose code is too short to tell."""


@dataclass(frozen=True)
class Suggested:
    """How many firms a link's codes suggest that do not stand in it, and of how many the code is too short to tell."""

    fit: int = 0
    short: int = 0


@dataclass(frozen=True)
class Suggestion:
    """One firm that may belong to a link, with its industry code."""

    subject: str
    link: str
    code: str


def count_suggested(
    actor: Actor, built: Projection, links: Iterable[ShownLink], standing: Mapping[str, frozenset[str]]
) -> dict[str, Suggested]:
    """Return how many firms each link's codes suggest.

    Args:
        standing: link → who stands in it.
    """
    seen = codes_seen(actor, built)
    found = {}
    for link in links:
        if link.codes:
            left = _left(seen, standing.get(link.id, frozenset()))
            counts = left.select(fit=fits(link.codes).sum(), short=is_too_short(link.codes).sum()).row(0)
            found[link.id] = Suggested(*(count or 0 for count in counts))
    return found


def suggested_for(
    actor: Actor,
    built: Projection,
    links: Sequence[ShownLink],
    standing: Mapping[str, frozenset[str]],
    which: str = FIT,
) -> list[Suggestion]:
    """Return the firms that the codes of some links suggest, link by link, by name."""
    seen, test = codes_seen(actor, built), is_too_short if which == SHORT else fits
    found: list[Suggestion] = []
    for link in links:
        if link.codes:
            left = _left(seen, standing.get(link.id, frozenset()))
            rows = left.filter(test(link.codes)).select(SUBJECT, CODE).iter_rows()
            found += [Suggestion(subject, link.id, code) for subject, code in rows]
    return found


def links_fitting(
    actor: Actor, built: Projection, subject: str, links: Iterable[ShownLink]
) -> tuple[str, list[ShownLink]]:
    """Return a firm's industry code, empty where none is known, and the links whose codes it begins with."""
    row = codes_seen(actor, built).filter(pl.col(SUBJECT) == subject)
    code = (row[CODE][0] if row.height else None) or ""
    return code, [link for link in links if code and code.startswith(link.codes)]


def without_code(actor: Actor, built: Projection) -> list[str]:
    """Return the firms of which no source wrote an industry code, by name."""
    seen = codes_seen(actor, built)
    return seen.filter(pl.col(CODE).is_null())[SUBJECT].to_list()


def _left(seen: pl.DataFrame, standing: frozenset[str]) -> pl.DataFrame:
    return seen.filter(~pl.col(SUBJECT).is_in(sorted(standing))) if standing else seen

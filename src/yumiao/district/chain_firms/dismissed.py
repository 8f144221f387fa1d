"""Suggestions that somebody dismissed: whom they keep from being suggested, and the list of them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from yumiao.district.accounts.selectors import Actor
from yumiao.district.chain_firms.standing import read_standing
from yumiao.district.chains.conditions import STANDING
from yumiao.district.chains.kinds import Position
from yumiao.district.chains.models import Dismissal
from yumiao.district.permissions import visible_to
from yumiao.district.registry.aliases import read_now, speaks_of
from yumiao.district.registry.models import Projection, Subject
from yumiao.district.registry.remembering import remembered, sight_of
from yumiao.district.registry.searching import matching
from yumiao.district.registry.selectors import ids_read_as
from yumiao.model.text import Text

STATES = {
    "holds": Text("有效", "holds"),
    "ended": Text("已止", "ended"),
    "withdrawn": Text("已撤回", "withdrawn"),
}
"""How a dismissal may stand."""

_STATES = {
    "holds": STANDING,
    "ended": Q(ended_on__isnull=False, withdrawn_at=None),
    "withdrawn": Q(withdrawn_at__isnull=False),
}


@dataclass(frozen=True)
class WantedDismissals:
    """What the list was asked for; empty: all. ``state`` is a key of `STATES`."""

    chain: str
    link: str = ""
    text: str = ""
    state: str = ""


@dataclass(frozen=True)
class ShownDismissal:
    """A dismissal as lists show it; ``subject`` is the id that the firm is read as now, see `models.Dismissal`."""

    id: str
    subject: str
    name: str
    firm_code: str
    link_name: str
    position: Position
    code: str
    why: str
    dismissed_by: str
    dismissed_at: dt.datetime
    ended_on: dt.date | None
    ended_why: str
    is_withdrawn: bool

    @property
    def state(self) -> str:
        """A key of `STATES`."""
        if self.is_withdrawn:
            return "withdrawn"
        return "holds" if self.ended_on is None else "ended"

    @property
    def state_label(self) -> Text:
        """How it stands, in words."""
        return STATES[self.state]


def read_settled(actor: Actor, built: Projection) -> Mapping[str, frozenset[str]]:
    """Return for each link who is not suggested for it: who stands in it, and who was dismissed from it.

    Read once for a register and an edition of the chains.
    """
    return remembered(
        built, ("settled in chains", sight_of(actor), built.chains), lambda: _settled(actor, built)
    )


def _settled(actor: Actor, built: Projection) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for links in read_standing(actor, built).values():
        for link, subjects in links.items():
            found[link] |= subjects
    seen = speaks_of(Subject.objects.filter(visible_to(actor)))
    for link, subject in read_now(Dismissal.objects.filter(STANDING, seen)).values_list("link_id", "now"):
        found[link].add(subject)
    return {link: frozenset(subjects) for link, subjects in found.items()}


def links_dismissed(subject: str) -> frozenset[str]:
    """Return the links that a firm, or an id merged into it, was dismissed from."""
    rows = Dismissal.objects.filter(STANDING, subject__in=ids_read_as(subject))
    return frozenset(rows.values_list("link_id", flat=True))


def dismissals_wanted(actor: Actor, wanted: WantedDismissals) -> QuerySet[Dismissal]:
    """Return the dismissals asked for, of firms that an actor may see, the latest first."""
    seen = Subject.objects.filter(visible_to(actor), matching(wanted.text))
    found = Dismissal.objects.filter(speaks_of(seen), link__chain=wanted.chain)
    if wanted.link:
        found = found.filter(link=wanted.link)
    if wanted.state:
        found = found.filter(_STATES[wanted.state])
    return found.order_by("-dismissed_at", "link__name", "id")


def shown_dismissals(rows: QuerySet[Dismissal]) -> list[ShownDismissal]:
    """Return dismissals as lists show them; two queries, however many rows."""
    found = list(read_now(rows).select_related("link", "dismissed_by"))
    now = {row.id: str(row.now) for row in found}
    firms = Subject.objects.filter(id__in=set(now.values())).values_list("id", "name", "code")
    names = {id_: (name or code or id_, code) for id_, name, code in firms}
    return [_shown(row, now[row.id], *names.get(now[row.id], (now[row.id], ""))) for row in found]


def _shown(row: Dismissal, subject: str, name: str, firm_code: str) -> ShownDismissal:
    return ShownDismissal(
        row.id,
        subject,
        name,
        firm_code,
        row.link.name,
        Position(row.link.position),
        row.code,
        row.why,
        row.dismissed_by.label,
        row.dismissed_at,
        row.ended_on,
        row.ended_why,
        row.withdrawn_at is not None,
    )


def firms_dismissed(chain: str, dismissals: list[str]) -> dict[str, str]:
    """Return those of some dismissals that are of a chain, each with whom it is about, as they are read now."""
    rows = read_now(Dismissal.objects.filter(id__in=dismissals, link__chain=chain))
    return dict(rows.values_list("id", "now"))

"""Lists of placements: of a chain, and of one firm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from yumiao.district.accounts.selectors import Actor
from yumiao.district.chains.conditions import STANDING
from yumiao.district.chains.kinds import Position, Way
from yumiao.district.chains.models import Placement
from yumiao.district.divisions.naming import PlaceNames
from yumiao.district.permissions import visible_to
from yumiao.district.prepared import Prepared
from yumiao.district.registry.aliases import read_now, speaks_of
from yumiao.district.registry.models import Subject
from yumiao.district.registry.places import place_names
from yumiao.district.registry.searching import matching
from yumiao.district.registry.selectors import ids_read_as
from yumiao.model.text import Text

STATES = {
    "standing": Text("在链", "standing"),
    "ended": Text("已止", "ended"),
    "withdrawn": Text("已撤回", "withdrawn"),
}
_STATES = {
    "standing": STANDING,
    "ended": Q(ended_on__isnull=False, withdrawn_at=None),
    "withdrawn": Q(withdrawn_at__isnull=False),
}


@dataclass(frozen=True)
class WantedPlacements:
    """What a list of placements was asked for; empty: all. ``state`` is a key of `STATES`."""

    chain: str = ""
    link: str = ""
    text: str = ""
    state: str = ""
    act: str = ""


@dataclass(frozen=True)
class ShownPlacement:
    """A placement as lists show it; ``subject`` is the id that the firm is read as now."""

    id: str
    subject: str
    name: str
    code: str
    place: str
    territory: str
    chain: str
    chain_title: Text
    link: str
    link_name: str
    position: Position
    note: str
    since: dt.date | None
    source: str
    way: Way
    placed_by: str
    placed_at: dt.datetime
    ended_on: dt.date | None
    ended_why: str
    is_withdrawn: bool

    @property
    def state(self) -> str:
        """A key of `STATES`."""
        if self.is_withdrawn:
            return "withdrawn"
        return "standing" if self.ended_on is None else "ended"

    @property
    def state_label(self) -> Text:
        """How it stands, in words."""
        return STATES[self.state]


def placements_wanted(actor: Actor, wanted: WantedPlacements) -> QuerySet[Placement]:
    """Return the placements asked for, of firms that an actor may see, the latest first."""
    found = Placement.objects.filter(
        speaks_of(Subject.objects.filter(visible_to(actor), matching(wanted.text)))
    )
    if wanted.chain:
        found = found.filter(link__chain=wanted.chain)
    if wanted.link:
        found = found.filter(link=wanted.link)
    if wanted.act:
        found = found.filter(act=wanted.act)
    if wanted.state:
        found = found.filter(_STATES[wanted.state])
    return found.order_by("-placed_at", "link__name", "id")


def placements_of(subject: str) -> list[ShownPlacement]:
    """Return every placement of a firm, those of ids merged into it included, those that stand first."""
    rows = Placement.objects.filter(subject__in=ids_read_as(subject)).order_by("-placed_at", "id")
    found = shown_placements(rows)
    return sorted(found, key=lambda each: list(STATES).index(each.state))


def shown_placements(rows: QuerySet[Placement]) -> list[ShownPlacement]:
    """Return placements as lists show them; three queries, however many rows."""
    found = list(read_now(rows).select_related("link__chain", "placed_by"))
    names = place_names()
    subjects = {
        row[0]: row[1:]
        for row in Subject.objects.filter(id__in={_now(row) for row in found}).values_list(
            "id", "name", "code", "territory"
        )
    }
    return [_shown(row, *subjects.get(_now(row), ("", "", "")), names) for row in found]


def _now(row: Placement) -> str:
    return str(row.now)  # type: ignore[attr-defined] # a column of `read_now`


def _shown(row: Placement, name: str, code: str, territory: str, names: PlaceNames) -> ShownPlacement:
    link, chain = row.link, row.link.chain
    return ShownPlacement(
        row.id,
        _now(row),
        name or code or _now(row),
        code,
        names.of(territory),
        territory,
        chain.id,
        Text(chain.name, chain.name_en or chain.name),
        link.id,
        link.name,
        Position(link.position),
        row.note,
        row.since,
        row.source,
        Way(row.way),
        row.placed_by.label,
        row.placed_at,
        row.ended_on,
        row.ended_why,
        row.withdrawn_at is not None,
    )


def subjects_of_act(act: str) -> list[str]:
    """Return whom a placing of several at once was about, as they are read now."""
    return list(read_now(Placement.objects.filter(act=act)).values_list("now", flat=True).distinct())


def subject_of(placement: str) -> str | None:
    """Return whom a placement is about, as it is read now; None where there is none."""
    return read_now(Placement.objects.filter(id=placement)).values_list("now", flat=True).first()


_STANDS_IN = Prepared(
    lambda subjects: (
        Placement.objects.filter(
            STANDING, subject__in=subjects, link__ended_on=None, link__chain__withdrawn_at=None
        )
        .order_by("link__chain__name", "link__place", "link__name")
        .values_list(
            "link__chain_id", "link__chain__name", "link__chain__name_en", "link_id", "link__name", "note"
        )
    )
)


def stands_in(subject: str) -> list[tuple[str, Text, str, str, str]]:
    """Return where a firm stands: chain, its name, link, its name, role; two queries."""
    rows = _STANDS_IN.rows(ids_read_as(subject))
    return [(chain, Text(name, en or name), *rest) for chain, name, en, *rest in rows]


def firms_with(ids: Collection[str]) -> list[Subject]:
    """Return the firms of some ids, for asking who may place them; those that are none are left out."""
    return list(Subject.objects.filter(id__in=list(ids)).only("id", "name", "territory"))

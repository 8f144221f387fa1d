"""Who stands in which link, as far as an actor may see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from yumiao.district.accounts.selectors import Actor
from yumiao.district.chains.conditions import COUNTING, InChain, placed
from yumiao.district.chains.models import Placement
from yumiao.district.indicators.conditions import scope_of
from yumiao.district.indicators.models import RungState
from yumiao.district.permissions import visible_to
from yumiao.district.registry.aliases import read_now, speaks_of
from yumiao.district.registry.models import Projection, Subject
from yumiao.district.registry.remembering import remembered, sight_of
from yumiao.district.registry.selectors import chain_condition

Standing = Mapping[str, Mapping[str, frozenset[str]]]
"""Chain → link → ids of the firms that stand in it, as they are read now."""


@dataclass(frozen=True)
class FirmInLink:
    """A firm that stands in a link.

    ``rung`` is the highest that it certainly stands on, 0: on none; ``note`` says its role or product.
    """

    id: str
    name: str
    rung: int
    note: str


def read_standing(actor: Actor, built: Projection | None) -> Standing:
    """Return who stands in which link of which chain: read once for a register and an edition of the chains."""
    if built is None:
        return _read(actor)
    return remembered(built, ("standing in chains", sight_of(actor), built.chains), lambda: _read(actor))


def _read(actor: Actor) -> Standing:
    seen = speaks_of(Subject.objects.filter(visible_to(actor)))
    rows = read_now(Placement.objects.filter(COUNTING, seen))
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for chain, link, subject in rows.values_list("link__chain_id", "link_id", "now"):
        found[chain][link].add(subject)
    return {
        chain: {link: frozenset(subjects) for link, subjects in links.items()}
        for chain, links in found.items()
    }


def firms_in(actor: Actor, chain: str) -> dict[str, list[FirmInLink]]:
    """Return the firms that stand in each link of a chain, the highest rung first; three queries.

    A firm that was placed in a link under two ids, before they were found to be one, is there once.
    """
    wanted = InChain(chain)
    seen = Subject.objects.filter(visible_to(actor), chain_condition(wanted))
    names = {id_: (name, key) for id_, name, key in seen.values_list("id", "name", "sort_key")}
    states = RungState.objects.filter(scope=scope_of(actor), subject__in=seen.values("id"))
    rungs = dict(states.values_list("subject_id", "end_rung"))
    found: dict[str, dict[str, FirmInLink]] = defaultdict(dict)
    for link, subject, note in (
        read_now(placed(wanted)).order_by("placed_at").values_list("link_id", "now", "note")
    ):
        if subject in names:
            found[link][subject] = FirmInLink(subject, names[subject][0], rungs.get(subject, 0), note)

    def in_order(firm: FirmInLink) -> tuple[int, str, str]:
        return -firm.rung, names[firm.id][1], firm.id

    return {link: sorted(firms.values(), key=in_order) for link, firms in found.items()}

"""What is asked about chains and links by themselves; who is placed in them is asked of `chain_firms`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from yumiao.district.chains.conditions import counts_on
from yumiao.district.chains.kinds import Level, Position, Sureness
from yumiao.district.chains.models import Chain, Link
from yumiao.model.text import Text

STATES = {
    "now": Text("现行", "counting"),
    "over": Text("已止或未起", "ended, or not begun"),
    "withdrawn": Text("已撤回", "withdrawn"),
}
"""How a chain may stand on a day."""

_POSITIONS = [each.value for each in Position]


@dataclass(frozen=True)
class ShownLink:
    """A link as pages show it; ``codes`` are beginnings of industry codes."""

    id: str
    chain: str
    name: str
    position: Position
    products: str
    codes: tuple[str, ...]
    place: int
    ended_on: dt.date | None


@dataclass(frozen=True)
class ShownChain:
    """A chain as pages show it, with its links: upstream ones first, those that ended last."""

    id: str
    name: str
    name_en: str
    level: Level
    territory: str
    document: str
    source: str
    sureness: Sureness
    valid_from: dt.date | None
    valid_until: dt.date | None
    note: str
    is_withdrawn: bool
    links: tuple[ShownLink, ...] = ()

    @property
    def title(self) -> Text:
        """The name in both languages; the received one where nobody gave an English one."""
        return Text(self.name, self.name_en or self.name)

    @property
    def standing_links(self) -> tuple[ShownLink, ...]:
        """The links that have not ended."""
        return tuple(each for each in self.links if each.ended_on is None)

    def counts_on(self, day: dt.date) -> bool:
        """Whether it counts on a day."""
        began = self.valid_from is None or self.valid_from <= day
        return began and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True)
class WantedChains:
    """What the list of chains was asked for; ``state`` is a key of `STATES`, empty: all but withdrawn ones."""

    text: str = ""
    level: str = ""
    state: str = "now"


def chains_wanted(wanted: WantedChains, on: dt.date) -> QuerySet[Chain]:
    """Return the chains asked for, the nation's first, by name."""
    found = Chain.objects.filter(Q(withdrawn_at__isnull=wanted.state != "withdrawn"))
    if wanted.state == "now":
        found = found.filter(counts_on(on))
    elif wanted.state == "over":
        found = found.exclude(counts_on(on))
    if wanted.level:
        found = found.filter(level=wanted.level)
    if wanted.text:
        text = wanted.text
        named = Q(name__icontains=text) | Q(name_en__icontains=text) | Q(document__icontains=text)
        nodes = Q(links__name__icontains=text) | Q(links__products__icontains=text)
        found = found.filter(Q(id__in=Chain.objects.filter(named | nodes).values("id")))
    return found.order_by("territory", F("valid_from").desc(nulls_last=True), "name", "id")


def shown_chains(rows: Iterable[Chain]) -> list[ShownChain]:
    """Return chains with their links; one query for the links, however many chains."""
    chains = list(rows)
    links: dict[str, list[ShownLink]] = {each.id: [] for each in chains}
    for link in Link.objects.filter(chain__in=list(links)):
        links[link.chain_id].append(_shown_link(link))
    return [_shown_chain(each, links[each.id]) for each in chains]


def chain_named(chain: str) -> ShownChain | None:
    """Return a chain with its links; None where there is none."""
    return next(iter(shown_chains(Chain.objects.filter(id=chain))), None)


def all_chains() -> list[ShownChain]:
    """Return every chain that was not withdrawn, with its links; two queries."""
    return shown_chains(Chain.objects.filter(withdrawn_at=None).order_by("territory", "name", "id"))


def _shown_link(row: Link) -> ShownLink:
    codes = tuple(row.codes.split())
    position = Position(row.position)
    return ShownLink(row.id, row.chain_id, row.name, position, row.products, codes, row.place, row.ended_on)


def _shown_chain(row: Chain, links: list[ShownLink]) -> ShownChain:
    def in_order(link: ShownLink) -> tuple[bool, int, int, str]:
        return link.ended_on is not None, _POSITIONS.index(link.position), link.place, link.name

    return ShownChain(
        row.id,
        row.name,
        row.name_en,
        Level(row.level),
        row.territory,
        row.document,
        row.source,
        Sureness(row.sureness),
        row.valid_from,
        row.valid_until,
        row.note,
        row.withdrawn_at is not None,
        tuple(sorted(links, key=in_order)),
    )

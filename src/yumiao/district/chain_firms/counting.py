"""How full chains are: firms placed, suggested by their industry code, and links with nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yumiao.district.accounts.selectors import Actor
from yumiao.district.chain_firms.dismissed import read_settled
from yumiao.district.chain_firms.standing import FirmInLink, firms_in, read_standing
from yumiao.district.chain_firms.suggesting import Suggested, count_suggested
from yumiao.district.chains.kinds import Position
from yumiao.district.chains.selectors import ShownChain, ShownLink
from yumiao.district.registry.models import Projection


@dataclass(frozen=True)
class CountedChain:
    """A chain of a list: firms placed in it, links with nobody whom the reader may see, firms suggested for its links.

    A firm suggested for two links counts twice; ``suggested`` is None while there is no register.
    """

    chain: ShownChain
    firms: int
    empty: int
    suggested: int | None


@dataclass(frozen=True)
class FilledLink:
    """A link with the firms that stand in it; ``suggested`` is None where it has no codes or there is no register."""

    link: ShownLink
    firms: tuple[FirmInLink, ...]
    suggested: Suggested | None

    @property
    def is_empty(self) -> bool:
        """Whether nobody whom the reader may see stands in it, though it stands itself."""
        return not self.firms and self.link.ended_on is None


def counted_chains(
    actor: Actor, built: Projection | None, chains: Sequence[ShownChain]
) -> list[CountedChain]:
    """Return chains with what they hold; what is read for it is kept, see `read_standing` and `codes_seen`."""
    standing, found = read_standing(actor, built), []
    counts = _counts(actor, built, chains) if built is not None else {}
    for chain in chains:
        here = standing.get(chain.id, {})
        links = chain.standing_links
        fitting = (counts[link.id].fit for link in links if link.id in counts)
        suggested = sum(fitting) if built is not None else None
        firms = set[str]().union(*here.values())
        empty = sum(not here.get(link.id) for link in links)
        found.append(CountedChain(chain, len(firms), empty, suggested))
    return found


def _counts(actor: Actor, built: Projection, chains: Sequence[ShownChain]) -> dict[str, Suggested]:
    links = [link for chain in chains for link in chain.standing_links]
    return count_suggested(actor, built, links, read_settled(actor, built))


def filled_links(
    actor: Actor, built: Projection | None, chain: ShownChain
) -> dict[Position, list[FilledLink]]:
    """Return the links of a chain that stand, by position, with the firms in them."""
    firms = firms_in(actor, chain.id)
    links = chain.standing_links
    counts = count_suggested(actor, built, links, read_settled(actor, built)) if built is not None else {}
    found: dict[Position, list[FilledLink]] = {position: [] for position in Position}
    for link in links:
        found[link.position].append(FilledLink(link, tuple(firms.get(link.id, ())), counts.get(link.id)))
    return found

"""Does the end of a title's stock follow from its start and its movements, and do the towns make the whole?

Everything counted here is a list of enterprises that a reader may see, so that each number leads to its list.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.apps import apps
from django.db.models import Q

from yumiao.district.accounts.selectors import Actor
from yumiao.district.indicators.conditions import scope_of
from yumiao.district.indicators.models import LadderBuilt, TitleMovement, TitleState, TitleStock
from yumiao.district.indicators.places import TOWN, territory_names
from yumiao.district.indicators.ranking import Ranked, Unit, rank_units
from yumiao.district.permissions import visible_to
from yumiao.ladder.passages import ENTRIES, EXITS, Movement
from yumiao.model.text import Text


@dataclass(frozen=True)
class TownBalance:
    """One town, or those of whom no town is known where ``territory`` is empty."""

    territory: str
    name: str
    start: int
    entries: int
    exits: int
    end: int

    @property
    def difference(self) -> int:
        """By how much the end misses start, entries and exits."""
        return self.end - (self.start + self.entries - self.exits)


@dataclass(frozen=True)
class TitleBalance:
    """The identity of one title's stock in one division.

    Attributes:
        movements: each that happened, how often; entries before exits.
        start_unsure, end_unsure: those of whom it is not known whether they held it on the first or the last day.
        broken: rows that contradict themselves.
        is_told: whether the lists reach back to the first day; if not, neither start nor movements say anything.
        towns: the parts, those without a town last.
    """

    title: str
    start: int
    movements: tuple[tuple[Movement, int], ...]
    end: int
    start_unsure: int
    end_unsure: int
    broken: int
    is_told: bool
    towns: tuple[TownBalance, ...]

    @property
    def entries(self) -> int:
        """How often somebody came in."""
        return sum(count for movement, count in self.movements if movement in ENTRIES)

    @property
    def exits(self) -> int:
        """How often somebody went out."""
        return sum(count for movement, count in self.movements if movement in EXITS)

    @property
    def expected(self) -> int:
        """The end that follows from start and movements."""
        return self.start + self.entries - self.exits

    @property
    def difference(self) -> int:
        """By how much the end misses that: whoever came or went in a way that is not known."""
        return self.end - self.expected

    @property
    def parts_difference(self) -> int:
        """By how much the towns, and those without one, miss the whole; 0 unless something is counted wrong."""
        return self.end - sum(town.end for town in self.towns)


def balance_of(actor: Actor, title: str, built: LadderBuilt) -> TitleBalance | None:
    """Return the identity of a title among the subjects that an actor may see; None where no list tells of the title.

    Three queries.
    """
    scope = scope_of(actor)
    stock = TitleStock.objects.filter(scope=scope, title=title).first()
    if stock is None or stock.first_day is None:
        return None
    seen = apps.get_model("registry", "Subject").objects.filter(visible_to(actor))  # the register imports us
    here = Q(scope=scope, title=title, subject__in=seen)
    states = list(TitleState.objects.filter(here).values_list("subject__territory", "start", "held"))
    moves = [
        (code, Movement(movement))
        for code, movement in TitleMovement.objects.filter(here).values_list("subject__territory", "movement")
    ]
    counts = Counter(movement for _, movement in moves)
    return TitleBalance(
        title=title,
        start=sum(start is True for _, start, _ in states),
        movements=tuple((each, counts[each]) for each in (*ENTRIES, *EXITS) if counts[each]),
        end=sum(held is True for _, _, held in states),
        start_unsure=sum(start is None for _, start, _ in states),
        end_unsure=sum(held is None for _, _, held in states),
        broken=stock.broken,
        is_told=stock.first_day <= built.since,
        towns=tuple(_towns(states, moves)),
    )


def _towns(
    states: Iterable[tuple[str, bool | None, bool | None]], moves: Iterable[tuple[str, Movement]]
) -> Iterator[TownBalance]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for code, start, held in states:
        found[town_of(code)].update(start=int(start is True), end=int(held is True))
    for code, movement in moves:
        found[town_of(code)]["entries" if movement in ENTRIES else "exits"] += 1
    names = territory_names()
    for town in sorted(found, key=lambda code: (not code, code)):
        counts = found[town]
        yield TownBalance(
            town,
            names.of(town),
            counts["start"],
            counts["entries"],
            counts["exits"],
            counts["end"],
        )


def town_of(code: str) -> str:
    """Return the town of a division code; empty where it names none."""
    return code[:TOWN] if len(code) >= TOWN else ""


_NOT_BACK = Text("名单不能上溯到上年末", "the lists do not reach back to the end of last year")


def rank_towns(balance: TitleBalance, *, by_growth: bool) -> list[Ranked]:
    """Rank the towns by stock, or by growth since the end of last year, which lists that begin later do not tell."""
    units = []
    for town in balance.towns:
        if not town.territory:
            continue
        query = urlencode({"title": balance.title, "state": "held", "territory": town.territory})
        if not by_growth:
            units.append(Unit(town.territory, town.name, Decimal(town.end), query=query))
        elif balance.is_told:
            units.append(Unit(town.territory, town.name, Decimal(town.end - town.start)))
        else:
            units.append(Unit(town.territory, town.name, None, _NOT_BACK))
    return rank_units(units)

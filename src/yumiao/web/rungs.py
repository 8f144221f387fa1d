"""The ladder in the head of a profile: which rungs a subject stands on, and which comes next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from yumiao.district.registry.packs import library
from yumiao.district.registry.selectors import HeldTitle
from yumiao.model.text import Text
from yumiao.packs.definitions import Leg


@dataclass(frozen=True)
class Rung:
    """One rung of a leg of the ladder.

    Attributes:
        plant: number of the drawing, from the seedling (1) to the wood (5).
        state: ``now`` the highest title held, ``done`` below it, ``next`` the one above, ``later``.
        until: last day of the title held on this rung; None where none is held or nobody says.
    """

    plant: int
    label: Text
    state: str
    is_held: bool
    until: dt.date | None


def leg_of(title: str) -> Leg:
    """Return the leg that a title stands on; the leg of science for titles on none."""
    found = library().titles.get(title)
    return found.leg if found is not None and found.leg is not None else Leg.SCIENCE


def draw_rungs(leg: Leg, titles: Iterable[HeldTitle]) -> tuple[Rung, ...]:
    """Return the rungs of a leg, lowest first; titles that stand side by side share theirs."""
    held = {each.title: each for each in titles if each.held}
    by_rung: dict[int, list[str]] = {}
    for name, title in library().titles.items():
        if title.leg is leg and title.rung is not None:
            by_rung.setdefault(title.rung, []).append(name)
    top = max((rung for rung, names in by_rung.items() if held.keys() & set(names)), default=0)
    order = sorted(by_rung)
    following = next((rung for rung in order if rung > top), 0)
    return tuple(
        _rung(place, rung, by_rung[rung], held, top, following) for place, rung in enumerate(order, start=1)
    )


def _rung(
    place: int, rung: int, names: list[str], held: Mapping[str, HeldTitle], top: int, following: int
) -> Rung:
    own = next((held[name] for name in names if name in held), None)
    state = "now" if rung == top else "done" if rung < top else "next" if rung == following else "later"
    label = own.label if own is not None else library().titles[names[0]].label.text
    return Rung(place, label, state, own is not None, own.until if own is not None else None)

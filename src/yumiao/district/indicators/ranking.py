"""Units ranked by a value: equal ones share a rank, and those without a comparable value have none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from yumiao.model.text import Text


@dataclass(frozen=True)
class Unit:
    """A town or a district, its value, and why it has none.

    Attributes:
        value: None where there is none that can be compared; never nought for that.
        why_none: why there is none; empty where there is one.
        query: the list of enterprises that the value counts; empty where none does.
    """

    territory: str
    name: str
    value: Decimal | None
    why_none: Text = Text("")
    query: str = ""


@dataclass(frozen=True)
class Ranked:
    """A unit and its rank from 1, the greatest value first; None where it cannot be ranked."""

    unit: Unit
    rank: int | None


def rank_units(units: Iterable[Unit]) -> list[Ranked]:
    """Rank units: equal values share a rank and the next one counts them (1, 1, 3); unranked ones come last."""
    found = list(units)
    known = [unit.value for unit in found if unit.value is not None]
    ranked = [
        Ranked(unit, None if unit.value is None else 1 + sum(other > unit.value for other in known))
        for unit in found
    ]
    return sorted(
        ranked, key=lambda each: (each.rank is None, each.rank or 0, each.unit.territory, each.unit.name)
    )

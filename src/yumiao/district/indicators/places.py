"""Divisions as indicators speak of them: who may see which, which lie beside each other, what they are called."""

from __future__ import annotations

from collections.abc import Iterable

from yumiao.district.accounts.selectors import Actor
from yumiao.district.divisions.naming import PlaceNames, place_names
from yumiao.district.indicators.models import Actual, LadderBuilt, Target
from yumiao.identity.divisions import read_divisions

CITY, COUNTY, TOWN = 4, 6, 9
"""Digits of the codes of cities, counties or districts, and towns."""


def territory_names() -> PlaceNames:
    """Return the names of all divisions, as of the day of the ladder; one query, for any number of rows."""
    return place_names(LadderBuilt.objects.values("as_of")[:1])


def territory_name(code: str) -> str:
    """Return the name of one division, as `PlaceNames.of` does; one query."""
    return territory_names().of(code)


def territories_with_values(actor: Actor) -> list[str]:
    """Return an actor's own divisions, and those below that have values or targets; two queries."""
    told = set(Actual.objects.values_list("territory", flat=True).distinct())
    aimed = set(Target.objects.values_list("territory", flat=True).distinct())
    below = {code for code in told | aimed if is_within(code, actor.territories)}
    return sorted(below | set(actor.territories))


def is_within(code: str, territories: Iterable[str]) -> bool:
    """Say whether a division is one of some, or lies in one."""
    return any(code.startswith(each) for each in territories)


def sisters_of(code: str) -> list[str]:
    """Return the districts of the same city, this one included; none for a code that is no district's."""
    if len(code) != COUNTY:
        return []
    return sorted(
        each.code
        for each in read_divisions().values()
        if len(each.code) == COUNTY and each.code.startswith(code[:CITY])
    )


def aimed_counties() -> list[str]:
    """Return the divisions of districts that have targets; one query."""
    codes = Target.objects.filter(withdrawn_at=None).values_list("territory", flat=True).distinct()
    return sorted({code for code in codes if len(code) == COUNTY})

"""Names of places, for people, as of the day that the register speaks of."""

from __future__ import annotations

from yumiao.district.divisions import naming
from yumiao.district.divisions.naming import PlaceNames
from yumiao.district.registry.models import Projection


def place_names() -> PlaceNames:
    """Return the names of all places; one query, for any number of rows."""
    return naming.place_names(Projection.objects.values("as_of")[:1])


def place_name(code: str) -> str:
    """Return the name of one place, as `PlaceNames.of` does; one query, none for an empty code."""
    return place_names().of(code) if code else ""

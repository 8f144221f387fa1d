"""Names of places, for people, as of the day that the register speaks of."""

from __future__ import annotations

from yumiao.district.divisions.naming import PlaceNames, names_on
from yumiao.district.prepared import Prepared
from yumiao.district.registry.models import Projection

_NAMES = Prepared(lambda: names_on(Projection.objects.values("as_of")[:1]))


def place_names() -> PlaceNames:
    """Return the names of all places; one query, for any number of rows."""
    return PlaceNames(dict(_NAMES.rows()))


def place_name(code: str) -> str:
    """Return the name of one place, as `PlaceNames.of` does; one query, none for an empty code."""
    return place_names().of(code) if code else ""

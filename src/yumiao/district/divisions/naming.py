"""What places are called on lists and forms: a town as it was entered here, a county as the nation's table says.

A code that nobody named stays a code, and forms say that no name was entered.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Length

from yumiao.district.divisions.models import DivisionName
from yumiao.district.divisions.selectors import valid_on
from yumiao.identity.divisions import read_divisions
from yumiao.model.text import Text

COUNTY, TOWN = 6, 9
"""Digits of the codes of counties or districts, and of towns."""


@dataclass(frozen=True)
class PlaceNames:
    """Names of places; ``entered`` holds those of towns that somebody entered, by code."""

    entered: Mapping[str, str]

    def of(self, code: str) -> str:
        """Return the name of a place: of a part of it, or of a town that nobody named, with the code behind it.

        A code of which not even the county is known stays alone; an empty code is an empty name.
        """
        if code in self.entered:
            return self.entered[code]
        whole = self.entered.get(code[:TOWN]) if len(code) > TOWN else None
        if whole is None:
            known = read_divisions()
            found = known.get(code) or known.get(code[:COUNTY])
            whole = found.name if found is not None else None
        if whole is None:
            return code
        return whole if len(code) <= COUNTY else f"{whole} {code}"

    def is_named(self, code: str) -> bool:
        """Say whether a code has a name of its own."""
        return code in self.entered or code in read_divisions()

    def option(self, code: str) -> Text:
        """Return what a form says of a place: its name and its code, or that no name was entered."""
        name = self.of(code)
        if self.is_named(code):
            return Text(f"{name} {code}", f"{name} {code}")
        return Text(f"{name}（未登记名称）", f"{name} (no name entered)")


def place_names(on: dt.date | QuerySet[Any]) -> PlaceNames:
    """Return the names of towns that count on a day; one query.

    Args:
        on: the day, or a query that gives it.
    """
    return PlaceNames(dict(names_on(on)))


def names_on(on: dt.date | QuerySet[Any]) -> QuerySet[DivisionName, tuple[str, str]]:
    """Return codes of towns and their names that count on a day; of two of one code the later one is last."""
    rows = DivisionName.objects.filter(valid_on(on), withdrawn_at=None).annotate(digits=Length("code"))
    named = rows.filter(digits__gte=TOWN).order_by("code", F("valid_from").asc(nulls_first=True))
    return named.values_list("code", "name")


def unnamed(codes: Iterable[str], names: PlaceNames) -> list[str]:
    """Return the codes that have no name, in order."""
    return sorted({code for code in codes if code and not names.is_named(code)})

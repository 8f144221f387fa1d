"""Where a subject stands: division codes and zones, and whether a place lies inside what is counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


def short_code(code: str) -> str:
    """Return a division code without the zeros that stand for lower levels: 320400 → 3204, 320412000 → 320412."""
    if len(code) > 6:
        while len(code) > 6 and code.endswith("000"):
            code = code[:-3]
    while len(code) in (4, 6) and code.endswith("00"):
        code = code[:-2]
    return code


def is_within(code: str, wider: str) -> bool:
    """Whether a division is another one or lies below it; the whole country is ``CN``."""
    return wider == "CN" or short_code(code).startswith(short_code(wider))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a subject stands with a title; several divisions or zones where lists of one day name several.

    Attributes:
        territories: division codes; empty: not known.
        zones: zones, ``无`` for none (:data:`yumiao.ladder.rows.NO_ZONE`); empty: not known.
        is_elsewhere: it has left, for a place that is not known.
    """

    territories: frozenset[str] = frozenset()
    zones: frozenset[str] = frozenset()
    is_elsewhere: bool = False

    def agrees_with(self, other: Place) -> bool:
        """Whether both may be one place: nothing that both state differs."""
        if self.is_elsewhere or other.is_elsewhere:
            return self.is_elsewhere == other.is_elsewhere
        territories = all(
            is_within(one, two) or is_within(two, one)
            for one in self.territories
            for two in other.territories
        )
        zones = not self.zones or not other.zones or self.zones == other.zones
        return territories and zones

    def completed_by(self, earlier: Place) -> Place:
        """Fill what this place does not say from an earlier one that agrees with it."""
        if self.is_elsewhere or not self.agrees_with(earlier):
            return self
        finest = max((self.territories, earlier.territories), key=_fineness)
        return Place(finest, self.zones or earlier.zones)


def _fineness(codes: Iterable[str]) -> int:
    return max((len(short_code(code)) for code in codes), default=0)


ELSEWHERE = Place(is_elsewhere=True)


@dataclass(frozen=True, slots=True)
class Scope:
    """What is counted: a territory, with or without the zones that are run apart.

    Attributes:
        territory: a division code; None: everything that the lists hold.
        without: zones left out.
        zone: only this zone; None: all.
    """

    territory: str | None = None
    without: frozenset[str] = frozenset()
    zone: str | None = None

    def holds(self, place: Place) -> bool | None:
        """Whether a place lies inside; None where what is known of it does not tell."""
        if place.is_elsewhere:
            return False
        return _every((self._in_territory(place), self._in_zones(place)))

    def _in_territory(self, place: Place) -> bool | None:
        if self.territory is None:
            return True
        return _agreed(_inside(code, self.territory) for code in place.territories)

    def _in_zones(self, place: Place) -> bool | None:
        if self.zone is not None:
            return self.zone in place.zones if place.zones else None
        if not self.without:
            return True
        return _agreed(zone not in self.without for zone in place.zones)


EVERYWHERE = Scope()


def _inside(code: str, wider: str) -> bool | None:
    """Whether a division lies inside another; a wider one may or may not."""
    if is_within(code, wider):
        return True
    return None if is_within(wider, code) else False


def _agreed(answers: Iterable[bool | None]) -> bool | None:
    """The one answer that all give; None where they differ, or where there is none."""
    found = set(answers)
    return found.pop() if len(found) == 1 else None


def _every(answers: Iterable[bool | None]) -> bool | None:
    """Whether all hold: false where one fails for certain."""
    found = set(answers)
    if False in found:
        return False
    return None if None in found else True

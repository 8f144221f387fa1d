"""Whether the ladder that is kept still holds after some subjects moved; to find out is cheaper than to count it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from yumiao.district.indicators.ladder import COUNTY, CountedLadder, rules_hash
from yumiao.district.indicators.models import LadderBuilt, Target, TitleStock
from yumiao.district.indicators.watching import Watched, hear_sources
from yumiao.importing.queue import open_pairs
from yumiao.importing.touched import changed_batches
from yumiao.ladder.rows import REGISTER
from yumiao.model.facts import SUBJECT
from yumiao.packs.library import Library
from yumiao.store import State
from yumiao.store.contents import records_part


@dataclass(frozen=True)
class Shift:
    """How the subjects of the register differ from what they were.

    Attributes:
        came: those that were not in it, and the division code of each, empty where nobody said.
        left: those that are no longer in it, or that stand in another division.
    """

    came: Mapping[str, str]
    left: frozenset[str]

    @classmethod
    def between(cls, before: Mapping[str, str], after: Mapping[str, str]) -> Shift:
        """Compare the divisions of the subjects that moved."""
        left = {subject for subject, place in before.items() if after.get(subject, None) != place}
        return cls(
            {subject: place for subject, place in after.items() if subject not in before}, frozenset(left)
        )


def keep_ladder(
    before: State, after: State, library: Library, built: LadderBuilt | None, shift: Shift
) -> CountedLadder | None:
    """Return what is new beside a ladder that still holds; None where it may not, and has to be counted.

    It holds where no list of titles or register of rights came or went, nobody was merged, left or moved, whoever came
    stands in none of them, and it has every division that there is now.
    """
    if built is None or built.rules != rules_hash(library, built.as_of) or shift.left:
        return None
    if before.aliases.general != after.aliases.general or before.aliases.by_batch != after.aliases.by_batch:
        return None
    registers = (REGISTER, *(name for name, each in library.registers.items() if each.number is not None))
    parts = {records_part(name) for name in registers}
    if any(parts.intersection(batch.manifest.parts) for batch in changed_batches(before, after)):
        return None
    if not _has_divisions(shift.came.values()) or _are_listed(after, registers, shift.came):
        return None
    watched = Watched(hear_sources(after, library), None)
    return CountedLadder(built.as_of, built.basis, None, open_pairs(after).height, watched, frozenset())


def _has_divisions(places: Iterable[str]) -> bool:
    kept = set(TitleStock.objects.order_by().values_list("scope", flat=True).distinct())
    counties = {place[:COUNTY] for place in places if len(place) >= COUNTY}
    return counties | set(Target.objects.values_list("territory", flat=True).distinct()) <= kept


def _are_listed(state: State, registers: Iterable[str], subjects: Iterable[str]) -> bool:
    wanted = pl.Series(list(subjects), dtype=pl.String)
    return len(wanted) > 0 and any(
        state.records(name)[SUBJECT].is_in(wanted.implode()).any() for name in registers
    )

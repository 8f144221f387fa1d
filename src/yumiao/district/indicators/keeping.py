"""Whether the ladder that is kept still holds after some subjects moved; to find out is cheaper than to count it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
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
        subjects: those that came, went, or stand in another division.
        came_to: the divisions where they stand now; empty where nobody said.
        emptied: the counties in which nobody stands any more.
    """

    subjects: frozenset[str]
    came_to: frozenset[str]
    emptied: frozenset[str]


def keep_ladder(
    before: State, after: State, library: Library, built: LadderBuilt | None, shift: Shift
) -> CountedLadder | None:
    """Return what is new beside a ladder that still holds; None where it may not, and has to be counted.

    It holds where no list of titles or register of rights came or went, nobody was merged, whoever came, went or moved
    stands in none of them, and it has every division that there is now, and no other.
    """
    if built is None or built.rules != rules_hash(library, built.as_of) or shift.emptied:
        return None
    if before.aliases.general != after.aliases.general or before.aliases.by_batch != after.aliases.by_batch:
        return None
    registers = (REGISTER, *(name for name, each in library.registers.items() if each.number is not None))
    parts = frozenset(map(records_part, registers))
    if any(parts.intersection(batch.manifest.parts) for batch in changed_batches(before, after)):
        return None
    if not _has_divisions(shift.came_to) or _are_listed(after, parts, shift.subjects):
        return None
    watched = Watched(hear_sources(after, library), None)
    return CountedLadder(built.as_of, built.basis, None, open_pairs(after).height, watched, frozenset())


def _has_divisions(places: Iterable[str]) -> bool:
    kept = set(TitleStock.objects.order_by().values_list("scope", flat=True).distinct())
    counties = {place[:COUNTY] for place in places if len(place) >= COUNTY}
    return counties | set(Target.objects.values_list("territory", flat=True).distinct()) <= kept


def _are_listed(state: State, parts: frozenset[str], subjects: Collection[str]) -> bool:
    """Whether any of some subjects stands in a list; the lists are the same before and after."""
    wanted = pl.Series(sorted(subjects), dtype=pl.String).implode()
    return bool(subjects) and any(
        state.aliases.apply(batch.read(part, [SUBJECT])[SUBJECT], batch.manifest.id).is_in(wanted).any()
        for batch in state.batches
        for part in parts.intersection(batch.manifest.parts)
    )

"""The counts of one register that the worker made, summed up over the places that a reader sees.

Every count is one of subjects, of their verdicts or titles; each subject stands in one place, so that sums are exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from yumiao.district.accounts.roles import PLACED, Role
from yumiao.district.accounts.selectors import Actor
from yumiao.district.counts.models import KeptCounts
from yumiao.district.registry.models import Projection

VERDICTS = ("met", "not_met", "undetermined", "near_miss", "contested")
"""What is counted of the verdicts of a policy; the last two beside the first three."""

STATES = ("now", "may", "started", "renewed", "ending")
"""What is counted of a title: who holds it, may hold it, held it on the first day, had it renewed, soon loses it."""


@dataclass
class Counts:
    """Counts of some subjects.

    Attributes:
        subjects: how many there are; ``near`` of them with a near miss, ``contested`` with a contested verdict,
            ``doubled`` with a right that others list too, or that was used more often than once.
        used_twice: the numbers of the rights that were used more often than once.
        verdicts: policy family and one of `VERDICTS` → how many.
        scopes: division in which titles are counted → the counts of the ladder there.
    """

    subjects: int = 0
    near: int = 0
    contested: int = 0
    doubled: int = 0
    used_twice: set[str] = field(default_factory=set)
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    scopes: dict[str, LadderCounts] = field(default_factory=dict)

    def of_ladder(self, scope: str) -> LadderCounts:
        """Return the counts of the ladder in a scope, to be added to."""
        return self.scopes.setdefault(scope, LadderCounts())

    def add(self, other: Counts) -> None:
        """Add the counts of other subjects."""
        self.subjects += other.subjects
        self.near += other.near
        self.contested += other.contested
        self.doubled += other.doubled
        self.used_twice |= other.used_twice
        self.verdicts.update(other.verdicts)
        for scope, counts in other.scopes.items():
            self.of_ladder(scope).add(counts)

    def written(self) -> dict[str, Any]:
        """Return the same as JSON."""
        return {
            "subjects": [self.subjects, self.near, self.contested, self.doubled],
            "used_twice": sorted(self.used_twice),
            "verdicts": _written(self.verdicts),
            "scopes": {scope: counts.written() for scope, counts in self.scopes.items()},
        }

    @staticmethod
    def read(said: Mapping[str, Any]) -> Counts:
        """Return what was written."""
        subjects, near, contested, doubled = said["subjects"]
        return Counts(
            subjects,
            near,
            contested,
            doubled,
            set(said["used_twice"]),
            _read(said["verdicts"]),
            {scope: LadderCounts.read(counts) for scope, counts in said["scopes"].items()},
        )


@dataclass
class LadderCounts:
    """Counts of the titles of some subjects in one scope.

    Attributes:
        states: title and one of `STATES` → how many subjects.
        rungs: highest rung on the first and on the last day → how many.
        moved: title and movement → how many.
        unsure: of how many it is not known whether they hold some title.
        ending_soon: how many have a title that ends soon.
    """

    states: Counter[tuple[str, str]] = field(default_factory=Counter)
    rungs: Counter[tuple[int, int]] = field(default_factory=Counter)
    moved: Counter[tuple[str, str]] = field(default_factory=Counter)
    unsure: int = 0
    ending_soon: int = 0

    def add(self, other: LadderCounts) -> None:
        """Add the counts of other subjects."""
        self.states.update(other.states)
        self.rungs.update(other.rungs)
        self.moved.update(other.moved)
        self.unsure += other.unsure
        self.ending_soon += other.ending_soon

    def written(self) -> dict[str, Any]:
        """Return the same as JSON."""
        return {
            "states": _written(self.states),
            "rungs": _written(self.rungs),
            "moved": _written(self.moved),
            "ends": [self.unsure, self.ending_soon],
        }

    @staticmethod
    def read(said: Mapping[str, Any]) -> LadderCounts:
        """Return what was written."""
        unsure, ending_soon = said["ends"]
        states, rungs, moved = (_read(said[name]) for name in ("states", "rungs", "moved"))
        return LadderCounts(states, rungs, moved, unsure, ending_soon)


def _written(counts: Mapping[tuple[Any, Any], int]) -> list[list[Any]]:
    return [[one, other, count] for (one, other), count in sorted(counts.items()) if count]


def _read(said: Iterable[tuple[Any, Any, int]]) -> Counter[Any]:
    return Counter({(one, other): count for one, other, count in said})


def register_key(built: Projection) -> str:
    """Return by what the counts of a register are kept; another register has another one."""
    return f"{built.store_root}/{built.as_of.isoformat()}/{built.built_at.isoformat()}"


def counts_seen(actor: Actor, built: Projection) -> Counts | None:
    """Return the counts of those whom an actor sees; one query.

    None where the register was not counted yet, or what the actor sees does not go by places: then whoever asks
    counts for himself.
    """
    if actor.role not in PLACED:
        return None
    row = KeptCounts.objects.filter(register=register_key(built)).first()
    if row is None:
        return None
    found = Counts()
    for place, said in row.places.items():
        if sees_place(actor, place):
            found.add(Counts.read(said))
    return found


def sees_place(actor: Actor, place: str) -> bool:
    """Whether an actor whose sight goes by places sees the subjects of one; as `visible_to` says it to the database."""
    if not place:
        return actor.role is Role.OFFICER
    return any(place.startswith(code) for code in actor.territories)

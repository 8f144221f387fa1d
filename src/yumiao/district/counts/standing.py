"""How every subject stands under every policy, kept in a process that counts again and again.

Of a register that follows from another one only those who moved are read again; the counts change by the difference.
A hundred thousand subjects and forty policies take some twenty megabytes.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl
from django.db.models import QuerySet

from yumiao.district.counts.kept import Counts
from yumiao.district.prepared import Row
from yumiao.district.registry.models import OutcomeCurrent, Projection, Subject
from yumiao.importing.touched import touched_subjects
from yumiao.model.outcomes import Outcome
from yumiao.model.problems import YumiaoError
from yumiao.store import Store

_TOGETHER = 2_000
"""Subjects whose verdicts are read at once: a quarter of a second, for which a refresh may have to wait."""

_CHUNK = 500
_OUTCOMES = tuple(outcome.value for outcome in Outcome)
_NEAR, _CONTESTED, _NONE = 8, 16, 255

Basis = tuple[object, ...]
"""What a register was made by beside the store: day, packs, program."""


@dataclass(frozen=True, slots=True)
class _Stand:
    """One subject: its place, and for each family a byte: outcome, near miss, contested; 255 for no verdict."""

    place: str
    verdicts: bytes

    @property
    def is_near(self) -> bool:
        return any(each != _NONE and each & _NEAR for each in self.verdicts)

    @property
    def is_contested(self) -> bool:
        return any(each != _NONE and each & _CONTESTED for each in self.verdicts)


@dataclass
class Standing:
    """How all subjects of one register stand, and how many stand so in each place."""

    root: str = ""
    built_at: dt.datetime | None = None
    basis: Basis = ()
    families: dict[str, int] = field(default_factory=dict)
    held: dict[str, _Stand] = field(default_factory=dict, repr=False)
    totals: defaultdict[str, Counter[tuple[int, int]]] = field(
        default_factory=lambda: defaultdict(Counter), repr=False
    )
    people: defaultdict[str, list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0, 0]), repr=False
    )

    def follow(self, store: Store, built: Projection, goes_on: Callable[[], bool]) -> None:
        """Bring this in line with a register; where too little is known of the way there, it is read whole.

        The register may become another one meanwhile: then `follow` that one, which reads again whoever moved.

        Args:
            goes_on: called now and then while it is read; says whether to go on with this one.
        """
        moved, basis = self._moved(store, built), _basis(built)
        self.forget()  # what breaks off in the middle is read whole the next time
        is_read = self._read_whole(built, goes_on) if moved is None else self._read_again(moved, goes_on)
        if not is_read:
            return
        self.root, self.built_at, self.basis = built.store_root, built.built_at, basis

    def forget(self) -> None:
        """Forget of which register this is, so that the next one is read whole."""
        self.basis = ()

    def says(self, built: Projection) -> bool:
        """Whether this is how subjects stand in a register."""
        said = (self.root, self.built_at, self.basis)
        return said == (built.store_root, built.built_at, _basis(built))

    def counts(self) -> dict[str, Counts]:
        """Return the counts of each place."""
        names = {number: family for family, number in self.families.items()}
        places = {}
        for place, (subjects, near, contested) in self.people.items():
            if subjects:
                places[place] = Counts(subjects, near, contested)
                for (number, verdict), count in self.totals[place].items():
                    _count(places[place].verdicts, names[number], verdict, count)
        return places

    def _moved(self, store: Store, built: Projection) -> Collection[str] | None:
        if self.basis != _basis(built):
            return None
        if self.root == built.store_root:  # one that was built anew may be there to put something right
            return () if self.built_at == built.built_at else None
        try:
            before, after = store.state_at(self.root), store.state_at(built.store_root)
        except YumiaoError:
            return None
        if after.events[: len(before.events)] != before.events:
            return None
        moved: pl.Series | None = touched_subjects(before, after)
        return None if moved is None else moved.to_list()

    def _read_whole(self, built: Projection, goes_on: Callable[[], bool]) -> bool:
        families = [policy.partition("@")[0] for policy in built.receipt["policies"]]
        self.families = {family: number for number, family in enumerate(sorted(set(families)))}
        self.held.clear()
        self.totals.clear()
        self.people.clear()
        places = dict(Subject.objects.order_by("id").values_list("id", "territory"))
        ids = list(places)
        for start in range(0, len(ids), _TOGETHER):
            part = ids[start : start + _TOGETHER]
            rows = OutcomeCurrent.objects.filter(subject__gte=part[0], subject__lte=part[-1])
            self._put(part, places, rows)
            if not goes_on():
                return False
        return True

    def _read_again(self, subjects: Collection[str], goes_on: Callable[[], bool]) -> bool:
        wanted = sorted(subjects)
        for start in range(0, len(wanted), _CHUNK):
            part = wanted[start : start + _CHUNK]
            places = dict(Subject.objects.filter(id__in=part).values_list("id", "territory"))
            self._put(part, places, OutcomeCurrent.objects.filter(subject__in=part))
            if not goes_on():
                return False
        return True

    def _put(
        self, subjects: Sequence[str], places: dict[str, str], outcomes: QuerySet[OutcomeCurrent]
    ) -> None:
        """Put how some subjects stand in place of how they stood; those without a place are gone."""
        verdicts: dict[str, bytearray] = {}
        for subject, family, verdict in _verdicts(outcomes):
            if subject not in verdicts:
                verdicts[subject] = bytearray([_NONE]) * len(self.families)
            verdicts[subject][self.families[family]] = verdict
        for subject in subjects:
            stood = self.held.pop(subject, None)
            if stood is not None:
                self._add(stood, -1)
            if subject in places:
                stands = _Stand(places[subject], bytes(verdicts.get(subject, b"")))
                self.held[subject] = stands
                self._add(stands, 1)

    def _add(self, stand: _Stand, sign: int) -> None:
        people, totals = self.people[stand.place], self.totals[stand.place]
        people[0] += sign
        people[1] += sign * stand.is_near
        people[2] += sign * stand.is_contested
        for number, verdict in enumerate(stand.verdicts):
            if verdict != _NONE:
                totals[number, verdict] += sign


def is_made_alike(one: Projection, other: Projection) -> bool:
    """Whether two registers differ at most by what the store knew."""
    return _basis(one) == _basis(other)


def _basis(built: Projection) -> Basis:
    packs = sorted((policy, kept["pack"]) for policy, kept in built.receipt["policies"].items())
    return built.as_of, built.receipt["engine"], *packs


def _verdicts(outcomes: QuerySet[OutcomeCurrent]) -> Iterator[tuple[str, str, int]]:
    rows: Iterator[Row] = (
        outcomes.order_by()
        .values_list("subject_id", "family", "outcome", "near_miss", "contested")
        .iterator(chunk_size=10_000)
    )
    for subject, family, outcome, near, contested in rows:
        yield subject, family, _OUTCOMES.index(outcome) + _NEAR * near + _CONTESTED * contested


def _count(verdicts: Counter[tuple[str, str]], family: str, verdict: int, count: int) -> None:
    verdicts[family, _OUTCOMES[verdict & (_NEAR - 1)]] += count
    if verdict & _NEAR:
        verdicts[family, "near_miss"] += count
    if verdict & _CONTESTED:
        verdicts[family, "contested"] += count

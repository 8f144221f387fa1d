"""The numbers of the overview for one reader: those that the worker counted of the register, else counted here."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from yumiao.district.accounts.selectors import Actor
from yumiao.district.counts.kept import STATES, Counts, LadderCounts, counts_seen
from yumiao.district.counts.ladder import STATE_COUNTS
from yumiao.district.indicators.conditions import scope_of
from yumiao.district.indicators.models import RegisterDouble, RungState, TitleMovement, TitleState
from yumiao.district.overview.rungs import RungPairs
from yumiao.district.permissions import visible_to
from yumiao.district.registry.models import OutcomeCurrent, Projection, Subject
from yumiao.evaluate.doubles import DoubleKind

StateCounts = Mapping[str, Mapping[str, int]]
"""Title → each of `STATES` → how many subjects; 0 for titles that nobody has to do with."""


@dataclass(frozen=True)
class Numbers:
    """How many of the subjects that a reader sees are what.

    Attributes:
        states, rungs, moved, unsure: as `LadderCounts` has them, in the reader's scope.
        near_of: policy family → how many near misses; families of none are left out.
    """

    subjects: int
    states: StateCounts
    rungs: RungPairs
    moved: Mapping[str, Mapping[str, int]]
    near: int
    near_of: Mapping[str, int]
    contested: int
    unsure: int
    doubled: int
    used_twice: int


def read_numbers(actor: Actor, register: Projection) -> Numbers:
    """Return the numbers for an actor: one query where the register was counted already, else ten."""
    counts = counts_seen(actor, register)
    return count_numbers(actor) if counts is None else numbers_of(counts, scope_of(actor))


def numbers_of(counts: Counts, scope: str) -> Numbers:
    """Return the numbers that were counted, of one scope of the ladder."""
    ladder = counts.scopes.get(scope, LadderCounts())
    states: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for (title, name), count in ladder.states.items():
        states[title][name] = count
    moved: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for (title, movement), count in ladder.moved.items():
        moved[title][movement] = count
    near = {
        family: count for (family, what), count in counts.verdicts.items() if what == "near_miss" and count
    }
    return Numbers(
        subjects=counts.subjects,
        states=states,
        rungs=dict(ladder.rungs),
        moved=moved,
        near=counts.near,
        near_of=near,
        contested=counts.contested,
        unsure=ladder.unsure,
        doubled=counts.doubled,
        used_twice=len(counts.used_twice),
    )


def count_numbers(actor: Actor) -> Numbers:
    """Count the numbers for an actor; ten queries, for any number of subjects."""
    seen, scope = Subject.objects.filter(visible_to(actor)), scope_of(actor)
    titles = TitleState.objects.filter(scope=scope, subject__in=seen).order_by()
    doubles = RegisterDouble.objects.filter(subject__in=seen)
    near = OutcomeCurrent.objects.filter(near_miss=True, subject__in=seen)
    return Numbers(
        subjects=seen.count(),
        states=_states(titles),
        rungs=_rungs(seen, scope),
        moved=_moved(seen, scope),
        near=_subjects(near),
        near_of=dict(near.order_by().values_list("family").annotate(Count("pk"))),
        contested=_subjects(OutcomeCurrent.objects.filter(contested=True, subject__in=seen)),
        unsure=_subjects(titles.filter(held=None)),
        doubled=_subjects(doubles),
        used_twice=doubles.filter(kind=DoubleKind.USED_TWICE).values("number").distinct().count(),
    )


def _states(titles: QuerySet[TitleState]) -> StateCounts:
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for title, *counts in titles.values_list("title").annotate(**STATE_COUNTS).values_list("title", *STATES):
        found[title].update(dict(zip(STATES, counts, strict=True)))
    return found


def _rungs(seen: QuerySet[Subject], scope: str) -> RungPairs:
    rows = RungState.objects.filter(scope=scope, subject__in=seen).order_by()
    counted = rows.values_list("start_rung", "end_rung").annotate(Count("pk"))
    return {(start, end): count for start, end, count in counted}


def _moved(seen: QuerySet[Subject], scope: str) -> Mapping[str, Mapping[str, int]]:
    rows = TitleMovement.objects.filter(scope=scope, subject__in=seen).order_by()
    moved: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for title, movement, count in rows.values_list("title", "movement").annotate(Count("pk")):
        moved[title][movement] = count
    return moved


def _subjects(rows: QuerySet[Any]) -> int:
    """How many subjects some rows speak of."""
    return rows.order_by().values("subject").distinct().count()

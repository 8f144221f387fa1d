"""What pages ask of the register: lists, one subject, what the register was made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import F, OuterRef, Prefetch, Q, QuerySet, Subquery

from yumiao.district.accounts.selectors import Actor
from yumiao.district.indicators.conditions import Holding, holding_condition
from yumiao.district.permissions import visible_to
from yumiao.district.registry.judged import Judged, open_judged
from yumiao.district.registry.models import OutcomeCurrent, Projection, Subject, SubjectAlias
from yumiao.district.registry.packs import library, policy_title
from yumiao.district.registry.places import place_name
from yumiao.district.registry.searching import matching
from yumiao.model.outcomes import Outcome
from yumiao.model.text import Text
from yumiao.store import State, open_store

SORTS = {
    "name": ("sort_key", "id"),
    "code": ("code", "id"),
    "distance": ("chosen_distance", "sort_key", "id"),
}
"""How a list may be ordered; ``distance`` needs a policy, and puts those without a near miss last."""


@dataclass(frozen=True)
class Wanted:
    """What a list was asked for.

    Attributes:
        text: part of a name, its pinyin or initials, or of a number; empty: all.
        territory: division code; empty: all.
        policy: family that ``outcome`` and ``distance`` speak of; empty: none.
        outcome: only this outcome of the policy; None: any.
        near_miss: only near misses, of the policy or else of any.
        contested: only contested verdicts, of the policy or else of any.
        holding: what is asked of titles and rungs.
    """

    text: str = ""
    territory: str = ""
    policy: str = ""
    outcome: Outcome | None = None
    near_miss: bool = False
    contested: bool = False
    sort: str = "name"
    holding: Holding = field(default_factory=Holding)


@dataclass(frozen=True)
class PolicyChoice:
    """A policy that lists can be filtered by, and how many visible subjects have which outcome."""

    family: str
    title: Text
    counts: dict[str, int] = field(default_factory=dict)


def projection() -> Projection | None:
    """Return what the register was made from; None while it was never built."""
    return Projection.objects.first()


def subjects_wanted(actor: Actor, wanted: Wanted) -> QuerySet[Subject]:
    """Return the subjects that an actor may see and asked for, in order, without their outcomes."""
    found = Subject.objects.filter(visible_to(actor), matching(wanted.text))
    if wanted.territory:
        found = found.filter(territory__startswith=wanted.territory)
    found = found.filter(holding_condition(actor, wanted.holding))
    verdicts = _verdicts_wanted(wanted)
    if verdicts is not None:
        found = found.filter(id__in=verdicts.values("subject_id"))
    if wanted.sort == "distance" and wanted.policy:
        chosen = OutcomeCurrent.objects.filter(subject=OuterRef("pk"), family=wanted.policy)
        found = found.annotate(chosen_distance=Subquery(chosen.values("distance")[:1]))
        return found.order_by(F("chosen_distance").asc(nulls_last=True), "sort_key", "id")
    return found.order_by(*SORTS.get(wanted.sort if wanted.sort != "distance" else "name", SORTS["name"]))


def _verdicts_wanted(wanted: Wanted) -> QuerySet[OutcomeCurrent] | None:
    conditions = Q()
    if wanted.outcome is not None and wanted.policy:
        conditions &= Q(outcome=wanted.outcome.value)
    if wanted.near_miss:
        conditions &= Q(near_miss=True)
    if wanted.contested:
        conditions &= Q(contested=True)
    if not conditions:
        return None
    found = OutcomeCurrent.objects.filter(conditions)
    return found.filter(family=wanted.policy) if wanted.policy else found


@dataclass(frozen=True)
class ListedVerdict:
    """One verdict of a row; ``gap`` is empty where nothing is in the way."""

    family: str
    title: Text
    outcome: Outcome
    gap: Text
    near_miss: bool
    contested: bool


@dataclass(frozen=True)
class ListedSubject:
    """One row of a list: who, where, and the verdicts shown beside the name."""

    id: str
    name: str
    code: str
    territory: str
    place: str
    verdicts: tuple[ListedVerdict, ...]

    @property
    def tallies(self) -> list[tuple[Outcome, int]]:
        """How many policies have which outcome; outcomes of none are left out."""
        counts = Counter(verdict.outcome for verdict in self.verdicts)
        return [(outcome, counts[outcome]) for outcome in Outcome if counts[outcome]]

    @property
    def near_misses(self) -> list[ListedVerdict]:
        """The verdicts that are near misses."""
        return [verdict for verdict in self.verdicts if verdict.near_miss]


def with_verdicts(subjects: QuerySet[Subject], policy: str) -> list[ListedSubject]:
    """Return rows with the verdict of one policy, or with all verdicts; two queries, however many rows."""
    outcomes = OutcomeCurrent.objects.order_by("family")
    if policy:
        outcomes = outcomes.filter(family=policy)
    rows = subjects.prefetch_related(Prefetch("outcomes", queryset=outcomes, to_attr="shown"))
    return [_listed(row) for row in rows]


def iterate_verdicts(subjects: QuerySet[Subject], policy: str, chunk: int = 2000) -> Iterator[ListedSubject]:
    """Yield rows as `with_verdicts` does, a chunk at a time, for lists of any length."""
    outcomes = OutcomeCurrent.objects.order_by("family")
    if policy:
        outcomes = outcomes.filter(family=policy)
    rows = subjects.prefetch_related(Prefetch("outcomes", queryset=outcomes, to_attr="shown"))
    for row in rows.iterator(chunk_size=chunk):
        yield _listed(row)


def _listed(row: Any) -> ListedSubject:
    verdicts = tuple(
        ListedVerdict(
            each.family,
            policy_title(each.family, each.version),
            Outcome(each.outcome),
            Text(each.gap_zh, each.gap_en),
            each.near_miss,
            each.contested,
        )
        for each in row.shown
    )
    return ListedSubject(row.id, row.name, row.code, row.territory, place_name(row.territory), verdicts)


def policy_choices() -> list[PolicyChoice]:
    """Return the policies that the register holds outcomes of, in the order of their titles."""
    found = projection()
    if found is None:
        return []
    pairs = [policy.partition("@")[::2] for policy in found.receipt["policies"]]
    choices = [PolicyChoice(family, policy_title(family, version)) for family, version in pairs]
    return sorted(choices, key=lambda choice: choice.title.zh)


def territories_visible(actor: Actor) -> list[str]:
    """Return the division codes that visible subjects are registered in."""
    codes = Subject.objects.filter(visible_to(actor)).exclude(territory="").order_by("territory")
    return list(codes.values_list("territory", flat=True).distinct())


def subject_named(subject_id: str) -> Subject | None:
    """Return a subject by its id, or by an id that was merged into it; whether it may be seen is not asked here."""
    found = Subject.objects.filter(id=subject_id).first()
    if found is not None:
        return found
    alias = SubjectAlias.objects.select_related("subject").filter(id=subject_id).first()
    return alias.subject if alias is not None else None


def judged() -> Judged | None:
    """Return the facts and policies of the current verdicts; None while the register was never built."""
    found = projection()
    if found is None:
        return None
    folder = Path(settings.YUMIAO_DATA) / "judged" / found.folder
    return open_judged(folder, found.as_of, found.receipt, library())


def known_state(as_of_moment: str) -> State:
    """Return what the store knew when the register was made."""
    return open_store(Path(settings.YUMIAO_STORE)).state(as_of_moment or None)

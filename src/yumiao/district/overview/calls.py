"""Whom to call: enterprises with a title that ends soon, one step away from a policy, or with something to be asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from yumiao.district.accounts.selectors import Actor
from yumiao.district.contacts.details import Details
from yumiao.district.contacts.selectors import first_contacts
from yumiao.district.divisions.naming import PlaceNames
from yumiao.district.indicators.conditions import SOON_DAYS, scope_of
from yumiao.district.indicators.models import TitleState
from yumiao.district.indicators.places import is_within, territory_names
from yumiao.district.permissions import Operation, can, visible_to
from yumiao.district.registry.models import OutcomeCurrent, Subject
from yumiao.district.registry.packs import library, policy_title
from yumiao.model.outcomes import Outcome
from yumiao.model.text import Text, plural

REASONS = {
    "ending": Text(f"{SOON_DAYS} 天内到期", f"ends within {SOON_DAYS} days"),
    "near": Text("差一步", "one step away"),
    "open": Text("只有一条未定", "one condition is open"),
}
"""Why an enterprise is on the list; ``open``: nothing fails, at most `FEW` conditions are open."""
FEW = 1
SORTS = {"place": ("territory", "sort_key", "id"), "name": ("sort_key", "id")}


@dataclass(frozen=True)
class CallsWanted:
    """What a call list was asked for; empty: everything that the actor may see."""

    territory: str = ""
    reason: str = ""
    sort: str = "place"


@dataclass(frozen=True)
class Call:
    """One enterprise to call, and what to speak about: each point is a title or policy and what is to be said.

    Attributes:
        contact: the first one that stands, masked; None where none is kept, or the reader may not see contacts.
    """

    subject: str
    name: str
    code: str
    place: str
    points: tuple[tuple[str, Text, Text], ...]
    contact: Details | None = None


def calls_wanted(actor: Actor, wanted: CallsWanted) -> QuerySet[Subject]:
    """Return the enterprises to call, in order; what they are called about comes with `shown_calls`."""
    scope = scope_of(actor)
    found = Subject.objects.filter(visible_to(actor))
    if wanted.territory and is_within(wanted.territory, actor.territories):
        found = found.filter(territory__startswith=wanted.territory)
    of = {
        "ending": Exists(TitleState.objects.filter(_ending(scope), subject=OuterRef("pk"))),
        "near": Exists(OutcomeCurrent.objects.filter(subject=OuterRef("pk"), near_miss=True)),
        "open": Exists(OutcomeCurrent.objects.filter(_OPEN, subject=OuterRef("pk"))),
    }
    condition = Q(of[wanted.reason]) if wanted.reason else Q(of["ending"]) | Q(of["near"]) | Q(of["open"])
    return found.filter(condition).order_by(*SORTS.get(wanted.sort, SORTS["place"]))


_OPEN = Q(outcome=Outcome.UNDETERMINED.value, failing=0, open__gt=0, open__lte=FEW)


def _ending(scope: str) -> Q:
    return Q(scope=scope, days_left__lte=SOON_DAYS)


def shown_calls(actor: Actor, subjects: QuerySet[Subject]) -> list[Call]:
    """Return rows with what to speak about and a masked contact; six queries, however many rows."""
    ending = TitleState.objects.filter(_ending(scope_of(actor))).order_by("days_left", "title")
    verdicts = OutcomeCurrent.objects.filter(Q(near_miss=True) | _OPEN).order_by("family")
    rows = subjects.prefetch_related(
        Prefetch("title_states", queryset=ending, to_attr="ending"),
        Prefetch("outcomes", queryset=verdicts, to_attr="verdicts"),
    )
    names = territory_names()
    found = [_call(row, names) for row in rows]
    if not can(actor, Operation.KEEP_RECORDS).allowed:
        return found
    contacts = first_contacts([call.subject for call in found])
    return [replace(call, contact=contacts.get(call.subject)) for call in found]


def _call(row: Subject, names: PlaceNames) -> Call:
    ending: Iterable[TitleState] = getattr(row, "ending", ())
    verdicts: Iterable[OutcomeCurrent] = getattr(row, "verdicts", ())
    titles = library().titles
    points = [
        (
            "ending",
            titles[state.title].label.text,
            Text(
                f"还有 {state.days_left} 天到期",
                f"ends in {state.days_left} {plural(state.days_left, 'day', 'days')}",
            ),
        )
        for state in ending
        if state.title in titles and state.days_left is not None
    ]
    points += [
        (
            "near" if each.near_miss else "open",
            policy_title(each.family, each.version),
            Text(each.gap_zh, each.gap_en),
        )
        for each in verdicts
    ]
    place = names.of(row.territory)
    return Call(row.id, row.name or row.code or row.id, row.code, place, tuple(points))


def towns_to_call(actor: Actor) -> list[tuple[str, Text, int]]:
    """Return the divisions that an actor sees, with their names and how many enterprises stand in each; two queries."""
    rows = Subject.objects.filter(visible_to(actor)).exclude(territory="").order_by("territory")
    counted = rows.values_list("territory").annotate(found=Count("pk"))
    names = territory_names()
    return [(code, names.option(code), found) for code, found in counted]

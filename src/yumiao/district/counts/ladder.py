"""The counts of titles and rights, place by place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q

from yumiao.district.counts.kept import STATES, Counts
from yumiao.district.indicators.conditions import SOON_DAYS
from yumiao.district.indicators.models import RegisterDouble, RungState, TitleMovement, TitleState
from yumiao.evaluate.doubles import DoubleKind

STATE_COUNTS: Mapping[str, Any] = dict(
    zip(
        STATES,
        (
            Count("pk", filter=Q(held=True)),
            Count("pk", filter=Q(held=None)),
            Count("pk", filter=Q(start=True)),
            Count("pk", filter=Q(is_renewed=True)),
            Count("pk", filter=Q(days_left__isnull=False)),
        ),
        strict=True,
    )
)
"""What is counted of the states of a title: `STATES`."""

_PLACE = "subject__territory"


def add_ladder(places: dict[str, Counts]) -> None:
    """Add what is counted of titles and rights to the counts of each place; seven queries."""
    everybody = TitleState.objects.order_by()
    for place, scope, title, *counts in everybody.values_list(_PLACE, "scope", "title").annotate(
        **STATE_COUNTS
    ):
        ladder = _of(places, place).of_ladder(scope)
        ladder.states.update({(title, name): count for name, count in zip(STATES, counts, strict=True)})
    rungs = RungState.objects.order_by().values_list(_PLACE, "scope", "start_rung", "end_rung")
    for place, scope, start, end, count in rungs.annotate(Count("pk")):
        _of(places, place).of_ladder(scope).rungs[start, end] += count
    moved = TitleMovement.objects.order_by().values_list(_PLACE, "scope", "title", "movement")
    for place, scope, title, movement, count in moved.annotate(Count("pk")):
        _of(places, place).of_ladder(scope).moved[title, movement] += count
    each = Count("subject", distinct=True)
    for place, scope, count in everybody.filter(held=None).values_list(_PLACE, "scope").annotate(each):
        _of(places, place).of_ladder(scope).unsure += count
    ending = everybody.filter(days_left__lte=SOON_DAYS)
    for place, scope, count in ending.values_list(_PLACE, "scope").annotate(each):
        _of(places, place).of_ladder(scope).ending_soon += count
    doubles = RegisterDouble.objects.order_by()
    for place, count in doubles.values_list(_PLACE).annotate(each):
        _of(places, place).doubled += count
    used = doubles.filter(kind=DoubleKind.USED_TWICE).values_list(_PLACE, "number").distinct()
    for place, number in used:
        _of(places, place).used_twice.add(number)


def _of(places: dict[str, Counts], place: str) -> Counts:
    return places.setdefault(place, Counts())

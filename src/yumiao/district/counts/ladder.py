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
_EACH = Count("subject", distinct=True)


def _add_states(places: dict[str, Counts]) -> None:
    rows = TitleState.objects.order_by().values_list(_PLACE, "scope", "title").annotate(**STATE_COUNTS)
    for place, scope, title, *counts in rows:
        ladder = _of(places, place).of_ladder(scope)
        ladder.states.update({(title, name): count for name, count in zip(STATES, counts, strict=True)})


def _add_rungs(places: dict[str, Counts]) -> None:
    rows = RungState.objects.order_by().values_list(_PLACE, "scope", "start_rung", "end_rung")
    for place, scope, start, end, count in rows.annotate(Count("pk")):
        _of(places, place).of_ladder(scope).rungs[start, end] += count


def _add_moved(places: dict[str, Counts]) -> None:
    rows = TitleMovement.objects.order_by().values_list(_PLACE, "scope", "title", "movement")
    for place, scope, title, movement, count in rows.annotate(Count("pk")):
        _of(places, place).of_ladder(scope).moved[title, movement] += count


def _add_unsure(places: dict[str, Counts]) -> None:
    rows = TitleState.objects.filter(held=None).order_by().values_list(_PLACE, "scope")
    for place, scope, count in rows.annotate(_EACH):
        _of(places, place).of_ladder(scope).unsure += count


def _add_ending(places: dict[str, Counts]) -> None:
    rows = TitleState.objects.filter(days_left__lte=SOON_DAYS).order_by().values_list(_PLACE, "scope")
    for place, scope, count in rows.annotate(_EACH):
        _of(places, place).of_ladder(scope).ending_soon += count


def _add_doubles(places: dict[str, Counts]) -> None:
    doubles = RegisterDouble.objects.order_by()
    for place, count in doubles.values_list(_PLACE).annotate(_EACH):
        _of(places, place).doubled += count
    used = doubles.filter(kind=DoubleKind.USED_TWICE).values_list(_PLACE, "number").distinct()
    for place, number in used:
        _of(places, place).used_twice.add(number)


STEPS = (_add_states, _add_rungs, _add_moved, _add_unsure, _add_ending, _add_doubles)
"""What adds to the counts of each place what is counted of titles and rights, a query or two each."""


def _of(places: dict[str, Counts], place: str) -> Counts:
    return places.setdefault(place, Counts())

"""What a list of subjects may ask of titles and rungs, as a condition on subjects."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Q

from yumiao.district.accounts.selectors import Actor
from yumiao.district.indicators.models import RegisterDouble, RungState, TitleMovement, TitleState
from yumiao.ladder.passages import Movement
from yumiao.ladder.words import MOVEMENTS
from yumiao.model.text import Text

COUNTY = 6
SOON_DAYS = 90
"""Days within which a title's end wants something done now."""
STATES: dict[str, Text] = {
    "held": Text("持有", "held"),
    "may": Text("是否持有未定", "perhaps held"),
    "started": Text("上年末持有", "held at the end of last year"),
    "ending": Text("180 日内到期", "ends within 180 days"),
    "ending90": Text("90 日内到期", "ends within 90 days"),
    "renewed": Text("今年续期", "renewed this year"),
    **{
        movement.value: Text(f"今年{words.zh}", f"{words.en} this year")
        for movement, words in MOVEMENTS.items()
    },
}
"""What a list may ask of a title: how it stands on the last day, or what happened since the end of last year."""
ON_LADDER = {
    "now": Text("现在在梯队内", "on the ladder now"),
    "before": Text("上年末在梯队内", "on the ladder at the end of last year"),
}
"""What a list may ask of the ladder as a whole."""
_HOW = {
    "held": Q(held=True),
    "may": Q(held=None),
    "started": Q(start=True),
    "ending": Q(days_left__isnull=False),
    "ending90": Q(days_left__lte=SOON_DAYS),
    "renewed": Q(is_renewed=True),
}


@dataclass(frozen=True)
class Holding:
    """What a list asks of titles.

    Attributes:
        title: of this title; empty: of any.
        state: a key of `STATES`; empty: nothing is asked of titles.
        rung: the highest rung on the last day; None: any. 0: none.
        rung_before: the same on the first day.
        on_ladder: ``now``: on some rung on the last day; ``before``: on the first day; empty: either way.
        moved: only those whose highest rung is another one than on the first day.
        doubled: only those with a right that others list too, or that was used more often than once.
    """

    title: str = ""
    state: str = ""
    rung: int | None = None
    rung_before: int | None = None
    on_ladder: str = ""
    moved: bool = False
    doubled: bool = False


def scope_of(actor: Actor) -> str:
    """Return the division in which an actor's titles are counted: the one county of its divisions, else everywhere."""
    counties = {code[:COUNTY] for code in actor.territories}
    county = next(iter(counties), "")
    return county if len(counties) == 1 and len(county) == COUNTY else ""


def holding_condition(actor: Actor, holding: Holding) -> Q:
    """Return the condition on subjects; nothing asked finds all."""
    scope, found = scope_of(actor), Q()
    if holding.state:
        of = Q(scope=scope, title=holding.title) if holding.title else Q(scope=scope)
        if holding.state in set(Movement):
            moved = TitleMovement.objects.filter(of, movement=holding.state)
            found &= Q(id__in=moved.values("subject_id"))
        else:
            states = TitleState.objects.filter(of, _HOW[holding.state])
            found &= Q(id__in=states.values("subject_id"))
    if holding.rung is not None or holding.rung_before is not None or holding.on_ladder or holding.moved:
        found &= _on_rungs(scope, holding)
    if holding.doubled:
        found &= Q(id__in=RegisterDouble.objects.values("subject_id"))
    return found


def _on_rungs(scope: str, holding: Holding) -> Q:
    rows = RungState.objects.filter(scope=scope)
    if holding.rung is not None:
        rows = rows.filter(end_rung=holding.rung)
    if holding.rung_before is not None:
        rows = rows.filter(start_rung=holding.rung_before)
    if holding.on_ladder:
        rows = rows.filter(end_rung__gt=0) if holding.on_ladder == "now" else rows.filter(start_rung__gt=0)
    if holding.moved:
        rows = rows.exclude(start_rung=F("end_rung"))
    return Q(id__in=rows.values("subject_id"))

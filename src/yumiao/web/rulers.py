"""Target rulers as drawings: how far the bar, the plan's tick and the target's flag stand on one scale."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from yumiao.district.divisions.naming import PlaceNames
from yumiao.district.indicators.selectors import Goal
from yumiao.district.overview.figures import Linked

WIDTH = 240
_ROOM = Decimal("1.15")


@dataclass(frozen=True)
class Ruler:
    """One ruler, lengths of `WIDTH`, and the numbers beside it as text; empty where nothing is known.

    Attributes:
        sure: length of what is known to be reached; ``possible`` of what may be besides.
        pace: ``slow``, ``fast`` or ``on``, against the plan; empty where it cannot be said.
        list: the list behind the actual number; its count stands apart where it is another one.
    """

    goal: Goal
    place: str
    sure: float
    possible: float
    plan: float | None
    target: float
    actual_text: str
    plan_text: str
    target_text: str
    pace: str
    list: Linked | None
    is_list_whole: bool


def draw_ruler(goal: Goal, behind: Linked | None) -> Ruler:
    """Lay out the ruler of one target."""
    low, high = goal.actual or (Decimal(0), Decimal(0))
    most = max(goal.value, high, goal.plan or Decimal(0), Decimal(1)) * _ROOM

    def length(value: Decimal) -> float:
        return round(float(max(value, Decimal(0)) / most) * WIDTH, 1)

    sure = length(low)
    return Ruler(
        goal=goal,
        place=PlaceNames({}).of(goal.territory),
        sure=sure,
        possible=round(length(high) - sure, 1),
        plan=length(goal.plan) if goal.plan is not None else None,
        target=length(goal.value),
        actual_text=_range_text(goal.actual),
        plan_text=_text(goal.plan) if goal.plan is not None else "",
        target_text={"at_least": "≥ ", "more_than": "> ", "about": "≈ "}.get(goal.sense, "")
        + _text(goal.value),
        pace=_pace(goal),
        list=behind,
        is_list_whole=behind is not None and goal.actual == (Decimal(behind.count), Decimal(behind.count)),
    )


def _text(number: Decimal) -> str:
    return f"{number:,f}"


def _range_text(bounds: tuple[Decimal, Decimal] | None) -> str:
    if bounds is None:
        return ""
    low, high = bounds
    return _text(low) if low == high else f"{_text(low)}–{_text(high)}"


def _pace(goal: Goal) -> str:
    """Compare with the plan what is known for certain; between two bounds that lie on both sides nothing is said."""
    if goal.plan is None or goal.actual is None:
        return ""
    low, high = goal.actual
    if low == high == goal.plan:
        return "on"
    if low >= goal.plan:
        return "fast"
    return "slow" if high < goal.plan else ""

"""A year's path as a drawing: the plan as a line, what was told as marks; numbers come from the sheet alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from yumiao.district.indicators.sheets import MonthPoint

WIDTH, HEIGHT = 640, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 14, 28
_GRID = 4


@dataclass(frozen=True)
class Mark:
    """What was told of one month: from ``y`` down to ``low_y``, the same where one value is known."""

    month: int
    x: float
    y: float
    low_y: float
    label: str


@dataclass(frozen=True)
class DrawnPath:
    """The whole drawing; ``plan`` is empty without a plan, ``target_y`` None without a target."""

    plan: str
    plan_points: tuple[tuple[float, float], ...]
    marks: tuple[Mark, ...]
    target_y: float | None
    months: tuple[tuple[int, float], ...]
    grid: tuple[tuple[str, float], ...]


def draw_path(points: tuple[MonthPoint, ...], target: Decimal | None) -> DrawnPath | None:
    """Lay out the path of a year; None where there is nothing to draw."""
    values = [point.plan for point in points if point.plan is not None]
    values += [bound for point in points if point.told is not None for bound in point.told]
    values += [target] if target is not None else []
    if not values or not any(point.plan is not None or point.told is not None for point in points):
        return None
    low, high = min(Decimal(0), *values), max(Decimal(0), *values)
    span = (high - low) or Decimal(1)

    def y_of(value: Decimal) -> float:
        return round(_TOP + (HEIGHT - _TOP - _BOTTOM) * float((high - value) / span), 1)

    def x_of(month: int) -> float:
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * (month - 0.5) / 12, 1)

    planned = tuple((x_of(point.month), y_of(point.plan)) for point in points if point.plan is not None)
    return DrawnPath(
        plan="M" + "L".join(f"{x:g} {y:g}" for x, y in planned) if len(planned) > 1 else "",
        plan_points=planned,
        marks=tuple(
            Mark(point.month, x_of(point.month), y_of(point.told[1]), y_of(point.told[0]), _label(point.told))
            for point in points
            if point.told is not None
        ),
        target_y=None if target is None else y_of(target),
        months=tuple((month, x_of(month)) for month in range(1, 13)),
        grid=tuple(_grid(low, span, y_of)),
    )


def _grid(low: Decimal, span: Decimal, y_of: Callable[[Decimal], float]) -> list[tuple[str, float]]:
    """Lines at round numbers: 1, 2 or 5 times a power of ten apart, at most a few of them."""
    rough = span / _GRID
    power = Decimal(10) ** rough.adjusted()
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= rough)
    first = (low / step).to_integral_value(rounding=ROUND_CEILING)
    values = [(first + number) * step for number in range(_GRID + 2)]
    return [(f"{value.normalize():,f}", y_of(value)) for value in values if low <= value <= low + span]


def _label(told: tuple[Decimal, Decimal]) -> str:
    low, high = told
    return f"{low:,f}" if low == high else f"{low:,f}–{high:,f}"

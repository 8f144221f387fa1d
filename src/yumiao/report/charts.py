"""Small inline drawings. Each is also a table: the drawing says nothing that the figures beside it do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yumiao.report.markup import Html, tag, text

KINDS_OF_PLANTS = 5
MOST_PLANTS = 18
"""Plants on one rung; above that one plant stands for more subjects."""

_STEPS = (1, 2, 5)


def outcome_bar(met: int, open_: int, not_met: int, description: str) -> Html:
    """Draw shares of three outcomes: solid, hatched, plain."""
    total = max(1, met + open_ + not_met)
    width_met, width_open = 200 * met / total, 200 * open_ / total
    return tag(
        "svg",
        tag("title", text(description)),
        _rect(0, 200, "not_met"),
        _rect(0, width_met, "met"),
        _rect(width_met, width_open, "open"),
        _rect(0, 200, "frame"),
        class_="bar",
        viewBox="0 0 200 14",
        preserveAspectRatio="none",
        role="img",
        aria_label=description,
    )


def share_bar(share: float, description: str) -> Html:
    """Draw one share of a whole."""
    return tag(
        "svg",
        tag("title", text(description)),
        _rect(0, 200, "ground"),
        _rect(0, 200 * share, "known"),
        class_="bar",
        viewBox="0 0 200 14",
        preserveAspectRatio="none",
        role="img",
        aria_label=description,
    )


def _rect(left: float, width: float, look: str) -> Html:
    if width <= 0:
        return ""
    return f'<rect x="{left:.2f}" y="1" width="{width:.2f}" height="12" class="{look}"/>'


@dataclass(frozen=True)
class Rung:
    """One step of the forest: how many surely stand there, how many may."""

    title: str
    met: int
    open: int
    figures: str


def plant_unit(largest: int) -> int:
    """Choose how many subjects one plant stands for: 1, 2, 5, 10, 20, 50, …"""
    power = 1
    while True:
        for step in _STEPS:
            if largest <= MOST_PLANTS * step * power:
                return step * power
        power *= 10


def forest(rungs: Sequence[Rung], title: str, description: str, scale: str) -> Html:
    """Draw a rung for each policy, the widest first: plants that stand, dashed ones that may.

    Args:
        scale: what one plant stands for, with ``{count}``.
    """
    width, ground, rise = 1180, 262, 20
    block = width / max(1, len(rungs))
    parts = []
    for number, rung in enumerate(rungs):
        top = ground - rise * number
        parts.append(_ground(number * block, top, block, ground + 46))
        parts.append(_plants(rung, number, number * block, top, block))
        parts.append(_label(rung, number * block, top - 84, scale))
    return tag(
        "svg",
        tag("title", text(title)),
        tag("desc", text(description)),
        *parts,
        class_="forest",
        viewBox=f"0 0 {width} {ground + 46}",
        role="img",
        aria_label=f"{title}. {description}",
    )


def _ground(left: float, top: float, width: float, bottom: float) -> Html:
    soil = f'<rect x="{left:.1f}" y="{top}" width="{width + 0.5:.1f}" height="{bottom - top}" class="soil"/>'
    return soil + f'<path d="M{left:.1f} {top}h{width:.1f}" class="edge"/>'


def _plants(rung: Rung, number: int, left: float, top: float, width: float) -> Html:
    unit = plant_unit(rung.met + rung.open)
    standing = -(-rung.met // unit)
    ghosts = max(0, -(-(rung.met + rung.open) // unit) - standing)
    size = 30 + 9 * min(number, KINDS_OF_PLANTS - 1)
    room = (width - 24) / max(1, standing + ghosts)
    kind = min(number + 1, KINDS_OF_PLANTS)
    step = min(room, size * 0.8)
    drawn = []
    for place in range(standing + ghosts):
        x = left + 12 + step * place + (step - size) / 2
        look = f'style="fill:var(--r{kind})"' if place < standing else 'class="ghost"'
        lift = 3 if place % 2 else 0
        drawn.append(
            f'<use href="#plant-{kind}" x="{x:.1f}" y="{top - size + 1 - lift:.1f}" '
            f'width="{size}" height="{size}" {look}/>'
        )
    return "".join(drawn)


def _label(rung: Rung, left: float, base: float, scale: str) -> Html:
    unit = plant_unit(rung.met + rung.open)
    lines = (
        (base - 44, "title", rung.title),
        (base - 16, "figure", f"{rung.met:,}"),
        (base + 2, "small", f"{rung.figures} · {scale.format(count=unit)}"),
    )
    return "".join(
        f'<text x="{left + 12:.1f}" y="{y:.0f}" class="{look}">{text(words)}</text>'
        for y, look, words in lines
    )

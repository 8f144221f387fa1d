"""Small inline drawings. Each is also a table: the drawing says nothing that the figures beside it do not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from yumiao.report.markup import Html, tag, text

KINDS_OF_PLANTS = 5
OVERLAP = 0.5
"""Share of its width that a plant keeps to itself where a rung is full."""

_STEPS = (1, 2, 3, 5)


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


def plant_unit(largest: int, most: int) -> int:
    """Choose how many subjects one plant stands for, so that at most so many stand: 1, 2, 3, 5, 10, 20, …"""
    power = 1
    while True:
        for step in _STEPS:
            if largest <= most * step * power:
                return step * power
        power *= 10


def _size(number: int) -> int:
    """The height of the plants of a rung: the higher the rung, the taller they are."""
    return 30 + 9 * min(number, KINDS_OF_PLANTS - 1)


def _unit(rung: Rung, number: int, width: float) -> int:
    """How many subjects one plant of a rung stands for: a rung has room for so many."""
    return plant_unit(rung.met + rung.open, max(3, int((width - 24) / (_size(number) * OVERLAP))))


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
        words = scale.format(count=_unit(rung, number, block))
        parts.append(_label(rung, number * block, block, top - 22 - _size(number), words))
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
    unit, size = _unit(rung, number, width), _size(number)
    standing = -(-rung.met // unit)
    every = standing + max(0, -(-(rung.met + rung.open) // unit) - standing)
    step = min(size * 0.8, (width - 24 - size) / max(1, every - 1))
    kind = min(number + 1, KINDS_OF_PLANTS)
    drawn = []
    for place in range(every):
        look = f'style="fill:var(--r{kind})"' if place < standing else 'class="ghost"'
        drawn.append(
            f'<use href="#plant-{kind}" x="{left + 12 + step * place:.1f}" y="{top - size + 1 - 3 * (place % 2)}" '
            f'width="{size}" height="{size}" {look}/>'
        )
    return "".join(drawn)


def _label(rung: Rung, left: float, width: float, base: float, words: str) -> Html:
    titles = wrapped(rung.title, width - 16)
    lines = [(base - 44 - 18 * above, "title", title) for above, title in enumerate(reversed(titles))]
    lines += [(base - 16, "figure", f"{rung.met:,}"), (base + 2, "small", f"{rung.figures} · {words}")]
    return "".join(
        f'<text x="{left + 12:.1f}" y="{y:.0f}" class="{look}">{text(line)}</text>' for y, look, line in lines
    )


def wrapped(words: str, room: float, size: float = 14) -> list[str]:
    """Break a title into lines that fit, at spaces where it has any; a Chinese character is as wide as high."""
    lines, line = [], ""
    for part in re.findall(r"[\u2e80-\uffef]|[^\s\u2e80-\uffef]+\s*|\s+", words):
        if line and _width(line + part.rstrip(), size) > room:
            lines.append(line.rstrip())
            line = ""
        line += part
    return [*lines, line.rstrip()]


def _width(words: str, size: float) -> float:
    return sum(size if ord(character) > 0x2E80 else size * 0.56 for character in words)

"""The forest as a drawing: where each rung's ground, plants and words stand; numbers come from the overview alone."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from yumiao.district.overview.figures import Linked, Move, Stage
from yumiao.model.text import Text
from yumiao.web.templatetags.words import reader_language, signed

WIDTH, HEIGHT = 880, 336
_GROUND, _STEP = 232, 18
_SIZES = (20, 28, 36, 44, 52)
"""Height of a plant by rung."""
_LETTERS = 24
_WIDEST_ROOT = 16


@dataclass(frozen=True)
class Plant:
    """One plant: its corner and its size."""

    x: float
    y: float
    size: int


@dataclass(frozen=True)
class DrawnStage:
    """One rung: its block of ground, its words, its plants; ``unit`` firms are one plant."""

    kind: int
    x: float
    width: float
    ground: int
    depth: int
    middle: float
    lines: tuple[tuple[str, float], ...]
    figure_y: float
    now: Linked | None
    change: str
    unit: int
    plants: tuple[Plant, ...]


@dataclass(frozen=True)
class Root:
    """One flow: its path, how wide, its label and the list that it counts."""

    kind: str
    path: str
    width: float
    label_x: float
    label_y: float
    who: Linked


@dataclass(frozen=True)
class Forest:
    """The whole drawing."""

    stages: tuple[DrawnStage, ...]
    roots: tuple[Root, ...]


def draw_forest(stages: tuple[Stage, ...], moves: tuple[Move, ...]) -> Forest:
    """Lay out the rungs from left to right, each a step higher, and the flows to and from the next one below."""
    width = WIDTH / max(len(stages), 1)
    drawn = tuple(_stage(place, stage, width) for place, stage in enumerate(stages))
    places = {stage.rung: place for place, stage in enumerate(stages)}
    widest = max((move.who.count for move in moves), default=1)
    roots = (_root(move, places, width, widest) for move in moves)
    return Forest(drawn, tuple(root for root in roots if root is not None))


def _stage(place: int, stage: Stage, width: float) -> DrawnStage:
    ground, size = _GROUND - _STEP * place, _SIZES[min(place, len(_SIZES) - 1)]
    most = int((width - 24) // (size * 0.45))
    firms = stage.now.count if stage.now is not None else 0
    unit = _unit(firms, most)
    count = -(-firms // unit)
    step = (width - 24) / max(count, 1)
    left = place * width + 12 + step / 2 - size / 2
    plants = tuple(Plant(round(left + number * step, 1), ground - size, size) for number in range(count))
    words = textwrap.wrap(_name(stage.titles), _LETTERS)[:2]
    top = ground - size - 56
    return DrawnStage(
        kind=min(place + 1, len(_SIZES)),
        x=round(place * width, 1),
        width=round(width, 1),
        ground=ground,
        depth=HEIGHT - ground,
        middle=round(place * width + 12, 1),
        lines=tuple((line, top - 16 * (len(words) - 1 - number)) for number, line in enumerate(words)),
        figure_y=top + 25,
        now=stage.now,
        change="" if stage.change is None else signed(stage.change),
        unit=unit,
        plants=plants,
    )


def _unit(count: int, most: int) -> int:
    """The least of 1, 2, 5, 10, 20, … firms a plant with which the plants have room."""
    unit, factors = 1, (2, 2.5, 2)
    turn = 0
    while -(-count // unit) > most:
        unit = int(unit * factors[turn % 3])
        turn += 1
    return unit


def _name(titles: tuple[Text, ...]) -> str:
    language = reader_language()
    first = titles[0].words(language)
    more = len(titles) - 1
    if not more:
        return first
    return f"{first}等 {more + 1} 类" if language == "zh" else f"{first} and {more} more"


def _root(move: Move, places: dict[int, int], width: float, widest: int) -> Root | None:
    """Draw a flow from the ground, to the ground, or between neighbours; others stand in the table alone."""
    thick = round(max(1.6, _WIDEST_ROOT * move.who.count / widest), 1)
    if move.before == 0:
        place = places[move.after]
        x, ground = place * width + width * 0.3, _GROUND - _STEP * place
        return Root("entry", f"M{x:.0f} {HEIGHT}V{ground + 2}", thick, x, 316, move.who)
    if move.after == 0:
        place = places[move.before]
        x, ground = place * width + width * 0.78, _GROUND - _STEP * place
        return Root("exit", f"M{x:.0f} {ground + 2}V{HEIGHT - 6}", thick, x, 316, move.who)
    low, high = sorted((places[move.before], places[move.after]))
    if high - low != 1:
        return None
    edge, below, above = high * width, _GROUND - _STEP * low + 2, _GROUND - _STEP * high + 2
    if places[move.after] == high:
        path = _curve(edge - 50, below, edge + 28, above, depth=44)
        return Root("up", path, thick, edge, below + 32, move.who)
    path = _curve(edge + 50, above, edge - 76, below, depth=76)
    return Root("down", path, min(thick, 4), edge, below + 58, move.who)


def _curve(x: float, y: int, end_x: float, end_y: int, depth: int) -> str:
    """A root from one point of the ground to another, some units below the lower one."""
    deepest = max(y, end_y) + depth
    return f"M{x:.0f} {y}C{x:.0f} {deepest},{end_x:.0f} {deepest},{end_x:.0f} {end_y}"

"""What experts may choose: the whole points inside the intervals that bands leave to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from yumiao.packs import expressions as ex
from yumiao.packs.fields import Points
from yumiao.packs.library import Policy
from yumiao.packs.policies import Band, ScorePart

Path = tuple[str, ...]
"""A score's id and the ids of the parts below it."""

Experts = Callable[[Path, Points], Fraction]
"""Chooses the points of one criterion inside the interval that its band leaves to experts."""

Answer = TypeVar("Answer")


def lowest(_: Path, points: Points) -> Fraction:
    """Experts who always give the fewest points."""
    return points.low


def highest(_: Path, points: Points) -> Fraction:
    """Experts who always give the most points."""
    return points.high


@dataclass(frozen=True, slots=True)
class Place:
    """A score or part of one, where it stands: its maximum and whose years it means."""

    part: ScorePart
    most: Fraction
    younger: str | None


def places(policy: Policy) -> Iterator[tuple[Path, Place]]:
    """Yield every score and part by its path; an option of ``better_of`` may take its maximum from above."""
    for name, part in policy.body.scores.items():
        yield from _places((name,), part, Fraction(0), None)


def _places(path: Path, part: ScorePart, most: Fraction, younger: str | None) -> Iterator[tuple[Path, Place]]:
    place = Place(part, part.of.high if part.of is not None else most, part.younger or younger)
    yield path, place
    for name, child in part.children.items():
        yield from _places((*path, name), child, place.most, place.younger)


def rises_with_points(policy: Policy, settings: Mapping[str, str]) -> bool:
    """Whether more points can only help: scores are asked to reach something, never to stay below it.

    Then the outcome, each condition and each score rise with the points of every criterion, and what experts
    can bring about is found with all criteria at their lowest and with all at their highest.
    """
    asked = [condition.need.under(settings).tree for condition in policy.body.conditions.values()]
    asked += [route.when.tree for route in policy.body.routes.values()]
    asked += [part.tree for part in policy.body.met_when or ()]
    never = [rule.when.tree for rule in (policy.body.classes or {}).values()]
    never += [band.when.under(settings).tree for band in _bands(policy) if band.when is not None]
    scores = frozenset(path for path, _ in places(policy))
    named = frozenset(policy.body.conditions) | frozenset(policy.body.routes)
    in_order = all(_rises(tree, scores, named) for tree in asked)
    return in_order and not any(_asks_score(tree, scores, named) for tree in never if scores)


def _bands(policy: Policy) -> Iterator[Band]:
    for _, place in places(policy):
        yield from place.part.bands or ()


def _asks_score(node: ex.Node, scores: frozenset[Path], named: frozenset[str]) -> bool:
    """Whether a statement asks for a score, or may do so through a condition or route."""
    return any(
        isinstance(below, ex.AnyRoute)
        or (isinstance(below, ex.Reference) and (below.path in scores or below.name in named))
        for below in ex.walk(node)
    )


def _rises(node: ex.Node, scores: frozenset[Path], named: frozenset[str]) -> bool:
    match node:
        case ex.Comparison(operator=sign, left=left, right=right):
            asks_left = _asks_score(left, scores, named)
            return not _asks_score(right, scores, named) and (not asks_left or sign in (">=", ">"))
        case ex.Negation(body=body):
            return not _asks_score(body, scores, named)
        case ex.AtLeast(parts=parts):
            return all(_rises(part, scores, named) for part in parts)
        case ex.EachYear(body=body):
            return _rises(body, scores, named)
        case _:
            return True


def readings(judge: Callable[[Experts], Answer], *, rising: bool) -> list[Answer]:
    """Judge under what experts may choose: the lowest and the highest points, or every step on a way between.

    On the way the criteria rise one after the other by one point, so that each sum between is passed.
    """
    asked: dict[Path, Points] = {}

    def note(path: Path, points: Points) -> Fraction:
        asked[path] = points
        return points.low

    found = [judge(note)]
    if not asked:
        return found
    return [*found, judge(highest)] if rising else [*found, *map(judge, _steps(asked))]


def _steps(asked: Mapping[Path, Points]) -> Iterator[Experts]:
    chosen = {path: points.low for path, points in asked.items()}
    for path, points in asked.items():
        while chosen[path] < points.high:
            chosen = {**chosen, path: min(chosen[path] + 1, points.high)}
            yield _choosing(chosen)


def _choosing(chosen: Mapping[Path, Fraction]) -> Experts:
    return lambda path, points: chosen.get(path, points.low)

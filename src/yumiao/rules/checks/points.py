"""Whether the numbers of a table fit together: maxima add up, every band can be reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from yumiao.model.problems import Problem
from yumiao.model.text import Text
from yumiao.model.units import decimal_text
from yumiao.packs import expressions as ex
from yumiao.packs.fields import Expression, Points
from yumiao.packs.library import Policy
from yumiao.packs.policies import Band, ParameterBand, ScorePart
from yumiao.packs.walking import Keys
from yumiao.rules.checks.places import problem_at

# ── maxima ────────────────────────────────────────────────────────────────────────────────────────────────


def find_bad_maxima(policy: Policy) -> Iterator[Problem]:
    """Yield the scores whose parts do not add up to their maximum, and the bands that give more than it."""
    for name, score in policy.body.scores.items():
        yield from _maxima(policy, score, ("scores", name), None)


def _maxima(policy: Policy, part: ScorePart, keys: Keys, inherited: Points | None) -> Iterator[Problem]:
    of: Points | None = part.of or inherited
    if of is None:
        return
    if part.parts is not None:
        yield from _sum_of_parts(policy, part.parts, of.high, keys)
    below = "parts" if part.parts is not None else "better_of"
    for name, child in part.children.items():
        place = (*keys, below, name)
        if child.of is not None and child.of.high > of.high:
            text = Text(
                f"{name} 的满分 {child.of} 高于上级的 {of}",
                f"{name} has {child.of} points, its parent only {of}",
            )
            yield problem_at(policy.source, (*place, "of"), "rule.points", text, str(child.of))
        yield from _maxima(policy, child, place, of if below == "better_of" else None)
    yield from _too_many(policy, part, of.high, keys)


def _sum_of_parts(
    policy: Policy, parts: Mapping[str, ScorePart], most: Fraction, keys: Keys
) -> Iterator[Problem]:
    counted = [part.of.high for part in parts.values() if part.of is not None and not part.bonus]
    total = sum(counted, Fraction(0))
    if total != most and all(part.of is not None for part in parts.values()):
        shown = f"{' + '.join(decimal_text(points) for points in counted)} = {decimal_text(total)}"
        text = Text(
            f"各项满分之和 {shown}，不是 {decimal_text(most)}",
            f"the maxima of the parts add up to {shown}, not {decimal_text(most)}",
        )
        yield problem_at(policy.source, (*keys, "of"), "rule.points", text, decimal_text(most))


def _too_many(policy: Policy, part: ScorePart, most: Fraction, keys: Keys) -> Iterator[Problem]:
    yield from _never_full(policy, part, most, keys)
    given: list[tuple[Keys, Points]] = []
    for index, band in enumerate(part.bands or ()):
        given += [((*keys, "bands", index, "points"), points) for points in band.points.readings.values()]
    for key in ("one_year", "below_zero", "zero_base_two_years"):
        choice = getattr(part, key)
        given += [((*keys, key), points) for points in (choice.readings.values() if choice else ())]
    if part.per is not None:
        given.append(((*keys, "per", "at_most"), part.per.at_most))
    for place, points in given:
        if points.high > most:
            text = Text(
                f"{points} 分高于满分 {decimal_text(most)}",
                f"{points} points are more than the {decimal_text(most)}",
            )
            yield problem_at(policy.source, place, "rule.points", text, str(points))


def _never_full(policy: Policy, part: ScorePart, most: Fraction, keys: Keys) -> Iterator[Problem]:
    given = [points.high for band in part.bands or () for points in band.points.readings.values()]
    if given and max(given) < most:
        best, full = decimal_text(max(given)), decimal_text(most)
        text = Text(
            f"最高一档只有 {best} 分，不到满分 {full}", f"the best band gives {best} of {full} points"
        )
        yield problem_at(policy.source, (*keys, "bands"), "rule.points", text, best)


# ── bands ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Ray:
    """The numbers on one side of an edge: upwards or downwards, with or without the edge."""

    upward: bool
    edge: Fraction
    inclusive: bool

    def covers(self, other: Ray) -> bool:
        """Whether every number of ``other`` is one of these."""
        if self.upward is not other.upward:
            return False
        inside = self.edge < other.edge if self.upward else self.edge > other.edge
        return inside or (self.edge == other.edge and (self.inclusive or not other.inclusive))

    def completes(self, other: Ray) -> bool:
        """Whether the two together are all numbers."""
        if self.upward is other.upward:
            return False
        low, high = (self, other) if self.upward else (other, self)
        return low.edge < high.edge or (low.edge == high.edge and (low.inclusive or high.inclusive))


_RAYS = {"from_": (True, True), "above": (True, False), "to": (False, True), "below": (False, False)}
_OPERATORS = {">=": (True, True), ">": (True, False), "<=": (False, True), "<": (False, False)}


def find_unreachable_bands(policy: Policy) -> Iterator[Problem]:
    """Yield the bands that no value falls into, because those before them take all of its values."""
    for name, parameter in policy.body.parameters.items():
        keys: Keys = ("parameters", name)
        yield from _unreachable(policy, parameter.bands, keys)
        yield from _incomplete(policy, parameter.bands, keys)
    for name, score in policy.body.scores.items():
        yield from _score_bands(policy, score, ("scores", name))


def _score_bands(policy: Policy, part: ScorePart, keys: Keys) -> Iterator[Problem]:
    yield from _unreachable(policy, part.bands or (), keys)
    below = "parts" if part.parts is not None else "better_of"
    for name, child in part.children.items():
        yield from _score_bands(policy, child, (*keys, below, name))


def _unreachable(policy: Policy, bands: Sequence[Band | ParameterBand], keys: Keys) -> Iterator[Problem]:
    before: dict[object, list[Ray]] = {}
    values: set[str] = set()
    closed = False
    for index, band in enumerate(bands):
        subject, ray = _ray(band)
        value = band.is_ if isinstance(band, Band) else None
        taken = closed or (value is not None and value in values)
        earlier = before.setdefault(subject, [])
        if taken or (ray is not None and _is_covered(ray, earlier)):
            text = Text("前面的档已包含这一档，取不到", "the bands before take all values of this one")
            yield problem_at(policy.source, (*keys, "bands", index), "rule.bands", text)
        if ray is not None:
            earlier.append(ray)
        if value is not None:
            values.add(value)
        closed = closed or band.edge is None


def _is_covered(ray: Ray, earlier: Sequence[Ray]) -> bool:
    return any(other.covers(ray) for other in earlier) or any(
        first.completes(second) for first in earlier for second in earlier
    )


def _ray(band: Band | ParameterBand) -> tuple[object, Ray | None]:
    """Return what a band looks at and the values it takes, where that can be told from its text."""
    if band.edge in _RAYS:
        expression: Expression = getattr(band, band.edge)
        number = _number(expression.tree)
        return None, Ray(_RAYS[band.edge][0], number, _RAYS[band.edge][1]) if number is not None else None
    if isinstance(band, Band) and band.when is not None and band.when.switch is None:
        tree = band.when.readings[""].tree
        if isinstance(tree, ex.Comparison) and tree.operator in _OPERATORS:
            number = _number(tree.right)
            upward, inclusive = _OPERATORS[tree.operator]
            return tree.left, Ray(upward, number, inclusive) if number is not None else None
    return object(), None


def _number(tree: ex.Node) -> Fraction | None:
    if not isinstance(tree, ex.Number):
        return None
    return tree.value * (tree.unit.steps if tree.unit else 1)


def _incomplete(policy: Policy, bands: Sequence[ParameterBand], keys: Keys) -> Iterator[Problem]:
    if bands and bands[-1].edge is not None:
        rays = [ray for band in bands if (ray := _ray(band)[1])]
        if not any(first.completes(second) for first in rays for second in rays):
            text = Text(
                "最后一档应为 else，使每个值都有归属",
                "the last band is `else`, so that every value has its band",
            )
            yield problem_at(policy.source, (*keys, "bands"), "rule.bands", text)

"""How far a number of a policy has to move before it is another rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from yumiao.model.units import UNITS
from yumiao.packs import expressions as ex
from yumiao.packs.library import Library
from yumiao.packs.policies import PolicyVersion, ScorePart


@dataclass(frozen=True)
class Steps:
    """How far a number has to move to change an answer.

    Attributes:
        alone: what a number is compared with when it stands alone in its expression.
    """

    library: Library
    body: PolicyVersion
    alone: ex.Node | None

    def around(self, number: ex.Number, context: ex.Comparison | None) -> tuple[Fraction, Fraction]:
        """Return the nearest numbers above and below that are another rule."""
        other = self.alone
        operator = ">="
        if context is not None:
            is_right = context.right is number
            other = context.left if is_right else context.right
            operator = context.operator if is_right else _FLIPPED[context.operator]
        reachable = self._reachable(other)
        if reachable:
            return _next_points(number.value, operator, reachable)
        step = Fraction(1, (number.unit or UNITS["number"]).steps)
        if other is not None and self._is_whole(other):
            step = Fraction(1)
        return number.value + step, number.value - step

    def _reachable(self, node: ex.Node | None) -> frozenset[Fraction]:
        if not isinstance(node, ex.Reference) or node.path[0] not in self.body.scores:
            return frozenset()
        part = self.body.scores[node.path[0]]
        for name in node.path[1:]:
            part = part.children[name]
        found = reachable_points(self.library, part)
        return frozenset() if found is None else found.lows | found.highs

    def _is_whole(self, node: ex.Node) -> bool:
        """Whether a value is whole whatever the facts, in the unit that its literals are written in."""
        match node:
            case ex.Reference():
                name = (
                    f"{node.name}.{self.body.counts[node.name]}"
                    if node.name in self.body.counts
                    else node.name
                )
                metric = self.library.metrics.get(name)
                return metric is not None and (metric.whole or metric.unit is None)
            case ex.Call(function=function, arguments=(first, *_)):
                return function in ("days", "year") or (function == "sum" and self._is_whole(first))
            case ex.Arithmetic(operator="+" | "-", left=left, right=right):
                return self._is_whole(left) and self._is_whole(right)
        return False


_FLIPPED = {">=": "<=", ">": "<", "<=": ">=", "<": ">", "=": "="}


def _next_points(number: Fraction, operator: str, reachable: Iterable[Fraction]) -> tuple[Fraction, Fraction]:
    """Return thresholds that let one more, and one less, of the reachable points through."""
    above = [points for points in reachable if points > number]
    below = [points for points in reachable if points < number]
    here = [points for points in reachable if points == number]
    if operator in (">=", "<"):
        first = (here or [min(above, default=number)])[0]
        return first + 1, max(below, default=number - 1)
    last = (here or [max(below, default=number)])[0]
    return min(above, default=number + 1), last - 1


@dataclass(frozen=True, slots=True)
class Reachable:
    """The lowest and highest points that a score can be given: an answer rests on these two ends alone."""

    lows: frozenset[Fraction]
    highs: frozenset[Fraction]

    @staticmethod
    def of(points: Iterable[Fraction]) -> Reachable:
        found = frozenset(points)
        return Reachable(found, found)

    def plus(self, other: Reachable) -> Reachable:
        return Reachable(_sums(self.lows, other.lows), _sums(self.highs, other.highs))

    def at_most(self, most: Fraction) -> Reachable:
        return Reachable(
            frozenset(min(points, most) for points in self.lows),
            frozenset(min(points, most) for points in self.highs),
        )


def _sums(some: Iterable[Fraction], others: Iterable[Fraction]) -> frozenset[Fraction]:
    others = tuple(others)
    return frozenset(one + other for one in some for other in others)


def reachable_points(library: Library, part: ScorePart) -> Reachable | None:
    """Return the points that a score can take, under any reading; None when they need not be whole."""
    if part.points is not None:
        return _given_points(library, part)
    if part.per is not None:
        per = part.per
        times = range(int(per.at_most.high / per.points.high) + 2)
        return Reachable.of(min(per.points.high * count, per.at_most.high) for count in times)
    if part.bands is not None:
        return _band_points(part)
    found = [reachable_points(library, child) for child in part.children.values()]
    known = [points for points in found if points is not None]
    if len(known) < len(found):
        return None
    if part.better_of is not None:
        lows = frozenset[Fraction]().union(*(points.lows for points in known))
        return Reachable(lows, frozenset[Fraction]().union(*(points.highs for points in known)))
    total = Reachable.of((Fraction(0),))
    for points in known:
        total = total.plus(points)
    return total if part.of is None else total.at_most(part.of.high)


def _given_points(library: Library, part: ScorePart) -> Reachable | None:
    trees = [value.tree for value in part.points.readings.values()] if part.points is not None else []
    metrics = [library.metrics.get(tree.name) for tree in trees if isinstance(tree, ex.Reference)]
    if part.of is None or any(metric is None or not metric.whole for metric in metrics):
        return None
    return Reachable.of(Fraction(points) for points in range(int(part.of.high) + 1))


def _band_points(part: ScorePart) -> Reachable:
    choices = [band.points for band in part.bands or ()]
    choices += [choice for choice in (part.one_year, part.below_zero, part.zero_base_two_years) if choice]
    points = [found for choice in choices for found in choice.readings.values()]
    return Reachable(frozenset(found.low for found in points), frozenset(found.high for found in points))

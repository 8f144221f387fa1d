"""Which way a clause pulls a fact: would it rather have the fact larger, smaller, or now this and now that?

Clauses that all pull a missing fact the same way never stand in each other's way. Yes counts as larger than no.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from yumiao.rules import graph as g


@dataclass(frozen=True, slots=True)
class Pull:
    """Whether a clause may want a fact larger (``up``) and smaller (``down``) to hold.

    ``within``: different parts of the clause pull both ways, so that the clause itself has to be read as a whole.
    """

    up: bool = False
    down: bool = False
    within: bool = False

    def reversed(self) -> Pull:
        return Pull(self.down, self.up, self.within)


NONE, UP, DOWN, BOTH = Pull(), Pull(up=True), Pull(down=True), Pull(up=True, down=True)


def pull_of(node: g.Statement, column: str) -> Pull:
    """Return which way ``node`` pulls a column."""
    match node:
        case g.Named(body=body):
            return pull_of(body, column)
        case g.Negated(body=body):
            return pull_of(body, column).reversed()
        case g.Count(parts=parts):
            return _together([pull_of(part, column) for part in parts])
        case g.Split(column=split, cells=cells):
            return _apart([pull_of(body, column) for _, body in cells], is_split=split == column)
        case g.IsTrue(column=own):
            return UP if own == column else NONE
        case g.OneOf(column=own):
            return BOTH if own == column else NONE
        case g.LinearComparison(linear=linear):
            return _weight(linear, column)
        case g.QuotientComparison(quotient=quotient, operator=operator):
            return _towards(_quotient(quotient, column), operator)
        case g.GrowthComparison(growth=growth, operator=operator):
            return _towards(_growth(growth, column), operator)
        case g.ScoreComparison(score=score, operator=operator):
            return _towards(_score(score, column), operator)
        case _:
            return BOTH if column in g.columns_of(node) else NONE


def _together(pulls: Sequence[Pull]) -> Pull:
    """Parts that stand side by side: two that pull apart have to be read as a whole."""
    up, down = any(pull.up for pull in pulls), any(pull.down for pull in pulls)
    pulling = [pull for pull in pulls if pull.up or pull.down]
    return Pull(up, down, any(pull.within for pull in pulls) or (up and down and len(pulling) > 1))


def _apart(pulls: Iterable[Pull], *, is_split: bool) -> Pull:
    """Bodies of which only one applies at a time."""
    pulls = list(pulls)
    up, down = any(pull.up for pull in pulls), any(pull.down for pull in pulls)
    return Pull(up or is_split, down or is_split, any(pull.within for pull in pulls))


def _towards(pull: Pull, operator: g.Operator) -> Pull:
    return pull if operator in (">=", ">") else pull.reversed()


def _weight(linear: g.Linear, column: str) -> Pull:
    weight = dict(linear.terms).get(column, 0)
    return NONE if not weight else UP if weight > 0 else DOWN


def _quotient(quotient: g.Quotient, column: str) -> Pull:
    """A numerator pulls up, a denominator down; below zero, or in both, it may be either."""
    top, bottom = _weight(quotient.numerator, column), _weight(quotient.denominator, column)
    if bottom == NONE:
        return top
    return BOTH if top != NONE else bottom.reversed()


def _growth(growth: g.MeanGrowth, column: str) -> Pull:
    """The last value pulls up, the first down, except near zero; the middle one is in both rates."""
    if column == growth.third:
        return UP
    return BOTH if column in (growth.first, growth.second) else NONE


def _score(score: g.Score, column: str) -> Pull:
    match score:
        case g.Bands(bands=bands, otherwise=otherwise):
            return _bands(bands, otherwise, column)
        case g.Given(linear=linear):
            return _weight(linear, column)
        case g.Sum(parts=parts) | g.Best(options=parts):
            return _together([_score(part, column) for _, part in parts])
        case g.SplitScore(column=split, cells=cells):
            return _apart([_score(body, column) for _, body in cells], is_split=split == column)


def _bands(bands: Sequence[tuple[g.Statement, int, int]], otherwise: tuple[int, int], column: str) -> Pull:
    """Bands in falling order of points pull as their statements do; in any other order either way."""
    pulls = [pull_of(statement, column) for statement, _, _ in bands]
    own = [pull for pull in pulls if pull != NONE]
    if not own:
        return NONE
    points = [*((low, high) for _, low, high in bands), otherwise]
    falls = all(
        first[0] >= second[0] and first[1] >= second[1] for first, second in itertools.pairwise(points)
    )
    up, down = any(pull.up for pull in own), any(pull.down for pull in own)
    return Pull(up, down, any(pull.within for pull in own)) if falls else BOTH

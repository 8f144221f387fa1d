"""The search for a plan: fewest levers, then least effort, by branch and bound over whole steps.

The steps of the levers of a set span a box. The engine judges a whole box at once, every moved fact an interval:
where no point of it can be met it is cut off, otherwise it is halved. Boxes are taken in the order of the least
effort in them, so the first point that is met has the least effort of all; with every box of smaller effort cut off,
that is a proof. When the engine may not be asked any more, the best point found is made as small as it goes.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations, count
from typing import Protocol

from yumiao.rules.moves import Box, Budget, Move, Steps

MET, OPEN, NOT_MET = 2, 1, 0

CALLS_TO_REDUCE = 2_000
"""So often the engine may be asked, beyond the budget, to make the best point found as small as it goes."""


class Reachable(Protocol):
    """What the search asks: whether the changes lead to ``met``."""

    def point(self, steps: Mapping[Move, int]) -> bool:
        """Whether moving each lever by so many steps is met for certain."""

    def box(self, ranges: Mapping[Move, tuple[int, int]]) -> int:
        """Whether moving each lever between two numbers of steps can be met: 0 no, 1 perhaps, 2 all of it is."""


@dataclass(frozen=True, slots=True)
class Found:
    """Levers with the steps of each, and whether fewer levers or less effort were excluded."""

    moves: tuple[Move, ...]
    steps: Steps
    proven: bool

    @property
    def effort(self) -> Fraction:
        return effort_of(self.moves, self.steps)


def effort_of(moves: Sequence[Move], steps: Sequence[int]) -> Fraction:
    """Add up the effort of some steps of some levers."""
    return sum((move.effort(number) for move, number in zip(moves, steps, strict=True)), Fraction(0))


@dataclass(order=True)
class _Waiting:
    """A box to look into, ordered by the least effort in it."""

    least: Fraction
    number: int
    moves: tuple[Move, ...] = field(compare=False)
    box: Box = field(compare=False)
    corner_failed: bool = field(compare=False, default=False)


@dataclass
class PlanSearch:
    """Looks for plans with the given levers.

    Attributes:
        budget: how often the engine may be asked; ``ended`` says whether it was used up before the proof.
        wanted: how many plans with different levers to look for.
    """

    moves: Sequence[Move]
    reachable: Reachable
    budget: Budget
    wanted: int = 3
    found: list[Found] = field(default_factory=list)
    ended: bool = False
    _numbers: Iterator[int] = field(default_factory=count)

    def run(self) -> list[Found]:
        """Return the plans found, the best first."""
        everything = {move: (0, move.most) for move in self.moves}
        if not self.moves or self.reachable.box(everything) == NOT_MET:
            return []
        for size in range(1, len(self.moves) + 1):
            self._of_size(size)
            if self.ended or len(self.found) >= self.wanted:
                break
        if self.ended and not self.found:
            self._by_reducing()
        return self.found

    # ── exact ─────────────────────────────────────────────────────────────────────────────────────────────

    def _of_size(self, size: int) -> None:
        """Search all sets of so many levers at once, in the order of effort."""
        heap = [
            waiting for moves in combinations(self.moves, size) if (waiting := self._begin(moves)) is not None
        ]
        heapq.heapify(heap)
        while heap and len(self.found) < self.wanted:
            waiting = heapq.heappop(heap)
            if self._is_covered(waiting.moves):
                continue
            if self.budget.left <= 0:
                self.ended = True
                return
            for half in self._look_into(waiting):
                heapq.heappush(heap, half)
        self.ended = self.ended or self.budget.left < 0

    def _begin(self, moves: tuple[Move, ...]) -> _Waiting | None:
        """Return the whole box of a set, unless a part of the set suffices or nothing in the box can be met."""
        if self._is_covered(moves) or not self.budget.take():
            self.ended = self.ended or self.budget.left < 0
            return None
        box = tuple((1, move.most) for move in moves)
        if self.reachable.box(dict(zip(moves, box, strict=True))) == NOT_MET:
            return None
        return self._waiting(moves, box)

    def _waiting(self, moves: tuple[Move, ...], box: Box, *, corner_failed: bool = False) -> _Waiting:
        least = effort_of(moves, [low for low, _ in box])
        return _Waiting(least, next(self._numbers), moves, box, corner_failed)

    def _is_covered(self, moves: Sequence[Move]) -> bool:
        """Whether the levers of a plan already found are all among these."""
        return any(set(found.moves) <= set(moves) for found in self.found)

    def _look_into(self, waiting: _Waiting) -> Iterator[_Waiting]:
        """Take the corner of least effort when it is met, else yield the halves that can be met."""
        moves, corner = waiting.moves, tuple(low for low, _ in waiting.box)
        if not waiting.corner_failed and self._is_met(moves, corner):
            self.found.append(Found(moves, corner, proven=True))
            return
        for number, half in enumerate(_halves(moves, waiting.box)):
            if self.budget.take() and self.reachable.box(dict(zip(moves, half, strict=True))) != NOT_MET:
                yield self._waiting(moves, half, corner_failed=number == 0)

    def _is_met(self, moves: Sequence[Move], steps: Steps) -> bool:
        self.budget.take()
        return self.reachable.point(dict(zip(moves, steps, strict=True)))

    # ── otherwise ─────────────────────────────────────────────────────────────────────────────────────────

    def _by_reducing(self) -> None:
        """Start from any point that is met, and take away what is not needed."""
        self.budget.left = CALLS_TO_REDUCE
        for size in range(1, len(self.moves) + 1):
            for moves in combinations(self.moves, size):
                for steps in _guesses(moves):
                    if self.budget.left <= 0:
                        return
                    if self._is_met(moves, steps):
                        self.found.append(self._reduced(moves, steps))
                        return

    def _reduced(self, moves: tuple[Move, ...], steps: Steps) -> Found:
        """Drop and reduce levers until no step less is met."""
        current = list(steps)
        changed = True
        while changed:
            before = tuple(current)
            for index in sorted(range(len(moves)), key=lambda each: -moves[each].effort(current[each])):
                self._reduce(moves, current, index)
            changed = tuple(current) != before
        kept = [(move, number) for move, number in zip(moves, current, strict=True) if number]
        return Found(tuple(move for move, _ in kept), tuple(number for _, number in kept), proven=False)

    def _reduce(self, moves: tuple[Move, ...], current: list[int], index: int) -> None:
        """Make one lever as small as halving its steps finds, and then by single steps."""
        size = current[index]
        while size > 0:
            fewer = max(0, current[index] - size)
            attempt = (*current[:index], fewer, *current[index + 1 :])
            if fewer < current[index] and self._is_met(moves, attempt):
                current[index] = fewer
            else:
                size //= 2


def _halves(moves: Sequence[Move], box: Box) -> Iterator[Box]:
    """Cut a box where the effort differs most; the first half has the corner of the whole."""
    spans = [move.effort(high - low) for move, (low, high) in zip(moves, box, strict=True)]
    index = max(range(len(box)), key=lambda each: spans[each])
    low, high = box[index]
    if low == high:
        return
    middle = (low + high) // 2
    yield (*box[:index], (low, middle), *box[index + 1 :])
    yield (*box[:index], (middle + 1, high), *box[index + 1 :])


def _guesses(moves: Sequence[Move]) -> Iterator[Steps]:
    """Yield points that a plan may be found from: everything as far as it goes, then less and less of all."""
    share = 1
    while share <= max(move.most for move in moves):
        yield tuple(max(1, move.most // share) for move in moves)
        share *= 4

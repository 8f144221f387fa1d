"""One title of one subject through a period: how it came into a stock, stayed, or left it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from yumiao.ladder.histories import ONE_DAY, History, day_after
from yumiao.ladder.places import Scope
from yumiao.ladder.rows import Event


class Movement(StrEnum):
    """How a subject comes into a stock or leaves it."""

    FIRST = "first"
    AGAIN = "again"
    MOVED_IN = "moved_in"
    LAPSED = "lapsed"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"
    MOVED_OUT = "moved_out"

    @property
    def is_entry(self) -> bool:
        return self in ENTRIES


ENTRIES = (Movement.FIRST, Movement.AGAIN, Movement.MOVED_IN)
EXITS = (Movement.LAPSED, Movement.REVOKED, Movement.WITHDRAWN, Movement.MOVED_OUT)


@dataclass(frozen=True, slots=True)
class Passage:
    """One title of one subject through a period.

    Attributes:
        start, end: whether it is in the stock on the first and the last day; None: not known.
        movements: what happened in between, as far as it is known.
        is_settled: whether both ends are known, and what led from one to the other.
        is_renewed: whether a term began in the period that keeps the title and does not bring it.
        possible: what may have happened besides.
        may_be_renewed: the same of a renewal.
    """

    subject: str
    start: bool | None
    end: bool | None
    movements: tuple[Movement, ...]
    is_renewed: bool
    is_settled: bool = True
    possible: frozenset[Movement] = frozenset()
    may_be_renewed: bool = False

    @property
    def gap(self) -> int:
        """How far the end is from start and movements; 0 by the identity."""
        change = sum(1 if movement.is_entry else -1 for movement in self.movements)
        return int(bool(self.end)) - int(bool(self.start)) - change if self.is_settled else 0


def passage(history: History, scope: Scope, since: dt.date, until: dt.date) -> Passage:
    """Follow one title of one subject through a period."""
    days = [since, *(day for day in history.turning_days() if since < day <= until)]
    states = [history.is_held(day, scope) for day in days]
    if None in states:
        return _by_ends(history, scope, since, until)
    moves = _kept(
        [
            (day, _entry(history, scope, day) if now else _exit(history, scope, day))
            for (before, now), day in zip(pairwise(states), days[1:], strict=True)
            if before is not now
        ]
    )
    entered = {day for day, movement in moves if movement.is_entry}
    renewed = any(day not in entered for day in _granted(history, scope, since, until))
    start, end = states[0], history.is_held(until, scope)
    return Passage(history.subject, start, end, tuple(movement for _, movement in moves), renewed)


def _granted(history: History, scope: Scope, since: dt.date, until: dt.date) -> list[dt.date]:
    """The days in a period on which a term was granted that is held inside the scope."""
    days = {
        term.start.low
        for term in history.terms
        if term.row.event.is_grant and term.start.is_exact and since < term.start.low <= until
    }
    return sorted(day for day in days if history.is_held(day, scope))


def _kept(moves: list[tuple[dt.date, Movement]]) -> list[tuple[dt.date, Movement]]:
    """Leave out a lapse after which the title was granted anew in the same period: it is renewed with a gap."""
    kept: list[tuple[dt.date, Movement]] = []
    for day, movement in moves:
        if movement is Movement.AGAIN and kept and kept[-1][1] is Movement.LAPSED:
            kept.pop()
        else:
            kept.append((day, movement))
    return kept


def _entry(history: History, scope: Scope, day: dt.date) -> Movement:
    before = day - ONE_DAY
    brought = any(term.row.event is Event.MOVED_IN and term.start.high == day for term in history.terms)
    moved = history.is_inside(before, scope) is False and history.is_inside(day, scope)
    if moved and (brought or history.is_valid(before) is not False):
        return Movement.MOVED_IN
    return Movement.AGAIN if any(term.start.high < day for term in history.terms) else Movement.FIRST


def _exit(history: History, scope: Scope, day: dt.date) -> Movement:
    stopped = [row.event for stop, row in history.stops if stop.low == stop.high == day]
    if stopped:
        return Movement.REVOKED if Event.REVOKED in stopped else Movement.WITHDRAWN
    return Movement.MOVED_OUT if history.is_inside(day, scope) is False else Movement.LAPSED


# ── where something in between is not known ───────────────────────────────────────────────────────────────

_HARD = frozenset({Movement.REVOKED, Movement.WITHDRAWN, Movement.MOVED_OUT})
"""Exits after which coming back is no renewal."""


def _by_ends(history: History, scope: Scope, since: dt.date, until: dt.date) -> Passage:
    """Where something in between is not known, the two ends tell what happened, as far as they do."""
    start, end = history.is_held(since, scope), history.is_held(until, scope)
    possible = _possible(history, since, until)
    granted = _granted(history, scope, since, until)
    renewed = bool(granted if start else granted[1:]) and start is not None
    maybe = not renewed and _may_be_renewed(history, since, until)
    if start is None or end is None:
        return Passage(history.subject, start, end, (), renewed, False, possible, maybe)
    besides = _besides(possible, start, end)
    if start is end:
        return Passage(history.subject, start, end, (), renewed, True, besides, maybe)
    ways = _ways_in(history, possible, since) if end else possible.intersection(EXITS)
    settled = len(ways) == 1
    movements = tuple(ways) if settled else ()
    besides = besides if settled else besides | ways
    return Passage(history.subject, start, end, movements, renewed, settled, besides, maybe)


def _possible(history: History, since: dt.date, until: dt.date) -> frozenset[Movement]:
    """What the rows leave possible: no movement without a day for it in the period."""

    def is_within(low: dt.date, high: dt.date) -> bool:
        return low <= until and high > since

    begun = [term for term in history.terms if is_within(term.start.low, term.start.high)]
    ended = any(is_within(day_after(term.end.low), day_after(term.end.high)) for term in history.terms)
    ended = ended or (_was_held_before(history) and any(not term.start.is_exact for term in begun))
    stops = {row.event for day, row in history.stops if is_within(day.low, day.high)}
    moves = any(is_within(change.day.low, change.day.high) for change in history.changes)
    earlier = any(term.start.high <= since for term in history.terms)
    found = {
        Movement.FIRST: bool(begun) and not earlier,
        Movement.AGAIN: bool(begun) and _was_held_before(history),
        Movement.MOVED_IN: moves,
        Movement.LAPSED: ended,
        Movement.REVOKED: Event.REVOKED in stops,
        Movement.WITHDRAWN: Event.WITHDRAWN in stops,
        Movement.MOVED_OUT: moves,
    }
    return frozenset(movement for movement, may_be in found.items() if may_be)


def _was_held_before(history: History) -> bool:
    """Whether a term may not be the first."""
    grants = sum(term.grants for term in history.terms)
    return grants > 1 or any(term.row.event is Event.RENEWED for term in history.terms)


def _may_be_renewed(history: History, since: dt.date, until: dt.date) -> bool:
    begun = (term for term in history.terms if term.start.low <= until and term.start.high > since)
    return _was_held_before(history) and any(term.row.event.is_grant for term in begun)


def _besides(possible: frozenset[Movement], start: bool, end: bool) -> frozenset[Movement]:
    """What may have happened that leaves both ends as they are: in and out again, or out and in again.

    A lapse and a grant after it are a renewal, and no movement.
    """
    entries, exits = possible.intersection(ENTRIES), possible.intersection(EXITS)
    if not start and not end:
        return possible if entries and exits else frozenset()
    moves = possible & {Movement.MOVED_IN}
    out = exits if moves else exits & _HARD
    back = entries - {Movement.FIRST}
    return out | back if out and back else frozenset()


def _ways_in(history: History, possible: frozenset[Movement], since: dt.date) -> frozenset[Movement]:
    """How it may have come: what was held before for certain does not come first."""
    moved = possible & {Movement.MOVED_IN}
    if any(term.start.high <= since for term in history.terms):
        return moved | {Movement.AGAIN}
    if all(term.start.low > since for term in history.terms):
        return moved | {Movement.FIRST}
    return moved | {Movement.FIRST, Movement.AGAIN}

"""The history of one title with one subject: its terms, what ended them, and where the subject stood."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from yumiao.ladder.places import EVERYWHERE, Place, Scope
from yumiao.ladder.rows import TitleRow
from yumiao.ladder.terms import FOREVER, Day

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Term:
    """Days during which a title is valid.

    Attributes:
        start, end: first and last day, each between two bounds.
        is_end_known: whether an end is stated or follows; else the title is held until a row says otherwise.
        row: the row that states it.
        stop: the row that ended it before its time, if one did for certain.
        grants: how many grants it may stand for; rows without a day may tell of one or of several.
    """

    start: Day
    end: Day
    is_end_known: bool
    row: TitleRow
    stop: TitleRow | None = None
    grants: int = 1

    @property
    def granted_on(self) -> dt.date | None:
        """The day on which it was granted; None where that is not known, as for a title that was brought along."""
        told = self.row.event.is_grant or self.row.valid_from is not None
        return self.start.low if told and self.start.is_exact else None

    def covers(self, day: dt.date) -> bool | None:
        """Whether the title is valid on a day by this term; None where it is not known."""
        if self.start.high <= day <= self.end.low:
            return True
        return None if self.start.low <= day <= self.end.high else False


@dataclass(frozen=True, slots=True)
class Change:
    """From a day on the subject stands at a place."""

    day: Day
    place: Place


@dataclass(frozen=True)
class History:
    """One title with one subject.

    Attributes:
        terms: by their start.
        stops: rows that end it, with their day.
        base: where the subject stood before the first change.
        changes: places by their day.
    """

    subject: str
    title: str
    terms: tuple[Term, ...]
    stops: tuple[tuple[Day, TitleRow], ...]
    base: Place
    changes: tuple[Change, ...]

    def is_valid(self, day: dt.date) -> bool | None:
        """Whether the title is valid on a day, wherever the subject stands; None where it is not known."""
        answers = {term.covers(day) for term in self.terms}
        if True in answers:
            return True
        return None if None in answers else False

    def places(self, day: dt.date) -> tuple[Place, ...]:
        """Return where the subject may stand on a day: one place, or several where the day of a move is not known."""
        begun = [change for change in self.changes if change.day.low <= day]
        done = [change for change in begun if change.day.high <= day]
        latest = [
            change.place for change in begun if not any(other.day.low > change.day.high for other in done)
        ]
        return (*latest, *(() if done else (self.base,)))

    def all_places(self) -> tuple[Place, ...]:
        """Return every place that the history names."""
        return (self.base, *(change.place for change in self.changes))

    def is_inside(self, day: dt.date, scope: Scope) -> bool | None:
        """Whether the subject stands inside the scope on a day; None where it is not known."""
        answers = {scope.holds(place) for place in self.places(day)}
        return answers.pop() if len(answers) == 1 else None

    def is_held(self, day: dt.date, scope: Scope = EVERYWHERE) -> bool | None:
        """Whether the title is held inside the scope on a day; None where it is not known."""
        valid = self.is_valid(day)
        if valid is False:
            return False
        inside = self.is_inside(day, scope)
        if inside is False:
            return False
        return True if valid and inside else None

    def turning_days(self) -> list[dt.date]:
        """Return the days on which an answer can turn: bounds of terms and moves, in order."""
        days = {bound for term in self.terms for bound in (term.start.low, term.start.high)}
        days |= {day_after(bound) for term in self.terms for bound in (term.end.low, term.end.high)}
        days |= {bound for change in self.changes for bound in (change.day.low, change.day.high)}
        return sorted(days)

    def term_on(self, day: dt.date) -> Term | None:
        """Return the term that tells of a day: one that covers it, else one that may, else the latest before it."""
        order = {True: 2, None: 1, False: 0}
        begun = [term for term in self.terms if term.start.low <= day]
        return max(
            begun,
            key=lambda term: (order[term.covers(day)], term.end.high, term.end.low, term.start.high),
            default=None,
        )


def day_after(day: dt.date) -> dt.date:
    """Return the day after; there is none after the last of all."""
    return day if day == FOREVER else day + ONE_DAY

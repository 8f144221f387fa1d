"""A figure and the list that it counts; and the shapes in which the overview shows them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from yumiao.district.indicators.selectors import Goal
from yumiao.district.overview.todos import Todo
from yumiao.model.text import Text


@dataclass(frozen=True)
class Linked:
    """A count of enterprises, and the query of the list that holds exactly those."""

    count: int
    query: str

    @staticmethod
    def of(count: int, **query: object) -> Linked:
        return Linked(count, urlencode(query))


@dataclass(frozen=True)
class Stage:
    """One rung: those whose highest title stands on it.

    Attributes:
        now: None where no list tells of any title of the rung: nobody is counted, which is not none.
        change: growth since the end of last year; None where the lists do not reach back so far.
    """

    rung: int
    titles: tuple[Text, ...]
    now: Linked | None
    change: int | None


@dataclass(frozen=True)
class Move:
    """Those who went from one highest rung to another since the end of last year; 0: none."""

    before: int
    after: int
    who: Linked


@dataclass(frozen=True)
class Balance:
    """The stock of a rung, or of all rungs together, as an equation: start + entered − left = now.

    Who moves between two rungs enters one and leaves the other; of all rungs together they do neither.

    Attributes:
        rung: 0 for all rungs together.
        start, entered, left: None where the lists do not reach back to the end of last year.
        now: None where no list tells of any title of the rung.
    """

    rung: int
    titles: tuple[Text, ...]
    start: Linked | None
    entered: Linked | None
    left: Linked | None
    now: Linked | None

    @property
    def net(self) -> int | None:
        """Growth since the end of last year; None where nobody can know."""
        return None if self.now is None or self.start is None else self.now.count - self.start.count


@dataclass(frozen=True)
class TitleLine:
    """Stock and flow of one title among the enterprises that a reader may see.

    Attributes:
        now, may: None where no list tells of the title.
        start, entries, exits, renewed: None, or empty, where the lists do not reach back to the end of last year.
        may: those of whom it is not known whether they hold it.
        told_from: the first day of which the lists tell.
        broken: how many subjects' rows contradict themselves.
    """

    title: str
    label: Text
    start: Linked | None
    entries: tuple[tuple[Text, Linked], ...]
    exits: tuple[tuple[Text, Linked], ...]
    renewed: Linked | None
    now: Linked | None
    may: Linked | None
    told_from: dt.date | None
    broken: int


@dataclass(frozen=True)
class PolicyNear:
    """How many are one step from meeting a policy."""

    family: str
    title: Text
    who: Linked


@dataclass(frozen=True)
class NearMiss:
    """One enterprise one step from meeting a policy, with the gap in words.

    Attributes:
        value, threshold: what the clause in the way compares; None where it compares nothing, or nobody can look.
        cite: that clause; empty for the same reason.
        reminded_on: the last day on which somebody sent a reminder of it; None: never.
    """

    subject: str
    name: str
    place: str
    family: str
    policy: Text
    gap: Text
    value: Text | None
    threshold: Text | None
    cite: str
    contested: bool
    reminded_on: dt.date | None


@dataclass(frozen=True)
class EndingTitle:
    """Enterprises whose title ends, or may end, soon.

    Attributes:
        is_yearly: its term is a year at most, so that it ends for everybody each year: nothing to be alarmed at.
    """

    label: Text
    who: Linked
    is_yearly: bool


@dataclass(frozen=True)
class Alerts:
    """What wants a look.

    Attributes:
        ending: titles that end soon for somebody, in the order of the ladder.
        contested: enterprises with a verdict that rests on a contested fact.
        unsure: enterprises of which it is not known whether they hold some title.
        doubled: enterprises with a right that others list too, or that was used more often than once.
        used_twice: how many rights were used more often than once, of those enterprises.
        overdue: sources that are silent for too long; None for those who do not see sources.
    """

    ending: tuple[EndingTitle, ...]
    contested: Linked
    unsure: Linked
    doubled: Linked
    used_twice: int
    overdue: int | None


@dataclass(frozen=True)
class Overview:
    """All that the overview says."""

    as_of: dt.date
    since: dt.date
    within_days: int
    everyone: Linked
    stages: tuple[Stage, ...]
    moves: tuple[Move, ...]
    balances: tuple[Balance, ...]
    whole: Balance
    lines: tuple[TitleLine, ...]
    goals: tuple[tuple[Goal, Linked | None], ...]
    near_all: Linked
    near_policies: tuple[PolicyNear, ...]
    nearest: tuple[NearMiss, ...]
    alerts: Alerts
    todos: tuple[Todo, ...]

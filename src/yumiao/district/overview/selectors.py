"""The overview for one reader: every count is of the enterprises that the reader may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db.models import Exists, F, OuterRef, QuerySet

from yumiao.district.accounts.selectors import Actor
from yumiao.district.divisions.naming import PlaceNames
from yumiao.district.indicators.conditions import scope_of
from yumiao.district.indicators.models import (
    LadderBuilt,
    TitleStock,
)
from yumiao.district.indicators.selectors import Goal, goals_of, ladder_built
from yumiao.district.overview.figures import (
    Alerts,
    Balance,
    EndingTitle,
    Linked,
    Move,
    NearMiss,
    Overview,
    PolicyNear,
    Stage,
    TitleLine,
)
from yumiao.district.overview.near_details import NearDetails
from yumiao.district.overview.numbers import Numbers, StateCounts, read_numbers
from yumiao.district.overview.rungs import (
    RungPairs,
    is_listed,
    listed_rungs,
    read_balances,
    rung_names,
    told_rungs,
)
from yumiao.district.overview.sources import overdue_count
from yumiao.district.overview.todos import todos_of
from yumiao.district.permissions import Operation, can, visible_to
from yumiao.district.registry.models import OutcomeCurrent, Projection, Subject
from yumiao.district.registry.packs import policy_title
from yumiao.district.registry.places import place_names
from yumiao.district.registry.remembering import remembered, sight_of
from yumiao.district.registry.selectors import projection
from yumiao.district.reminders.selectors import reminded_on
from yumiao.ladder.lines import ladder_order
from yumiao.ladder.passages import ENTRIES, EXITS, Movement
from yumiao.ladder.words import MOVEMENTS
from yumiao.model.text import Text
from yumiao.packs.figures import Measure
from yumiao.packs.library import Library

NEAREST = 8
"""How many near misses stand on the page; the list has all of them."""


def read_overview(actor: Actor, library: Library, now: dt.datetime) -> Overview | None:
    """Return the overview for an actor; None while the register was never built. As many queries for any number.

    Args:
        now: the moment of reading, by which sources are late.
    """
    built, register = ladder_built(), projection()
    if built is None or register is None:
        return None
    question = ("overview", sight_of(actor), id(library))
    versions = dict(policy.split("@", 1) for policy in register.receipt["policies"])
    counted = remembered(register, question, lambda: _count(actor, library, built, register, versions))
    scope = scope_of(actor)
    goals = goals_of(actor, library, built)
    overdue = overdue_count(now) if can(actor, Operation.SEE_SOURCES).allowed else None
    return Overview(
        as_of=built.as_of,
        since=built.since,
        within_days=built.within_days,
        everyone=counted.everyone,
        stages=counted.stages,
        moves=counted.moves,
        balances=counted.balances,
        whole=counted.whole,
        lines=counted.lines,
        goals=tuple((goal, _counted_list(goal, scope, counted.states)) for goal in goals),
        near_all=counted.near_all,
        near_policies=counted.near_policies,
        nearest=_nearest(counted.nearest),
        alerts=replace(counted.alerts, overdue=overdue),
        todos=todos_of(actor, now),
    )


@dataclass(frozen=True)
class _Counted:
    """All of the overview that follows from the register alone; ``nearest`` holds keys of outcomes."""

    everyone: Linked
    stages: tuple[Stage, ...]
    moves: tuple[Move, ...]
    balances: tuple[Balance, ...]
    whole: Balance
    lines: tuple[TitleLine, ...]
    states: StateCounts
    near_all: Linked
    near_policies: tuple[PolicyNear, ...]
    nearest: tuple[int, ...]
    alerts: Alerts


def _count(
    actor: Actor, library: Library, built: LadderBuilt, register: Projection, versions: Mapping[str, str]
) -> _Counted:
    seen, scope = Subject.objects.filter(visible_to(actor)), scope_of(actor)
    stocks = {stock.title: stock for stock in TitleStock.objects.filter(scope=scope)}
    numbers = read_numbers(actor, register)
    states, pairs = numbers.states, numbers.rungs
    stages, moves = _stages(pairs, library, stocks, built.since)
    balances, whole = read_balances(pairs, library, stocks, built.since)
    return _Counted(
        everyone=Linked(numbers.subjects, ""),
        stages=stages,
        moves=moves,
        balances=balances,
        whole=whole,
        lines=_lines(library, stocks, numbers, built.since),
        states=states,
        near_all=Linked.of(numbers.near, near_miss=1),
        near_policies=_near_policies(numbers, versions),
        nearest=_nearest_keys(seen),
        alerts=_alerts(library, numbers),
    )


# ── the ladder ────────────────────────────────────────────────────────────────────────────────────────────────


def _stages(
    pairs: RungPairs, library: Library, stocks: Mapping[str, TitleStock], since: dt.date
) -> tuple[tuple[Stage, ...], tuple[Move, ...]]:
    told, listed = told_rungs(library, stocks, since), listed_rungs(library, stocks)
    names = rung_names(library)
    stages = []
    for rung in sorted(names):
        now = sum(count for (_, end), count in pairs.items() if end == rung)
        then = sum(count for (start, _), count in pairs.items() if start == rung)
        change = now - then if rung in told else None
        who = Linked.of(now, rung=rung) if rung in listed else None
        stages.append(Stage(rung, tuple(names[rung]), who, change))
    moves = [
        Move(start, end, Linked.of(count, **{"rung": end, "from": start}))
        for (start, end), count in sorted(pairs.items())
        if start != end and {start, end} <= told
    ]
    return tuple(stages), tuple(moves)


def _lines(
    library: Library, stocks: Mapping[str, TitleStock], numbers: Numbers, since: dt.date
) -> tuple[TitleLine, ...]:
    return tuple(
        _line(
            title,
            library.titles[title].label.text,
            stocks[title],
            numbers.states[title],
            numbers.moved.get(title, {}),
            since,
        )
        for title in ladder_order(library.titles)
        if title in stocks
    )


def _line(
    title: str,
    label: Text,
    stock: TitleStock,
    states: Mapping[str, int],
    moved: Mapping[str, int],
    since: dt.date,
) -> TitleLine:
    is_told = stock.first_day is not None and stock.first_day <= since

    def linked(movements: tuple[Movement, ...]) -> tuple[tuple[Text, Linked], ...]:
        return tuple(
            (MOVEMENTS[each], Linked.of(moved[each.value], title=title, state=each.value))
            for each in movements
            if is_told and moved.get(each.value)
        )

    return TitleLine(
        title=title,
        label=label,
        start=Linked.of(states["started"], title=title, state="started") if is_told else None,
        entries=linked(ENTRIES),
        exits=linked(EXITS),
        renewed=Linked.of(states["renewed"], title=title, state="renewed") if is_told else None,
        now=Linked.of(states["now"], title=title, state="held") if is_listed(stock) else None,
        may=Linked.of(states["may"], title=title, state="may") if is_listed(stock) else None,
        told_from=stock.first_day,
        broken=stock.broken,
    )


def _counted_list(goal: Goal, scope: str, states: StateCounts) -> Linked | None:
    """The list behind a target's count, where there is one: of a stock, in the reader's own division."""
    counted = goal.counted
    if counted is None or counted.measure is not Measure.STOCK or goal.territory != scope:
        return None
    return Linked.of(states[counted.title]["now"], title=counted.title, state="held")


# ── near misses and alerts ────────────────────────────────────────────────────────────────────────────────────


def _near_policies(numbers: Numbers, versions: Mapping[str, str]) -> tuple[PolicyNear, ...]:
    """Tell near misses by policy, the most first; which version that is the register says once."""
    return tuple(
        PolicyNear(
            family, policy_title(family, versions[family]), Linked.of(count, policy=family, near_miss=1)
        )
        for family, count in sorted(numbers.near_of.items(), key=lambda each: (-each[1], each[0]))
    )


def _nearest_keys(seen: QuerySet[Subject]) -> tuple[int, ...]:
    """Keys of the nearest: in their order it is asked of each whether it is seen, until there are enough."""
    near = OutcomeCurrent.objects.filter(Exists(seen.filter(id=OuterRef("subject"))), near_miss=True)
    rows = near.order_by(F("distance").asc(nulls_last=True), "subject__sort_key", "pk")
    return tuple(rows.values_list("pk", flat=True)[:NEAREST])


def _nearest(keys: tuple[int, ...]) -> tuple[NearMiss, ...]:
    found = OutcomeCurrent.objects.select_related("subject").in_bulk(keys)
    rows = [found[key] for key in keys if key in found]
    reminded, details = reminded_on({row.subject.id for row in rows}), NearDetails()
    names = place_names()
    return tuple(_near(row, details, names, reminded.get((row.subject.id, row.family))) for row in rows)


def _near(row: OutcomeCurrent, details: NearDetails, names: PlaceNames, day: dt.date | None) -> NearMiss:
    detail = details.of(row.subject.id, row.family)
    return NearMiss(
        subject=row.subject.id,
        name=row.subject.name or row.subject.code or row.subject.id,
        place=names.of(row.subject.territory),
        family=row.family,
        policy=policy_title(row.family, row.version),
        gap=Text(row.gap_zh, row.gap_en),
        value=detail.value,
        threshold=detail.threshold,
        cite=detail.cite,
        contested=row.contested,
        reminded_on=day,
    )


def _alerts(library: Library, numbers: Numbers) -> Alerts:
    states = numbers.states
    ending = tuple(
        EndingTitle(
            library.titles[title].label.text,
            Linked.of(states[title]["ending"], title=title, state="ending"),
            is_yearly(library.titles[title].valid),
        )
        for title in ladder_order(library.titles)
        if states[title]["ending"]
    )
    return Alerts(
        ending=ending,
        contested=Linked.of(numbers.contested, contested=1),
        unsure=Linked.of(numbers.unsure, state="may"),
        doubled=Linked.of(numbers.doubled, doubled=1),
        used_twice=numbers.used_twice,
        overdue=None,
    )


def is_yearly(term: tuple[int, str] | None) -> bool:
    """Whether a title's term is a year at most; one that is not known is not yearly."""
    return term is not None and term[0] <= {"year": 1, "day": 366}[term[1]]

"""Stock and flow rung by rung: each title whole and without the zones run apart, by territory and by zone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from yumiao.ladder.flows import Balance, Range, balance, stock
from yumiao.ladder.histories import History
from yumiao.ladder.places import Place, Scope, short_code
from yumiao.ladder.rows import NO_ZONE
from yumiao.model.text import Text
from yumiao.packs.definitions import Leg, TitleDefinition


@dataclass(frozen=True)
class Line:
    """One title over a period.

    Attributes:
        whole: everyone in the territory; ``apart``: without those in the zones run apart, None where there are none.
        by_territory, by_zone: a subject in two parks counts in each of them, and once in ``whole``.
        open_ended: how many of the last stock are held with no known last day.
        first_day: the earliest day of which the lists of the title tell; None: no list tells of any. What was before
            is not in the counts, and a zero there says nothing.
    """

    title: str
    label: Text
    leg: Leg | None
    rung: int | None
    whole: Balance
    apart: Balance | None
    by_territory: Mapping[str, Balance]
    by_zone: Mapping[str, Balance]
    open_ended: int
    first_day: dt.date | None


@dataclass(frozen=True)
class RungStock:
    """The subjects that hold any title of a rung; each counts once, whatever it holds.

    Attributes:
        leg: None for the first rung of all legs together.
    """

    leg: Leg | None
    rung: int
    titles: tuple[str, ...]
    start: Range
    end: Range


@dataclass(frozen=True)
class Extent:
    """What is counted and over which days."""

    since: dt.date
    until: dt.date
    territory: str | None = None
    zones_apart: tuple[str, ...] = ()

    @property
    def scope(self) -> Scope:
        return Scope(self.territory)

    def balance(self, histories: Iterable[History], scope: Scope) -> Balance:
        """Count stock and flow of one title inside a scope over these days."""
        return balance(histories, scope, self.since, self.until)


def ladder_order(titles: Mapping[str, TitleDefinition]) -> list[str]:
    """Return the titles in the order of the ladder: leg, rung, then those on no leg."""
    legs = list(Leg)

    def place(name: str) -> tuple[int, int]:
        title = titles[name]
        return (legs.index(title.leg) if title.leg is not None else len(legs), title.rung or 0)

    return sorted(titles, key=place)


def count_lines(
    titles: Mapping[str, TitleDefinition], histories: Sequence[History], extent: Extent
) -> tuple[Line, ...]:
    """Count every title of the ladder, and those beside it of which some row speaks."""
    by_title: dict[str, list[History]] = {}
    for history in histories:
        by_title.setdefault(history.title, []).append(history)
    return tuple(
        _line(name, titles[name], by_title.get(name, []), extent)
        for name in ladder_order(titles)
        if titles[name].leg is not None or name in by_title
    )


def _line(name: str, title: TitleDefinition, own: Sequence[History], extent: Extent) -> Line:
    without = frozenset(extent.zones_apart)
    apart = extent.balance(own, Scope(extent.territory, without)) if without else None
    held = [history for history in own if history.is_held(extent.until, extent.scope)]
    return Line(
        title=name,
        label=title.label.text,
        leg=title.leg,
        rung=title.rung,
        whole=extent.balance(own, extent.scope),
        apart=apart,
        by_territory={code: extent.balance(own, Scope(code)) for code in _territories(own, extent.scope)},
        by_zone={zone: extent.balance(own, Scope(extent.territory, zone=zone)) for zone in _zones(own)},
        open_ended=sum(_is_open_ended(history, extent.until) for history in held),
        first_day=min(_told_days(own), default=None),
    )


def _told_days(histories: Iterable[History]) -> Iterator[dt.date]:
    for history in histories:
        yield from (term.start.low for term in history.terms if term.start.is_exact)


def _is_open_ended(history: History, day: dt.date) -> bool:
    term = history.term_on(day)
    return term is not None and not term.is_end_known and term.stop is None


def _territories(histories: Iterable[History], scope: Scope) -> list[str]:
    """The divisions that the rows name inside the scope, the scope itself left out."""
    codes = {code for history in histories for place in history.all_places() for code in place.territories}
    whole = short_code(scope.territory) if scope.territory is not None else None
    return sorted(
        code for code in codes if scope.holds(Place(frozenset({code}))) and short_code(code) != whole
    )


def _zones(histories: Iterable[History]) -> list[str]:
    zones = {zone for history in histories for place in history.all_places() for zone in place.zones}
    return sorted(zones - {NO_ZONE})


def count_rungs(
    titles: Mapping[str, TitleDefinition], histories: Iterable[History], extent: Extent
) -> tuple[RungStock, ...]:
    """Count the subjects on the rungs that several titles share, and on the first rung of all legs together."""
    rungs: dict[tuple[Leg | None, int], list[str]] = {}
    for name in ladder_order(titles):
        title = titles[name]
        if title.leg is not None and title.rung is not None:
            rungs.setdefault((title.leg, title.rung), []).append(name)
            if title.rung == 1:
                rungs.setdefault((None, 1), []).append(name)
    shared = {place: names for place, names in rungs.items() if len(names) > 1}
    kept = list(histories)
    return tuple(
        RungStock(
            leg,
            rung,
            tuple(names),
            _holders(kept, names, extent.scope, extent.since),
            _holders(kept, names, extent.scope, extent.until),
        )
        for (leg, rung), names in shared.items()
    )


def _holders(histories: Iterable[History], titles: Collection[str], scope: Scope, day: dt.date) -> Range:
    """How many subjects hold any of some titles on a day."""
    answers: dict[str, bool | None] = {}
    for history in histories:
        if history.title in titles:
            answers[history.subject] = _either(
                answers.get(history.subject, False), history.is_held(day, scope)
            )
    return stock(answers.values())


def _either(one: bool | None, other: bool | None) -> bool | None:
    if one or other:
        return True
    return None if one is None or other is None else False

"""The rungs of the ladder as the overview counts them: of which the lists tell, and the equation of each stock."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping

from yumiao.district.indicators.models import TitleStock
from yumiao.district.overview.figures import Balance, Linked
from yumiao.ladder.lines import ladder_order
from yumiao.model.text import Text
from yumiao.packs.library import Library

RungPairs = Mapping[tuple[int, int], int]
"""Highest rung on the first and on the last day → how many subjects; 0: on none."""


def told_rungs(library: Library, stocks: Mapping[str, TitleStock], since: dt.date) -> set[int]:
    """Return the rungs of which the lists tell since the first day; the ground below them is told with any."""
    days: dict[int, list[dt.date]] = defaultdict(list)
    for title, stock in stocks.items():
        rung = library.titles[title].rung
        if rung is not None and stock.first_day is not None:
            days[rung].append(stock.first_day)
    told = {rung for rung, first in days.items() if max(first) <= since}
    return told | {0} if told else set()


def listed_rungs(library: Library, stocks: Mapping[str, TitleStock]) -> set[int]:
    """Return the rungs with a title of which some list tells."""
    return {library.titles[title].rung or 0 for title, stock in stocks.items() if is_listed(stock)}


def is_listed(stock: TitleStock) -> bool:
    """Say whether some list tells of a title."""
    return stock.first_day is not None or stock.end_high > 0 or stock.start_high > 0


def rung_names(library: Library) -> dict[int, list[Text]]:
    """Return the names of the titles of each rung, in the order of the ladder."""
    names: dict[int, list[Text]] = defaultdict(list)
    for title in ladder_order(library.titles):
        definition = library.titles[title]
        if definition.rung is not None:
            names[definition.rung].append(definition.label.text)
    return names


def read_balances(
    pairs: RungPairs, library: Library, stocks: Mapping[str, TitleStock], since: dt.date
) -> tuple[tuple[Balance, ...], Balance]:
    """Return the equation of each rung of which some list tells, and that of all rungs together."""
    told, listed, names = (
        told_rungs(library, stocks, since),
        listed_rungs(library, stocks),
        rung_names(library),
    )
    rungs = sorted(listed & names.keys())
    each = tuple(_balance(pairs, rung, tuple(names[rung]), is_told=rung in told) for rung in rungs)
    return each, _whole(pairs, is_listed=bool(rungs), is_told=bool(rungs) and set(rungs) <= told)


def _balance(pairs: RungPairs, rung: int, titles: tuple[Text, ...], *, is_told: bool) -> Balance:
    start = sum(count for (before, _), count in pairs.items() if before == rung)
    entered = sum(count for (before, after), count in pairs.items() if after == rung != before)
    left = sum(count for (before, after), count in pairs.items() if before == rung != after)
    now = sum(count for (_, after), count in pairs.items() if after == rung)
    return Balance(
        rung,
        titles,
        Linked.of(start, **{"from": rung}) if is_told else None,
        Linked.of(entered, rung=rung, moved=1) if is_told else None,
        Linked.of(left, **{"from": rung, "moved": 1}) if is_told else None,
        Linked.of(now, rung=rung),
    )


def _whole(pairs: RungPairs, *, is_listed: bool, is_told: bool) -> Balance:
    start = sum(count for (before, _), count in pairs.items() if before)
    entered = sum(count for (before, after), count in pairs.items() if after and not before)
    left = sum(count for (before, after), count in pairs.items() if before and not after)
    now = sum(count for (_, after), count in pairs.items() if after)
    return Balance(
        0,
        (),
        Linked.of(start, ladder="before") if is_told else None,
        Linked.of(entered, ladder="now", **{"from": 0}) if is_told else None,
        Linked.of(left, ladder="before", rung=0) if is_told else None,
        Linked.of(now, ladder="now") if is_listed else None,
    )

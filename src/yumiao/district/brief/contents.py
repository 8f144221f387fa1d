"""What a brief says: the overview's own numbers, with towns, enterprises and the lists they were counted from."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q

from yumiao.district.accounts.selectors import Actor
from yumiao.district.indicators.balances import town_of
from yumiao.district.indicators.conditions import SOON_DAYS, scope_of
from yumiao.district.indicators.models import RungState, SourceHeard, TitleState
from yumiao.district.indicators.places import territory_names
from yumiao.district.overview.figures import Overview
from yumiao.district.overview.selectors import read_overview
from yumiao.district.overview.sources import ReportingSource, SourceState, reporting_sources
from yumiao.district.permissions import visible_to
from yumiao.district.registry.models import Projection, Subject
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.packs.library import Library

MOST_ENDING = 200
"""Enterprises with a title that ends soon that are named; how many more there are is said."""


@dataclass(frozen=True)
class TownRungs:
    """How many enterprises of a town stand on each rung, in the order of the overview's rungs; "" : no town known."""

    territory: str
    name: str
    counts: tuple[int, ...]


@dataclass(frozen=True)
class EndingTitle:
    """One title of one enterprise that ends soon and has no later term."""

    name: str
    place: str
    title: Text
    until: dt.date


@dataclass(frozen=True)
class Brief:
    """All that a brief says.

    Attributes:
        overview: the numbers, those of the overview page of the same reader.
        towns: rungs by town; their sums are the overview's.
        ending: the titles that end soon, the nearest first; ``more_ending`` how many are not named.
        overdue: the sources that are silent for too long; empty for a reader who does not see sources.
        lists: sources heard, with the day of which each last spoke.
        root: the state of the store that everything follows from.
    """

    organisation: str
    month: str
    made_at: dt.datetime
    overview: Overview
    towns: tuple[TownRungs, ...]
    ending: tuple[EndingTitle, ...]
    more_ending: int
    overdue: tuple[ReportingSource, ...]
    lists: tuple[tuple[str, dt.date], ...]
    root: str


def read_brief(actor: Actor, library: Library, *, month: str, now: dt.datetime) -> Brief:
    """Return the brief of a month for a reader.

    Args:
        month: ``2026-10``; empty: the month of the register's date.
        now: the moment of making.
    Raises: YumiaoError (``brief.none``) where the register was never built; (``brief.month``) where it is of a
        date in another month, as its numbers would then be of that month.
    """
    overview, projection = read_overview(actor, library, now), Projection.objects.first()
    if overview is None or projection is None:
        raise YumiaoError(
            "brief.none",
            Text(
                "企业库还没有建立，没有数可写。请先运行 yumiao district rebuild。",
                "The register was never built; there is nothing to write. Run yumiao district rebuild.",
            ),
        )
    of = overview.as_of.strftime("%Y-%m")
    if month and month != of:
        raise YumiaoError(
            "brief.month",
            Text(
                f"企业库的申报日期是 {overview.as_of}，写不了 {month} 的月报。"
                f"这个月也没有报送的月度数。请先登记月度数，或运行 yumiao district rebuild --as-of（{month} 的一天）。",
                f"The register is of {overview.as_of}, and no value of {month} was told, so there is no brief of it. "
                f"Enter its values, or run yumiao district rebuild --as-of with a day of {month} first.",
            ),
        )
    seen = Subject.objects.filter(visible_to(actor))
    here = Q(scope=scope_of(actor), subject__in=seen)
    ending = _ending(here, library, overview.as_of)
    return Brief(
        organisation=settings.YUMIAO_ORGANISATION,
        month=of,
        made_at=now,
        overview=overview,
        towns=tuple(_towns(here, overview)),
        ending=tuple(ending[:MOST_ENDING]),
        more_ending=max(len(ending) - MOST_ENDING, 0),
        overdue=tuple(reporting_sources(now, SourceState.OVERDUE))
        if overview.alerts.overdue is not None
        else (),
        lists=tuple(_lists()),
        root=projection.store_root,
    )


def _towns(here: Q, overview: Overview) -> list[TownRungs]:
    counts = Counter(
        (town_of(code), rung)
        for code, rung in RungState.objects.filter(here).values_list("subject__territory", "end_rung")
    )
    towns = sorted({town for town, _ in counts}, key=lambda code: (not code, code))
    rungs = [stage.rung for stage in overview.stages]
    names = territory_names()
    return [TownRungs(town, names.of(town), tuple(counts[town, rung] for rung in rungs)) for town in towns]


def _ending(here: Q, library: Library, as_of: dt.date) -> list[EndingTitle]:
    rows = TitleState.objects.filter(here, days_left__lte=SOON_DAYS).select_related("subject")
    names = territory_names()
    return [
        EndingTitle(
            row.subject.name or row.subject.code or row.subject.id,
            names.of(row.subject.territory),
            library.titles[row.title].label.text,
            as_of + dt.timedelta(days=row.days_left or 0),
        )
        for row in rows.order_by("days_left", "subject__sort_key", "pk")
        if row.title in library.titles
    ]


def _lists() -> list[tuple[str, dt.date]]:
    heard = SourceHeard.objects.exclude(observed_on=None).order_by("source")
    return [(row.source, row.observed_on) for row in heard if row.observed_on is not None]

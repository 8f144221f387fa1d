"""What pages ask of indicators: the targets of a year with their plan, what was counted, and what others said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from yumiao.district.accounts.selectors import Actor, cut_zeros
from yumiao.district.indicators.models import Actual, LadderBuilt, PlanPoint, Target, TitleStock
from yumiao.model.text import Text
from yumiao.packs.figures import Figure, FigureKind, Measure
from yumiao.packs.library import Library


@dataclass(frozen=True)
class Counted:
    """What the lists of titles count, between two bounds, and whether start and movements make the end."""

    title: str
    measure: Measure
    low: int
    high: int
    gap: int
    broken: int


@dataclass(frozen=True)
class Told:
    """A value that somebody gave: who, when, and of which month (0: of the whole year)."""

    value: Decimal
    source: Text
    told_on: str
    month: int = 0


@dataclass(frozen=True)
class Goal:
    """A target that counts, and all that is known of its indicator.

    Attributes:
        former: earlier revisions, latest first, with the document that set each.
        plan: what the plan wants by the last month that has ended; None where there is none.
        counted: None where no list tells it, or the ladder was not counted for the territory.
        told: the received values of the latest month, every source beside the others, latest word first.
        last_year: published values of the year before, every one beside the others.
    """

    indicator: str
    label: Text
    unit: Text
    territory: str
    value: Decimal
    sense: str
    document: str
    set_on: dt.date
    former: tuple[tuple[Decimal, str], ...]
    plan: Decimal | None
    counted: Counted | None
    told: tuple[Told, ...]
    last_year: tuple[Told, ...]

    @property
    def actual(self) -> tuple[Decimal, Decimal] | None:
        """The bounds of what is reached: as counted, else as told; sources that differ give its bounds."""
        if self.counted is not None:
            return Decimal(self.counted.low), Decimal(self.counted.high)
        latest: dict[str, Decimal] = {}
        for each in self.told:
            latest.setdefault(each.source.zh, each.value)
        return (min(latest.values()), max(latest.values())) if latest else None


def ladder_built() -> LadderBuilt | None:
    """Return for which days the ladder was counted; None while it never was."""
    return LadderBuilt.objects.first()


def indicators_of(library: Library) -> dict[str, Figure]:
    """Return the indicators that packs have figures of, each by one of its figures."""
    return {figure.indicator: figure for figure in library.figures.published}


def goals_of(actor: Actor, library: Library, built: LadderBuilt) -> list[Goal]:
    """Return the targets of the year for an actor's divisions, in the order of the packs; four queries."""
    mine = Q(pk__in=())
    for code in actor.territories:
        mine |= Q(territory__startswith=code)
    year, month = built.as_of.year, _ended_month(built.as_of)
    chains = _chains(Target.objects.filter(mine, year=year).order_by("-revision").prefetch_related("plan"))
    stocks = {
        (stock.scope, stock.title): stock
        for stock in TitleStock.objects.filter(scope__in={territory for _, territory in chains})
    }
    told = _told(
        Actual.objects.filter(mine, year=year, month__lte=month).order_by("-month", "-told_on", "id")
    )
    figures = indicators_of(library)
    order = {indicator: place for place, indicator in enumerate(figures)}
    found = [
        _goal(chain, figures[indicator], stocks, told.get((indicator, territory), []), library, built)
        for (indicator, territory), chain in chains.items()
        if indicator in figures
    ]
    return sorted(found, key=lambda goal: (goal.territory, order[goal.indicator]))


def _ended_month(day: dt.date) -> int:
    """The last month of the year that has ended by a day: its last day counts."""
    return day.month if (day + dt.timedelta(days=1)).month != day.month else day.month - 1


def _chains(targets: Iterable[Target]) -> dict[tuple[str, str], list[Target]]:
    chains: dict[tuple[str, str], list[Target]] = {}
    for target in targets:
        chains.setdefault((target.indicator, target.territory), []).append(target)
    return chains


def _told(actuals: Iterable[Actual]) -> dict[tuple[str, str], list[Told]]:
    """Keep for each indicator the values of its latest month."""
    found: dict[tuple[str, str], list[Told]] = {}
    for actual in actuals:
        kept = found.setdefault((actual.indicator, actual.territory), [])
        if not kept or kept[0].month == actual.month:
            kept.append(Told(actual.number, Text(actual.source), actual.told_on.isoformat(), actual.month))
    return found


def _goal(
    chain: Sequence[Target],
    figure: Figure,
    stocks: Mapping[tuple[str, str], TitleStock],
    told: Sequence[Told],
    library: Library,
    built: LadderBuilt,
) -> Goal:
    target = chain[0]
    return Goal(
        indicator=target.indicator,
        label=figure.label,
        unit=figure.unit,
        territory=target.territory,
        value=target.number,
        sense=target.sense,
        document=target.document,
        set_on=target.set_on,
        former=tuple((each.number, each.document) for each in chain[1:]),
        plan=_plan_to_date(target.plan.all(), _ended_month(built.as_of)),
        counted=_counted(figure, target.territory, stocks, built),
        told=tuple(told),
        last_year=_published(library, target, built.as_of.year - 1),
    )


def _plan_to_date(points: Iterable[PlanPoint], month: int) -> Decimal | None:
    reached = {point.month: Decimal(point.value) for point in points if point.month <= month}
    return reached[max(reached)] if reached else None


def _counted(
    figure: Figure, territory: str, stocks: Mapping[tuple[str, str], TitleStock], built: LadderBuilt
) -> Counted | None:
    by = figure.counted_by
    stock = stocks.get((territory, by.title)) if by is not None else None
    if by is None or stock is None or stock.first_day is None:
        return None
    # Growth rests on the first stock: lists that begin later say nothing of it.
    if by.measure is Measure.NET and stock.first_day > built.since:
        return None
    low, high = {
        Measure.STOCK: (stock.end_low, stock.end_high),
        Measure.NET: (stock.net_low, stock.net_high),
        Measure.FIRST: (stock.first_low, stock.first_high),
        Measure.RECOGNISED: (stock.recognised_low, stock.recognised_high),
    }[by.measure]
    return Counted(by.title, by.measure, low, high, stock.gap, stock.broken)


def _published(library: Library, target: Target, year: int) -> tuple[Told, ...]:
    return tuple(
        Told(
            Decimal(figure.definition.value), figure.definition.source.text, figure.definition.published or ""
        )
        for figure in library.figures.published
        if figure.indicator == target.indicator
        and figure.definition.kind is FigureKind.ACTUAL
        and cut_zeros(figure.definition.territory) == target.territory
        and (figure.definition.year == year or (figure.definition.on or "").startswith(str(year)))
    )

"""What pages ask of indicators: the targets of a year with their plan, what was counted, and what others said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet

from yumiao.district.accounts.selectors import Actor, cut_zeros
from yumiao.district.indicators.models import (
    Actual,
    ChosenValue,
    LadderBuilt,
    PlanPoint,
    Target,
    TitleStock,
)
from yumiao.district.indicators.standing import (
    Choice,
    Judged,
    Place,
    Received,
    Standing,
    judge_values,
    latest_place,
)
from yumiao.model.text import Text
from yumiao.packs.figures import FigureKind, Indicator, Measure
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


def indicators_of(library: Library) -> Mapping[str, Indicator]:
    """Return the indicators that packs define, in their order."""
    return library.figures.indicators


def goals_of(actor: Actor, library: Library, built: LadderBuilt) -> list[Goal]:
    """Return the targets of the year for an actor's divisions, in the order of the packs; five queries."""
    return _goals(_within(actor), library, (built.as_of.year, ended_month(built.as_of)), built)


def goals_told(actor: Actor, library: Library, year: int, month: int) -> list[Goal]:
    """Return the targets as values received told of them at the end of a past month; nothing counted from lists.

    Only targets that were set by the last day of the month count; a value told later counts for its month all the same.
    """
    last = dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
    return _goals(_within(actor), library, (year, month), None, Q(set_on__lte=last))


def months_told(actor: Actor) -> list[tuple[int, int]]:
    """Return the years and months of which an actor's divisions have values that stand, the latest first; one query."""
    rows = Actual.objects.filter(_within(actor), withdrawn_at=None).order_by("-year", "-month")
    return list(rows.values_list("year", "month").distinct())


def _within(actor: Actor) -> Q:
    mine = Q(pk__in=())
    for code in actor.territories:
        mine |= Q(territory__startswith=code)
    return mine


def _goals(
    mine: Q, library: Library, until: tuple[int, int], built: LadderBuilt | None, which: Q | None = None
) -> list[Goal]:
    """Return the targets of a year, told up to a month of it, and counted where the ladder is given."""
    year, month = until
    chains = _chains(standing_targets(mine & Q(year=year) & (which or Q())))
    scopes = {territory for _, territory in chains} if built is not None else set()
    stocks = {(stock.scope, stock.title): stock for stock in TitleStock.objects.filter(scope__in=scopes)}
    told = {
        (indicator, territory): _told(judged, month)
        for (indicator, territory, _), judged in judged_values(mine & Q(year=year)).items()
    }
    figures = indicators_of(library)
    order = {indicator: place for place, indicator in enumerate(figures)}
    found = [
        _goal(chain, figures[indicator], stocks, told.get((indicator, territory), []), library, until, built)
        for (indicator, territory), chain in chains.items()
        if indicator in figures
    ]
    return sorted(found, key=lambda goal: (goal.territory, order[goal.indicator]))


def ended_month(day: dt.date) -> int:
    """The last month of the year that has ended by a day: its last day counts."""
    return day.month if (day + dt.timedelta(days=1)).month != day.month else day.month - 1


def _chains(targets: Iterable[Target]) -> dict[tuple[str, str], list[Target]]:
    chains: dict[tuple[str, str], list[Target]] = {}
    for target in targets:
        chains.setdefault((target.indicator, target.territory), []).append(target)
    return chains


def standing_targets(condition: Q) -> QuerySet[Target]:
    """Return the targets that were not withdrawn, with their plans, the latest revision first."""
    found = Target.objects.filter(condition, withdrawn_at=None)
    return found.order_by("-revision", "pk").prefetch_related("plan")


Key = tuple[str, str, int]
"""Indicator, division, year."""


def judged_values(condition: Q) -> dict[Key, list[Judged]]:
    """Return the received values that a condition finds, each with how it stands; two queries."""
    values: dict[Key, list[Received]] = {}
    for row in Actual.objects.filter(condition).order_by("pk"):
        values.setdefault((row.indicator, row.territory, row.year), []).append(_received(row))
    chosen = _choices(condition)
    return {key: judge_values(group, chosen.get(key, {})) for key, group in values.items()}


def _received(row: Actual) -> Received:
    return Received(
        row.pk,
        row.month,
        row.zones,
        row.number,
        row.source,
        row.document,
        row.told_on,
        row.withdrawn_at is not None,
    )


def _choices(condition: Q) -> dict[Key, dict[Place, Choice]]:
    """The latest choice of each month and variant; one that was taken back is none."""
    found: dict[Key, dict[Place, Choice]] = {}
    for row in ChosenValue.objects.filter(condition).order_by("pk"):
        of = found.setdefault((row.indicator, row.territory, row.year), {})
        of.pop((row.month, row.zones), None)
        if row.actual_id is not None:
            of[row.month, row.zones] = Choice(row.actual_id, row.why)
    return found


def _told(judged: Sequence[Judged], month: int) -> list[Told]:
    """Keep what counts, or stands beside, of the latest month that has ended."""
    place = latest_place(judged, month)
    return [
        Told(
            each.received.value,
            Text(each.received.source),
            each.received.told_on.isoformat(),
            each.received.month,
        )
        for each in judged
        if (each.received.month, each.received.zones) == place
        and each.standing in (Standing.COUNTS, Standing.BESIDE)
    ]


def _goal(
    chain: Sequence[Target],
    figure: Indicator,
    stocks: Mapping[tuple[str, str], TitleStock],
    told: Sequence[Told],
    library: Library,
    until: tuple[int, int],
    built: LadderBuilt | None,
) -> Goal:
    target, (year, month) = chain[0], until
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
        plan=plan_to_date(target.plan.all(), month),
        counted=counted_by_lists(figure, target.territory, stocks, built) if built is not None else None,
        told=tuple(told),
        last_year=_published(library, target, year - 1),
    )


def plan_to_date(points: Iterable[PlanPoint], month: int) -> Decimal | None:
    """Return what a plan wants by the end of a month; None where it says nothing up to then."""
    reached = {point.month: Decimal(point.value) for point in points if point.month <= month}
    return reached[max(reached)] if reached else None


def counted_by_lists(
    figure: Indicator, territory: str, stocks: Mapping[tuple[str, str], TitleStock], built: LadderBuilt
) -> Counted | None:
    """Return what the lists of titles count for an indicator of a division; None where they do not tell it.

    Args:
        stocks: those of the last rebuild, by division and title.
    """
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


def value_place(value: int) -> Key | None:
    """Return indicator, division and year of a received value; None where there is none."""
    return Actual.objects.filter(pk=value).values_list("indicator", "territory", "year").first()


def target_place(target: int) -> Key | None:
    """Return indicator, division and year of a target; None where there is none."""
    return Target.objects.filter(pk=target).values_list("indicator", "territory", "year").first()

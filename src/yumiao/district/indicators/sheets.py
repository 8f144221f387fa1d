"""All that is known of one indicator of one division and year: values, targets, plan, variants, units beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from yumiao.district.accounts.selectors import Actor
from yumiao.district.divisions.naming import PlaceNames
from yumiao.district.indicators.balances import TitleBalance, balance_of
from yumiao.district.indicators.conditions import scope_of
from yumiao.district.indicators.fields import MONTHS
from yumiao.district.indicators.lines import Bounds, IndicatorLine, indicator_lines, published_of
from yumiao.district.indicators.models import LadderBuilt, Target
from yumiao.district.indicators.places import COUNTY, TOWN, is_within, sisters_of, territory_names
from yumiao.district.indicators.ranking import Ranked, Unit, rank_units
from yumiao.district.indicators.selectors import judged_values
from yumiao.district.indicators.standing import Judged, Place, Standing, bounds_of, latest_place
from yumiao.model.text import Text
from yumiao.packs.figures import Figure
from yumiao.packs.library import Library


@dataclass(frozen=True)
class MonthPoint:
    """One month of the year: what the plan wants by its end, and what was told; None where nobody says."""

    month: int
    plan: Decimal | None
    told: Bounds | None


@dataclass(frozen=True)
class ShownTarget:
    """A target as one document set it; ``counts``: whether it is the one that holds now."""

    target: Target
    counts: bool

    @property
    def value(self) -> Decimal:
        """The exact value."""
        return self.target.number


@dataclass(frozen=True)
class IndicatorSheet:
    """One indicator of one division and year.

    Attributes:
        values: every received value with how it stands and why, the latest month first.
        variants: with and without the zones run apart, and not said: what counts for each of its latest month.
        targets: every revision, the latest first, withdrawn ones too.
        path: the twelve months of the variant that speaks for the year.
        published: what packs hold of this year, then of other years, the latest first.
        balance: the identity of the title's stock; None where no list tells it, or another year is shown.
        units: districts of the same city, ranked by values of the same month and variant.
        towns: towns of the division, ranked by values received of them; empty where none has any.
    """

    line: IndicatorLine
    territory: str
    year: int
    values: tuple[Judged, ...]
    variants: tuple[tuple[Place, Bounds], ...]
    targets: tuple[ShownTarget, ...]
    path: tuple[MonthPoint, ...]
    published: tuple[Figure, ...]
    balance: TitleBalance | None
    units: tuple[Ranked, ...]
    towns: tuple[Ranked, ...]


def read_sheet(
    actor: Actor, library: Library, built: LadderBuilt | None, indicator: str, territory: str, year: int
) -> IndicatorSheet | None:
    """Return the sheet of an indicator; None where no pack has it. As many queries for any number of values."""
    lines = indicator_lines(library, built, territory, year)
    line = next((each for each in lines if each.indicator.id == indicator), None)
    if line is None:
        return None
    every = judged_values(Q(indicator=indicator, year=year) & _around(territory))
    judged = every.get((indicator, territory, year), [])
    targets = Target.objects.filter(indicator=indicator, territory=territory, year=year)
    revisions = list(targets.order_by("-revision").prefetch_related("plan"))
    place = latest_place(judged)
    told = {code: group for (_, code, _), group in every.items()}
    names = territory_names()
    return IndicatorSheet(
        line=line,
        territory=territory,
        year=year,
        values=tuple(judged),
        variants=tuple(_variants(judged)),
        targets=tuple(
            ShownTarget(each, line.target is not None and each.pk == line.target.pk) for each in revisions
        ),
        path=tuple(_path(line.target, judged, place)),
        published=tuple(_published(library, indicator, territory, year)),
        balance=_balance(actor, line, built, territory, year),
        units=tuple(rank_units(_units(sisters_of(territory), told, place, names))),
        towns=tuple(rank_units(_units(_towns_told(told, territory), told, None, names))),
    )


def _around(territory: str) -> Q:
    """The division itself, the districts beside it, and the towns in it."""
    beside = Q(territory__in=sisters_of(territory)) | Q(territory=territory)
    return beside | Q(territory__startswith=territory) if len(territory) == COUNTY else beside


def _variants(judged: Iterable[Judged]) -> Iterable[tuple[Place, Bounds]]:
    by_zones: dict[str, list[Judged]] = {}
    for each in judged:
        by_zones.setdefault(each.received.zones, []).append(each)
    for zones in sorted(by_zones):
        place = latest_place(by_zones[zones])
        bounds = bounds_of(each for each in by_zones[zones] if place and each.received.month == place[0])
        if place is not None and bounds is not None:
            yield place, bounds


def _path(target: Target | None, judged: list[Judged], place: Place | None) -> Iterable[MonthPoint]:
    plan = {} if target is None else {point.month: Decimal(point.value) for point in target.plan.all()}
    zones = place[1] if place is not None else ""
    for month in MONTHS:
        here = [each for each in judged if each.received.month == month and each.received.zones == zones]
        yield MonthPoint(month, plan.get(month), bounds_of(here))


def _published(library: Library, indicator: str, territory: str, year: int) -> list[Figure]:
    found = [
        (year_said, figure)
        for (name, year_said), figures in published_of(library, territory).items()
        if name == indicator
        for figure in figures
    ]
    return [figure for said, figure in sorted(found, key=lambda each: (each[0] != year, -each[0]))]


def _balance(
    actor: Actor, line: IndicatorLine, built: LadderBuilt | None, territory: str, year: int
) -> TitleBalance | None:
    counted = line.indicator.counted_by
    if built is None or counted is None or built.as_of.year != year or territory != scope_of(actor):
        return None
    return balance_of(actor, counted.title, built)


_NONE = Text("没有数", "no value")
_OTHER_MONTH = Text("月份或口径不同，不可比", "of another month or variant: not comparable")
_DISPUTED = Text("来源不一致", "sources differ")


def _units(
    codes: Iterable[str], told: dict[str, list[Judged]], place: Place | None, names: PlaceNames
) -> list[Unit]:
    """Give each division the value that counts of one month and variant: the one asked for, or the latest of all."""
    codes = list(codes)
    places = [found for code in codes if (found := latest_place(told.get(code, []))) is not None]
    common = place or max(places, default=None)
    return (
        [_unit(code, names.of(code), told.get(code, []), common) for code in codes]
        if common is not None
        else []
    )


def _unit(code: str, name: str, judged: list[Judged], place: Place | None) -> Unit:
    here = [each for each in judged if (each.received.month, each.received.zones) == place]
    counting = [each for each in here if each.standing is Standing.COUNTS]
    if counting:
        return Unit(code, name, counting[0].received.value)
    if any(each.standing is Standing.BESIDE for each in here):
        return Unit(code, name, None, _DISPUTED)
    return Unit(code, name, None, _OTHER_MONTH if bounds_of(judged) is not None else _NONE)


def _towns_told(told: dict[str, list[Judged]], territory: str) -> list[str]:
    return sorted(code for code in told if len(code) == TOWN and is_within(code, (territory,)))

"""The list of indicators of one division and year: what counts, what the plan wants, whether sources differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from yumiao.district.indicators.models import Actual, LadderBuilt, Target, TitleStock
from yumiao.district.indicators.selectors import (
    Counted,
    counted_by_lists,
    ended_month,
    indicators_of,
    judged_values,
    plan_to_date,
    standing_targets,
)
from yumiao.district.indicators.standing import Judged, Place, Standing, bounds_of, latest_place
from yumiao.packs.figures import Figure, Indicator
from yumiao.packs.library import Library

Bounds = tuple[Decimal, Decimal]

HAVING = ("", "values", "targets", "differ", "nothing")
"""What a list may be kept to: those with values, with a target, whose sources differ, of which nothing is known."""


@dataclass(frozen=True)
class IndicatorLine:
    """One indicator of one division and year.

    Attributes:
        counted: what the lists of titles count; None where they do not tell it, or of another year than the ladder's.
        place: month and variant of ``told``; None where nobody told a value.
        told: bounds of the values that count or stand beside each other; None where there is none.
        is_disputed: whether sources differ and nobody has said which counts.
        values: how many values were received or published, withdrawn ones aside.
        target: the one that counts; None where none is set.
        plan: what its plan wants by the last month that ended; None where it says nothing.
    """

    indicator: Indicator
    counted: Counted | None
    place: Place | None
    told: Bounds | None
    is_disputed: bool
    values: int
    target: Target | None
    plan: Decimal | None

    @property
    def reached(self) -> Bounds | None:
        """The bounds of what is reached: as counted, else as told; None: unknown."""
        if self.counted is not None:
            return Decimal(self.counted.low), Decimal(self.counted.high)
        return self.told


def years_known(library: Library, built: LadderBuilt | None) -> list[int]:
    """Return the years of which there is anything to say, the latest first; two queries."""
    found = set(Actual.objects.values_list("year", flat=True).distinct())
    found |= set(Target.objects.values_list("year", flat=True).distinct())
    found |= {year_of(figure) for figure in library.figures.published}
    return sorted(found | ({built.as_of.year} if built is not None else set()), reverse=True)


def year_of(figure: Figure) -> int:
    """Return the year that a published figure speaks of."""
    return figure.definition.year or int((figure.definition.on or "0")[:4])


def published_of(library: Library, territory: str) -> dict[tuple[str, int], list[Figure]]:
    """Return the figures that packs hold of a division, by indicator and year."""
    found: dict[tuple[str, int], list[Figure]] = {}
    for figure in library.figures.published:
        if figure.definition.territory.rstrip("0") == territory.rstrip("0"):
            found.setdefault((figure.indicator, year_of(figure)), []).append(figure)
    return found


def indicator_lines(
    library: Library, built: LadderBuilt | None, territory: str, year: int, having: str = ""
) -> list[IndicatorLine]:
    """Return the indicators in the order of the packs; five queries.

    Args:
        having: one of `HAVING`.
    """
    here = Q(territory=territory, year=year)
    values = judged_values(here)
    targets: dict[str, Target] = {}
    for target in standing_targets(here):
        targets.setdefault(target.indicator, target)
    published = published_of(library, territory)
    is_now = built is not None and built.as_of.year == year
    stocks = {
        (stock.scope, stock.title): stock for stock in TitleStock.objects.filter(scope=territory) if is_now
    }
    month = ended_month(built.as_of) if is_now and built is not None else 12
    lines = [
        _line(
            indicator,
            values.get((name, territory, year), []),
            len(published.get((name, year), [])),
            targets.get(name),
            counted_by_lists(indicator, territory, stocks, built) if is_now and built is not None else None,
            month,
        )
        for name, indicator in indicators_of(library).items()
    ]
    return [line for line in lines if _has(line, having)]


def _line(
    indicator: Indicator,
    judged: list[Judged],
    published: int,
    target: Target | None,
    counted: Counted | None,
    month: int,
) -> IndicatorLine:
    place = latest_place(judged)
    latest = [each for each in judged if (each.received.month, each.received.zones) == place]
    received = sum(each.standing is not Standing.WITHDRAWN for each in judged)
    return IndicatorLine(
        indicator=indicator,
        counted=counted,
        place=place,
        told=bounds_of(latest),
        is_disputed=any(each.standing is Standing.BESIDE for each in judged),
        values=received + published,
        target=target,
        plan=None if target is None else plan_to_date(target.plan.all(), month),
    )


def _has(line: IndicatorLine, having: str) -> bool:
    kept: Mapping[str, bool] = {
        "values": line.values > 0 or line.counted is not None,
        "targets": line.target is not None,
        "differ": line.is_disputed,
        "nothing": not line.values and line.counted is None and line.target is None,
    }
    return kept.get(having, True)

"""``GET /indicators`` and ``/indicators/{id}``: what is reached, planned and aimed at, with every value received."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from yumiao.api.acting import caller_of
from yumiao.api.errors import ApiError, require
from yumiao.api.operations import check_query, read
from yumiao.api.paging import page_of
from yumiao.api.shapes import Page, Paging, Words, words
from yumiao.district.accounts.selectors import Actor
from yumiao.district.indicators.lines import Bounds, IndicatorLine, indicator_lines
from yumiao.district.indicators.places import is_within
from yumiao.district.indicators.ranking import Ranked
from yumiao.district.indicators.selectors import indicators_of, ladder_built
from yumiao.district.indicators.sheets import IndicatorSheet, ShownTarget, read_sheet
from yumiao.district.indicators.standing import Judged
from yumiao.district.permissions import Operation, can
from yumiao.district.registry.packs import library
from yumiao.district.tokens.scopes import Scope
from yumiao.model.text import Text
from yumiao.packs.near_names import with_nearest

router = Router()


class PlaceAndYear(Schema):
    """Of which division and year."""

    territory: str = Field(
        "",
        pattern=r"^(\d{2,12})?$",
        description="Division code; by default the first that the caller works for.",
    )
    year: int | None = Field(None, ge=1949, le=2200, description="By default the year of the register.")


class IndicatorsQuery(PlaceAndYear, Paging):
    """Which indicators are wanted."""

    having: Literal["", "values", "targets", "differ", "nothing"] = Field(
        "",
        description="Only those with values, with a target, whose sources differ, of which nothing is known.",
    )


class Reached(Schema):
    """The bounds of an exact number; both the same where it is known."""

    low: str
    high: str


class TargetSet(Schema):
    """A target as a document set it; `plan` maps months to what is wanted by their end, from the year's start."""

    value: str
    sense: str
    document: str
    set_on: dt.date
    revision: int
    counts: bool
    plan: dict[str, str]


class IndicatorInShort(Schema):
    """One indicator of a division and year; what nobody knows is null."""

    id: str
    label: Words
    unit: Words
    territory: str
    year: int
    reached: Reached | None = Field(description="As counted from lists of titles, else as told.")
    is_counted: bool
    month: int | None = Field(description="Month of what was told; null where it is counted or unknown.")
    is_disputed: bool = Field(description="Sources differ, and nobody has said which counts.")
    values: int = Field(description="How many values were received or published.")
    plan: str | None = Field(description="What the plan wants by the last month that ended.")
    target: str | None
    document: str | None = Field(description="What set the target.")


ValueStanding = Literal["counts", "beside", "earlier", "not_chosen", "withdrawn"]


class ReceivedValue(Schema):
    """A value as a source told it, counted from the year's start; `zones` says whether zones run apart are in it."""

    month: int
    zones: str
    value: str
    source: str
    document: str
    told_on: dt.date
    standing: ValueStanding
    why: Words


class PublishedValue(Schema):
    """A figure that a pack holds with its document."""

    value: str
    year: int | None
    on: str | None
    published: str | None
    source: Words


class RankedUnit(Schema):
    """A division beside others: `rank` null where it has no value that can be compared, and why."""

    territory: str
    name: str
    value: str | None
    rank: int | None
    why: Words | None


class IndicatorInFull(IndicatorInShort):
    """All that is known of one indicator of a division and year."""

    targets: list[TargetSet] = Field(description="Every revision, the latest first.")
    received: list[ReceivedValue]
    published: list[PublishedValue]
    districts: list[RankedUnit] = Field(description="Districts of the same city.")
    towns: list[RankedUnit]


@read(
    router,
    "/indicators",
    Scope.READ_INDICATORS,
    Page[IndicatorInShort],
    summary="Indicators of a division and a year",
    operation_id="list_indicators",
)
def list_indicators(request: HttpRequest, query: Annotated[IndicatorsQuery, Query()]) -> dict[str, Any]:
    """List indicators in the order of the packs, with targets and plans."""
    check_query(request, IndicatorsQuery)
    territory, year = _asked(caller_of(request).actor, query)
    lines = indicator_lines(library(), ladder_built(), territory, year, query.having)
    return page_of(
        request, query, len(lines), lines, lambda page: [_in_short(line, territory, year) for line in page]
    )


@read(
    router,
    "/indicators/{indicator_id}",
    Scope.READ_INDICATORS,
    IndicatorInFull,
    summary="One indicator with its values and targets",
    operation_id="get_indicator",
)
def get_indicator(
    request: HttpRequest, indicator_id: str, query: Annotated[PlaceAndYear, Query()]
) -> IndicatorInFull:
    """Give every value received of an indicator with how it stands, every target, and the divisions beside it."""
    check_query(request, PlaceAndYear)
    actor = caller_of(request).actor
    territory, year = _asked(actor, query)
    sheet = read_sheet(actor, library(), ladder_built(), indicator_id, territory, year)
    if sheet is None:
        known = sorted(indicators_of(library()))
        zh, en = f"没有指标 {indicator_id}", f"there is no indicator {indicator_id}"
        raise ApiError(404, "indicator.unknown", with_nearest(zh, en, indicator_id, known))
    return _in_full(sheet)


def _asked(actor: Actor, query: PlaceAndYear) -> tuple[str, int]:
    """Return division and year. Raises: ApiError (403) for a division that the caller does not work for."""
    require(can(actor, Operation.SEE_INDICATORS))
    territory = query.territory or next(iter(actor.territories), "")
    if not is_within(territory, actor.territories):
        places = "、".join(actor.territories)
        text = Text(
            f"{territory} 不在您的辖区（{places}）。",
            f"{territory} is not in a division that you work for ({places}).",
        )
        raise ApiError(403, "permission.refused", text)
    built = ladder_built()
    usual = built.as_of.year if built is not None else timezone.localdate().year
    return territory, query.year or usual


def _exact(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _reached(bounds: Bounds | None) -> Reached | None:
    return None if bounds is None else Reached(low=f"{bounds[0]:f}", high=f"{bounds[1]:f}")


def _in_short(line: IndicatorLine, territory: str, year: int) -> IndicatorInShort:
    is_counted = line.counted is not None
    return IndicatorInShort(
        id=line.indicator.id,
        label=words(line.indicator.label),
        unit=words(line.indicator.unit),
        territory=territory,
        year=year,
        reached=_reached(line.reached),
        is_counted=is_counted,
        month=line.place[0] if line.place is not None and not is_counted else None,
        is_disputed=line.is_disputed,
        values=line.values,
        plan=_exact(line.plan),
        target=_exact(line.target.number) if line.target is not None else None,
        document=line.target.document if line.target is not None else None,
    )


def _in_full(sheet: IndicatorSheet) -> IndicatorInFull:
    short = _in_short(sheet.line, sheet.territory, sheet.year)
    return IndicatorInFull(
        **short.model_dump(),
        targets=[_target(each) for each in sheet.targets],
        received=[_received(each) for each in sheet.values],
        published=[
            PublishedValue(
                value=str(each.definition.value),
                year=each.definition.year,
                on=each.definition.on,
                published=each.definition.published,
                source=words(each.definition.source.text),
            )
            for each in sheet.published
        ],
        districts=[_ranked(each) for each in sheet.units],
        towns=[_ranked(each) for each in sheet.towns],
    )


def _target(shown: ShownTarget) -> TargetSet:
    target = shown.target
    return TargetSet(
        value=f"{target.number:f}",
        sense=target.sense,
        document=target.document,
        set_on=target.set_on,
        revision=target.revision,
        counts=shown.counts,
        plan={str(point.month): point.value for point in target.plan.all()},
    )


def _received(judged: Judged) -> ReceivedValue:
    received = judged.received
    return ReceivedValue(
        month=received.month,
        zones=received.zones,
        value=f"{received.value:f}",
        source=received.source,
        document=received.document,
        told_on=received.told_on,
        standing=judged.standing.value,
        why=words(judged.why),
    )


def _ranked(ranked: Ranked) -> RankedUnit:
    unit = ranked.unit
    return RankedUnit(
        territory=unit.territory,
        name=unit.name,
        value=_exact(unit.value),
        rank=ranked.rank,
        why=words(unit.why_none) if unit.value is None else None,
    )

"""Indicators: the list of a year, one of them with all that is known of it, and the files of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from yumiao.district.indicators.balances import rank_towns
from yumiao.district.indicators.lines import HAVING, IndicatorLine, indicator_lines, years_known
from yumiao.district.indicators.places import territories_with_values, territory_names
from yumiao.district.indicators.selectors import indicators_of, ladder_built
from yumiao.district.indicators.sheets import IndicatorSheet, read_sheet
from yumiao.district.permissions import Operation, can, can_set_indicator
from yumiao.district.registry.packs import library
from yumiao.ladder.passages import ENTRIES
from yumiao.ladder.words import MOVEMENTS
from yumiao.web.paths import draw_path
from yumiao.web.templatetags.words import bounds_words, words, zones_words
from yumiao.web.views.acting import ActingRequest, acting, require
from yumiao.web.views.export import KINDS
from yumiao.web.views.list_query import read_page
from yumiao.web.views.sending import send_file

PAGE = 50
SORTS = ("order", "name", "values")


@dataclass(frozen=True)
class Asked:
    """What a page of indicators was asked for."""

    year: int
    territory: str
    having: str = ""
    sort: str = "order"


def read_asked(request: ActingRequest) -> tuple[Asked, list[int], list[str]]:
    """Read division and year with the years and divisions to choose from; what is not among them is the usual one."""
    built = ladder_built()
    years = years_known(library(), built)
    places = territories_with_values(request.actor)
    query: Mapping[str, str] = request.GET
    year, territory = query.get("year", ""), query.get("territory", "")
    usual = built.as_of.year if built is not None else timezone.localdate().year
    asked = Asked(
        year=int(year) if year.isascii() and year.isdigit() and int(year[:6]) in years else usual,
        territory=territory if territory in places else next(iter(request.actor.territories), ""),
        having=query.get("having", "") if query.get("having", "") in HAVING else "",
        sort=query.get("sort", "") if query.get("sort", "") in SORTS else "order",
    )
    return asked, sorted({*years, asked.year}, reverse=True), places


def _lines(asked: Asked) -> list[IndicatorLine]:
    lines = indicator_lines(library(), ladder_built(), asked.territory, asked.year, asked.having)
    if asked.sort == "name":
        return sorted(lines, key=lambda line: words(line.indicator.label))
    if asked.sort == "values":
        return sorted(lines, key=lambda line: -line.values)
    return lines


@require_GET
@acting
def indicators(request: ActingRequest) -> HttpResponseBase:
    """Show the indicators of a division and a year."""
    require(can(request.actor, Operation.SEE_INDICATORS))
    asked, years, places = read_asked(request)
    page = Paginator(_lines(asked), PAGE).get_page(read_page(request.GET))
    names = territory_names()
    context = {
        "asked": asked,
        "years": years,
        "places": [(code, names.option(code)) for code in places],
        "page": page,
        "rows": list(page.object_list),
        "may_set": can_set_indicator(request.actor, asked.territory).allowed,
    }
    return render(request, "indicators/list.html", context)


@require_GET
@acting
def indicators_file(request: ActingRequest, kind: str) -> HttpResponseBase:
    """Send what the list shows with the same query, all pages of it."""
    require(can(request.actor, Operation.SEE_INDICATORS))
    if kind not in KINDS:
        raise Http404
    asked, _, _ = read_asked(request)
    head = [gettext("代号"), gettext("指标"), gettext("单位"), gettext("区划"), gettext("年度")]
    head += [
        gettext("实际"),
        gettext("截至月份"),
        gettext("来源不一致"),
        gettext("计划至今"),
        gettext("目标"),
    ]
    head += [gettext("目标文件"), gettext("数值个数")]
    rows = [_cells(line, asked) for line in _lines(asked)]
    return send_file(kind, rows, head, f"indicators-{asked.territory}-{asked.year}")


def _cells(line: IndicatorLine, asked: Asked) -> list[str]:
    target = line.target
    return [
        line.indicator.id,
        words(line.indicator.label),
        words(line.indicator.unit),
        asked.territory,
        str(asked.year),
        bounds_words(line.reached) or gettext("未知"),
        str(line.place[0]) if line.place is not None and line.counted is None else "",
        gettext("是") if line.is_disputed else "",
        "" if line.plan is None else f"{line.plan:f}",
        "" if target is None else target.value,
        "" if target is None else target.document,
        str(line.values),
    ]


@require_GET
@acting
def indicator(request: ActingRequest, indicator: str) -> HttpResponseBase:
    """Show one indicator of a division and a year."""
    require(can(request.actor, Operation.SEE_INDICATORS))
    asked, years, places = read_asked(request)
    sheet = read_sheet(request.actor, library(), ladder_built(), indicator, asked.territory, asked.year)
    if sheet is None:
        raise Http404
    return render(request, "indicators/page.html", sheet_context(request, sheet, asked, years, places))


def sheet_context(
    request: ActingRequest, sheet: IndicatorSheet, asked: Asked, years: list[int], places: list[str]
) -> dict[str, object]:
    """Return what the page of one indicator shows."""
    balance = sheet.balance
    by_growth = request.GET.get("by") == "growth"
    target = sheet.line.target
    names = territory_names()
    return {
        "sheet": sheet,
        "line": sheet.line,
        "asked": asked,
        "years": years,
        "places": [(code, names.option(code)) for code in places],
        "place": names.of(asked.territory),
        "path": draw_path(sheet.path, target.number if target is not None else None),
        "movements": [
            (MOVEMENTS[movement], count, movement.value, movement in ENTRIES)
            for movement, count in (balance.movements if balance is not None else ())
        ],
        "ranked": rank_towns(balance, by_growth=by_growth) if balance is not None else [],
        "by_growth": by_growth,
        "may_set": can_set_indicator(request.actor, asked.territory).allowed,
        "may_aim": can_set_indicator(request.actor, asked.territory, is_target=True).allowed,
        "built": ladder_built(),
    }


@require_GET
@acting
def indicator_file(request: ActingRequest, indicator: str, kind: str) -> HttpResponseBase:
    """Send every received value of an indicator of a division and a year, with how it stands and why."""
    require(can(request.actor, Operation.SEE_INDICATORS))
    asked, _, _ = read_asked(request)
    if kind not in KINDS or indicator not in indicators_of(library()):
        raise Http404
    sheet = read_sheet(request.actor, library(), ladder_built(), indicator, asked.territory, asked.year)
    if sheet is None:
        raise Http404
    head = [gettext("代号"), gettext("区划"), gettext("年度"), gettext("截至月份"), gettext("含不含经开区")]
    head += [
        gettext("数值"),
        gettext("来源"),
        gettext("文件"),
        gettext("日期"),
        gettext("是否采用"),
        gettext("为什么"),
    ]
    rows = [
        [
            indicator,
            asked.territory,
            str(asked.year),
            str(each.received.month),
            zones_words(each.received.zones),
            f"{each.received.value:f}",
            each.received.source,
            each.received.document,
            each.received.told_on.isoformat(),
            words(each.standing.label),
            words(each.why),
        ]
        for each in sheet.values
    ]
    return send_file(kind, rows, head, f"{indicator}-{asked.territory}-{asked.year}")

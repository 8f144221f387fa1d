"""The targets of the demo district's year, the plan month by month, and what was told of each month to date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from io import StringIO
from random import Random
from typing import Any

from ruamel.yaml import YAML

from yumiao.demo.bureaus import BureauFiles
from yumiao.demo.bureaus.titles import FULL_SIZE, HNTE_DAYS, TECH_SME_DAYS, TitleRow

NET, VALID, LIBRARY = 300, 1600, 3000
"""Targets of the year for a district of full size: net growth, valid titles, technology SMEs entered."""

_TOLD: dict[str, tuple[int | Decimal, int | Decimal, int]] = {
    # indicator: (target, reached by the end of the year, decimals); only told, not counted by any list
    "PRJ_TI": (200, 208, 0),
    "CO_TI": (180, 171, 0),
    "TALENT": (Decimal("3.80"), Decimal("3.74"), 2),
}


def write_goals(made: BureauFiles, as_of: dt.date, division: str, seed: int) -> str:
    """Return a file of targets and received values, as :mod:`yumiao.district.indicators.targets_file` reads it.

    Small districts have their share of the counts. The plan follows the rounds in which titles are granted.
    """
    scale = len(made.firms) / FULL_SIZE
    start = _stock(made.titles, dt.date(as_of.year - 1, 12, 31))
    hnte, tech_sme = _curve(HNTE_DAYS), _curve(TECH_SME_DAYS)
    net, valid, library = round(NET * scale), round(VALID * scale), round(LIBRARY * scale)
    flows = [round(net * share) for share in hnte]
    stocks = [start + round((valid - start) * share) for share in hnte]
    targets = [
        _target("HT_NET", division, as_of.year, net, flows),
        _target("HT_VALID", division, as_of.year, valid, stocks, "more_than"),
        _target("SME_LIB", division, as_of.year, library, [round(library * share) for share in tech_sme]),
    ]
    actuals = list(_counted(made.titles, as_of, division, start))
    random = Random(f"goals {seed}")  # noqa: S311 - invented figures
    for indicator, (target, reached, places) in _TOLD.items():
        even = [round(target * Decimal(month) / 12, places) for month in range(1, 13)]
        targets.append(_target(indicator, division, as_of.year, target, even))
        actuals += _told(indicator, division, as_of, Decimal(reached), places, random)
    text = StringIO()
    text.write("# 演示数据：目标、计划和月度数值均为虚构\n")
    yaml = YAML()
    yaml.dump({"targets": targets, "actuals": actuals}, text)
    return text.getvalue()


def _curve(days: Sequence[tuple[int, int, int]]) -> list[float]:
    """The share of a year's grants that has been made by the end of each month."""
    whole = sum(share for *_, share in days)
    return [sum(share for month, _, share in days if month <= end) / whole for end in range(1, 13)]


def _target(
    indicator: str,
    division: str,
    year: int,
    value: int | Decimal,
    plan: Sequence[Any],
    sense: str = "at_least",
) -> dict[str, Any]:
    return {
        "indicator": indicator,
        "territory": division,
        "year": year,
        "value": _plain(value),
        "sense": sense,
        "document": f"演示：{year}年度目标",
        "date": f"{year}-01-12",
        "plan": {month: _plain(number) for month, number in enumerate(plan, 1)},
    }


def _counted(
    titles: Sequence[TitleRow], as_of: dt.date, division: str, start: int
) -> Iterator[dict[str, Any]]:
    """What the monthly report said of titles, at the end of each month that has ended."""
    for end in _month_ends(as_of):
        stock = _stock(titles, end)
        entered = {
            row.firm
            for row in titles
            if row.title == "tech_sme" and row.on.year == end.year and row.on <= end
        }
        for indicator, value in (("HT_VALID", stock), ("HT_NET", stock - start), ("SME_LIB", len(entered))):
            yield _actual(indicator, division, end, value, "演示月报")


def _told(
    indicator: str, division: str, as_of: dt.date, reached: Decimal, places: int, random: Random
) -> Iterator[dict[str, Any]]:
    for end in _month_ends(as_of):
        share = Decimal(end.month) / 12 * Decimal(str(round(random.uniform(0.93, 1.04), 3)))
        yield _actual(indicator, division, end, round(reached * share, places), "演示月报")


def _actual(indicator: str, division: str, end: dt.date, value: int | Decimal, source: str) -> dict[str, Any]:
    told_on = end + dt.timedelta(days=5)
    return {
        "indicator": indicator,
        "territory": division,
        "year": end.year,
        "month": end.month,
        "value": _plain(value),
        "source": source,
        "date": told_on.isoformat(),
    }


def _month_ends(as_of: dt.date) -> Iterator[dt.date]:
    """The last days of the months of the year that were over, and told, by a day."""
    for month in range(1, 13):
        following = dt.date(as_of.year + month // 12, month % 12 + 1, 1)
        end = following - dt.timedelta(days=1)
        if end + dt.timedelta(days=5) <= as_of:
            yield end


def _stock(titles: Sequence[TitleRow], day: dt.date) -> int:
    """How many hold the high-tech title on a day."""
    last = {row.firm: row for row in titles if row.title == "hnte" and row.on <= day}
    return sum(row.until is not None and row.until >= day for row in last.values())


def _plain(value: int | Decimal) -> int | str:
    return str(value) if isinstance(value, Decimal) and value != int(value) else int(value)

"""Addresses taken apart as far as comparing two of them needs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yumiao.identity.divisions import match_region
from yumiao.identity.names.text import normalise_name

_ROAD = re.compile(
    "([\u4e00-\u9fffA-Z0-9]{1,10}?(?:大道|公路|路|街|巷|弄|道|里))(?![\u4e00-\u9fff]{0,2}(?:镇|街道))"
)
_STREET = re.compile("[东南西北中]?(?:路|街|大道|巷)")
_NUMBER = re.compile(r"^(?:\([东南西北中]\)|[东南西北中]段?)?(\d+(?:-\d+)?)号?")
_TOWN = re.compile("^([\u4e00-\u9fff]{2,4}?(?:街道|镇|乡))")
_ZONE = re.compile(
    "^[\u4e00-\u9fff]{0,8}?(?:开发区|高新区|经开区|工业园区|产业园区|科技园区|工业园|产业园|科技园|园区|新区)"
)


@dataclass(frozen=True, slots=True)
class Address:
    """An address in parts; each is "" (or empty) when the text does not say it.

    Attributes:
        region_codes: as :attr:`yumiao.identity.divisions.Region.codes`.
        town: 镇, 乡 or 街道.
        road: name of the road.
        number: number on that road, without 号.
    """

    region_codes: tuple[str, ...] = ()
    town: str = ""
    road: str = ""
    number: str = ""


def parse_address(text: str | None) -> Address:
    """Take an address apart.

    >>> parse_address("江苏省常州市武进区湖塘镇延政中路16号")
    Address(region_codes=('320412',), town='湖塘镇', road='延政中路', number='16')
    """
    rest = normalise_name(text or "")
    region = match_region(rest)
    if region and _STREET.match(rest[len(region.text) :]):  # 南通市崇川路: a street named after a district
        region = match_region(region.text[:-2])
    codes = region.codes if region else ()
    rest = rest[len(region.text) :] if region else rest
    town = _TOWN.match(rest)
    rest = rest[town.end() :] if town else rest
    zone = _ZONE.match(rest)
    rest = rest[zone.end() :] if zone and len(rest) > zone.end() else rest
    road = _ROAD.search(rest)
    number = _NUMBER.match(rest[road.end() :]) if road else None
    return Address(
        codes,
        town.group(1) if town else "",
        road.group(1) if road else "",
        number.group(1) if number else "",
    )

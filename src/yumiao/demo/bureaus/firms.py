"""Made-up firms of the larger district: an enterprise with all its facts, where it sits, what it was called before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from random import Random

from yumiao.demo.bureaus.words import BureauWords, Town
from yumiao.demo.enterprises import MOST_CODES, Enterprise, YearFigures, kinds_of, make_code, make_enterprise

RENAMED = 0.06
"""How many firms have had another name."""

YOUNGEST = 45
"""Days before the day of the files by which the youngest firm was founded."""

_MONEY = (
    "revenue",
    "main_revenue",
    "total_income",
    "hightech_revenue",
    "rd_wide",
    "rd_narrow",
    "rd_domestic",
    "rd_audited",
    "costs",
    "profit",
    "assets",
    "liabilities",
)


@dataclass(frozen=True, slots=True)
class Firm:
    """One made-up firm.

    Attributes:
        enterprise: who it is and everything that is true of it; money in 万元, in whole thousands of 元.
        former_name: empty where it was always called so.
        address: street and number in its town.
    """

    enterprise: Enterprise
    town: Town
    former_name: str
    address: str

    @property
    def code(self) -> str:
        return self.enterprise.code

    @property
    def name(self) -> str:
        return self.enterprise.name

    @property
    def years(self) -> tuple[YearFigures, ...]:
        return self.enterprise.years


def make_firms(words: BureauWords, random: Random, size: int, as_of: dt.date) -> list[Firm]:
    """Make up the firms of a district as they stand on a day.

    Raises: ValueError when more are asked for than there are trade names or codes.
    """
    most = min(len(words.stems) * len(_last_syllables(words)), MOST_CODES)
    if not 1 <= size <= most:
        raise ValueError(f"a district has 1 to {most} firms, not {size}")
    kinds = kinds_of(words.kinds, size)
    random.shuffle(kinds)
    stems = random.sample(trade_names(words, size), k=size)
    spare = [stem for stem in words.words.stems if stem not in set(stems)] or list(words.words.stems)
    weights = [town.share for town in words.towns]
    firms = []
    for number, (kind, stem) in enumerate(zip(kinds, stems, strict=True)):
        made = make_enterprise(words.words, random, number=number, kind=kind, stem=stem, year=as_of.year)
        made = _dated(_rounded(made), as_of)
        made = replace(made, code=make_code(words.words.division, number))
        town = random.choices(words.towns, weights)[0]
        former = made.name.replace(stem, random.choice(spare), 1) if random.random() < RENAMED else ""
        address = f"江苏省常州市武进区{town.name}{random.choice(words.roads)}{random.randint(1, 288)}号"
        firms.append(Firm(made, town, former, address))
    return firms


def trade_names(words: BureauWords, size: int) -> tuple[str, ...]:
    """Return trade names to choose from: of two syllables, or of three where a district has more firms than those."""
    if size <= len(words.stems):
        return words.stems
    return tuple(stem + end for stem in words.stems for end in _last_syllables(words))


def _last_syllables(words: BureauWords) -> tuple[str, ...]:
    return tuple(dict.fromkeys(stem[-1] for stem in words.stems))


def _rounded(one: Enterprise) -> Enterprise:
    """Round money to whole thousands of 元, so that bureaus that report in other units say the same."""
    years = []
    for figures in one.years:
        money = {name: round(getattr(figures, name), 1) for name in _MONEY}
        money["net_assets"] = round(money["assets"] - money["liabilities"], 1)
        years.append(replace(figures, **money))
    return replace(one, years=tuple(years))


def _dated(one: Enterprise, as_of: dt.date) -> Enterprise:
    """Let nobody be founded after the files were made."""
    latest = as_of - dt.timedelta(days=YOUNGEST)
    return one if one.founded <= latest else replace(one, founded=latest)

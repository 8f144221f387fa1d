"""Made-up enterprises, with all facts known: what a bureau then knows of them is decided in ``tables``."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from yumiao.demo.words import EnterpriseKind, Span, Trade, Words
from yumiao.identity.codes import ALPHABET, check_character, organisation_check_character

MARK = "MADEM"
"""Stands in every code of the district, so that none can be taken for a real one."""

_WIDE_MARK = MARK[:-1]
"""Stands in the codes of a district too large for the mark, before another letter than the mark's last."""

MOST_ENTERPRISES = 999
"""How many enterprises :func:`make_enterprises` makes up: one for each code whose number is written in digits."""

_LETTERS = ALPHABET[10:]

_NARROW_CODES = 1000 + len(_LETTERS) * len(ALPHABET) ** 2
_WIDE_FIRST = ALPHABET.replace(MARK[-1], "")

MOST_CODES = _NARROW_CODES + len(_WIDE_FIRST) * len(ALPHABET) ** 3
"""How many codes with the mark, or most of it, there are."""


@dataclass(frozen=True, slots=True)
class YearFigures:
    """One year's figures of one enterprise; money in 万元."""

    year: int
    revenue: float
    main_revenue: float
    total_income: float
    hightech_revenue: float
    rd_wide: float
    rd_narrow: float
    rd_domestic: float
    rd_audited: float
    costs: float
    profit: float
    assets: float
    liabilities: float
    net_assets: float
    staff: int
    staff_end: int
    tech_staff: int
    rd_staff: int


@dataclass(frozen=True, slots=True)
class Enterprise:
    """One made-up enterprise.

    Attributes:
        answers: further facts, by the label of the column that carries them.
        titles: the titles it holds, by id.
    """

    code: str
    name: str
    town: str
    kind: EnterpriseKind
    trade: Trade
    founded: dt.date
    years: tuple[YearFigures, ...]
    answers: dict[str, object]
    titles: frozenset[str]


def make_code(division: str, number: int) -> str:
    """Make a well-formed code that carries the mark; ``number`` is below `MOST_CODES`."""
    is_narrow = number < _NARROW_CODES
    body = (
        f"{MARK}{_number_text(number)}" if is_narrow else f"{_WIDE_MARK}{_wide_text(number - _NARROW_CODES)}"
    )
    first = f"91{division}{body}{organisation_check_character(body)}"
    return first + check_character(first)


def _number_text(number: int) -> str:
    """Write a number in three characters: digits below 1000, then a letter and two characters of codes."""
    if number < 1000:
        return f"{number:03d}"
    first, rest = divmod(number - 1000, len(ALPHABET) ** 2)
    return _LETTERS[first] + ALPHABET[rest // len(ALPHABET)] + ALPHABET[rest % len(ALPHABET)]


def _wide_text(number: int) -> str:
    """Write a number in four characters of codes; the first is none that would complete the mark."""
    first, rest = divmod(number, len(ALPHABET) ** 3)
    second, rest = divmod(rest, len(ALPHABET) ** 2)
    return "".join(
        (_WIDE_FIRST[first], ALPHABET[second], *(ALPHABET[part] for part in divmod(rest, len(ALPHABET))))
    )


def make_enterprises(words: Words, random: Random, size: int, year: int) -> list[Enterprise]:
    """Make up ``size`` enterprises as they stand in the middle of ``year``.

    Raises: ValueError when more are asked for than there are codes.
    """
    if not 1 <= size <= MOST_ENTERPRISES:
        raise ValueError(f"a district has 1 to {MOST_ENTERPRISES} enterprises, not {size}")
    kinds = kinds_of(words.kinds, size)
    random.shuffle(kinds)
    stems = random.sample(words.stems, k=len(words.stems))
    return [
        make_enterprise(words, random, number=number, kind=kind, stem=stems[number % len(stems)], year=year)
        for number, kind in enumerate(kinds)
    ]


def kinds_of(kinds: Sequence[EnterpriseKind], size: int) -> list[EnterpriseKind]:
    """Repeat each kind by its share; rounding goes to the first."""
    counts = {kind.name: int(kind.share * size) for kind in kinds}
    counts[kinds[0].name] += size - sum(counts.values())
    return [kind for kind in kinds for _ in range(counts[kind.name])]


def make_enterprise(
    words: Words, random: Random, *, number: int, kind: EnterpriseKind, stem: str, year: int
) -> Enterprise:
    """Make up one enterprise as it stands in the middle of ``year``.

    Args:
        number: gives the code, below `MOST_CODES`.
        stem: the trade name.
    """
    trade = random.choice(words.trades)
    founded = _founding(kind, random)
    prefix = random.choice(words.prefixes)
    form = "股份有限公司" if kind.strong and _yes(random, 0.25) else "有限公司"
    years = _make_years(kind, trade, founded, random, year)
    return Enterprise(
        code=make_code(words.division, number),
        name=f"{prefix}{stem}{trade.words}{form}",
        town=random.choice(words.towns),
        kind=kind,
        trade=trade,
        founded=founded,
        years=years,
        answers=_answers(kind, trade, random, year, years),
        titles=_titles(kind, founded, random, year),
    )


def _founding(kind: EnterpriseKind, random: Random) -> dt.date:
    first, last = int(kind.founded[0]), int(kind.founded[1])
    return dt.date(random.randint(first, last), 1, 1) + dt.timedelta(days=random.randrange(364))


def _near(random: Random, span: Span, low: float, high: float) -> float:
    """Draw around the middle of a span, inside bounds."""
    return min(high, max(low, random.gauss(*span)))


def _within(random: Random, span: Span) -> int:
    """Draw a whole number of a span; the lower end is the likelier one."""
    low, high = int(span[0]), int(span[1])
    return low + int((high - low + 1) * random.random() ** 1.4)


def _make_years(
    kind: EnterpriseKind, trade: Trade, founded: dt.date, random: Random, year: int
) -> tuple[YearFigures, ...]:
    last = kind.revenue * math.exp(random.gauss(0, kind.spread))
    if trade.industry != "工业":
        last *= 0.5
    hightech = min(0.98, max(0.05, random.gauss(trade.hightech, 0.12)))
    shares = {
        "rd": _near(random, kind.rd, 0.004, 0.5),
        "tech": _near(random, kind.tech_staff, 0.02, 0.9),
        "main": _near(random, kind.main, 0.45, 1.0),
        "debt": _near(random, kind.debt, 0.08, 1.25),
        "hightech": hightech,
    }
    figures = []
    revenue = last
    for number in range(year - 1, max(year - 4, founded.year - 1), -1):
        figures.append(_one_year(kind, random, number, revenue, shares))
        revenue /= 1 + _near(random, kind.growth, -0.3, 2.5)
    return tuple(reversed(figures))


def _one_year(
    kind: EnterpriseKind, random: Random, year: int, revenue: float, shares: dict[str, float]
) -> YearFigures:
    def about(value: float, swing: float = 0.08) -> float:
        return value * max(0.1, random.gauss(1, swing))

    rd = about(revenue * shares["rd"])
    staff = max(2, round(about(revenue / kind.per_head)))
    assets = about(revenue * 1.15 + 120)
    liabilities = assets * min(1.4, about(shares["debt"], 0.05))
    income = revenue * random.uniform(1.0, 1.03)
    tech = min(staff, max(0, round(about(staff * shares["tech"]))))
    return YearFigures(
        year=year,
        revenue=revenue,
        main_revenue=min(revenue, about(revenue * shares["main"], 0.03)),
        total_income=income,
        hightech_revenue=min(revenue, about(revenue * shares["hightech"], 0.05)),
        rd_wide=rd,
        rd_narrow=rd * random.uniform(0.78, 0.96),
        rd_domestic=rd * random.choice((1.0, 1.0, 1.0, random.uniform(0.5, 0.99))),
        rd_audited=rd * random.uniform(0.92, 1.04),
        costs=about(revenue * 0.93 + 30, 0.05),
        profit=about(revenue * 0.06, 0.6),
        assets=assets,
        liabilities=liabilities,
        net_assets=assets - liabilities,
        staff=staff,
        staff_end=max(1, round(about(staff, 0.05))),
        tech_staff=tech,
        rd_staff=min(tech, round(tech * random.uniform(0.5, 0.95))),
    )


def _grade(kind: EnterpriseKind, random: Random) -> str:
    return random.choice(kind.grades)


def _points(kind: EnterpriseKind, random: Random, most: int) -> int:
    return round(most * random.uniform(*kind.points))


def _yes(random: Random, chance: float) -> bool:
    return random.random() < chance


def _answers(
    kind: EnterpriseKind, trade: Trade, random: Random, year: int, years: tuple[YearFigures, ...]
) -> dict[str, object]:
    class1 = _within(random, kind.class1)
    class2 = _within(random, kind.class2)
    return {
        **_conduct(random),
        **_counts(random, class1, class2),
        **_expert_answers(kind, trade, random),
        **_cultivation(kind, random, year),
        **_capital(kind, random, years),
    }


def _conduct(random: Random) -> dict[str, object]:
    return {
        "居民企业且查账征收": _yes(random, 0.97),
        "属于限制类或淘汰类": _yes(random, 0.01),
        "属于不适用加计扣除的行业": _yes(random, 0.01),
        "上年及当年重大事故或严重违法": _yes(random, 0.02),
        "申请前一年内重大事故": _yes(random, 0.015),
        "近三年重大事故或违法": _yes(random, 0.03),
        "产品属于禁止限制淘汰类": _yes(random, 0.01),
        "本次为复核": False,
    }


def _counts(random: Random, class1: int, class2: int) -> dict[str, object]:
    own = sum(_yes(random, 0.85) for _ in range(class1))
    return {
        "Ⅰ类知识产权": class1,
        "其中自主研发": own,
        "其中高价值": sum(_yes(random, 0.12) for _ in range(own)),
        "Ⅱ类知识产权": class2,
        "拥有核心知识产权": class1 + class2 > 0,
    }


def _expert_answers(kind: EnterpriseKind, trade: Trade, random: Random) -> dict[str, object]:
    return {
        "属于高新技术领域": _yes(random, min(0.98, 0.25 + trade.hightech)),
        "技术先进程度": _grade(kind, random),
        "核心支持作用": _grade(kind, random),
        "知识产权获得方式": "A" if _yes(random, 0.8) else "B",
        "参与标准制定": _yes(random, 0.2),
        "年均科技成果转化数": _within(random, kind.conversions),
        "研发管理制度得分": _points(kind, random, 6),
        "研发机构得分": _points(kind, random, 6),
        "成果转化激励得分": _points(kind, random, 4),
        "人才培养得分": _points(kind, random, 4),
    }


def _cultivation(kind: EnterpriseKind, random: Random, year: int) -> dict[str, object]:
    strong = kind.strong
    return {
        "属于战略性新兴产业": _yes(random, 0.6 if strong else 0.3),
        f"{year}年专精特新发展评价得分": random.randint(int(kind.platform[0]), int(kind.platform[1])),
        f"{year - 1}年末从事细分市场年限": _within(random, kind.segment),
        "市场占有率较为靠前": _yes(random, 0.9 if strong else 0.25),
        f"{year - 1}年细分市场占有率(%)": round(
            random.uniform(8, 35) if strong else random.uniform(0.2, 9), 1
        ),
        f"{year - 1}年国内市场排名": random.randint(1, 8) if strong else random.randint(5, 60),
        "享有较高知名度": _yes(random, 0.85 if strong else 0.1),
        "属于六基或产业链关键环节": _yes(random, 0.85 if strong else 0.2),
    }


def _capital(kind: EnterpriseKind, random: Random, years: tuple[YearFigures, ...]) -> dict[str, object]:
    funded = _yes(random, 0.25 if kind.strong else 0.1)
    recent = round(random.uniform(300, 6000)) if funded else 0
    last = years[-1].revenue if years else 0.0
    value = last * random.uniform(1.5, 6) / 10_000 + (recent / 10_000) * random.uniform(4, 12)
    if _yes(random, 0.015):
        value = random.uniform(8, 90)
    return {
        "近2年新增股权融资(万元)": recent,
        "近3年新增股权融资(万元)": recent + (round(random.uniform(0, 1500)) if funded else 0),
        "获得过私募投资": funded or value > 7,
        "已上市": _yes(random, 0.03 if kind.revenue > 12_000 else 0.0),
        "最近一轮估值(亿美元)": round(value / 7, 4),
    }


def _titles(kind: EnterpriseKind, founded: dt.date, random: Random, year: int) -> frozenset[str]:
    """Draw the titles held: a higher kind of enterprise holds more of them."""
    is_old_enough = founded.year <= year - 3
    rare = {"award": 0.04, "national_award": 0.01, "standard": 0.06, "abnormal": 0.02}
    common = {title for title, chance in kind.titles.items() if _yes(random, chance) and is_old_enough}
    return frozenset(common | {title for title, chance in rare.items() if _yes(random, chance)})

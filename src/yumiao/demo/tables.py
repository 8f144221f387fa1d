"""What a bureau's files say of the made-up enterprises: with holes, odd spellings and a few faults."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from yumiao.demo.enterprises import Enterprise, YearFigures
from yumiao.demo.words import Words

Cell = str | int | float
Row = list[Cell]

HOLES = ("—", "无", "/", "")
"""How a missing value is written."""

SELF_REPORTED = 0.2
"""How many enterprises have reported their technology staff themselves."""

CODE, NAME, YEAR = "统一社会信用代码", "企业名称", "年份"


@dataclass(frozen=True)
class FileTable:
    """One table of one file.

    Attributes:
        title: what stands above the header.
    """

    title: str
    header: list[str]
    rows: list[Row]


YEARLY: tuple[tuple[str, Callable[[YearFigures], float]], ...] = (
    ("营业收入(万元)", lambda f: f.revenue),
    ("主营业务收入(万元)", lambda f: f.main_revenue),
    ("总收入(万元)", lambda f: f.total_income),
    ("高新技术产品(服务)收入(万元)", lambda f: f.hightech_revenue),
    ("研究开发费用(高企口径)(万元)", lambda f: f.rd_wide),
    ("其中:境内(万元)", lambda f: min(f.rd_wide, f.rd_domestic)),
    ("加计扣除研发费用(万元)", lambda f: f.rd_narrow),
    ("审计报告研发费用(万元)", lambda f: f.rd_audited),
    ("成本费用支出总额(万元)", lambda f: f.costs),
    ("净利润(万元)", lambda f: f.profit),
    ("资产总计(万元)", lambda f: f.assets),
    ("负债合计(万元)", lambda f: f.liabilities),
    ("所有者权益合计(万元)", lambda f: f.net_assets),
)
YEARLY_COUNTS: tuple[tuple[str, Callable[[YearFigures], int]], ...] = (
    ("职工总数(人)", lambda f: f.staff),
    ("从业人员期末人数(人)", lambda f: f.staff_end),
    ("科技人员(人)", lambda f: f.tech_staff),
    ("研发人员(人)", lambda f: f.rd_staff),
)
DIRECTORY = (
    "居民企业且查账征收",
    "属于限制类或淘汰类",
    "属于不适用加计扣除的行业",
    "上年及当年重大事故或严重违法",
    "申请前一年内重大事故",
    "近三年重大事故或违法",
    "产品属于禁止限制淘汰类",
    "拥有核心知识产权",
    "属于战略性新兴产业",
    "本次为复核",
)
REVIEWED = (
    "属于高新技术领域",
    "技术先进程度",
    "核心支持作用",
    "知识产权获得方式",
    "参与标准制定",
    "年均科技成果转化数",
    "研发管理制度得分",
    "研发机构得分",
    "成果转化激励得分",
    "人才培养得分",
)
PROPERTY = ("Ⅰ类知识产权", "其中自主研发", "其中高价值", "Ⅱ类知识产权")
CAPITAL = (
    "近2年新增股权融资(万元)",
    "近3年新增股权融资(万元)",
    "获得过私募投资",
    "已上市",
    "最近一轮估值(亿美元)",
)


def _shown(value: object) -> Cell:
    if isinstance(value, bool):
        return "是" if value else "否"
    return value if isinstance(value, int | float | str) else str(value)


def _perhaps(random: Random, value: object, chance: float) -> Cell:
    """Write a value, or leave a hole."""
    return random.choice(HOLES) if random.random() < chance else _shown(value)


def directory(enterprises: Sequence[Enterprise], random: Random, words: Words) -> FileTable:
    """One row per enterprise: who it is, where, since when, and how it behaves."""
    rows: list[Row] = []
    for one in enterprises:
        identity: Row = [one.code, one.name, one.town, one.founded.isoformat(), one.trade.industry]
        rows.append(identity + [_perhaps(random, one.answers[label], 0.035) for label in DIRECTORY])
    rows[3 % len(rows)][3] = rows[3 % len(rows)][3][:7]  # type: ignore[index]  # a date without its day
    header = [CODE, NAME, "所属板块", "成立日期", "划型行业", *DIRECTORY]
    return FileTable(f"{words.district}企业名录（演示数据，企业均为虚构）", header, rows)


def yearly(enterprises: Sequence[Enterprise], random: Random, words: Words) -> FileTable:
    """One row per enterprise and year: accounts, R&D, staff. Some rows are not there, some cells are empty."""
    rows: list[Row] = []
    for one in enterprises:
        lost = 0.10 if one.kind.reviewed < 0.5 else 0.03
        rows += [_year_row(one, figures, random) for figures in one.years if random.random() >= lost]
    _spoil(rows, random)
    header = [CODE, NAME, YEAR, *(label for label, _ in YEARLY), *(label for label, _ in YEARLY_COUNTS)]
    return FileTable(f"{words.district}企业年度财务与研发情况（演示数据，数字均为虚构）", header, rows)


def _year_row(one: Enterprise, figures: YearFigures, random: Random) -> Row:
    holes = 0.05 if one.kind.reviewed < 0.5 else 0.02
    money = [_perhaps(random, round(value(figures), 2), holes) for _, value in YEARLY]
    counts = [_perhaps(random, value(figures), holes) for _, value in YEARLY_COUNTS]
    return [one.code, one.name, figures.year, *money, *counts]


def _spoil(rows: list[Row], random: Random) -> None:
    """Put in what real files have: a sum row, a repeated row, words for numbers, a mistyped code."""
    places = random.sample(range(len(rows)), k=min(5, len(rows)))
    spoilt: tuple[tuple[int, Cell], ...] = ((3, "见附件"), (7, "约120"), (18, "25人左右"))
    for place, (column, text) in zip(places, spoilt, strict=False):
        rows[place][column] = text
    rows.append(list(rows[places[-1]]))
    mistyped = list(rows[places[-1]])
    mistyped[0] = f"{str(mistyped[0])[:-1]}{'0' if str(mistyped[0])[-1] != '0' else '1'}"
    mistyped[1] = f"{mistyped[1]}（分公司）"
    rows.append(mistyped)
    rows.append(["", "合计", "", *["" for _ in rows[0][3:]]])


def property_counts(enterprises: Sequence[Enterprise], random: Random, words: Words) -> FileTable:
    """One row per enterprise with any intellectual property on file."""
    kept = [one for one in enterprises if random.random() >= 0.06]
    rows = [
        [one.code, one.name, *(_perhaps(random, one.answers[label], 0.03) for label in PROPERTY)]
        for one in kept
    ]
    return FileTable(f"{words.district}知识产权（演示数据）", [CODE, NAME, *PROPERTY], rows)


def reviews(enterprises: Sequence[Enterprise], random: Random, words: Words, year: int) -> FileTable:
    """One row per enterprise: what experts and the platform say, for those that they have looked at."""
    grown = [label for label in enterprises[0].answers if label.startswith((str(year), str(year - 1)))]
    judged = ["市场占有率较为靠前", "享有较高知名度", "属于六基或产业链关键环节"]
    labels = [*REVIEWED, *grown, *judged, *CAPITAL]
    rows: list[Row] = []
    told = f"{year - 1}年科技人员(人)"
    for one in enterprises:
        seen = random.random() < one.kind.reviewed
        cells = [
            _perhaps(random, one.answers[label], 0.02 if seen else 0.85) for label in labels[: -len(CAPITAL)]
        ]
        money = [_perhaps(random, one.answers[label], 0.05) for label in CAPITAL]
        rows.append([one.code, one.name, *cells, *money, _told_staff(one, random)])
    return FileTable(f"{words.district}评价与培育（演示数据）", [CODE, NAME, *labels, told], rows)


def _told_staff(one: Enterprise, random: Random) -> Cell:
    """What some enterprises say of their technology staff themselves: at times more than is registered."""
    if not one.years or random.random() > SELF_REPORTED:
        return ""
    more = random.choice((0, 0, 0, 1, 2, 6))
    return min(one.years[-1].staff, one.years[-1].tech_staff + more)


def title_list(enterprises: Sequence[Enterprise], titles: frozenset[str]) -> FileTable:
    """The complete list of those that hold one of some titles."""
    rows: list[Row] = [[one.code, one.name] for one in enterprises if titles & one.titles]
    return FileTable("", [CODE, NAME], rows)

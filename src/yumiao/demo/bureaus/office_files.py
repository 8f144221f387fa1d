"""What four bureaus report of the firms: registrations, tax returns, statistics, insured staff."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from random import Random

from yumiao.demo.bureaus.firms import Firm
from yumiao.demo.bureaus.sheets import BureauTable, Cell
from yumiao.demo.bureaus.spoiling import perhaps, spoil_rows
from yumiao.demo.enterprises import YearFigures

REGISTERED, TAXED, INSURED = 0.985, 0.94, 0.96
"""Share of firms in the files of market supervision, the tax office, social security."""

SURVEYED = {"seedling": 0.62, "sapling": 0.82, "tree": 0.93, "timber": 0.97, "hall": 0.85}
"""Share of firms of each kind that the yearly survey of the statistics bureau reaches."""

DIFFERS = 0.06
"""How often the survey was told another figure than the tax office."""

TAX_FIGURES: tuple[tuple[str, Callable[[YearFigures], float]], ...] = (
    ("营业收入", lambda f: f.revenue),
    ("主营业务收入", lambda f: f.main_revenue),
    ("收入总额", lambda f: f.total_income),
    ("成本费用合计", lambda f: f.costs),
    ("净利润", lambda f: f.profit),
    ("资产总计", lambda f: f.assets),
    ("负债合计", lambda f: f.liabilities),
    ("所有者权益合计", lambda f: f.net_assets),
    ("加计扣除研发费用", lambda f: f.rd_narrow),
)
SURVEY_MONEY: tuple[tuple[str, Callable[[YearFigures], float]], ...] = (
    ("营业收入（千元）", lambda f: f.revenue),
    ("高新技术产品（服务）收入（千元）", lambda f: f.hightech_revenue),
    ("研究开发费用（千元）", lambda f: f.rd_wide),
    ("其中：境内（千元）", lambda f: min(f.rd_wide, f.rd_domestic)),
    ("审计口径研发费用（千元）", lambda f: f.rd_audited),
    ("科技活动经费支出（千元）", lambda f: f.rd_wide),
)
SURVEY_COUNTS: tuple[tuple[str, Callable[[YearFigures], int]], ...] = (
    ("从业人员期末人数（人）", lambda f: f.staff_end),
    ("科技人员（人）", lambda f: f.tech_staff),
    ("研发人员（人）", lambda f: f.rd_staff),
)

UNKNOWN_TO_SURVEY = -1
"""What the survey writes where a firm has not answered."""


def registrations(firms: Sequence[Firm], random: Random, codes: dict[str, str], on: dt.date) -> BureauTable:
    """Market supervision: who each firm is, since when, where, under which former name."""
    rows: list[list[Cell]] = []
    for firm in firms:
        if random.random() >= REGISTERED:
            continue
        founded = firm.enterprise.founded
        written = (
            f"{founded.year}年{founded.month}月{founded.day}日"
            if random.random() < 0.03
            else founded.isoformat()
        )
        state = "存续" if random.random() < 0.97 else random.choice(("迁出", "清算中"))
        trade = codes[firm.enterprise.trade.words]
        industry = trade if random.random() < 0.98 else ""
        rows.append(
            [firm.code, firm.name, firm.former_name, state, written, industry, firm.town.code, firm.address]
        )
    rows[min(5, len(rows) - 1)][4] = str(rows[min(5, len(rows) - 1)][4])[:7]
    header: list[str | tuple[str, str]] = [
        "统一社会信用代码", "企业名称", "曾用名", "登记状态", "成立日期", "行业代码", "行政区划代码", "住所",
    ]  # fmt: skip
    return BureauTable(f"企业登记基本信息（截至{on.isoformat()}）", header, rows)


def tax_returns(firms: Sequence[Firm], random: Random, years: Sequence[int]) -> BureauTable:
    """Tax office: three years side by side under merged years, in 元."""
    rows: list[list[Cell]] = []
    for firm in firms:
        if random.random() >= TAXED:
            continue
        told = {figures.year: figures for figures in firm.years if random.random() >= 0.02}
        cells: list[Cell] = [firm.code, firm.name]
        for year in years:
            cells += [_in_yuan(random, told.get(year), value) for _, value in TAX_FIGURES]
        rows.append(cells)
    spoil_rows(random, rows, 0, 2)
    header: list[str | tuple[str, str]] = ["纳税人识别号", "纳税人名称"]
    header += [(f"{year}年", label) for year in years for label, _ in TAX_FIGURES]
    rows.append(["", "合计", *["" for _ in header[2:]]])
    notes = ["注：1.本表数据取自年度申报；2.“—”“/”及空格均为未取得。"]
    return BureauTable("企业年度申报数据", header, rows, "单位：元", notes)


def _in_yuan(random: Random, figures: YearFigures | None, value: Callable[[YearFigures], float]) -> Cell:
    return "" if figures is None else perhaps(random, round(value(figures) * 10_000), 0.025)


def survey(firms: Sequence[Firm], random: Random) -> BureauTable:
    """Statistics bureau: one row per firm and year, money in 千元; at times not what the tax office was told."""
    rows: list[list[Cell]] = []
    for firm in firms:
        if random.random() < SURVEYED[firm.enterprise.kind.name]:
            rows += [_survey_row(firm, figures, random) for figures in firm.years if random.random() >= 0.03]
    spoil_rows(random, rows, 1, 3)
    header: list[str | tuple[str, str]] = ["单位详细名称", "统一社会信用代码", "年度"]
    header += [label for label, _ in (*SURVEY_MONEY, *SURVEY_COUNTS)]
    return BureauTable("企业科技活动统计", header, rows)


def _survey_row(firm: Firm, figures: YearFigures, random: Random) -> list[Cell]:
    wrong = random.random() < DIFFERS
    cells: list[Cell] = [firm.name, firm.code, figures.year]
    for number, (_, value) in enumerate(SURVEY_MONEY):
        amount = round(value(figures) * 10)
        if wrong and number == 0:
            amount = round(amount * random.uniform(0.86, 1.16))
        cells.append(UNKNOWN_TO_SURVEY if random.random() < 0.03 else amount)
    return cells + [
        UNKNOWN_TO_SURVEY if random.random() < 0.03 else value(figures) for _, value in SURVEY_COUNTS
    ]


def survey_corrections(told: BureauTable, random: Random) -> BureauTable:
    """The survey once more for the rows that it got wrong: some figures are others now."""
    rows = []
    for row in random.sample(told.rows, k=max(1, len(told.rows) // 120)):
        changed = list(row)
        at = random.randrange(3, len(row))
        if isinstance(changed[at], int) and changed[at] != UNKNOWN_TO_SURVEY:
            changed[at] = round(int(changed[at]) * random.choice((0.9, 1.1, 1.25)))
        rows.append(changed)
    return BureauTable("企业科技活动统计（更正）", told.header, rows)


def insured_staff(firms: Sequence[Firm], random: Random, years: Sequence[int]) -> BureauTable:
    """Social security: insured persons at the end of each year, one number per firm."""
    rows: list[list[Cell]] = []
    for number, firm in enumerate(firms, 1):
        if random.random() >= INSURED:
            continue
        staff = {figures.year: figures.staff for figures in firm.years}
        counts = [perhaps(random, staff[year], 0.03) if year in staff else "" for year in years]
        rows.append([number, firm.name, firm.code, *counts])
    spoil_rows(random, rows, 2, 3)
    header: list[str | tuple[str, str]] = ["序号", "单位名称", "统一社会信用代码"]
    header += [("职工养老保险参保人数（人）", f"{year}年") for year in years]
    return BureauTable("职工养老保险参保情况", header, rows, notes=["注：参保人数为当年12月在保人数。"])


def roster(firms: Sequence[Firm], random: Random, year: int) -> BureauTable:
    """A park's roster of staff, one row per person: persons are counted at the import and never stored."""
    rows: list[list[Cell]] = []
    small = [firm for firm in firms if firm.years and 8 <= firm.years[-1].staff <= 40]
    for firm in small[: max(2, len(firms) // 180)]:
        figures = firm.years[-1]
        for number in range(figures.staff):
            does_research = "是" if number < figures.rd_staff else random.choice(("否", "否", "否", ""))
            person = f"YS{firm.code[-5:]}{number:03d}"
            rows.append([firm.code, firm.name, f"演示人员{len(rows) + 1:05d}", person, does_research])
    header: list[str | tuple[str, str]] = ["统一社会信用代码", "企业名称", "姓名", "工号", "是否研发人员"]
    return BureauTable(f"{year}年园区企业研发人员花名册", header, rows)

"""Lists and reviews: rights, titles, what experts say, conduct, what firms say of themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from random import Random

from yumiao.demo.bureaus.firms import Firm
from yumiao.demo.bureaus.rights import Right
from yumiao.demo.bureaus.sheets import BureauTable, Cell
from yumiao.demo.bureaus.spoiling import mistype_code, mistype_name, perhaps, spoil_rows
from yumiao.demo.bureaus.titles import TitleRow
from yumiao.demo.tables import CAPITAL, REVIEWED

Header = list[str | tuple[str, str]]

EVENTS = {
    "granted": "认定",
    "renewed": "重新认定",
    "revoked": "取消",
    "moved_in": "迁入",
    "moved_out": "迁出",
}
INDUSTRY_TITLES = {
    "innovative_sme": "创新型中小企业",
    "srdi_sme": "专精特新中小企业",
    "little_giant": "专精特新“小巨人”企业",
}
ANNOUNCED_TITLES = {
    "gazelle_js": "省级瞪羚企业",
    "seed_unicorn_cz": "市种子独角兽企业",
    "potential_unicorn_js": "潜在独角兽企业",
    "unicorn_js": "独角兽企业",
}
CONDUCT = (
    "居民企业且查账征收",
    "属于限制类或淘汰类",
    "属于不适用加计扣除的行业",
    "上年及当年重大事故或严重违法",
    "申请前一年内重大事故",
    "近三年重大事故或违法",
    "产品属于禁止限制淘汰类",
)
TOLD = 0.15
"""Share of firms that have answered the district's own question."""


def right_register(rights: Sequence[Right], firms: Sequence[Firm]) -> BureauTable:
    """Intellectual property office: one row per right."""
    header: Header = [
        "统一社会信用代码", "企业名称", "专利（登记）号", "名称", "类别", "申请日", "授权日", "法律状态", "取得方式",
        "是否与主要产品相关", "是否境内授权", "是否已由其他权利人使用", "是否已用于高企认定",
        "是否应用并产生效益", "权利人排名",
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [
            firms[each.firm].code, firms[each.firm].name, each.number, each.name, each.kind,
            each.filed.isoformat(), each.granted.isoformat() if each.granted else "", each.state, each.origin,
            each.related, each.in_china, each.used_elsewhere, each.used_for_hnte, each.earning, each.rank,
        ]
        for each in sorted(rights, key=lambda right: (right.firm, right.number))
    ]  # fmt: skip
    return BureauTable("企业知识产权台账", header, rows)


def hnte_list(rows: Sequence[TitleRow], firms: Sequence[Firm], random: Random, on: dt.date) -> BureauTable:
    """Science bureau: every granting, renewal and change of high-tech titles, with certificates and their terms."""
    table: list[list[Cell]] = []
    for number, each in enumerate((row for row in rows if row.title == "hnte"), 1):
        firm = firms[each.firm]
        code = mistype_code(random, firm.code) if random.random() < 0.002 else firm.code
        until = each.until.isoformat() if each.until and random.random() >= 0.01 else ""
        zone = firm.town.zone or "无"
        table.append(
            [number, firm.name, code, EVENTS[each.event], each.on.isoformat(), until, each.certificate, zone]
        )
    header: Header = [
        "序号",
        "企业名称",
        "统一社会信用代码",
        "认定情况",
        "发证日期",
        "有效期至",
        "证书编号",
        "所属板块",
    ]
    return BureauTable(f"高新技术企业名单（截至{on.isoformat()}）", header, table)


def tech_sme_list(rows: Sequence[TitleRow], firms: Sequence[Firm], on: dt.date) -> BureauTable:
    """Science bureau: registrations of technology SMEs."""
    chosen = [row for row in rows if row.title == "tech_sme"]
    table: list[list[Cell]] = [
        [
            firms[each.firm].name, firms[each.firm].code, "入库" if each.event == "granted" else "延续",
            each.certificate, each.on.isoformat(), each.until.isoformat() if each.until else "",
            firms[each.firm].town.zone or "无",
        ]
        for each in chosen
    ]  # fmt: skip
    header: Header = [
        "企业名称",
        "统一社会信用代码",
        "事项",
        "入库登记编号",
        "入库日期",
        "有效期至",
        "所属板块",
    ]
    return BureauTable(f"科技型中小企业入库名单（截至{on.isoformat()}）", header, table)


def industry_list(rows: Sequence[TitleRow], firms: Sequence[Firm], on: dt.date) -> BureauTable:
    """Industry bureau: three titles in one list."""
    table: list[list[Cell]] = [
        [
            number, INDUSTRY_TITLES[each.title], firms[each.firm].name, firms[each.firm].code,
            each.on.isoformat(), each.until.isoformat() if each.until else "",
        ]
        for number, each in enumerate((row for row in rows if row.title in INDUSTRY_TITLES), 1)
    ]  # fmt: skip
    header: Header = ["序号", "称号", "企业名称", "统一社会信用代码", "公告日期", "有效期至"]
    return BureauTable(f"优质中小企业名单（截至{on.isoformat()}）", header, table)


def announced_list(rows: Sequence[TitleRow], firms: Sequence[Firm], random: Random) -> BureauTable:
    """A web page that names firms and gives no codes; some names are not written as they are registered."""
    table: list[list[Cell]] = []
    for number, each in enumerate((row for row in rows if row.title in ANNOUNCED_TITLES), 1):
        name = firms[each.firm].name
        shown = mistype_name(random, name) if random.random() < 0.03 else name
        table.append([number, shown, ANNOUNCED_TITLES[each.title], each.on.isoformat()])
    header: Header = ["序号", "企业名称", "称号", "公布日期"]
    return BureauTable("高成长企业公布名单", header, table, notes=["排名不分先后。"])


def reviews(firms: Sequence[Firm], random: Random, year: int) -> BureauTable:
    """Science bureau: what experts and the application platform say of the firms that they have looked at."""
    labels = [label for label in firms[0].enterprise.answers if label.startswith((str(year), str(year - 1)))]
    labels = [
        *REVIEWED, "拥有核心知识产权", "属于战略性新兴产业", *labels,
        "市场占有率较为靠前", "享有较高知名度", "属于六基或产业链关键环节", *CAPITAL,
    ]  # fmt: skip
    rows: list[list[Cell]] = []
    for firm in firms:
        one = firm.enterprise
        if random.random() >= 0.25 + 0.75 * one.kind.reviewed:
            continue
        is_looked_at = random.random() < 0.35 + 0.65 * one.kind.reviewed
        holes = 0.03 if is_looked_at else 0.6
        rows.append([one.code, one.name, *(perhaps(random, one.answers[label], holes) for label in labels)])
    header: Header = ["统一社会信用代码", "企业名称", *labels]
    return BureauTable("企业评价与培育情况", header, rows)


def conduct(firms: Sequence[Firm], random: Random) -> BureauTable:
    """Credit office: answers of the bureaus that enforce, asked for every firm."""
    rows: list[list[Cell]] = [
        [firm.code, firm.name, *(perhaps(random, firm.enterprise.answers[label], 0.04) for label in CONDUCT)]
        for firm in firms
        if random.random() < 0.95
    ]
    return BureauTable("信用与执法联合核查", ["统一社会信用代码", "企业名称", *CONDUCT], rows)


def discredited(firms: Sequence[Firm]) -> BureauTable:
    """Credit office: the complete list of firms with abnormal operation or bad credit."""
    rows: list[list[Cell]] = [
        [firm.code, firm.name] for firm in firms if "abnormal" in firm.enterprise.titles
    ]
    return BureauTable("经营异常和失信企业名单", ["统一社会信用代码", "企业名称"], rows)


def own_reports(firms: Sequence[Firm], random: Random, year: int) -> BureauTable:
    """What firms told their towns: names without codes, as each wrote its own; some are not on any list."""
    rows: list[list[Cell]] = []
    for firm in firms:
        if not firm.years or random.random() >= TOLD:
            continue
        figures = firm.years[-1]
        chance = random.random()
        name = firm.name
        if chance < 0.07:
            name = mistype_name(random, firm.name)
        elif chance < 0.10 and firm.former_name:
            name = firm.former_name
        elif chance < 0.11:
            name = f"{firm.name}武进分公司"
        more = random.choice((0, 0, 0, 1, 2, 4, 8))
        tech = min(figures.staff, figures.tech_staff + more)
        revenue = (
            figures.revenue if random.random() < 0.9 else round(figures.revenue * random.uniform(0.8, 1.2), 1)
        )
        rows.append([len(rows) + 1, name, firm.town.name, revenue, figures.staff, tech])
    spoil_rows(random, rows, 1, 3)
    header: Header = [
        "序号", "企业名称", "所属镇街",
        f"{year}年营业收入（万元）", f"{year}年职工总数（人）", f"{year}年科技人员（人）",
    ]  # fmt: skip
    return BureauTable("企业自报情况汇总", header, rows)

"""All files of the larger invented district, with the day and the source of each, in the order in which they came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from random import Random
from string import Template

from yumiao.demo.bureaus import list_files, office_files
from yumiao.demo.bureaus.examining import examine_holders
from yumiao.demo.bureaus.firms import Firm, make_firms
from yumiao.demo.bureaus.rights import make_rights
from yumiao.demo.bureaus.sheets import BureauTable, write_book, write_page, write_text
from yumiao.demo.bureaus.titles import TitleRow, make_titles
from yumiao.demo.bureaus.words import BureauWords, bureau_words

SEED, SIZE = 2026, 5400
"""The district that ``make demo`` shows."""

TOLD_BEFORE = 3
"""Days before the day of the district on which the latest list was made."""


@dataclass(frozen=True)
class BureauFile:
    """One file as it arrived.

    Attributes:
        name: its file name.
        mapping: text of the mapping file that says what its columns mean.
        source: who reports.
        on: the day as of which it speaks.
    """

    name: str
    content: bytes
    mapping: str
    source: str
    on: dt.date


@dataclass(frozen=True)
class BureauFiles:
    """The files of a district, and what is true of it.

    Attributes:
        files: in the order in which they arrived.
        firms: everything true of every firm, known to nobody.
        titles: what the lists of titles say, faults apart.
    """

    files: tuple[BureauFile, ...]
    firms: tuple[Firm, ...]
    titles: tuple[TitleRow, ...]


def make_bureau_files(seed: int, size: int, as_of: dt.date) -> BureauFiles:
    """Make up a district as it is known on a day.

    Args:
        seed: what the chances follow from.
        size: how many firms.
    Raises: ValueError when there are not so many names.
    """
    random = Random(f"{seed}/{size}/{as_of}")  # noqa: S311 - an invented district, not a secret
    words = bureau_words()
    latest = as_of - dt.timedelta(days=TOLD_BEFORE)
    firms = make_firms(words, random, size, as_of)
    titles = make_titles(firms, random, latest)
    firms = examine_holders(firms, {row.firm for row in titles if row.title == "hnte"}, random)
    desk = _Desk(as_of)
    _add_office_files(desk, firms, random, words)
    _add_list_files(desk, firms, titles, random)
    in_order = sorted(desk.files, key=lambda file: file.on)
    return BureauFiles(tuple(in_order), tuple(firms), tuple(titles))


class _Desk:
    """Writes tables as files, each so many days before the day of the district."""

    def __init__(self, as_of: dt.date) -> None:
        self.as_of = as_of
        self.years = [as_of.year - 3, as_of.year - 2, as_of.year - 1]
        self.files: list[BureauFile] = []

    def day(self, ago: int) -> dt.date:
        """The day so many days before."""
        return self.as_of - dt.timedelta(days=ago)

    def add(
        self, name: str, source: str, table: BureauTable, mapping: str, ago: int, encoding: str = "utf-8-sig"
    ) -> None:
        """Add a table as the kind of file that its name says."""
        on = self.day(ago)
        if name.endswith(".xlsx"):
            content = write_book(table, table.title[:10], on)
        else:
            content = write_page(table) if name.endswith(".html") else write_text(table, encoding)
        self.files.append(BureauFile(name, content, self._mapping(mapping, name, on), source, on))

    def _mapping(self, mapping: str, file: str, on: dt.date) -> str:
        folder = resources.files("yumiao.demo.bureaus").joinpath("mappings")
        text = folder.joinpath(f"{mapping}.yaml").read_text(encoding="utf-8")
        first, second, third = self.years
        return Template(text).substitute(
            Y0=self.as_of.year, Y1=third, Y2=second, Y3=first, ON=on.isoformat(), FILE=file
        )


def _add_office_files(desk: _Desk, firms: Sequence[Firm], random: Random, words: BureauWords) -> None:
    """Registrations, returns, the survey and its corrections, insured staff and a roster of persons."""
    made = office_files
    survey = made.survey(firms, random)
    registered = made.registrations(firms, random, words.industry_codes, desk.day(60))
    taxed = made.tax_returns(firms, random, desk.years)
    corrected = made.survey_corrections(survey, random)
    insured = made.insured_staff(firms, random, desk.years)
    roster = made.roster(firms, random, desk.years[-1])
    desk.add("市场监管局_企业登记.xlsx", "market_supervision", registered, "registrations", 60)
    desk.add("税务局_年度申报.xlsx", "tax", taxed, "tax", 52)
    desk.add("统计局_科技活动统计.csv", "statistics", survey, "survey", 45, "gb18030")
    desk.add("人社局_参保人数.xlsx", "social_security", insured, "insured", 40)
    desk.add("人社局_园区花名册.xlsx", "social_security", roster, "roster", 38)
    desk.add("统计局_科技活动统计_更正.csv", "statistics", corrected, "survey", 30, "gb18030")


def _add_list_files(desk: _Desk, firms: Sequence[Firm], titles: Sequence[TitleRow], random: Random) -> None:
    """Conduct, rights, reviews, what firms say of themselves, and the lists of titles."""
    made, latest = list_files, desk.day(TOLD_BEFORE)
    rights = made.right_register(make_rights(firms, random, desk.day(20)), firms)
    reviewed = made.reviews(firms, random, desk.as_of.year)
    told = made.own_reports(firms, random, desk.years[-1])
    announced = made.announced_list(titles, firms, random)
    desk.add("信用办_联合核查.csv", "credit", made.conduct(firms, random), "conduct", 25)
    desk.add("信用办_失信名单.csv", "credit", made.discredited(firms), "discredited", 24)
    desk.add("知识产权局_台账.csv", "ip_office", rights, "rights", 20, "gb18030")
    desk.add("科技局_评价与培育.xlsx", "science", reviewed, "reviews", 14)
    desk.add("镇街_企业自报汇总.xlsx", "enterprise", told, "own", 8)
    desk.add("科技局_高成长企业公布.html", "science", announced, "announced", 6)
    desk.add("工信局_优质中小企业.xlsx", "industry", made.industry_list(titles, firms, latest), "industry", 5)
    desk.add(
        "科技局_科技型中小企业入库.xlsx", "science", made.tech_sme_list(titles, firms, latest), "tech_sme", 4
    )
    desk.add("科技局_高新技术企业.xlsx", "science", made.hnte_list(titles, firms, random, latest), "hnte", 3)

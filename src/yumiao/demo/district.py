"""The files of the invented district: the same seed and size give the same files."""

from __future__ import annotations

from importlib import resources
from random import Random

from yumiao.demo.enterprises import Enterprise, make_enterprises
from yumiao.demo.tables import directory, property_counts, reviews, title_list, yearly
from yumiao.demo.words import district_words
from yumiao.demo.writing import write_delimited, write_workbook

SEED, SIZE = 412, 360
"""The district that ships with the package."""

YEAR = 2026
"""The year of the application; yearly figures end the year before."""

MAPPING = "mapping.yaml"
INPUTS = ("企业名录.xlsx", "年度财务与研发.xlsx", "知识产权.csv", "评价与培育.xlsx")
"""The files to evaluate, in the order in which they count; the lists are named by the mapping."""

LISTS: dict[str, frozenset[str]] = {
    "有效高新技术企业.csv": frozenset({"hnte"}),
    "有效科技型中小企业.csv": frozenset({"tech_sme"}),
    "有效创新型中小企业.csv": frozenset({"innovative_sme"}),
    "有效专精特新中小企业.csv": frozenset({"srdi_sme"}),
    "有效国家级荣誉.csv": frozenset({"hnte", "national_award"}),
    "省部级以上研发机构.csv": frozenset({"rd_body"}),
    "省级以上科技奖励.csv": frozenset({"award", "national_award"}),
    "国家级科技奖励.csv": frozenset({"national_award"}),
    "主导制定标准.csv": frozenset({"standard"}),
    "经营异常和失信.csv": frozenset({"abnormal"}),
}
"""Each list and the titles it names."""


def make_district(seed: int = SEED, size: int = SIZE) -> dict[str, bytes]:
    """Make up a district as of 1 July of ``YEAR`` and return its files by name.

    Args:
        seed: what the chances follow from.
        size: how many enterprises.
    Raises: ValueError when ``size`` is below 1 or above 999.
    """
    random = Random(seed)  # noqa: S311 - an invented district, not a secret
    words = district_words()
    enterprises = make_enterprises(words, random, size, YEAR)
    directory_table = directory(enterprises, random, words)
    yearly_table = yearly(enterprises, random, words)
    property_table = property_counts(enterprises, random, words)
    reviews_table = reviews(enterprises, random, words, YEAR)
    files = {
        INPUTS[0]: write_workbook(directory_table, "企业名录"),
        INPUTS[1]: write_workbook(yearly_table, f"{YEAR - 3}-{YEAR - 1}年度"),
        INPUTS[2]: write_delimited(property_table, "gb18030"),
        INPUTS[3]: write_workbook(reviews_table, "评价与培育"),
        MAPPING: resources.files("yumiao.demo").joinpath(MAPPING).read_bytes(),
    }
    return files | _lists(enterprises)


def _lists(enterprises: list[Enterprise]) -> dict[str, bytes]:
    return {
        f"名单/{name}": write_delimited(title_list(enterprises, titles), "utf-8")
        for name, titles in LISTS.items()
    }

"""Real names taken apart: listed firms and institutes. Nothing is said about the firms themselves."""

import csv

import polars as pl
import pytest

from yumiao.identity.linkage import link
from yumiao.identity.names import PartKind, parse_name
from yumiao.identity.names.forms import FormKind


@pytest.fixture(scope="module")
def reports(shared_folder):
    path = shared_folder / "data" / "listed-firms-jiangsu" / "listed-firms-jiangsu-2019-2021.csv"
    with path.open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def firms(reports):
    return sorted({row["企业名称"] for row in reports})


def listed(reports, year, column):
    """The firms of one year under a name; the key is the code on the stock exchange, which tells the truth."""
    rows = [(row["股票代码"], row[column]) for row in reports if row["报告年份"] == year]
    return pl.DataFrame(rows, schema=["key", "name"], orient="row")


def test_listed_firms_are_joint_stock_companies_with_a_trade_name(firms):
    parsed = [parse_name(name) for name in firms]

    assert len(parsed) > 500
    assert {name.form.kind for name in parsed} == {FormKind.JOINT_STOCK}
    assert all(name.trade_name for name in parsed)
    assert all("".join(part.text for part in name.parts) == name.text for name in parsed)


def test_industry_of_most_listed_firms_is_recognised(firms):
    parsed = [parse_name(name) for name in firms]

    without = [name for name in parsed if not name.industry]

    assert len(without) / len(parsed) <= 0.10
    assert all(any("行业" in doubt.zh for doubt in name.doubts) for name in without)


def test_region_at_the_start_of_a_listed_firm_is_taken_off(firms):
    starts = [name for name in firms if name.startswith(("常州", "无锡", "苏州", "江苏", "南通", "镇江"))]

    regions = [next((part.text for part in parse_name(name).parts), "") for name in starts]

    kinds = [parse_name(name).parts[0].kind for name in starts]
    assert len(starts) > 150
    assert sum(kind is PartKind.REGION for kind in kinds) / len(kinds) > 0.98
    assert all(region for region in regions)


def test_institutes_of_research_projects_are_taken_apart_without_loss(shared_folder):
    path = shared_folder / "data" / "nkrdp-projects" / "nkrdp-2018-2019.csv"
    with path.open(encoding="utf-8-sig") as file:
        names = sorted({row["institution"] for row in csv.DictReader(file)})

    parsed = [parse_name(name) for name in names]

    assert len(parsed) > 400
    assert all("".join(part.text for part in name.parts) == name.text for name in parsed)
    assert sum(1 for name in parsed if name.form is not None) / len(parsed) > 0.9


def test_firms_of_two_years_are_linked_by_their_names_alone(reports):
    before, after = listed(reports, "2019", "企业名称"), listed(reports, "2021", "企业名称")

    found = link(before, after)

    there = before.join(after, on="key").height
    same = found.same()
    assert same.filter(pl.col("left") != pl.col("right")).height == 0
    assert same.height == there > 300


def test_short_names_of_firms_come_before_a_person_and_are_never_joined_wrongly(reports):
    short, full = listed(reports, "2021", "简称"), listed(reports, "2021", "企业名称")

    found = link(short, full)

    right = found.queue().filter(pl.col("left") == pl.col("right"))
    assert found.same().filter(pl.col("left") != pl.col("right")).height == 0
    assert right.height / short.height > 0.8

"""Indicators over HTTP: what is reached, planned and aimed at; unknown stays null."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.district.calling import Program
from tests.district.districts import NOW

from yumiao.district.indicators.services import import_targets
from yumiao.district.indicators.targets_file import ActualRow, TargetRow, TargetsFile

SET_ON, TOLD_ON = dt.date(2026, 1, 20), dt.date(2026, 7, 5)
PLAN = {3: Decimal(40), 6: Decimal("90.5"), 12: Decimal(200)}
TARGET = TargetRow("PRJ_TI", "320412", 2026, Decimal(200), "at_least", "年度计划", SET_ON, PLAN)
VALUES = (
    ActualRow("PRJ_TI", "320412", 2026, 6, Decimal("80.5"), "月报", TOLD_ON),
    ActualRow("PRJ_TI", "320412", 2026, 6, Decimal(78), "电视", TOLD_ON),
)


@pytest.fixture
def officer():
    import_targets(TargetsFile((TARGET,), VALUES, ()), now=NOW)
    return Program("officer")


def test_indicator_is_listed_with_bounds_plan_and_target(officer):
    listed = {each["id"]: each for each in officer.get("/indicators", size=200)["items"]}

    found = listed["PRJ_TI"]
    assert (found["territory"], found["year"], found["month"]) == ("320412", 2026, 6)
    assert found["reached"] == {"low": "78", "high": "80.5"}
    assert (found["is_disputed"], found["is_counted"]) == (True, False)
    assert (found["plan"], found["target"], found["document"]) == ("90.5", "200", "年度计划")


def test_indicator_that_nobody_told_is_unknown_and_not_nought(officer):
    nothing = officer.get("/indicators", having="nothing", size=200)["items"]

    assert nothing
    assert {(each["reached"], each["target"], each["plan"]) for each in nothing} == {(None, None, None)}


def test_indicator_holds_every_value_with_how_it_stands_and_every_target(officer):
    found = officer.get("/indicators/PRJ_TI")

    assert sorted((each["value"], each["source"], each["standing"]) for each in found["received"]) == [
        ("78", "电视", "beside"),
        ("80.5", "月报", "beside"),
    ]
    assert [(each["value"], each["counts"], each["plan"]) for each in found["targets"]] == [
        ("200", True, {"3": "40", "6": "90.5", "12": "200"})
    ]
    assert {each["territory"] for each in found["districts"]} > {"320412"}
    ranked = {each["territory"]: (each["value"], each["rank"]) for each in found["districts"]}
    assert ranked["320412"] == (None, None)  # its sources differ, so it cannot be ranked


@pytest.mark.parametrize("path", ["/indicators", "/indicators/PRJ_TI"])
def test_division_of_others_is_refused(path, officer):
    assert officer.get(path, 403, territory="320402")["code"] == "permission.refused"


def test_indicator_that_no_pack_has_names_the_nearest(officer):
    refused = officer.get("/indicators/PRJ_T", 404)

    assert refused["code"] == "indicator.unknown"
    assert "PRJ_TI" in refused["text"]["en"]


def test_list_costs_the_same_queries_for_one_row_and_for_all(officer):
    officer.get("/indicators")
    counts = []
    for size in (1, 200):
        with CaptureQueriesContext(connection) as captured:
            officer.get("/indicators", size=size)
        counts.append(len(captured))

    assert counts[0] == counts[1]

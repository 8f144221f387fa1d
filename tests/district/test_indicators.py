"""Indicators: which value counts and why, targets with their path, identities, rankings; nothing is overwritten."""

import datetime as dt
import html
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.district.districts import PEOPLE

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.selectors import actor_of
from yumiao.district.indicators.models import Actual, PlanPoint, Target
from yumiao.district.indicators.ranking import Unit, rank_units
from yumiao.district.indicators.selectors import goals_of, ladder_built
from yumiao.district.indicators.sheets import read_sheet
from yumiao.district.indicators.standing import (
    Choice,
    Received,
    Standing,
    bounds_of,
    judge_values,
    latest_place,
)
from yumiao.district.journal.models import JournalLine
from yumiao.district.permissions import can_set_indicator
from yumiao.district.registry.packs import library

HANZI = re.compile(r"[\u3400-\u9fff]")
VALUE = {
    "indicator": "PRJ_TI",
    "territory": "320412",
    "year": "2026",
    "month": "6",
    "value": "80",
    "source": "月报",
    "document": "六月月报",
    "date": "2026-07-05",
    "zones": "",
}
TARGET = {
    "indicator": "PRJ_TI",
    "territory": "320412",
    "year": "2026",
    "value": "200",
    "sense": "at_least",
    "document": "年度计划",
    "date": "2026-01-20",
    "plan_6": "90",
    "plan_12": "200",
}
PAGE = "/indicators/PRJ_TI/?territory=320412&year=2026"


def received(number, value, source, *, day=1, month=6, zones="", is_withdrawn=False):
    return Received(
        number, month, zones, Decimal(value), source, "", dt.date(2026, 7, day), is_withdrawn=is_withdrawn
    )


def standings(values, chosen=None):
    return {each.received.id: each.standing for each in judge_values(values, chosen or {})}


def page_of(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


@pytest.fixture
def officer(sign_in):
    return sign_in("officer")


# ── which value counts ────────────────────────────────────────────────────────────────────────────────────────


def test_only_value_counts_and_a_later_word_of_the_source_takes_its_place():
    assert standings([received(1, 80, "月报")]) == {1: Standing.COUNTS}
    assert standings([received(1, 80, "月报"), received(2, 82, "月报", day=3)]) == {
        1: Standing.EARLIER,
        2: Standing.COUNTS,
    }


def test_sources_that_differ_stand_beside_each_other_until_somebody_chooses():
    values = [received(1, 280, "报纸"), received(2, 278, "电视", day=9)]

    judged = judge_values(values, {})
    chosen = standings(values, {(6, ""): Choice(1, "以书面为准")})

    assert {each.standing for each in judged} == {Standing.BESIDE}
    assert bounds_of(judged) == (278, 280)
    assert chosen == {1: Standing.COUNTS, 2: Standing.NOT_CHOSEN}


def test_withdrawn_value_counts_no_more_even_if_it_was_chosen():
    values = [received(1, 280, "报纸", is_withdrawn=True), received(2, 278, "电视")]

    assert standings(values, {(6, ""): Choice(1, "x")}) == {1: Standing.WITHDRAWN, 2: Standing.COUNTS}


def test_variants_and_months_are_judged_apart():
    values = [
        received(1, 3222, "公报", zones="with"),
        received(2, 2239, "公报", zones="without"),
        received(3, 3000, "公报", month=5),
    ]

    assert set(standings(values).values()) == {Standing.COUNTS}
    assert latest_place(judge_values(values, {})) == (6, "without")
    assert latest_place(judge_values(values, {}), until=5) == (5, "")


@pytest.mark.parametrize(
    ("values", "ranks"),
    [
        ((5, 7, 7, 1), {"b": 1, "c": 1, "a": 3, "d": 4}),
        ((None, 0, 3, None), {"c": 1, "b": 2, "a": None, "d": None}),
    ],
)
def test_equal_values_share_a_rank_and_unknown_ones_have_none(values, ranks):
    units = [
        Unit(name, name, None if value is None else Decimal(value))
        for name, value in zip("abcd", values, strict=True)
    ]

    assert {each.unit.name: each.rank for each in rank_units(units)} == ranks
    assert [each.unit.name for each in rank_units(units)] == list(ranks)


# ── entering on screen ────────────────────────────────────────────────────────────────────────────────────────


def test_value_entered_is_shown_with_source_document_and_why_it_counts(officer):
    assert officer.post("/indicators/values/add/", VALUE).headers["Location"] == PAGE

    page = page_of(officer, PAGE)

    assert "六月月报" in page
    assert "只有这一个数" in page
    line = JournalLine.objects.filter(act="indicator.value_added").get()
    assert line.stream == "indicator/PRJ_TI.320412"
    assert "月报" not in line.payload


def test_same_value_twice_is_refused_and_the_form_keeps_what_was_typed(officer):
    officer.post("/indicators/values/add/", VALUE)

    refused = officer.post("/indicators/values/add/", VALUE)

    assert refused.status_code == 422
    page = refused.content.decode()
    assert "已经登记过" in page
    assert 'value="六月月报"' in page
    assert Actual.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("value", "many", "value 应为数"),
        ("value", "1e900", "value 应为数"),
        ("territory", "武进", "territory 应为区划代码"),
        ("year", "二六", "year 应为四位年份"),
        ("date", "昨天", "date 应为"),
        ("source", " ", "缺 source"),
        ("indicator", "HT_NETT", "规则包里没有指标"),
        ("month", "13", "月份应为"),
    ],
)
def test_each_mistake_is_said_beside_its_field_and_nothing_is_kept(field, typed, words, officer):
    refused = officer.post("/indicators/values/add/", VALUE | {field: typed})

    assert refused.status_code == 422
    assert words in html.unescape(refused.content.decode())
    assert not Actual.objects.exists()


def test_withdrawn_value_can_be_restored_and_both_are_journalled(officer):
    officer.post("/indicators/values/add/", VALUE)
    address = f"/indicators/values/{Actual.objects.get().pk}/"

    officer.post(address, {"act": "withdraw"})
    withdrawn = page_of(officer, PAGE)
    officer.post(address, {"act": "restore"})

    assert "<s>80</s>" in withdrawn
    assert "<s>80</s>" not in page_of(officer, PAGE)
    acts = JournalLine.objects.filter(stream="indicator/PRJ_TI.320412").order_by("sequence")
    assert list(acts.values_list("act", flat=True)) == [
        "indicator.value_added",
        "indicator.value_withdrawn",
        "indicator.value_restored",
    ]


def test_choice_settles_sources_that_differ_and_can_be_taken_back(officer):
    officer.post("/indicators/values/add/", VALUE)
    officer.post("/indicators/values/add/", VALUE | {"value": "78", "source": "电视"})
    officer.post("/indicators/targets/add/", TARGET)
    actor, built = actor_of(Person.objects.get(login="officer")), ladder_built()
    first = Actual.objects.get(value="80").pk

    def reached():
        (goal,) = goals_of(actor, library(), built)
        return goal.actual

    assert reached() == (78, 80)
    assert officer.post(f"/indicators/values/{first}/", {"act": "choose", "why": ""}).status_code == 503
    officer.post(f"/indicators/values/{first}/", {"act": "choose", "why": "以月报为准"})
    assert reached() == (80, 80)
    assert "经办指定：以月报为准" in page_of(officer, PAGE)
    officer.post(f"/indicators/values/{first}/", {"act": "take_back"})
    assert reached() == (78, 80)


def test_target_set_again_is_a_revision_and_withdrawing_it_brings_the_former_back(officer):
    officer.post("/indicators/targets/add/", TARGET)
    officer.post("/indicators/targets/add/", TARGET | {"value": "180", "document": "调整文件"})
    lowered = page_of(officer, PAGE)
    officer.post(f"/indicators/targets/{Target.objects.get(revision=2).pk}/", {"act": "withdraw"})

    assert "≥ 180" in lowered
    assert "已被后一版取代" in lowered
    restored = page_of(officer, PAGE)
    assert "<s>≥ 180</s>" in restored
    assert Target.objects.count() == 2
    assert PlanPoint.objects.filter(target__revision=1).count() == 2
    officer.post("/indicators/targets/add/", TARGET | {"value": "190"})
    assert Target.objects.order_by("-revision").values_list("revision", "value").first() == (3, "190")


def test_path_of_the_year_shows_plan_and_values_month_by_month(officer):
    officer.post("/indicators/values/add/", VALUE)
    officer.post("/indicators/targets/add/", TARGET)

    page = page_of(officer, PAGE)

    assert 'class="path-chart"' in page
    assert re.search(r'<th scope="row">6</th><td class="num">90</td><td class="num">80</td>', page)
    assert re.search(r'<th scope="row">5</th><td class="num">—</td><td class="num">—</td>', page)


# ── the list ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_list_and_file_show_unknown_for_what_nobody_told(officer):
    officer.post("/indicators/values/add/", VALUE)

    page = page_of(officer, "/indicators/?year=2026")
    file = b"".join(officer.get("/indicators/export.csv?year=2026").streaming_content).decode("utf-8-sig")
    kept = page_of(officer, "/indicators/?year=2026&having=values")

    rows = {line.split(",")[0]: line.split(",") for line in file.splitlines()}
    assert rows["PRJ_TI"][5] == "80"
    assert rows["TALENT"][5] == "未知"
    assert page.count('<tr><th scope="row">') == len(library().figures.indicators) == len(rows) - 1
    assert kept.count('<tr><th scope="row">') == 1


def test_published_values_stand_side_by_side_with_their_sources(officer):
    page = page_of(officer, "/indicators/HT_NET/?territory=320412&year=2023")

    assert "报纸版面（2023年成绩）" in page
    assert "武进新闻“2023年武进十大新闻解读”" in page
    gdp = page_of(officer, "/indicators/GDP/?territory=320412&year=2023")
    assert "含园区" in gdp
    assert "不含园区" in gdp


@pytest.mark.parametrize("address", ["/indicators/", PAGE])
def test_page_costs_the_same_queries_for_one_value_and_for_three(address, officer):
    officer.post("/indicators/values/add/", VALUE)
    officer.post("/indicators/targets/add/", TARGET)
    officer.get(address)
    with CaptureQueriesContext(connection) as one:
        officer.get(address)
    for number, indicator in enumerate(("PRJ_TI", "TALENT", "CO_TI")):
        officer.post("/indicators/values/add/", VALUE | {"indicator": indicator, "value": str(number)})
        officer.post("/indicators/targets/add/", TARGET | {"indicator": indicator, "value": str(number)})
    with CaptureQueriesContext(connection) as many:
        officer.get(address)

    assert len(one) == len(many)


@pytest.mark.parametrize("login", PEOPLE)
def test_pages_and_acts_answer_as_the_matrix_says(login, sign_in):
    sees, sets = login in {"officer", "town"}, login == "officer"
    client = sign_in(login)

    for address in ("/indicators/", "/indicators/export.xlsx", "/indicators/PRJ_TI/"):
        assert client.get(address).status_code == (200 if sees else 403), address
    for address in ("/indicators/values/add/", "/indicators/targets/add/"):
        assert client.get(address).status_code == (200 if sets else 403), address
    assert client.post("/indicators/values/add/", VALUE).status_code == (302 if sets else 403)
    assert Actual.objects.count() == (1 if sets else 0)


@pytest.mark.parametrize(
    ("territory", "value", "target"),
    [("320412", True, True), ("320412100", True, True), ("320413", True, False), ("310101", False, False)],
)
def test_officer_enters_values_of_the_city_and_targets_of_the_own_division(territory, value, target):
    actor = actor_of(Person.objects.get(login="officer"))

    assert can_set_indicator(actor, territory).allowed == value
    assert can_set_indicator(actor, territory, is_target=True).allowed == target


def test_foreign_division_is_refused_over_http_too(officer):
    assert officer.post("/indicators/values/add/", VALUE | {"territory": "310101"}).status_code == 403
    assert not Actual.objects.exists()


def test_english_pages_have_chinese_in_received_words_alone(officer):
    officer.post("/indicators/values/add/", VALUE)
    officer.post("/indicators/targets/add/", TARGET)
    officer.post("/language/", {"language": "en", "next": "/"})

    for address in ("/indicators/", PAGE, "/indicators/values/add/", "/indicators/targets/add/"):
        main = page_of(officer, address).partition("<main")[2]
        for word in (
            "六月月报",
            "月报",
            "年度计划",
            "育苗",
            "武进区",
            "天宁区",
            "钟楼区",
            "新北区",
            "金坛区",
            "溧阳市",
        ):
            main = main.replace(word, "")
        assert HANZI.findall(main) == [], address


def test_sister_districts_are_ranked_by_values_of_one_month_and_the_others_are_named(officer):
    officer.post("/indicators/values/add/", VALUE)
    officer.post("/indicators/values/add/", VALUE | {"territory": "320413", "value": "95"})
    officer.post("/indicators/values/add/", VALUE | {"territory": "320411", "value": "99", "month": "5"})

    sheet = read_sheet(
        actor_of(Person.objects.get(login="officer")), library(), ladder_built(), "PRJ_TI", "320412", 2026
    )

    ranked = {each.unit.name: (each.rank, each.unit.value) for each in sheet.units}
    assert ranked["金坛区"] == (1, 95)
    assert ranked["武进区"] == (2, 80)
    assert ranked["新北区"] == ranked["溧阳市"] == (None, None)
    assert len(ranked) == 6

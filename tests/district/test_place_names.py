"""Places are called as the administration entered them; a code that nobody named stays, and forms say so."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.district.districts import AS_OF, NOW

from yumiao.district.divisions.models import DivisionName
from yumiao.district.divisions.naming import PlaceNames, place_names, unnamed
from yumiao.district.divisions.services import Division, add_division, end_division
from yumiao.district.indicators.places import territory_name
from yumiao.district.registry.places import place_name

TOWN, OTHER = "320412100", "320412101"


def enter(code, name, valid_from=None):
    division = Division(code, name, "town", code[:6], "", valid_from, None, "区划通知")
    return add_division(division, now=NOW)


def page_of(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("code", "name", "zh", "en"),
    [
        ("", "", "", ""),
        (TOWN, "湖塘镇", "湖塘镇 320412100", "湖塘镇 320412100"),
        ("320412100003", "湖塘镇 320412100003", "湖塘镇 320412100003（未登记名称）", None),
        (
            "320412999",
            "武进区 320412999",
            "武进区 320412999（未登记名称）",
            "武进区 320412999 (no name entered)",
        ),
        ("320412", "武进区", "武进区 320412", "武进区 320412"),
        ("999999001", "999999001", "999999001（未登记名称）", "999999001 (no name entered)"),
    ],
)
def test_place_is_its_name_else_the_whole_with_the_code_else_the_code(code, name, zh, en):
    names = PlaceNames({TOWN: "湖塘镇"})
    assert names.of(code) == name
    if code:
        assert names.option(code).zh == zh
        assert en is None or names.option(code).en == en


def test_name_is_that_of_the_day_and_one_withdrawn_does_not_count():
    former = enter(TOWN, "旧名镇")
    end_division(former, until=dt.date(2026, 7, 31), now=NOW)
    enter(TOWN, "新名镇", dt.date(2026, 8, 1))
    assert place_names(AS_OF).of(TOWN) == "旧名镇"
    assert place_names(dt.date(2026, 8, 1)).of(TOWN) == "新名镇"
    assert (place_name(TOWN), territory_name(TOWN)) == ("旧名镇", "旧名镇")
    DivisionName.objects.update(withdrawn_at=NOW)
    assert place_name(TOWN) == "武进区 320412100"


def test_codes_without_a_name_are_listed_once():
    assert unnamed([OTHER, "", TOWN, OTHER, "320412"], PlaceNames({TOWN: "湖塘镇"})) == [OTHER]


@pytest.mark.parametrize("address", ["/enterprises/", "/overview/calls/", "/indicators/"])
def test_pickers_show_the_names_entered_and_say_where_none_is(address, sign_in, ids):
    enter(TOWN, "湖塘镇")
    client = sign_in("town" if address == "/indicators/" else "officer")
    page = page_of(client, address)
    assert "湖塘镇 320412100</option>" in page
    if address != "/indicators/":
        assert "武进区 320412101（未登记名称）</option>" in page


def test_rows_files_and_profile_show_the_name(sign_in, ids):
    enter(TOWN, "湖塘镇")
    client = sign_in("officer")
    assert 'data-l="属地">湖塘镇<' in page_of(client, "/enterprises/?q=衡舟")
    assert "湖塘镇" in page_of(client, f"/enterprises/{ids['hengzhou']}/")
    sent = b"".join(client.get("/enterprises/export.csv").streaming_content).decode("utf-8-sig")
    assert {line.count("湖塘镇") for line in sent.splitlines() if "衡舟" in line} == {1}


@pytest.mark.parametrize("address", ["/enterprises/", "/overview/calls/", "/overview/"])
def test_names_cost_one_query_for_any_number_of_rows(address, sign_in):
    client = sign_in("officer")

    def asked():
        with CaptureQueriesContext(connection) as found:
            page_of(client, address)
        return sum("divisions_divisionname" in each["sql"] for each in found)

    assert asked() <= 2
    few = asked()
    for number in range(3):
        enter(f"32041210{number}", f"第{number}镇")
    assert asked() == few


def test_administrator_sees_which_codes_in_use_have_no_name_and_enters_one(sign_in):
    client = sign_in("system")
    page = page_of(client, "/admin/divisions/")
    assert (f'href="?code={TOWN}#h-add"' in page, f'href="?code={OTHER}#h-add"' in page) == (True, True)
    assert f'value="{TOWN}"' in page_of(client, f"/admin/divisions/?code={TOWN}")

    form = {"code": TOWN, "name": "湖塘镇", "kind": "town", "parent": "320412", "source": "区划通知"}
    assert client.post("/admin/divisions/", form).status_code == 302

    assert f'href="?code={TOWN}#h-add"' not in page_of(client, "/admin/divisions/")
    assert place_name(TOWN) == "湖塘镇"

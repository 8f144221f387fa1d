"""The call list: whom to call and about what, on screen, on paper and as a file."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.district.districts import FIRMS, NOW, PEOPLE

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.selectors import actor_of
from yumiao.district.contacts.services import add_contact
from yumiao.district.indicators.models import TitleState
from yumiao.district.overview.calls import CallsWanted, calls_wanted, shown_calls
from yumiao.district.registry.models import OutcomeCurrent


@pytest.fixture(autouse=True)
def reasons(ids):
    """hengzhou's title ends, qingmu is one step away, one condition is open for jiahe; nobody else is called."""
    OutcomeCurrent.objects.update(outcome="not_met", failing=3, near_miss=False, open=5)
    TitleState.objects.create(
        subject_id=ids["hengzhou"], scope="320412", title="hnte", held=True, is_renewed=False, days_left=12
    )
    near = OutcomeCurrent.objects.filter(subject_id=ids["qingmu"], family="tech_sme")
    near.update(near_miss=True, gap_zh="还差 3 人", gap_en="3 people short")
    missing = OutcomeCurrent.objects.filter(subject_id=ids["jiahe"], family="hnte")
    missing.update(outcome="undetermined", failing=0, open=1, gap_zh="缺 职工总数", gap_en="missing: staff")


def calls_of(login, **wanted):
    actor = actor_of(Person.objects.get(login=login))
    return {
        call.name: [(reason, said.zh) for reason, _, said in call.points]
        for call in shown_calls(actor, calls_wanted(actor, CallsWanted(**wanted)))
    }


def test_list_names_whom_to_call_and_about_what():
    assert calls_of("officer") == {
        FIRMS["hengzhou"][0]: [("ending", "还有 12 天到期")],
        FIRMS["qingmu"][0]: [("near", "还差 3 人")],
        FIRMS["jiahe"][0]: [("open", "缺 职工总数")],
    }


@pytest.mark.parametrize(
    ("wanted", "firms"),
    [
        ({"reason": "ending"}, {"hengzhou"}),
        ({"reason": "near"}, {"qingmu"}),
        ({"reason": "open"}, {"jiahe"}),
        ({"territory": "320412101"}, {"qingmu"}),
        ({"territory": "320402"}, {"hengzhou", "qingmu", "jiahe"}),
    ],
)
def test_list_is_kept_to_a_reason_or_a_town(wanted, firms):
    assert set(calls_of("officer", **wanted)) == {FIRMS[firm][0] for firm in firms}


def test_town_sees_its_own_enterprises_alone():
    assert set(calls_of("town")) == {FIRMS["hengzhou"][0]}


def test_page_paper_and_file_hold_the_same(sign_in):
    client = sign_in("officer")

    page = client.get("/overview/calls/").content.decode()
    paper = client.get("/overview/calls/print/").content.decode()
    file = b"".join(client.get("/overview/calls.csv").streaming_content).decode("utf-8-sig")

    for firm in ("hengzhou", "qingmu", "jiahe"):
        assert all(FIRMS[firm][0] in each for each in (page, paper, file))
    assert re.search(r"<b>|<script|style=", paper) is None
    assert len(file.strip().splitlines()) == 4
    assert FIRMS["tianning"][0] not in page + paper + file


@pytest.mark.parametrize("login", PEOPLE)
def test_call_list_is_for_officers_and_towns(login, sign_in):
    for address in ("/overview/calls/", "/overview/calls/print/", "/overview/calls.xlsx"):
        status = sign_in(login).get(address).status_code
        assert status == (200 if login in {"officer", "town"} else 403)


def test_call_list_costs_the_same_queries_for_one_and_for_three(sign_in):
    client = sign_in("officer")
    client.get("/overview/calls/")
    with CaptureQueriesContext(connection) as three:
        client.get("/overview/calls/")
    with CaptureQueriesContext(connection) as one:
        client.get("/overview/calls/?reason=near")

    assert len(one) == len(three)


def test_contact_stands_on_the_list_masked_everywhere(ids, sign_in):
    by = Person.objects.get(login="officer").id
    sent = {"name": "张小明", "post": "财务", "phone": "13812345678", "mail": ""}
    add_contact(subject=ids["qingmu"], sent=sent, by=by, now=NOW, today=NOW.date())
    client = sign_in("officer")

    page = client.get("/overview/calls/").content.decode()
    paper = client.get("/overview/calls/print/").content.decode()
    file = b"".join(client.get("/overview/calls.csv").streaming_content).decode("utf-8-sig")

    for shown in (page, paper, file):
        assert "138****78" in shown
        assert "13812345678" not in shown
        assert "张小明" not in shown

"""One enterprise in chains: placed by somebody, with a source, ended with a reason."""

import datetime as dt

import pytest
from tests.district.chains.making import acting, found, page, placed
from tests.district.districts import AS_OF

from yumiao.district.chain_firms.placements import placements_of
from yumiao.district.chain_firms.standing import firms_in
from yumiao.district.chains.conditions import NONE
from yumiao.district.chains.models import Placement
from yumiao.district.registry.models import Subject, SubjectAlias
from yumiao.district.registry.remembering import forget


def test_firm_may_sit_in_several_links_and_its_page_says_from_whom_and_since_when(robots, ids, sign_in):
    client, address = sign_in("town"), f"/enterprises/{ids['hengzhou']}/chains/"
    typed = {"link": robots["use"], "note": "打磨", "since": "2024-05-01", "source": "走访 3 号"}

    assert client.post(address, typed).status_code == 302
    row = Placement.objects.get(link=robots["use"])
    assert (row.subject, row.note, row.since, row.source, row.way, row.placed_by.login) == (
        ids["hengzhou"],
        "打磨",
        dt.date(2024, 5, 1),
        "走访 3 号",
        "entered",
        "town",
    )
    body = page(client, address)
    assert all(word in body for word in ("减速器", "集成应用", "走访 3 号", "2024-05-01", "镇级经办 甲"))
    assert page(client, f"/enterprises/{ids['hengzhou']}/").count("集成应用") == 1


def test_placing_twice_places_once(robots, ids, sign_in):
    address = f"/enterprises/{ids['hengzhou']}/chains/"
    sign_in("officer").post(address, {"link": robots["parts"], "source": "再说一次"})

    assert Placement.objects.filter(subject=ids["hengzhou"]).count() == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"source": ""}, "依据"),
        ({"source": "文", "since": "2099-01-01"}, "晚于今天"),
        ({"source": "文", "link": "x"}, "没有这条"),
    ],
)
def test_refused_placement_is_told_and_keeps_what_was_typed(typed, told, robots, ids, sign_in):
    address = f"/enterprises/{ids['jiahe']}/chains/"
    response = sign_in("officer").post(address, {"link": robots["use"], "note": "装配线", **typed})

    assert response.status_code == 400
    assert told in response.content.decode()
    assert 'value="装配线"' in response.content.decode()
    assert not Placement.objects.filter(link=robots["use"]).exists()


def test_placement_ends_with_a_reason_stands_again_and_nothing_is_removed(robots, ids, sign_in):
    client, row = sign_in("officer"), Placement.objects.get(subject=ids["hengzhou"])
    act = f"/chains/placements/{row.id}/"

    assert client.post(act, {"act": "end", "on": "2026-07-01", "why": ""}).status_code == 400
    assert client.post(act, {"act": "end", "on": "2099-07-01", "why": "转产"}).status_code == 400
    assert client.post(act, {"act": "end", "on": "2026-07-01", "why": "转产"}).status_code == 302
    row.refresh_from_db()
    assert (row.ended_on, row.ended_why) == (dt.date(2026, 7, 1), "转产")
    assert "转产" in page(client, f"/enterprises/{ids['hengzhou']}/chains/")
    client.post(act, {"act": "resume"})
    client.post(act, {"act": "withdraw"})
    client.post(act, {"act": "back"})
    row.refresh_from_db()
    assert (row.ended_on, row.withdrawn_at) == (None, None)


def test_enterprise_sees_nothing_of_its_placements(robots, ids, sign_in):
    client = sign_in("enterprise")

    assert client.get(f"/enterprises/{ids['hengzhou']}/chains/").status_code == 403
    assert client.get("/chains/").status_code == 403
    assert "减速器" not in page(client, f"/enterprises/{ids['hengzhou']}/")


def test_merged_firm_is_where_either_was_placed_and_counts_once(robots, ids, officer):
    """As notes and files: rows keep the id they were written of, and are read as the firm that it is now."""
    placed(officer, robots["parts"], ids["tianning"])
    Subject.objects.filter(id=ids["tianning"]).delete()
    SubjectAlias.objects.create(id=ids["tianning"], subject_id=ids["hengzhou"])
    forget()

    assert found("officer", chain=robots["chain"], link=robots["parts"]) == {ids["hengzhou"]}
    assert found("town", chain=NONE, on=AS_OF) == set()
    assert placed(officer, robots["parts"], ids["hengzhou"]).already == 1
    assert {each.subject for each in placements_of(ids["hengzhou"])} == {ids["hengzhou"]}
    assert len(placements_of(ids["hengzhou"])) == 2
    assert [firm.id for firm in firms_in(acting("officer"), robots["chain"])[robots["parts"]]] == [
        ids["hengzhou"]
    ]

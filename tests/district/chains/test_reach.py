"""Who may see, enter and place what, and what an address reaches."""

import pytest
from tests.district.chains.making import placed
from tests.district.districts import PEOPLE

from yumiao.district.chains.models import Placement


@pytest.mark.parametrize("login", PEOPLE)
def test_pages_and_writes_answer_as_the_matrix_says(login, robots, ids, sign_in):
    client, chain = sign_in(login), robots["chain"]
    sees, keeps = login in {"officer", "town"}, login == "officer"

    for address in (
        "/chains/",
        f"/chains/{chain}/",
        f"/chains/{chain}/placements/",
        f"/chains/{chain}/suggested/",
    ):
        assert client.get(address).status_code == (200 if sees else 403), address
    for address in ("/chains/import/", "/chains/template.csv", "/chains/unknown/", "/chains/export.csv"):
        assert client.get(address).status_code == (200 if sees else 403), address
    for address in (
        "/chains/new/",
        f"/chains/{chain}/edit/",
        f"/chains/{chain}/links/",
        f"/chains/{chain}/links/{robots['use']}/",
    ):
        assert client.get(address).status_code == (200 if keeps else 403), address
    typed = {"link": robots["use"], "source": "文"}
    for firm, allowed in (("hengzhou", sees), ("qingmu", keeps), ("tianning", False)):
        answer = client.post(f"/enterprises/{ids[firm]}/chains/", typed)
        assert answer.status_code == (302 if allowed else 403), firm
    foreign = Placement.objects.get(subject=ids["qingmu"], link=robots["whole"])
    answer = client.post(f"/chains/placements/{foreign.id}/", {"act": "withdraw"})
    assert answer.status_code == (302 if keeps else 403)


def test_town_cannot_take_back_what_was_placed_with_firms_of_others(robots, ids, officer, sign_in):
    act = placed(officer, robots["use"], ids["hengzhou"], ids["qingmu"]).act

    assert sign_in("town").post(f"/chains/acts/{act}/", {"act": "withdraw"}).status_code == 403
    assert Placement.objects.filter(act=act, withdrawn_at=None).count() == 2


def test_town_confirms_no_suggestion_of_another_division(robots, ids, sign_in):
    pick = f"{robots['parts']}:{ids['qingmu']}"
    answer = sign_in("town").post(f"/chains/{robots['chain']}/suggested/", {"pick": [pick], "source": "文"})

    assert answer.status_code == 403
    assert not Placement.objects.filter(link=robots["parts"], subject=ids["qingmu"]).exists()


@pytest.mark.parametrize("id_", ["%00", "x", "0" * 32, "%27%20or%201=1"])
def test_address_of_nothing_is_not_found(id_, robots, ids, sign_in):
    client = sign_in("officer")

    for address in (f"/chains/{id_}/", f"/chains/{id_}/suggested/", f"/chains/acts/{id_}/"):
        assert client.get(address).status_code == 404, address
    assert client.post(f"/chains/placements/{id_}/", {"act": "withdraw"}).status_code == 404
    sent_pick = {"pick": [f"{robots['use']}:\x00", "\x00"], "source": "文"}
    assert client.post(f"/chains/{robots['chain']}/suggested/", sent_pick).status_code == 400
    typed = {"link": "\x00", "source": "文"}
    assert client.post(f"/enterprises/{ids['jiahe']}/chains/", typed).status_code == 400

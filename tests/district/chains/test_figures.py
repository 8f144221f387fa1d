"""Every figure about chains is the length of the list behind it, for whoever looks."""

import re

import pytest
from tests.district.chains.making import NAME, chain_of, link_of, listed, page, placed, queries_of

from yumiao.district.indicators.models import RungState


@pytest.mark.parametrize("login", ["officer", "town"])
def test_every_figure_of_the_list_of_chains_is_the_length_of_the_list_it_links_to(login, robots, sign_in):
    client = sign_in(login)
    row = page(client, "/chains/").partition("<tbody>")[2]
    figures = re.findall(r'<td class="tn"[^>]*><a href="([^"]+)">(\d+)</a>', row)
    counts = {"officer": [3, 3, 1, 1], "town": [3, 1, 2]}[login]

    assert [int(number) for _, number in figures] == counts
    for address, number in figures:
        body = page(client, address)
        if "suggested" in address or "enterprises" in address:
            assert len(listed(client, address)) == int(number), address
        else:
            assert body.count("chain-link") == int(number), address


def test_chain_shows_links_in_columns_with_firms_and_what_is_missing(robots, sign_in):
    body = page(sign_in("officer"), f"/chains/{robots['chain']}/")
    upstream, midstream, downstream = re.split(r'id="h-(?:upstream|midstream|downstream)"', body)[1:]

    assert NAME["hengzhou"] in upstream
    assert "谐波减速器" in upstream
    assert "缺口" not in upstream
    assert NAME["qingmu"] in midstream
    assert NAME["jiahe"] in midstream
    assert "集成应用" in downstream
    assert "缺口" in downstream
    assert (
        "减速器"
        not in page(sign_in("officer"), f"/chains/{robots['chain']}/?show=empty").partition("<main")[2]
    )


def test_highest_rung_of_a_firm_stands_beside_its_name(robots, ids, sign_in):
    RungState.objects.update_or_create(
        subject_id=ids["hengzhou"], scope="320412", defaults={"start_rung": 1, "end_rung": 3}
    )

    assert "梯级 3" in page(sign_in("officer"), f"/chains/{robots['chain']}/")


def test_town_sees_and_counts_its_own_firms_alone(robots, sign_in):
    body = page(sign_in("town"), f"/chains/{robots['chain']}/")

    assert NAME["hengzhou"] in body
    assert NAME["qingmu"] not in body
    assert NAME["jiahe"] not in body
    assert listed(sign_in("town"), f"/chains/{robots['chain']}/placements/") == [NAME["hengzhou"]]


def test_lists_cost_the_same_queries_for_one_row_and_for_three(officer, ids, coded, sign_in):
    client, spent = sign_in("officer"), []
    chain = chain_of(officer)
    link = link_of(officer, chain, "环节", codes="3453 3091 39")
    for firms in (("hengzhou",), ("qingmu", "nowhere")):
        placed(officer, link, *[ids[firm] for firm in firms])
        addresses = (
            "/chains/",
            f"/chains/{chain}/",
            f"/chains/{chain}/placements/",
            f"/chains/{chain}/suggested/",
            f"/enterprises/?chain={chain}",
            f"/enterprises/{ids['hengzhou']}/chains/",
            "/chains/unknown/",
        )
        spent.append([queries_of(client, address) for address in addresses])
        for number in range(2):
            other = link_of(officer, chain_of(officer, f"链{number}{len(spent)}"), "环节", codes="3453")
            placed(officer, other, ids["hengzhou"])

    assert spent[0] == spent[1]

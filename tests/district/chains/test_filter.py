"""The list of enterprises is filtered by chain and link."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.district.chains.making import (
    NAME,
    acting,
    chain_of,
    file_rows,
    found,
    link_of,
    listed,
    page,
    placed,
)
from tests.district.districts import AS_OF, NOW

from yumiao.district.chains.conditions import ANY, NONE
from yumiao.district.chains.models import Chain, Link, Placement
from yumiao.district.chains.placing import end_placement
from yumiao.district.chains.services import end_link
from yumiao.district.registry import selectors
from yumiao.district.registry.selectors import Wanted


def test_filter_finds_who_stands_in_a_chain_or_a_link(robots, ids):
    assert found("officer", chain=robots["chain"]) == {ids[f] for f in ("hengzhou", "qingmu", "jiahe")}
    assert found("officer", chain=robots["chain"], link=robots["parts"]) == {ids["hengzhou"]}
    assert found("officer", chain=robots["chain"], link=robots["use"]) == set()
    assert found("town", chain=robots["chain"]) == {ids["hengzhou"]}


def test_in_no_chain_and_in_any_share_out_all_whom_one_sees(robots, ids):
    every = {row.id for row in selectors.subjects_wanted(acting("officer"), Wanted())}
    none, any_ = (found("officer", chain=each, on=AS_OF) for each in (NONE, ANY))

    assert none == {ids["nowhere"]}
    assert none | any_ == every
    assert not none & any_


def test_chain_that_is_over_leaves_its_firms_placed_by_nobody_today(officer, ids):
    chain = chain_of(officer, valid_until="2026-07-14")
    placed(officer, link_of(officer, chain, "环节"), ids["hengzhou"])

    assert found("officer", chain=chain) == {ids["hengzhou"]}
    assert found("officer", chain=ANY, on=AS_OF) == set()
    assert found("officer", chain=ANY, on=dt.date(2026, 7, 14)) == {ids["hengzhou"]}


def test_ended_placement_and_ended_link_are_left_out(robots, ids, officer):
    row = Placement.objects.get(subject=ids["qingmu"])
    end_placement(row.id, on=AS_OF, why="转产", by=officer, now=NOW, today=AS_OF)
    end_link(robots["parts"], is_over=True, today=AS_OF, by=officer, now=NOW)

    assert found("officer", chain=robots["chain"]) == {ids["jiahe"]}
    assert Placement.objects.count() == 3


def test_list_follows_a_placement_at_once_though_the_register_stays_as_it_is(robots, ids, officer, sign_in):
    client, address = sign_in("officer"), f"/enterprises/?chain={robots['chain']}"
    before = listed(client, address)
    placed(officer, robots["use"], ids["nowhere"])

    assert len(before) == 3
    assert len(listed(client, address)) == 4
    assert listed(client, "/enterprises/?chain=none") == []


def test_list_without_the_filter_asks_no_more_queries_than_before_there_were_chains(robots, sign_in):
    client = sign_in("officer")
    counts = []
    for is_filled in (True, False):
        if not is_filled:
            Placement.objects.all().delete()
            Link.objects.all().delete()
            Chain.objects.all().delete()
        page(client, "/enterprises/")
        with CaptureQueriesContext(connection) as spent:
            page(client, "/enterprises/")
        assert not [
            query["sql"]
            for query in spent
            if "chains_chain" in query["sql"] or "chains_placement" in query["sql"]
        ]
        counts.append(len(spent))

    assert counts[0] == counts[1]


def test_filter_is_exported_saved_and_chosen_for_a_campaign(robots, ids, sign_in):
    client, query = sign_in("officer"), f"chain={robots['chain']}&link={robots['parts']}"

    assert {row["名称"] for row in file_rows(client, f"/enterprises/export.csv?{query}")} == {
        NAME["hengzhou"]
    }
    assert "1 家" in page(client, f"/campaigns/new/?{query}")
    sent = client.post("/enterprises/filters/", {"name": "减速器", "query": query})
    assert sorted(sent.headers["Location"].partition("?")[2].split("&")) == sorted(query.split("&"))
    chosen = page(client, f"/enterprises/?{query}")
    assert re.search(f'value="{robots["chain"]}"[^>]* selected', chosen)
    assert re.search(f'value="{robots["parts"]}"[^>]* selected', chosen)


@pytest.mark.parametrize("query", ["chain=x", "chain=" + "0" * 32, "link=" + "0" * 32])
def test_address_with_a_chain_that_is_none_lists_as_without_it(query, robots, sign_in):
    assert len(listed(sign_in("officer"), f"/enterprises/?{query}")) == 4


def test_words_of_in_no_chain_say_that_nobody_placed_it(robots, sign_in):
    client = sign_in("officer")

    assert "还没有人归链" in page(client, "/enterprises/?chain=none")
    client.post("/language/", {"language": "en", "next": "/"})
    assert "Placed by nobody yet" in page(client, "/enterprises/?chain=none")

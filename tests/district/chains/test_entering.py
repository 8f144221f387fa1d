"""Industrial chains are dated lists with links, entered with whose they are and how sure that is."""

import datetime as dt

import pytest
from tests.district.chains.making import chain_of

from yumiao.district.chains.fields import read_chain, read_link
from yumiao.district.chains.models import Chain, Link
from yumiao.district.chains.services import published_lists
from yumiao.district.journal.models import JournalLine
from yumiao.model.problems import YumiaoError


def test_published_list_names_chains_with_source_and_sureness_and_invents_no_link():
    (chains,) = published_lists().values()

    assert {each.name for each in chains} >= {"机器人", "集成电路", "石墨烯", "合成生物", "新能源"}
    assert all(each.document and each.source.startswith("https://") for each in chains)
    assert {each.sureness.value for each in chains} == {"verified"}
    assert [(each.name, each.valid_until) for each in chains if each.valid_until] == [
        ("合成生物", dt.date(2028, 1, 1))
    ]


def test_published_list_is_added_once_and_can_be_changed(sign_in):
    client, (name,) = sign_in("officer"), published_lists()
    for _ in range(2):
        assert client.post("/chains/published/", {"list": name}).status_code == 302

    assert Chain.objects.count() == len(published_lists()[name])
    assert not Link.objects.exists()


def test_refused_chain_says_every_mistake_in_both_languages_and_keeps_what_was_typed(sign_in):
    typed = {"name": "氢能", "level": "moon", "territory": "32x", "document": "", "valid_from": "去年"}
    response = sign_in("officer").post("/chains/new/", typed)

    assert response.status_code == 400
    assert 'value="氢能"' in response.content.decode()
    assert 'value="32x"' in response.content.decode()
    with pytest.raises(YumiaoError) as refused:
        read_chain(typed)
    told = {each.path: each.text for each in refused.value.problems}
    assert told.keys() == {"level", "territory", "document", "sureness", "valid_from"}
    assert all(each.zh and each.en for each in told.values())
    assert not Chain.objects.exists()


@pytest.mark.parametrize("codes", ["3", "38211", "C", "三十八", "38-21"])
def test_link_takes_no_other_code_than_two_to_four_digits(codes):
    with pytest.raises(YumiaoError) as refused:
        read_link({"name": "电池", "position": "midstream", "codes": codes})

    assert [each.path for each in refused.value.problems] == ["codes"]


def test_codes_of_a_link_lose_the_letter_of_the_section():
    assert read_link({"name": "电池", "position": "midstream", "codes": "C384，3824 c384"}).codes == (
        "384",
        "3824",
    )


def test_same_chain_of_one_division_counts_once_on_any_day(officer):
    chain_of(officer, valid_until="2025-12-31")
    later = chain_of(officer, valid_from="2026-01-01")
    chain_of(officer, level="city", territory="3204")

    with pytest.raises(YumiaoError) as refused:
        chain_of(officer, valid_from="2025-06-01", valid_until="2026-06-01")
    assert [each.path for each in refused.value.problems] == ["name"]
    assert Chain.objects.filter(id=later).exists()


def test_forms_enter_and_change_chain_and_link_and_journal_ids_alone(sign_in):
    client = sign_in("officer")
    fields = {
        "name": "氢能",
        "level": "district",
        "territory": "320412000000",
        "document": "文",
        "sureness": "memory",
    }
    address = client.post("/chains/new/", fields).headers["Location"]
    client.post(f"{address}links/", {"name": "制氢", "position": "upstream", "codes": "2619"})
    chain, link = Chain.objects.get(), Link.objects.get()
    client.post(f"{address}edit/", fields | {"note": "改过", "act": "save"})
    client.post(f"{address}links/{link.id}/", {"name": "制氢储氢", "position": "upstream", "act": "save"})
    client.post(f"{address}links/{link.id}/", {"act": "end"})
    client.post(f"{address}links/{link.id}/", {"act": "resume"})
    client.post(f"{address}edit/", {"act": "withdraw"})
    client.post(f"{address}edit/", {"act": "back"})
    chain.refresh_from_db()
    link.refresh_from_db()

    assert (chain.territory, chain.note, chain.withdrawn_at) == ("320412", "改过", None)
    assert (link.name, link.codes, link.ended_on) == ("制氢储氢", "", None)
    lines = JournalLine.objects.filter(stream=f"chain/{chain.id}").order_by("sequence")
    assert [line.act for line in lines] == [
        "chain.added",
        "chain.link_added",
        "chain.changed",
        "chain.link_changed",
        "chain.link_ended",
        "chain.link_resumed",
        "chain.withdrawn",
        "chain.brought_back",
    ]
    assert "氢" not in "".join(str(line.payload) for line in lines)

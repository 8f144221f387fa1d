"""Industrial chains: dated lists with links; who sits there is said by somebody, and a code only suggests."""

import csv
import datetime as dt
import io
import re

import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook
from tests.district.calling import Program
from tests.district.districts import AS_OF, FIRMS, NOW, PEOPLE

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.selectors import actor_of
from yumiao.district.chain_firms import codes
from yumiao.district.chains.conditions import ANY, NONE, InChain
from yumiao.district.chains.fields import PlacementEntry, read_chain, read_link
from yumiao.district.chains.kinds import Way
from yumiao.district.chains.models import Chain, Link, Placement
from yumiao.district.chains.placing import NewPlacement, end_placement, place_subjects
from yumiao.district.chains.services import add_chain, add_link, end_link, published_lists, withdraw_chain
from yumiao.district.journal.models import JournalLine
from yumiao.district.registry import selectors
from yumiao.district.registry.models import Subject, SubjectAlias
from yumiao.district.registry.remembering import forget
from yumiao.district.registry.selectors import Wanted
from yumiao.model.problems import YumiaoError

CODES = {"hengzhou": "3453", "qingmu": "C3091", "jiahe": "39", "tianning": "3441"}
"""The industry code that a source wrote of each firm; of nowhere none did."""
NAME = {firm: row[0] for firm, row in FIRMS.items()}
CODE = {firm: row[1] for firm, row in FIRMS.items()}
HEADS = ["单位名称", "统一社会信用代码", "产业链", "环节", "角色或产品", "起日", "依据"]


@pytest.fixture
def officer():
    return Person.objects.get(login="officer").id


@pytest.fixture
def coded(ids, monkeypatch):
    """Let sources have written industry codes."""
    rows = [(ids[firm], code) for firm, code in CODES.items()]
    table = pl.DataFrame(rows, schema=["subject", "raw"], orient="row")
    monkeypatch.setattr(codes, "read_written", lambda _folder, _columns: table)


def chain_of(officer, name="机器人", **fields):
    written = {
        "name": name,
        "level": "district",
        "territory": "320412",
        "document": "试编名单",
        "sureness": "proposed",
        **fields,
    }
    return add_chain(read_chain(written), by=officer, now=NOW)


def link_of(officer, chain, name, position="upstream", codes=""):
    entry = read_link({"name": name, "position": position, "codes": codes})
    return add_link(chain, entry, by=officer, now=NOW)


def placed(officer, link, *subjects, since=None, note=""):
    entry = PlacementEntry(note, since, "走访记录")
    rows = [NewPlacement(subject, link, entry) for subject in subjects]
    return place_subjects(rows, way=Way.ENTERED, by=officer, now=NOW)


@pytest.fixture
def robots(officer, ids, coded):
    """A chain with three links: one firm upstream, two midstream, nobody downstream."""
    chain = chain_of(officer)
    parts = link_of(officer, chain, "减速器", codes="345 3091")
    whole = link_of(officer, chain, "整机", "midstream", codes="3962")
    use = link_of(officer, chain, "集成应用", "downstream")
    placed(officer, parts, ids["hengzhou"], note="谐波减速器")
    placed(officer, whole, ids["qingmu"], ids["jiahe"])
    return {"chain": chain, "parts": parts, "whole": whole, "use": use}


def page(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def listed(client, address):
    """Names in the rows of a page's table."""
    return re.findall(r'<th scope="row"><a href="[^"]*"(?: lang="zh-CN")?>([^<]*)</a>', page(client, address))


def file_rows(client, address):
    text = b"".join(client.get(address).streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def acting(login):
    return actor_of(Person.objects.get(login=login))


def found(login, **asked):
    rows = selectors.subjects_wanted(acting(login), Wanted(in_chain=InChain(**asked)))
    return {row.id for row in rows}


# ── what is entered ───────────────────────────────────────────────────────────────────────────────────────────


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


# ── suggestions ───────────────────────────────────────────────────────────────────────────────────────────────


def test_code_suggests_and_places_nobody(robots, ids, officer, sign_in):
    Placement.objects.all().delete()
    forget()
    client = sign_in("officer")

    assert listed(client, f"/chains/{robots['chain']}/suggested/") == [NAME["hengzhou"], NAME["qingmu"]]
    assert not Placement.objects.exists()
    assert page(client, f"/enterprises/?chain={robots['chain']}").count("<tr>") <= 1


def test_firm_with_a_code_too_short_or_without_one_is_unknown_and_counted(robots, sign_in):
    Placement.objects.all().delete()
    client, address = sign_in("officer"), f"/chains/{robots['chain']}/suggested/"

    assert listed(client, f"{address}?which=short") == [NAME["jiahe"]]
    assert "HYPERLINK" in page(client, "/chains/unknown/")
    assert [row["企业"].lstrip("'") for row in file_rows(client, "/chains/unknown.csv")] == [NAME["nowhere"]]
    assert "1 家代码未知" in page(client, address)


def test_firm_that_stands_in_the_link_is_suggested_no_more(robots, sign_in):
    assert listed(sign_in("officer"), f"/chains/{robots['chain']}/suggested/") == [NAME["qingmu"]]


def test_officer_confirms_several_and_takes_all_of_it_back(robots, ids, sign_in):
    Placement.objects.all().delete()
    client, chain, parts = sign_in("officer"), robots["chain"], robots["parts"]
    picks = [f"{parts}:{ids['hengzhou']}", f"{parts}:{ids['qingmu']}"]
    done = client.post(f"/chains/{chain}/suggested/", {"pick": picks, "source": "核对"}).headers["Location"]

    assert found("officer", chain=chain) == {ids["hengzhou"], ids["qingmu"]}
    assert {(row.way, row.source) for row in Placement.objects.all()} == {("confirmed", "核对")}
    assert "撤回这一批" in page(client, done)
    client.post(done, {"act": "withdraw"})
    assert found("officer", chain=chain) == set()
    client.post(done, {"act": "back"})
    assert found("officer", chain=chain) == {ids["hengzhou"], ids["qingmu"]}


def test_confirming_without_a_source_is_refused_and_keeps_what_was_ticked(robots, ids, sign_in):
    pick = f"{robots['parts']}:{ids['qingmu']}"
    typed = {"pick": [pick], "source": "", "note": "试验"}
    response = sign_in("officer").post(f"/chains/{robots['chain']}/suggested/", typed)

    assert response.status_code == 400
    assert re.search(f'value="{pick}"[^>]*checked', response.content.decode())
    assert 'value="试验"' in response.content.decode()


def test_suggestions_read_the_code_of_the_cell_that_a_fact_came_from(
    ids, sign_in, officer, tmp_path, settings
):
    """Through the folder of judged facts, not a stand-in."""
    table = pl.DataFrame(
        [(ids["hengzhou"], "size_industry", "industry", "C3453", "", "", "", "", "")],
        schema=["subject", "column", "value", "raw", "file", "sheet", "cell", "batch", "recorded_at"],
        orient="row",
    )
    built = selectors.projection()
    folder = tmp_path / "judged" / built.folder
    folder.mkdir(parents=True)
    table.write_parquet(folder / "sources.parquet")
    settings.YUMIAO_DATA = tmp_path
    seen = codes.codes_seen(acting("officer"), built)

    assert dict(seen.filter(pl.col("industry_code").is_not_null()).iter_rows()) == {ids["hengzhou"]: "3453"}
    assert set(seen["subject"]) == {ids[firm] for firm in ("hengzhou", "qingmu", "jiahe", "nowhere")}


# ── figures and their lists ───────────────────────────────────────────────────────────────────────────────────


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
    from yumiao.district.indicators.models import RungState  # noqa: PLC0415 - of this test alone

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


def queries_of(client, address):
    page(client, address)  # what is read once for a register or an edition of the chains is read before
    with CaptureQueriesContext(connection) as spent:
        page(client, address)
    return len(spent)


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


# ── the filter of the list of enterprises ─────────────────────────────────────────────────────────────────────


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


# ── one enterprise ────────────────────────────────────────────────────────────────────────────────────────────


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
    from yumiao.district.chain_firms.placements import placements_of  # noqa: PLC0415 - of this test alone
    from yumiao.district.chain_firms.standing import firms_in  # noqa: PLC0415

    assert {each.subject for each in placements_of(ids["hengzhou"])} == {ids["hengzhou"]}
    assert len(placements_of(ids["hengzhou"])) == 2
    assert [firm.id for firm in firms_in(acting("officer"), robots["chain"])[robots["parts"]]] == [
        ids["hengzhou"]
    ]


# ── lists from files ──────────────────────────────────────────────────────────────────────────────────────────


def list_file(*rows, heads=HEADS, kind="csv", encoding="utf-8-sig"):
    if kind == "xlsx":
        book = Workbook()
        for row in (heads, *rows):
            book.active.append(row)
        written = io.BytesIO()
        book.save(written)
        return SimpleUploadedFile("名单.xlsx", written.getvalue())
    text = io.StringIO()
    csv.writer(text).writerows([heads, *rows])
    return SimpleUploadedFile("名单.csv", text.getvalue().encode(encoding))


def sent(client, file):
    return client.post("/chains/import/", {"file": file})


@pytest.mark.parametrize(("kind", "encoding"), [("csv", "utf-8-sig"), ("csv", "gb18030"), ("xlsx", "")])
def test_list_places_its_firms_by_code_or_name_and_can_be_taken_back(kind, encoding, robots, ids, sign_in):
    client = sign_in("officer")
    rows = [
        ["", CODE["jiahe"], "机器人", "减速器", "电机", dt.date(2023, 1, 2), "链长办 1 号"],
        ["常州衡舟轴承厂", "", "机器人@320412", "集成应用", "", "", ""],
    ]
    done = sent(client, list_file(*rows, kind=kind, encoding=encoding))

    assert done.status_code == 302
    new = Placement.objects.filter(way="imported").order_by("-note")
    assert [(row.subject, row.link_id, row.note, row.since, row.source) for row in new] == [
        (ids["jiahe"], robots["parts"], "电机", dt.date(2023, 1, 2), "链长办 1 号"),
        (ids["hengzhou"], robots["use"], "", None, f"名单.{kind}"),
    ]
    client.post(done.headers["Location"], {"act": "withdraw"})
    assert not Placement.objects.filter(way="imported", withdrawn_at=None).exists()


def test_every_faulty_row_is_told_with_its_cell_and_nothing_is_placed(robots, sign_in):
    rows = [
        [NAME["jiahe"], "", "机器人", "减速器", "", "", ""],
        ["没有这家公司", "", "机器人", "减速器", "", "", ""],
        ["", "91320412MA00000000", "机器人", "减速器", "", "", ""],
        [NAME["jiahe"], CODE["qingmu"], "机器人", "减速器", "", "", ""],
        [NAME["jiahe"], "", "人形机器人", "减速器", "", "", ""],
        [NAME["jiahe"], "", "机器人", "芯片", "", "", ""],
        [NAME["jiahe"], "", "机器人", "减速器", "", "2099-01-01", ""],
    ]
    for language, words in (("zh-hans", "第 {} 行（{}）"), ("en", "Row {} ({})")):
        client = sign_in("officer")
        client.post("/language/", {"language": language, "next": "/"})
        response = sent(client, list_file(*rows))
        body = response.content.decode()
        places = [(3, "A3"), (4, "B4"), (5, "A5"), (6, "C6"), (7, "D7"), (8, "F8")]

        assert response.status_code == 400
        assert [words.format(*place) in body for place in places] == [True] * 6
        assert body.count("<li>" + words.split()[0]) == 6
    assert not Placement.objects.filter(way="imported").exists()


def test_town_places_no_firm_of_another_division_by_a_file(robots, sign_in):
    response = sent(sign_in("town"), list_file([NAME["qingmu"], "", "机器人", "减速器", "", "", ""]))

    assert response.status_code == 400
    assert "您的辖区里没有" in response.content.decode()
    assert not Placement.objects.filter(way="imported").exists()


def test_chain_of_one_name_in_two_divisions_has_to_be_written_with_its_code(robots, officer, sign_in):
    chain_of(officer, level="town", territory="320412411")
    response = sent(sign_in("officer"), list_file([NAME["jiahe"], "", "机器人", "减速器", "", "", ""]))

    assert "机器人@320412、机器人@320412411" in response.content.decode()


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("名单.csv", b""),
        SimpleUploadedFile("名单.pdf", b"%PDF-1.7"),
        SimpleUploadedFile("名单.xlsx", b"PK\x03\x04broken"),
        SimpleUploadedFile("名单.csv", "甲,乙\n1,2\n".encode()),
    ],
)
def test_file_that_is_no_such_list_is_refused_in_words(file, robots, sign_in):
    response = sent(sign_in("officer"), file)

    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()


def test_template_has_the_heads_that_are_read(robots, sign_in):
    client = sign_in("officer")
    content = b"".join(client.get("/chains/template.xlsx").streaming_content)

    assert [cell.value for cell in next(load_workbook(io.BytesIO(content)).active.rows)] == HEADS
    text = b"".join(client.get("/chains/template.csv").streaming_content).decode("utf-8-sig")
    assert text.strip().split(",") == HEADS


# ── files and permissions ─────────────────────────────────────────────────────────────────────────────────────


def test_every_list_is_exported_and_no_cell_is_a_formula(robots, ids, officer, sign_in):
    placed(officer, robots["use"], ids["nowhere"], note="=1+1")
    client, chain = sign_in("officer"), robots["chain"]

    assert [
        (row["产业链"], row["在链企业"], row["缺口"]) for row in file_rows(client, "/chains/export.csv")
    ] == [("机器人", "4", "0")]
    assert {row["企业"] for row in file_rows(client, f"/chains/{chain}.csv")} == {
        *(NAME[f] for f in ("hengzhou", "qingmu", "jiahe")),
        "'" + NAME["nowhere"],
    }
    rows = file_rows(client, f"/chains/{chain}/placements.csv")
    assert len(rows) == 4
    assert {"'=1+1"} == {row["角色或产品"] for row in rows} - {"", "谐波减速器"}
    assert [row["企业"] for row in file_rows(client, f"/chains/{chain}/suggested.csv")] == [NAME["qingmu"]]
    for address in ("/chains/export", f"/chains/{chain}", f"/chains/{chain}/placements", "/chains/unknown"):
        assert client.get(address + ".xlsx").status_code == 200
        assert client.get(address + ".pdf").status_code == 404


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


# ── the interface for programs ────────────────────────────────────────────────────────────────────────────────


def test_programs_find_chains_with_their_links_and_the_enterprises_in_them(robots, ids):
    program = Program("officer")
    (chain,) = program.get("/chains")["items"]

    assert (chain["id"], chain["sureness"], chain["valid_from"]) == (robots["chain"], "proposed", None)
    assert [(link["name"], link["position"], link["codes"]) for link in chain["links"]] == [
        ("减速器", "upstream", ["345", "3091"]),
        ("整机", "midstream", ["3962"]),
        ("集成应用", "downstream", []),
    ]
    asked = {"chain": chain["id"], "link": chain["links"][0]["id"]}
    assert [each["id"] for each in program.get("/subjects", **asked)["items"]] == [ids["hengzhou"]]
    assert [each["id"] for each in program.get("/subjects", chain="none")["items"]] == [ids["nowhere"]]
    assert program.get("/subjects", chain="any")["total"] == 3
    assert program.get("/subjects", 422, chain=chain["id"], link="0" * 32)["problems"][0]["path"] == "link"


def test_programs_are_not_shown_chains_that_are_over_or_withdrawn_unless_asked(officer):
    chain_of(officer, "旧链", valid_until="2020-12-31")
    withdrawn = chain_of(officer, "错链")
    withdraw_chain(withdrawn, is_withdrawn=True, by=officer, now=NOW)
    program = Program("officer")

    assert program.get("/chains")["items"] == []
    assert [each["name"]["zh"] for each in program.get("/chains", in_force="false")["items"]] == ["旧链"]
    assert [each["name"]["zh"] for each in program.get("/chains", on="2020-01-01")["items"]] == ["旧链"]

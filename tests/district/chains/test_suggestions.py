"""An industry code suggests for a link, and places nobody."""

import re

import polars as pl
from tests.district.chains.making import NAME, acting, file_rows, found, listed, page

from yumiao.district.chain_firms import codes
from yumiao.district.chains.models import Placement
from yumiao.district.registry import selectors
from yumiao.district.registry.remembering import forget


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

"""Chains as programs read them."""

from tests.district.calling import Program
from tests.district.chains.making import chain_of
from tests.district.districts import NOW

from yumiao.district.chains.services import withdraw_chain


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

"""A chain of three links for the tests of chains."""

import polars as pl
import pytest
from tests.district.chains.making import CODES, chain_of, link_of, placed

from yumiao.district.accounts.models import Person
from yumiao.district.chain_firms import codes


@pytest.fixture
def officer():
    return Person.objects.get(login="officer").id


@pytest.fixture
def coded(ids, monkeypatch):
    """Let sources have written industry codes."""
    rows = [(ids[firm], code) for firm, code in CODES.items()]
    table = pl.DataFrame(rows, schema=["subject", "raw"], orient="row")
    monkeypatch.setattr(codes, "read_written", lambda _folder, _columns: table)


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

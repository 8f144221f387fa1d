"""Chains, links and placements that tests make, and what their pages and files hold."""

import csv
import io
import re

from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.district.districts import FIRMS, NOW

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.selectors import actor_of
from yumiao.district.chains.conditions import InChain
from yumiao.district.chains.fields import PlacementEntry, read_chain, read_link
from yumiao.district.chains.kinds import Way
from yumiao.district.chains.placing import NewPlacement, place_subjects
from yumiao.district.chains.services import add_chain, add_link
from yumiao.district.registry import selectors
from yumiao.district.registry.selectors import Wanted

CODES = {"hengzhou": "3453", "qingmu": "C3091", "jiahe": "39", "tianning": "3441"}
"""The industry code that a source wrote of each firm; of nowhere none did."""
NAME = {firm: row[0] for firm, row in FIRMS.items()}
CODE = {firm: row[1] for firm, row in FIRMS.items()}
HEADS = ["单位名称", "统一社会信用代码", "产业链", "环节", "角色或产品", "起日", "依据"]


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


def queries_of(client, address):
    page(client, address)  # what is read once for a register or an edition of the chains is read before
    with CaptureQueriesContext(connection) as spent:
        page(client, address)
    return len(spent)

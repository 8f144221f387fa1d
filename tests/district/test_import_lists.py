"""The lists of importing: filtered, sorted, exported whole, each at the same cost for one row and for three."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.district.districts import NOW, ON
from tests.district.importing import page_of

from yumiao.district.accounts.models import Person
from yumiao.district.intakes.models import (
    BatchListed,
    ContestedFact,
    Correction,
    DecisionListed,
    Intake,
    IntakeChange,
    IntakeFile,
    IntakePair,
    IntakeProblem,
    OpenPair,
)

MARK = "=1+1"
NAMES = ("甲机械", "乙电子", f"{MARK}丙材料")


def add_batch(number, source, kind="月报"):
    return BatchListed.objects.create(
        id=f"b{number:06d}-x", number=number, kind=kind, source=source, files=f"{source}.csv", observed_on=ON,
        recorded_at="2026-07-01T22:30:15+00:00", who="p", rows=number, subjects=1, facts=10 - number, is_reverted=False,
    )  # fmt: skip


def add_pairs(count=3):
    given = [(0.95, "name", "tax"), (0.6, "probabilistic", "town"), (None, "code", "tax")]
    for at, (chance, step, source) in enumerate(given[:count]):
        OpenPair.objects.create(
            subject=f"s{at}", name=NAMES[at], code="", other=f"o{at}", other_name=f"老{NAMES[at]}", other_code="",
            probability=chance, distance=None if chance is None else abs(chance - 0.5), step=step,
            evidence_zh="字号相近", evidence_en="alike", batch=f"b{at + 1:06d}-x", file="名单.csv",
        )  # fmt: skip
        add_batch(at + 1, source, kind="月报" if at else "季报")


def add_decisions(count=3):
    officer = Person.objects.get(login="officer").id
    for at, act in enumerate(("merge", "separate", "split")[:count]):
        undone = {"undo": 9, "undone_at": NOW, "undone_by": officer} if act == "separate" else {}
        DecisionListed.objects.create(
            number=at + 1, act=act, subject=f"s{at}", name=NAMES[at], other=f"o{at}", other_name=f"老{NAMES[at]}",
            batches=["b000001-x"] if act == "split" else [], why=f"理由{at}", who=officer,
            at=NOW + dt.timedelta(minutes=at), together=1 if at == 0 else None, **undone,
        )  # fmt: skip


def add_conflicts(ids, count=3):
    given = [("staff_total@2025", 2, "tax"), ("staff_total@2024", 0, "town"), ("revenue@2025", 1, "tax")]
    for at, (column, hanging, source) in enumerate(given[:count]):
        ContestedFact.objects.create(
            subject=ids["jiahe"], name=NAMES[at], code=f"C{at}", column=column, value="1", source=source,
            place="甲.csv D2", other="2", other_source="market_supervision", other_place="乙.csv D2",
            policies=["hnte@2016", "tsme@2017"][:hanging], hanging=hanging,
        )  # fmt: skip


def add_intake(count=3):
    """A checked intake: a problem put right, one of which the row is left out, one open; changes; pairs."""
    intake = Intake.objects.create(
        id="i" * 32,
        created_at=NOW,
        created_by="p",
        source="tax",
        state="checked",
        counts={"bad_rows": 0, "rows": 3},
    )
    file = IntakeFile.objects.create(
        id="f" * 32, intake=intake, position=0, name="台账.csv", sha256="0" * 64, size=9
    )
    for at in range(count):
        IntakeProblem.objects.create(
            file=file, position=at, code="x", severity="error" if at < 2 else "warning", sheet="名单",
            cell=f"C{at + 2}", row=at + 2, subject_name=NAMES[at], column=f"列{at}", found="约三十",
            expected_zh="数", expected_en="a number", text_zh="看不懂", text_en="not understood",
        )  # fmt: skip
        IntakeChange.objects.create(
            intake=intake, position=at, subject=f"s{at}", name=NAMES[at], policy=("hnte@2016", "tsme@2017")[at % 2],
            before="met", after="not_met", kind=("loses", "gains", "loses")[at], conditions=[],
            columns=["staff_total@2025"],
        )  # fmt: skip
        IntakePair.objects.create(
            file=file, key=f"k{at}", name=NAMES[at], code="", other=f"o{at}", other_name=f"老{NAMES[at]}",
            other_code="", probability=(0.97, 0.6, 0.91)[at], distance=(0.47, 0.1, 0.41)[at],
            evidence_zh="相近", evidence_en="alike", decision=("", "different", "")[at],
        )  # fmt: skip
    stood = {"file": file, "sheet": "名单", "stood": "约三十", "value": "30", "by": "p", "at": NOW}
    Correction.objects.create(row=2, cell="C2", **stood)
    Correction.objects.create(row=3, cell="", **stood)
    return f"/imports/{intake.id}/"


@pytest.fixture
def officer(sign_in):
    return sign_in("officer")


def names_on(page):
    """The invented names in the order in which the list has them."""
    listed = page.partition('<section class="card"')[2]
    return list(dict.fromkeys(re.findall(r">(甲机械|乙电子|=1\+1丙材料)(?: –|<)", listed)))


def listed(client, address):
    return names_on(page_of(client.get(address)))


A, B, C = NAMES


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [B, A, C]),
        ("?sort=sure", [A, B, C]),
        ("?sort=latest", [C, B, A]),
        ("?band=sure", [A]),
        ("?band=even", [B]),
        ("?band=unknown", [C]),
        ("?step=probabilistic", [B]),
        ("?source=tax", [A, C]),
        ("?q=乙电", [B]),
        ("?band=nonsense&sort=nonsense", [B, A, C]),
        ("?q=没有这家", []),
    ],
)
def test_queue_is_filtered_and_sorted_on_the_page_and_in_its_file(query, expected, officer):
    add_pairs()

    assert listed(officer, f"/imports/queue/{query}") == expected
    lines = page_of(officer.get(f"/imports/queue/export.csv{query}")).splitlines()[1:]
    assert [line.partition(",")[0].removeprefix("'") for line in lines] == expected


def test_cells_of_exports_are_no_formulas(officer):
    add_pairs()

    assert f"'{MARK}丙材料" in page_of(officer.get("/imports/queue/export.csv"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [C, B, A]),
        ("?sort=oldest", [A, B, C]),
        ("?act=merge", [A]),
        ("?standing=holds", [C, A]),
        ("?standing=undone", [B]),
        ("?together=1", [A]),
        ("?q=理由2", [C]),
    ],
)
def test_decisions_are_filtered_and_sorted_on_the_page_and_in_their_file(query, expected, officer):
    add_decisions()

    assert listed(officer, f"/imports/queue/decisions/{query}") == expected
    lines = page_of(officer.get(f"/imports/queue/decisions/export.csv{query}")).splitlines()[1:]
    assert [line.split(",")[1].removeprefix("'") for line in lines] == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [A, C, B]),
        ("?sort=column", [C, B, A]),
        ("?column=revenue", [C]),
        ("?policy=tsme@2017", [A]),
        ("?hanging=1", [A, C]),
        ("?source=town", [B]),
    ],
)
def test_conflicts_are_filtered_and_sorted_on_the_page_and_in_their_file(query, expected, ids, officer):
    add_conflicts(ids)

    assert listed(officer, f"/imports/conflicts/{query}") == expected
    lines = page_of(officer.get(f"/imports/conflicts/export.csv{query}")).splitlines()[1:]
    assert [line.partition(",")[0].removeprefix("'") for line in lines] == expected


@pytest.mark.parametrize(
    ("page", "query", "expected"),
    [
        ("problems", "", [A, B, C]),
        ("problems", "?severity=warning", [C]),
        ("problems", "?state=corrected", [A]),
        ("problems", "?state=left_out", [B]),
        ("problems", "?state=open", [C]),
        ("problems", "?state=kept", []),
        ("problems", "?column=列1", [B]),
        ("problems", "?q=C2", [A]),
        ("changes", "", [A, B, C]),
        ("changes", "?kind=gains", [B]),
        ("changes", "?policy=hnte@2016", [A, C]),
        ("changes", "?q=丙材", [C]),
        ("pairs", "", [B, C, A]),
        ("pairs", "?sort=sure", [A, C, B]),
        ("pairs", "?band=sure", [C, A]),
        ("pairs", "?decision=different", [B]),
        ("pairs", "?decision=open", [C, A]),
    ],
)
def test_lists_of_an_intake_are_filtered_on_the_page_and_in_their_file(page, query, expected, officer):
    address = add_intake()

    assert listed(officer, f"{address}{page}/{query}") == expected
    lines = page_of(officer.get(f"{address}{page}.csv{query}")).splitlines()[1:]
    place = 3 if page == "problems" else 0
    assert [line.split(",")[place].removeprefix("'") for line in lines] == expected


def test_batches_are_filtered_by_kind(officer):
    add_pairs()

    page = page_of(officer.get("/imports/batches/?kind=季报"))

    assert re.findall(r'/imports/batches/(b\d+)-\w+/"', page) == ["b000001"]
    assert '<option value="月报" lang="zh-CN">' in page


LISTS = (
    "/imports/queue/",
    "/imports/queue/decisions/",
    "/imports/conflicts/",
    "problems/",
    "changes/",
    "pairs/",
    "corrections/",
)


def counted(client, address):
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


@pytest.mark.parametrize("page", LISTS)
def test_list_asks_the_database_as_often_for_three_rows_as_for_one(page, ids, officer):
    def fill(count):
        for model in (OpenPair, BatchListed, DecisionListed, ContestedFact, Intake):
            model.objects.all().delete()
        add_pairs(count)
        add_decisions(count)
        add_conflicts(ids, count)
        return add_intake(count)

    intake = fill(1)
    address = page if page.startswith("/") else intake + page
    officer.get(address)
    one = counted(officer, address)
    fill(3)

    assert counted(officer, address) == one


@pytest.mark.parametrize("page", LISTS[:3])
def test_list_of_nothing_says_so_and_a_filter_without_result_can_be_cleared(page, officer):
    empty = page_of(officer.get(page))
    nothing = page_of(officer.get(f"{page}?q=没有"))

    assert "清除条件" not in empty
    assert f'href="{page}">清除条件' in nothing


def test_workbooks_are_sent_of_every_list(ids, officer):
    add_pairs()
    add_decisions()
    add_conflicts(ids)
    address = add_intake()
    files = ["/imports/queue/export.", "/imports/queue/decisions/export.", "/imports/conflicts/export."]
    files += [f"{address}{page}." for page in ("problems", "changes", "pairs")]

    begun = {file: b"".join(officer.get(f"{file}xlsx").streaming_content)[:2] for file in files}

    assert begun == dict.fromkeys(files, b"PK")
    assert {officer.get(f"{file}pdf").status_code for file in files} == {404}


@pytest.mark.parametrize(
    "address",
    [
        "/imports/queue/accept/",
        "/imports/queue/decisions/export.csv",
        "/imports/split/{jiahe}/",
        "/imports/queue/decisions/together/1/",
    ],
)
@pytest.mark.parametrize("login", ["town", "enterprise", "expert", "system", "audit"])
def test_who_may_not_decide_is_refused(address, login, ids, sign_in):
    client = sign_in(login)
    send = client.post if "together" in address else client.get

    assert send(address.format_map(ids)).status_code == 403


def test_tabs_count_what_the_lists_hold(ids, officer):
    add_pairs()
    add_conflicts(ids)
    page = page_of(officer.get("/imports/queue/"))

    assert re.findall(r"(待辨认|来源不一致) (\d+)</a>", page) == [("待辨认", "3"), ("来源不一致", "3")]
    assert '<span class="meta">3 对' in page

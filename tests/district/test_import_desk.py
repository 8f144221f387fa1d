"""After imports: batches taken back and brought back, who is who, which source is right; each journalled and undone."""

import re

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.district.districts import FIRMS, NOW, ON, content_of
from tests.district.importing import own_district, page_of, work

from yumiao.district.intakes.desk import follow
from yumiao.district.intakes.following import follow_store, next_moment
from yumiao.district.intakes.models import BatchListed, ContestedFact, OpenPair
from yumiao.district.jobs.models import Job
from yumiao.district.journal.models import JournalLine
from yumiao.district.registry.keeping import ask_for_refresh
from yumiao.district.registry.models import Subject
from yumiao.district.registry.packs import library
from yumiao.district.registry.services import find_differences
from yumiao.importing.linking import PAIR_SCHEMA, PAIRS
from yumiao.store import BatchContent, no_declarations
from yumiao.store.moments import read_moment
from yumiao.store.values import RECORD_COLUMNS


@pytest.fixture
def district(tmp_path, settings):
    """Five firms; another source says otherwise of one; a sixth may be one of them."""
    made = own_district(tmp_path, settings)
    made.add_staff("qingmu", 310, "tax")
    add_pair(made, "常州衡舟精传动公司", "hengzhou")
    ask_for_refresh(actor="p1", now=timezone.now())
    follow(timezone.now())
    work()
    return made


def add_pair(district, name, firm, probability=0.4):

    with district.writing() as draft:
        [subject] = draft.mint(1)
        content = content_of([(subject, name, None, "320412", (), 44, None)])
        row = {
            "subject": subject, "row_id": f"{subject}/x", "file": "名单.csv", "sheet": "", "cell": "",
            "other": district.ids[firm], "probability": probability, "step": "name",
            "evidence_zh": "字号相近", "evidence_en": "alike",
        }  # fmt: skip
        pairs = pl.DataFrame([row], schema={**RECORD_COLUMNS, **PAIR_SCHEMA})
        full = BatchContent(content.facts, content.identifiers, no_declarations(), {PAIRS: pairs})
        draft.add_batch(full, kind="pairs", source="town", observed_on=ON)
    district.ids[name] = subject
    return subject


@pytest.fixture
def officer(sign_in):
    return sign_in("officer")


def batch_id(district, number):
    return district.store.state().all_batches[number - 1].manifest.id


def acts():
    return list(
        JournalLine.objects.filter(stream="store/acts").order_by("sequence").values_list("act", flat=True)
    )


# ── batches ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_batches_are_listed_filtered_sorted_and_exported(district, officer):
    def listed(query):
        return re.findall(r'/imports/batches/(b\d+)-\w+/"', page_of(officer.get(f"/imports/batches/{query}")))

    assert listed("") == ["b000003", "b000002", "b000001"]
    assert listed("?sort=oldest") == ["b000001", "b000002", "b000003"]
    assert listed("?source=tax") == ["b000002"]
    assert listed("?counts=no") == []
    assert listed("?q=b000001") == ["b000001"]
    assert page_of(officer.get("/imports/batches/export.csv")).count("\r\n") == 4
    assert officer.get("/imports/batches/export.xlsx").status_code == 200


def test_batch_is_taken_back_after_a_look_at_what_changes_and_brought_back(district, officer):
    batch = batch_id(district, 1)
    page = page_of(officer.get(f"/imports/batches/{batch}/?look=1"))
    assert "撤销后会变" in page
    assert "涉及 5 个主体" in page
    assert not district.store.state().reverted

    officer.post(f"/imports/batches/{batch}/change/", {"act": "revert", "why": "传错文件"})
    work()
    assert district.store.state().reverted == {batch}
    assert BatchListed.objects.get(id=batch).is_reverted
    assert not Subject.objects.filter(id=district.ids["tianning"]).exists()
    assert find_differences(district.store, library()) == []

    assert "恢复后会变" in page_of(officer.get(f"/imports/batches/{batch}/?look=1"))
    officer.post(f"/imports/batches/{batch}/change/", {"act": "restore"})
    work()
    assert Subject.objects.filter(id=district.ids["tianning"]).exists()
    assert acts()[-2:] == ["store.revert", "store.restore"]
    assert district.store.state().events[-1].who != "test"


def test_batch_taken_back_already_is_refused_with_words(district, officer):
    batch = batch_id(district, 2)
    officer.post(f"/imports/batches/{batch}/change/", {"act": "revert"})

    again = officer.post(f"/imports/batches/{batch}/change/", {"act": "revert"})

    assert (again.status_code, "已撤销" in page_of(again)) == (400, True)


# ── who is who ────────────────────────────────────────────────────────────────────────────────────────────────


def decide(client, district, decision, name="常州衡舟精传动公司", firm="hengzhou"):
    fields = {"subject": district.ids[name], "other": district.ids[firm], "decision": decision, "why": "同址"}
    return client.post("/imports/queue/decide/", fields)


def test_pair_decided_to_be_one_leaves_the_queue_and_is_undone(district, officer):
    assert "常州衡舟精传动公司" in page_of(officer.get("/imports/queue/"))

    decide(officer, district, "same")
    assert "常州衡舟精传动公司" not in page_of(officer.get("/imports/queue/")).partition("<main")[2]
    work()
    assert not Subject.objects.filter(id=district.ids["常州衡舟精传动公司"]).exists()
    assert find_differences(district.store, library()) == []

    [event] = district.store.state().decisions
    assert "同址" in page_of(officer.get("/imports/queue/decisions/"))
    officer.post("/imports/queue/decisions/undo/", {"number": event.seq})
    work()
    assert Subject.objects.filter(id=district.ids["常州衡舟精传动公司"]).exists()
    assert OpenPair.objects.count() == 1
    assert acts()[-2:] == ["store.merge", "store.undo"]


def test_pair_decided_to_be_two_is_not_asked_again(district, officer):
    decide(officer, district, "different")
    work()

    assert not OpenPair.objects.exists()
    assert Subject.objects.count() == len(FIRMS) + 1


def test_pair_decided_twice_is_refused_with_words(district, officer):
    decide(officer, district, "different")

    again = decide(officer, district, "same")

    assert (again.status_code, "queue.no_pair" in page_of(again)) == (400, True)


def test_later_leaves_the_pair_in_the_queue(district, officer):
    decide(officer, district, "later")

    assert OpenPair.objects.count() == 1
    assert not district.store.state().decisions


def test_queue_begins_with_the_least_sure_filters_and_exports(district, officer):
    add_pair(district, "青木新材料", "qingmu", 0.99)
    follow(timezone.now())
    work()

    page = page_of(officer.get("/imports/queue/")).partition("<main")[2]
    assert page.index("常州衡舟精传动公司") < page.index(">青木新材料</b>")
    found = page_of(officer.get("/imports/queue/?q=青木")).partition("<main")[2]
    assert ">青木新材料</b>" in found
    assert "常州衡舟精传动公司" not in found
    assert page_of(officer.get("/imports/queue/export.csv")).count("\r\n") == 3


# ── contested facts ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("value", ["310", "260"])
def test_contested_fact_is_settled_by_saying_which_value_is_right(district, officer, value):
    [row] = ContestedFact.objects.all()
    page = page_of(officer.get("/imports/conflicts/"))
    assert {row.value, row.other} == {"310", "260"}
    assert "名单.csv 名单 D2" in page

    officer.post(f"/imports/conflicts/{row.id}/", {"value": value, "why": "核过账"})
    work()

    assert not ContestedFact.objects.exists()
    batch = district.store.state().batches[-1].manifest
    assert (batch.kind, batch.note) == ("settlement", "核过账")
    facts = district.store.state().snapshot(library().metrics, library().reported.precedence)
    counted = facts.sources.filter(
        (facts.sources["subject"] == district.ids["qingmu"]) & (facts.sources["column"] == "staff_total@2025")
    )
    assert counted.select("value", "file", "sheet").rows() == [(value, "名单.csv", "名单")]
    assert not facts.conflicts.height
    assert find_differences(district.store, library()) == []

    officer.post(f"/imports/batches/{batch.id}/change/", {"act": "revert"})
    work()
    assert ContestedFact.objects.count() == 1


def test_value_that_no_source_says_is_refused(district, officer):
    row = ContestedFact.objects.get()

    refused = officer.post(f"/imports/conflicts/{row.id}/", {"value": "999"})

    assert (refused.status_code, "没有来源这样说" in page_of(refused)) == (400, True)
    assert len(district.store.state().batches) == 3


def test_conflicts_filter_and_export(district, officer):
    assert "武进青木" in page_of(officer.get("/imports/conflicts/?source=tax"))
    assert "没有符合条件的" in page_of(officer.get("/imports/conflicts/?source=town_none&q=没有"))
    assert page_of(officer.get("/imports/conflicts/export.csv")).count("\r\n") == 2


# ── the journal follows the store ─────────────────────────────────────────────────────────────────────────────


def test_acts_of_commands_are_journalled_once_and_the_lists_follow(district):
    before = len(acts())
    with district.writing() as draft:
        draft.revert(batch_id(district, 2))

    follow(timezone.now())
    follow(timezone.now())
    assert follow_store(timezone.now()) == 0
    assert acts()[before:] == ["store.revert"]
    assert Job.objects.filter(kind="intakes.desk", state="queued").count() == 1
    work()
    assert not ContestedFact.objects.exists()


def test_moment_of_writing_is_after_everything_recorded(district):
    last = district.store.state().events[-1].at

    assert read_moment(next_moment(district.store, NOW.replace(year=2020))) > read_moment(last)
    assert next_moment(district.store, NOW).startswith("2026-07-15T09:00:00")


@pytest.mark.parametrize("page", ["/imports/queue/", "/imports/conflicts/", "/imports/batches/"])
def test_lists_ask_the_database_as_often_for_three_rows_as_for_one(page, district, officer):
    def counted():
        with CaptureQueriesContext(connection) as seen:
            assert officer.get(page).status_code == 200
        return len(seen)

    officer.get(page)
    before = counted()
    add_pair(district, "青木新材料", "qingmu", 0.99)
    add_pair(district, "嘉禾电子厂", "jiahe", 0.6)
    district.add_staff("hengzhou", 1, "tax")
    district.add_staff("tianning", 2, "tax")
    follow(timezone.now())
    work()

    assert (OpenPair.objects.count(), ContestedFact.objects.count(), BatchListed.objects.count()) == (3, 3, 7)
    assert counted() == before

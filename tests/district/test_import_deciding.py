"""Deciding who is who, many at once and taken apart: looked at first, one line of the journal, undone."""

import json
import re

import pytest
from django.utils import timezone
from tests.district.districts import FIRMS, ON, content_of
from tests.district.importing import HEAD, checked, csv_file, intake_at, own_district, page_of, work
from tests.district.test_import_desk import add_pair

from yumiao.district.intakes.decided import list_decisions
from yumiao.district.intakes.desk import follow
from yumiao.district.intakes.models import DecisionListed, IntakePair, OpenPair
from yumiao.district.journal.models import JournalLine
from yumiao.district.registry.models import Subject
from yumiao.district.registry.packs import library
from yumiao.district.registry.services import find_differences

SURE = {"常州衡舟精传动公司": "hengzhou", "青木新材料": "qingmu", "天宁泵业": "tianning"}
MARK = re.compile(r'name="mark" value="([0-9a-f]{64})"')


@pytest.fixture
def district(tmp_path, settings):
    return own_district(tmp_path, settings)


@pytest.fixture
def officer(sign_in):
    return sign_in("officer")


def add_sure(district):
    """Three pairs that are sure; two more of one subject, both sure; one with two codes; one that is not sure."""
    for name, firm in SURE.items():
        add_pair(district, name, firm, 0.93)
    double = add_pair(district, "嘉禾电子厂", "jiahe", 0.97)
    OpenPair.objects.create(subject=double, other=district.ids["nowhere"], probability=0.95, distance=0.45)
    OpenPair.objects.create(
        subject="s-coded", code="91320412MA00000011", other="s-other", other_code="91320412MA00000022",
        probability=0.99, distance=0.49,
    )  # fmt: skip
    add_pair(district, "不像的厂", "nowhere", 0.6)
    for name, firm, chance in [*((*each, 0.93) for each in SURE.items()), ("嘉禾电子厂", "jiahe", 0.97)]:
        OpenPair.objects.create(
            subject=district.ids[name], name=name, other=district.ids[firm], other_name=FIRMS[firm][0],
            probability=chance, distance=chance - 0.5,
        )  # fmt: skip


def told(act):
    return [
        json.loads(each) for each in JournalLine.objects.filter(act=act).values_list("payload", flat=True)
    ]


def merged(district):
    state = district.store.state()
    ids = district.ids
    return {name for name, firm in SURE.items() if state.aliases.read_as(ids[name]) == ids[firm]}


def test_sure_pairs_are_looked_at_then_accepted_at_once_and_undone_at_once(district, officer):
    add_sure(district)
    page = page_of(officer.get("/imports/queue/accept/?least=90"))
    assert "3 对 · ≥ 90%" in page
    assert "另有 3 对：同一主体牵涉几对，或两边代码不同" in page
    assert merged(district) == set()
    [mark] = MARK.findall(page)

    done = officer.post("/imports/queue/accept/?least=90", {"mark": mark, "why": "看过抽样"})

    [first] = DecisionListed.objects.order_by("number").values_list("number", flat=True)[:1]
    assert done.headers["Location"] == f"/imports/queue/decisions/?together={first}#result"
    assert merged(district) == set(SURE)
    [line] = told("store.merge_together")
    assert (line["seq"], line["last"], line["count"]) == (first, first + 2, 3)
    assert not told("store.merge")
    assert not OpenPair.objects.filter(name__in=SURE).exists()
    page = page_of(officer.get(done.headers["Location"].partition("#")[0]))
    assert "一次作出，仍有效 3 项" in page
    assert page.count("看过抽样") == 3

    officer.post(f"/imports/queue/decisions/together/{first}/")
    assert merged(district) == set()
    assert [row["count"] for row in told("store.undo_together")] == [3]
    assert set(DecisionListed.objects.values_list("undo", flat=True)) == {first + 3, first + 4, first + 5}
    again = officer.post(f"/imports/queue/decisions/together/{first}/")
    assert (again.status_code, "已经全部撤回" in page_of(again)) == (400, True)


def test_pairs_that_were_not_looked_at_are_not_accepted(district, officer):
    add_sure(district)
    [mark] = MARK.findall(page_of(officer.get("/imports/queue/accept/")))
    OpenPair.objects.filter(name="青木新材料").delete()

    refused = officer.post("/imports/queue/accept/", {"mark": mark, "why": "看过"})

    page = page_of(refused)
    assert (refused.status_code, "清单刚刚变了" in page, 'value="看过"' in page) == (400, True, True)
    assert MARK.findall(page) != [mark]
    assert merged(district) == set()


def test_higher_demand_leaves_fewer(district, officer):
    add_sure(district)

    page = page_of(officer.get("/imports/queue/accept/?least=99"))

    assert "没有这样有把握的对" in page
    assert 'class="btn btn-primary"' not in page.partition("<main")[2]


def test_decision_taken_back_can_be_made_to_hold_again(district, officer):
    add_sure(district)
    ids = district.ids
    sent = {
        "subject": ids["青木新材料"],
        "other": ids["qingmu"],
        "decision": "same",
        "then": "pair-x",
        "back": "band=sure",
    }
    decided = officer.post("/imports/queue/decide/", sent)
    row = DecisionListed.objects.get()
    assert decided.headers["Location"] == f"/imports/queue/?band=sure&done={row.number}#pair-x"
    assert "已决定：" in page_of(officer.get(decided.headers["Location"].partition("#")[0]))

    undone = {"number": row.number, "from": "queue", "back": f"band=sure&done={row.number}"}
    assert (
        officer.post("/imports/queue/decisions/undo/", undone).headers["Location"]
        == "/imports/queue/?band=sure#result"
    )
    row.refresh_from_db()
    assert (merged(district), row.undo) == (set(), row.number + 1)

    officer.post("/imports/queue/decisions/undo/", {"number": row.undo})
    row.refresh_from_db()
    assert (merged(district), row.undo) == ({"青木新材料"}, None)


def test_focus_goes_nowhere_else_than_on_the_page(district, officer):
    add_sure(district)
    ids = district.ids
    sent = {
        "subject": ids["青木新材料"],
        "other": ids["qingmu"],
        "decision": "different",
        "then": 'x" onload=',
        "back": "//evil",
    }

    assert officer.post("/imports/queue/decide/", sent).headers["Location"].endswith("#result")


def test_list_of_decisions_is_made_anew_from_the_store(district, officer):
    add_sure(district)
    ids = district.ids
    officer.post(
        "/imports/queue/decide/", {"subject": ids["青木新材料"], "other": ids["qingmu"], "decision": "same"}
    )
    kept = list(DecisionListed.objects.values())
    DecisionListed.objects.all().delete()
    OpenPair.objects.all().delete()

    list_decisions(district.store.state())

    assert list(DecisionListed.objects.values()) == kept
    assert (kept[0]["name"], kept[0]["other_name"]) == ("青木新材料", FIRMS["qingmu"][0])


# ── before the import ─────────────────────────────────────────────────────────────────────────────────────────


def test_sure_pairs_of_an_intake_are_accepted_at_once_and_opened_again(district, officer):
    address = checked(officer, csv_file(["常州衡舟精传动公司", "", "44"], head=HEAD))
    pair = IntakePair.objects.get()
    IntakePair.objects.update(probability=0.94, distance=0.44)
    assert "九成以上的 1 对全认" in page_of(officer.get(address))
    page = page_of(officer.get(f"{address}pairs/accept/"))
    [mark] = MARK.findall(page)

    done = officer.post(f"{address}pairs/accept/", {"mark": mark})
    pair.refresh_from_db()
    assert done.headers["Location"] == f"{address}pairs/?decision=same#result"
    assert (pair.decision, pair.decided_by) == ("same", intake_at(address).created_by)

    officer.post(f"{address}pairs/reopen/")
    pair.refresh_from_db()
    assert pair.decision == ""
    lines = told("intake.pairs_chosen")
    assert [(line["count"], line["decision"]) for line in lines] == [(1, "same"), (1, "")]
    assert not district.store.state().decisions


# ── taking a subject apart ────────────────────────────────────────────────────────────────────────────────────


def add_wrong(district):
    """A batch that speaks of Hengzhou under another firm's name; returns its id."""
    with district.writing() as draft:
        subject = district.ids["hengzhou"]
        content = content_of([(subject, "常州横舟物流有限公司", None, "320412", (), 77, None)])
        added = draft.add_batch(content, kind="wrong", source="tax", observed_on=ON)
    return added.id


def test_subject_is_taken_apart_after_a_look_and_put_together_again(district, officer):
    batch, subject = add_wrong(district), district.ids["hengzhou"]
    page = page_of(officer.get(f"/imports/split/{subject}/"))
    assert re.findall(r'name="batch" value="(b\d+)-', page) == ["b000002", "b000001"]
    assert "常州横舟物流有限公司" in page

    looked = page_of(officer.get(f"/imports/split/{subject}/?look=1&batch={batch}"))
    assert "拆出的新主体" in looked
    assert not district.store.state().decisions

    done = officer.post(f"/imports/split/{subject}/", {"batch": batch, "why": "两家"})
    assert done.headers["Location"] == "/imports/queue/decisions/#result"
    row = DecisionListed.objects.get()
    assert (row.act, row.subject, row.other_name, row.batches) == (
        "split", subject, "常州横舟物流有限公司", [batch],
    )  # fmt: skip
    assert told("store.split")[0]["batches"] == [batch]
    work()
    assert Subject.objects.filter(id=row.other, name="常州横舟物流有限公司").exists()
    assert find_differences(district.store, library()) == []

    officer.post("/imports/queue/decisions/undo/", {"number": row.number})
    state = district.store.state()
    assert (state.decisions, dict(state.aliases.general), dict(state.aliases.by_batch)) == ((), {}, {})


@pytest.mark.parametrize(("which", "expected"), [((), "请勾选"), ((0, 1), "至少要留下一批")])
def test_split_without_anything_on_one_side_is_refused(which, expected, district, officer):
    add_wrong(district)
    subject = district.ids["hengzhou"]
    batches = [batch.manifest.id for batch in district.store.state().batches]
    chosen = [batches[each] for each in which]

    refused = officer.post(f"/imports/split/{subject}/", {"batch": chosen})

    assert (refused.status_code, expected in page_of(refused)) == (400, True)
    assert not district.store.state().decisions


def test_split_of_a_subject_that_nobody_knows_is_no_page(district, officer):
    assert officer.get("/imports/split/nobody/").status_code == 404


def test_subject_joined_by_a_decision_shows_it_where_it_is_taken_apart(district, officer):
    add_sure(district)
    ids = district.ids
    officer.post(
        "/imports/queue/decide/", {"subject": ids["青木新材料"], "other": ids["qingmu"], "decision": "same"}
    )

    page = page_of(officer.get(f"/imports/split/{ids['qingmu']}/"))

    assert "认定并进来的" in page
    assert 'aria-label="撤回 青木新材料"' in page


def test_queue_counts_agree_with_the_overview_at_once(district, officer):
    add_sure(district)
    follow(timezone.now())
    ids = district.ids
    officer.post(
        "/imports/queue/decide/", {"subject": ids["青木新材料"], "other": ids["qingmu"], "decision": "same"}
    )

    [listed] = re.findall(r'<span class="meta">(\d+) 对', page_of(officer.get("/imports/queue/")))
    [counted] = re.findall(r"<b>(\d+)</b>对", page_of(officer.get("/overview/")))

    assert counted == listed == "5"

"""Whose facts they are: known for certain, new, or for a person to say; and the decisions that follow."""

import polars as pl
import pytest
from tests.unit.importing.stores import CODES, NAMES, Desk, staff, table

from yumiao.importing.linking import Acquaintance
from yumiao.importing.queue import decide_pair, open_pairs, split_subject
from yumiao.model.problems import YumiaoError

STAFF = "staff_total@2025"
NEAR = "常州伟业机械制造有限公司"


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def who(report):
    return dict(report.files[0].assignment.subjects.select("key", "acquaintance").rows())


def test_subject_is_known_by_its_code_whatever_its_name(desk):
    desk.take(desk.write("a.csv", table(staff("伟业", 21))))

    report = desk.take(desk.write("b.csv", table((CODES["伟业"], "伟业机械", "22"))))

    assert who(report) == {CODES["伟业"]: Acquaintance.KNOWN}
    assert desk.facts()[STAFF].to_list() == [22]


def test_subject_is_known_by_its_name_where_there_is_no_code(desk):
    desk.take(desk.write("a.csv", table(staff("伟业", 21))))

    report = desk.take(desk.write("b.csv", table(staff("伟业", 22, code=False))))

    assert who(report) == {NAMES["伟业"]: Acquaintance.KNOWN}


def test_other_trade_name_is_another_subject(desk):
    desk.take(desk.write("a.csv", table(staff("伟业", 21))))

    report = desk.take(desk.write("b.csv", table(("", "常州伟叶机械有限公司", "22"))))

    assert who(report)["常州伟叶机械有限公司"] is not Acquaintance.KNOWN
    assert desk.facts().height == 2


def test_same_name_under_two_codes_is_never_joined(desk):
    desk.take(desk.write("a.csv", table(staff("伟业", 21))))

    desk.take(desk.write("b.csv", table((CODES["嘉禾"], NAMES["伟业"], "22"))))

    assert sorted(desk.facts()[STAFF].to_list()) == [21, 22]


def test_stock_code_tells_who_is_meant(desk):
    header = "股票代码,企业名称,2025年职工总数（人）"
    desk.take(desk.write("a.csv", table(("600001", "江苏伟业股份有限公司", "21"), header=header)))

    report = desk.take(
        desk.write("b.csv", table(("600001", "江苏伟业控股集团股份有限公司", "22"), header=header))
    )

    assert who(report) == {"600001": Acquaintance.KNOWN}


def test_number_of_one_source_means_nothing_to_another(desk):
    header = "企业编号,企业名称,2025年职工总数（人）"
    desk.take(desk.write("a.csv", table(("17", NAMES["伟业"], "21"), header=header)), source="town")

    report = desk.take(desk.write("b.csv", table(("17", NAMES["青木"], "22"), header=header)), source="tax")

    assert who(report) == {"17": Acquaintance.NEW}


@pytest.fixture
def asked(desk):
    """A store in which a person must look at one pair; the two subjects of it."""
    desk.take(desk.write("a.csv", table(staff("伟业", 21))))
    report = desk.take(desk.write("b.csv", table(("", NEAR, "22"))))
    assert who(report) == {NEAR: Acquaintance.UNSURE}
    [pair] = open_pairs(desk.state).select("subject", "other").rows()
    return pair


def test_unsure_party_is_entered_apart_and_asked_about(desk, asked):
    assert desk.facts().height == 2
    row = open_pairs(desk.state).row(0, named=True)
    assert (row["file"], 0 < row["probability"] < 1) == ("b.csv", True)
    assert row["evidence_zh"]
    assert row["evidence_en"]


def test_pair_decided_to_be_one_is_read_as_one_and_asked_no_more(desk, asked):
    with desk.writing() as draft:
        decide_pair(draft, *asked, is_same=True, why="同一营业执照")

    assert open_pairs(desk.state).is_empty()
    assert desk.facts().select("subject").to_series().to_list() == [asked[1]]


def test_pair_decided_to_be_two_stays_apart_and_is_asked_no_more(desk, asked):
    with desk.writing() as draft:
        decide_pair(draft, *asked, is_same=False)

    assert open_pairs(desk.state).is_empty()
    assert desk.facts().height == 2


def test_decision_taken_back_asks_again_and_parts_the_two(desk, asked):
    with desk.writing() as draft:
        number = decide_pair(draft, *asked, is_same=True)
    with desk.writing() as draft:
        draft.undo(number)

    assert open_pairs(desk.state).select("subject", "other").rows() == [asked]
    assert desk.facts().height == 2


def test_after_the_decision_the_other_name_is_known(desk, asked):
    with desk.writing() as draft:
        decide_pair(draft, *asked, is_same=True)

    report = desk.take(desk.write("c.csv", table(("", NEAR, "23"))))

    assert who(report) == {NEAR: Acquaintance.KNOWN}
    assert desk.facts().select("subject", STAFF).rows() == [(asked[1], 23)]


def test_pair_that_nobody_asked_about_cannot_be_decided(desk, asked):
    with pytest.raises(YumiaoError) as refused, desk.writing() as draft:
        decide_pair(draft, asked[0], asked[0], is_same=True)

    assert refused.value.code == "queue.no_pair"


def test_complete_list_says_nothing_of_a_subject_that_an_entry_may_mean(desk):
    desk.take(desk.write("a.csv", table(staff("伟业", 21), staff("青木", 9))))
    mapping = (
        "mapping: 名单\nsubject: {name: 企业名称}\nsource: credit\nregisters:\n"
        "  - {metric: abnormal_or_dishonest_list, complete: true, file: list.csv, on: 2026-06-30}\n"
    )

    desk.take(desk.write("list.csv", f"企业名称\n{NEAR}\n", mapping), source=None)

    found = dict(desk.facts().select("name", "abnormal_or_dishonest_list").rows())
    assert found == {NAMES["伟业"]: None, NAMES["青木"]: False, NEAR: True}


def test_subject_that_is_two_is_split_by_batches_and_joined_again(desk):
    desk.take(desk.write("a.csv", table(staff("伟业", 21))), source="tax")
    second = desk.take(desk.write("b.csv", table(staff("伟业", 22))), source="town")
    [subject] = desk.facts()["subject"]

    with desk.writing() as draft:
        new, number = split_subject(draft, subject, [second.files[0].batch], "代码填错")
    apart = desk.facts().select("subject", STAFF).rows()
    with desk.writing() as draft:
        draft.undo(number)

    assert sorted(apart) == sorted([(subject, 21), (new, 22)])
    assert desk.facts()["subject"].to_list() == [subject]


def test_batch_that_says_nothing_of_a_subject_is_no_ground_for_a_split(desk):
    first = desk.take(desk.write("a.csv", table(staff("伟业", 21))))
    desk.take(desk.write("b.csv", table(staff("嘉禾", 22))))
    subject = desk.facts().filter(pl.col("name") == NAMES["嘉禾"])["subject"][0]

    with pytest.raises(YumiaoError) as refused, desk.writing() as draft:
        split_subject(draft, subject, [first.files[0].batch])

    assert refused.value.code == "queue.not_in_batch"

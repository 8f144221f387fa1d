"""Rows of a register from the store to the counts: quarter after quarter, late corrections, a reverted file."""

import datetime as dt

import polars as pl
import pytest
from tests.shipped_packs import shipped_packs

from yumiao.evaluate.counted import counted_facts
from yumiao.evaluate.row_reasons import counted_rows
from yumiao.intake.records import record_schema
from yumiao.model.facts import Facts
from yumiao.store import BatchContent, create_store

LIBRARY = shipped_packs()
IP = LIBRARY.registers["ip"]
COUNT = "ip_class1_count.tsme"
AS_OF = dt.date(2026, 7, 15)


def content_of(subject, *rows, name="f"):
    """A batch of some rows of one subject, each valid and related, all listed."""
    usual = {
        "subject": subject,
        "file": f"{name}.xlsx",
        "sheet": "一",
        "complete": True,
        "kind": "invention_patent",
    }
    usual |= {"valid": True, "related_to_main_product": True, "granted_on": dt.date(2020, 1, 1)}
    schema = record_schema(IP)
    whole = [usual | {"row_id": f"一!{at}", "cell": f"A{at}"} | row for at, row in enumerate(rows, 2)]
    frame = pl.DataFrame([{column: row.get(column) for column in schema} for row in whole], schema=schema)
    facts = Facts(
        pl.DataFrame(
            {"subject": [subject], "name": ["甲"], "code": [None]}, schema_overrides={"code": pl.String}
        )
    )
    return BatchContent(facts, records={"ip": frame})


@pytest.fixture
def store(tmp_path):
    return create_store(tmp_path / "store", at="2026-01-01T08:00:00+08:00", who="甲")


def add(store, at, day, make):
    with store.writing("甲", at) as draft:
        added = draft.add_batch(make(draft), kind="ip", source="intellectual_property", observed_on=day)
    return added.id


def known(store, as_of=AS_OF):
    """The count of the one subject: value, low, high, and the cells behind it."""
    state = store.state()
    rows = state.records("ip")
    subject = rows["subject"][0]
    empty = Facts(pl.DataFrame({"subject": [subject], "name": ["甲"], "code": ["-"]}))
    facts = counted_facts(empty, {"ip": rows}, LIBRARY, as_of, only=[COUNT])
    row = facts.table.row(0, named=True)
    return tuple(row.get(COUNT + end) for end in ("", "#low", "#high")), facts.sources["cell"].to_list()


def test_counts_follow_the_quarters_and_come_back_when_a_file_is_reverted(store):
    with store.writing("甲", "2026-01-05T08:00:00+08:00") as draft:
        (subject,) = draft.mint(1)
    first = [{"number": "ZL1"}, {"number": "ZL2"}]
    second = [{"number": "ZL1", "valid": False}, {"number": "ZL3"}, {"number": "ZL4", "kind": None}]
    add(
        store,
        "2026-01-06T08:00:00+08:00",
        dt.date(2025, 12, 31),
        lambda _: content_of(subject, *first, name="q4"),
    )
    assert known(store) == ((2, None, None), ["A2、A3"])

    later = add(
        store,
        "2026-04-06T08:00:00+08:00",
        dt.date(2026, 3, 31),
        lambda _: content_of(subject, *second, name="q1"),
    )

    assert known(store) == ((None, 1, 2), ["A3", "A3、A4"])
    assert known(store, as_of=dt.date(2026, 3, 30)) == ((2, None, None), ["A2、A3"])
    told = counted_rows(store.state().records("ip"), IP, AS_OF, subject, COUNT)
    assert [(row.number, row.standing.value, row.file) for row in told] == [
        ("ZL1", "not_counted", "q1.xlsx"),
        ("ZL3", "counted", "q1.xlsx"),
        ("ZL4", "open", "q1.xlsx"),
    ]
    with store.writing("甲", "2026-04-07T08:00:00+08:00") as draft:
        draft.revert(later, "wrong file")
    assert known(store) == ((2, None, None), ["A2、A3"])

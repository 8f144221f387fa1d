"""Why each row of a count counts, does not, or is open."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.evaluate.registers_for_tests import (
    AS_OF,
    FILTERS,
    register_of,
    rows_of,
    rows_with_holes,
)

from yumiao.evaluate.counting import COUNTED, OPEN, count_rows
from yumiao.evaluate.row_reasons import RowStanding, counted_rows
from yumiao.model.problems import YumiaoError

REGISTER = register_of(
    f="valid and (own or not kind is a) and rank <= 3 件 and days(moved, application_date) >= 365 天"
)
GOOD = {
    "valid": True,
    "own": True,
    "rank": 1,
    "kind": "a",
    "moved": dt.date(2020, 1, 1),
    "begun": dt.date(2019, 1, 1),
}


def told(*rows, register=REGISTER):
    found = counted_rows(rows_of(register, *rows), register, AS_OF, "s", "rights.f")
    return [(row.standing.value, row.wanting, row.text.en) for row in found]


@pytest.mark.parametrize(
    ("change", "standing", "wanting", "text"),
    [
        ({}, "counted", (), "Counted: every clause holds."),
        ({"valid": False}, "not_counted", (), "Not counted, this fails: Valid."),
        ({"rank": 4}, "not_counted", (), "Not counted, this fails: rank ≤ 3 items."),
        (
            {"own": False},
            "not_counted",
            (),
            "Not counted, this fails: Own or not (Kind is A).",
        ),
        (
            {"moved": dt.date(2026, 1, 1)},
            "not_counted",
            (),
            "Not counted, this fails: days from Moved to the application date ≥ 365 days.",
        ),
        ({"valid": None, "state": "alive"}, "counted", (), "Counted: every clause holds."),
        ({"valid": None}, "open", ("valid",), "Open: Valid; unknown: Valid."),
        ({"own": None, "kind": "b"}, "counted", (), "Counted: every clause holds."),
        ({"own": None}, "open", ("own",), "Open: Own or not (Kind is A); unknown: Own."),
        (
            {"own": None, "kind": None, "rank": None},
            "open",
            ("own", "kind", "rank"),
            "Open: Own or not (Kind is A); unknown: Own, Kind, rank.",
        ),
        ({"own": None, "rank": 4}, "not_counted", (), "Not counted, this fails: rank ≤ 3 items."),
        (
            {"begun": dt.date(2026, 7, 16)},
            "not_counted",
            (),
            "Not counted, this fails: Begun (2026-07-16) no later than 2026-07-15.",
        ),
        (
            {"ended": dt.date(2026, 7, 14)},
            "not_counted",
            (),
            "Not counted, this fails: ended (2026-07-14) no earlier than 2026-07-15.",
        ),
        (
            {"begun": None, "recorded_at": "2026-08-01T00:00:00+08:00"},
            "open",
            ("begun",),
            "Open: Begun no later than 2026-07-15; unknown: Begun.",
        ),
    ],
)
def test_row_says_what_decided_it_or_what_it_wants(change, standing, wanting, text):
    assert told(GOOD | change) == [(standing, wanting, text)]


def test_row_is_told_in_chinese_too_with_its_place_and_number():
    rows = rows_of(REGISTER, GOOD | {"number": "ZL1", "own": None, "batch": "b1"})

    (row,) = counted_rows(rows, REGISTER, AS_OF, "s", "rights.f")

    assert (row.number, row.file, row.sheet, row.cell, row.batch) == ("ZL1", "f.xlsx", "一", "A2", "b1")
    assert row.text.zh == "待定：自有 或 非（类别为甲）；缺：自有。"


def test_rows_of_others_are_left_out():
    assert told(GOOD | {"subject": "t"}) == []


def test_clauses_that_exclude_each_other_are_told_together():
    register = register_of(f="own and (kind is a and kind is b)")

    assert told({"own": True}, register=register) == [
        ("not_counted", (), "Not counted, this fails: Own and (Kind is A and Kind is B).")
    ]


def test_unknown_filter_is_an_error_that_names_those_there_are():
    with pytest.raises(YumiaoError) as raised:
        counted_rows(rows_of(REGISTER), REGISTER, AS_OF, "s", "rights.g")

    assert raised.value.text.en == "The register has no filter “rights.g”; known: rights.f."


@settings(max_examples=60, deadline=None)
@given(FILTERS, st.lists(rows_with_holes(), min_size=1, max_size=6))
def test_reasons_agree_with_the_count(text, rows):
    register = register_of(f=text)
    frame = rows_of(register, *rows)
    codes = count_rows(frame, register, AS_OF).rows["rights.f"].to_list()

    found = counted_rows(frame, register, AS_OF, "s", "rights.f")

    standings = {COUNTED: RowStanding.COUNTED, OPEN: RowStanding.OPEN}
    assert [row.standing for row in found] == [standings.get(code, RowStanding.NOT_COUNTED) for code in codes]
    assert all(row.wanting for row in found if row.standing is RowStanding.OPEN)

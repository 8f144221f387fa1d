"""One right in two hands, or used more often than once."""

import datetime as dt

import polars as pl
import pytest
from tests.unit.evaluate.registers_for_tests import AS_OF, REGISTER, rows_of

from yumiao.evaluate.doubles import find_doubles
from yumiao.intake.faults import ProblemLog
from yumiao.packs.definitions import RegisterDefinition

ONCE = {
    "columns": REGISTER["columns"]
    | {"used": {"type": "bool", "label": {"zh": "已使用", "en": "Used"}}, "used_on": "date"},
    "once": {"used": {"when": "kind is b", "on": "used_on"}},
}
REG = RegisterDefinition.model_validate(REGISTER | ONCE)
A = {"number": "ZL 2019 2 01", "kind": "b"}
FIRST, SECOND = dt.date(2023, 5, 1), dt.date(2026, 5, 1)


def found(*rows):
    log = ProblemLog()
    find_doubles(rows_of(REG, *rows), REG, AS_OF, log)
    return [(problem.code, problem.cell, problem.found) for problem in log.problems()]


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        ((A, A), []),
        ((A, A | {"number": "2019201"}), []),
        ((A, A | {"number": "201920-1", "subject": "t"}), [("record_shared", "A3", "201920-1")]),
        ((A, {"subject": "t"}, {"subject": "u"}), []),
        ((A | {"used": True}, A | {"used": True}), []),
        ((A | {"used": True, "used_on": FIRST}, A | {"used": True}), []),
        ((A | {"used": True, "used_on": FIRST}, A | {"used": True, "used_on": FIRST}), []),
        (
            (A | {"used": True, "used_on": FIRST}, A | {"used": True, "used_on": SECOND}),
            [("record_used_twice", "A3", "ZL 2019 2 01")],
        ),
        (
            (A | {"used": True}, A | {"used": True, "subject": "t"}),
            [("record_shared", "A3", "ZL 2019 2 01"), ("record_used_twice", "A3", "ZL 2019 2 01")],
        ),
        (
            (A | {"used": True}, A | {"used": False, "subject": "t"}),
            [("record_shared", "A3", "ZL 2019 2 01")],
        ),
        (
            (A | {"used": True, "kind": "a"}, A | {"used": True, "kind": "a", "subject": "t"}),
            [("record_shared", "A3", "ZL 2019 2 01")],
        ),
    ],
)
def test_only_what_surely_is_one_thing_used_or_listed_twice_is_reported(rows, problems):
    assert found(*rows) == problems


def test_problems_name_the_other_place_in_both_languages():
    log = ProblemLog()
    rows = rows_of(REG, A | {"used": True}, A | {"used": True, "subject": "t"})

    find_doubles(rows, REG, AS_OF, log)

    assert [(problem.text.zh, problem.text.en) for problem in log.problems()] == [
        (
            "ZL 2019 2 01 也列在 s（f.xlsx 一 A2）名下；若为共有，请注明由谁使用；若有一处填错，请改正。",
            (
                "ZL 2019 2 01 is also listed for s (f.xlsx 一 A2); if they share it, say who uses it, else correct "
                "the wrong one."
            ),
        ),
        (
            "ZL 2019 2 01：“已使用”只能有一次，s（f.xlsx 一 A2）已有；请核对是哪一次。",
            (
                "ZL 2019 2 01: “Used” is possible once only, and s (f.xlsx 一 A2) has it already; check which one "
                "holds."
            ),
        ),
    ]


def test_problems_call_subjects_by_their_names_where_they_have_one():
    log = ProblemLog()
    names = pl.DataFrame({"subject": ["s", "t"], "name": ["甲公司", None]})

    find_doubles(rows_of(REG, A, A | {"subject": "t"}, A | {"subject": "u"}), REG, AS_OF, log, names)

    assert ["甲公司（f.xlsx 一 A2）" in problem.text.zh for problem in log.problems()] == [True, True]


def test_register_without_numbers_has_nothing_to_compare():
    log = ProblemLog()
    bare = RegisterDefinition.model_validate({**REGISTER, "number": None})

    find_doubles(rows_of(bare, A, A | {"subject": "t"}), bare, AS_OF, log)

    assert log.problems() == ()

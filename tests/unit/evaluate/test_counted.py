"""Counts among the facts: exact or an interval, with the rows behind them, and against what was received."""

import datetime as dt
import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.evaluate.registers_for_tests import AS_OF, REGISTER, rows_of

from yumiao.evaluate.counted import counted_facts
from yumiao.evaluate.runs import evaluate
from yumiao.intake.records import Records
from yumiao.model.facts import Facts
from yumiao.model.problems import YumiaoError
from yumiao.packs.library import read_packs

METRICS = """\
metrics:
  rights: {label: {zh: 权利数, en: Rights}, unit: item, period: at_application, min: 0}
registers:
  reg: %s
"""

POLICY = """\
policy: seed
version: seed-1
title: {zh: 种子, en: Seed}
documents: [{number: 一号}]
applies: [{to: [first_application, review], from: 2020-01-01}]
counts: {rights: f}
conditions:
  C: {zh: 至少二件, en: At least two, need: rights >= 2 件, cite: {clause: 一}}
met_when: [C]
"""

NAME = "rights.f"


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    root = tmp_path_factory.mktemp("packs")
    register = REGISTER | {"counts": {"rights": {"f": "valid"}}}
    texts = {
        "pack.yaml": "pack: cn\nterritory: CN\ntitle: {zh: 国家级, en: National}\n",
        "metrics/all.yaml": METRICS % json.dumps(register, ensure_ascii=False),
        "policies/seed/1.yaml": POLICY.replace("cite: {clause: 一}", "cite: 一"),
    }
    for name, text in texts.items():
        path = root / "cn" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    found, problems = read_packs([root])
    assert [str(problem) for problem in problems] == []
    return found


def facts_of(**columns) -> Facts:
    """One subject ``s`` with some columns."""
    table = pl.DataFrame(
        {
            "subject": ["s"],
            "name": ["甲"],
            "code": [None],
            **{name: [value] for name, value in columns.items()},
        },
        schema={
            "subject": pl.String,
            "name": pl.String,
            "code": pl.String,
            **dict.fromkeys(columns, pl.Int64),
        },
    )
    return Facts(table)


def counted(library, facts, *rows, **asked):
    register = library.registers["reg"]
    return counted_facts(facts, {"reg": rows_of(register, *rows)}, library, AS_OF, **asked)


def values(facts):
    """What the table says of the count: value, low, high; None where there is no column."""
    row = facts.table.row(0, named=True)
    return tuple(row.get(NAME + end) for end in ("", "#low", "#high"))


YES = {"valid": True, "begun": dt.date(2020, 1, 1)}
NO = {"valid": False, "begun": dt.date(2020, 1, 1)}
OPEN = {"valid": None, "begun": dt.date(2020, 1, 1)}
ALL = {"complete": True}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((YES, YES | ALL), (2, None, None)),
        ((NO | ALL,), (0, None, None)),
        ((YES, OPEN | ALL), (None, 1, 2)),
        ((OPEN | ALL,), (None, 0, 1)),
        ((YES, YES), (None, 2, None)),
        ((OPEN, NO), (None, None, None)),
    ],
)
def test_count_is_exact_an_interval_or_a_lower_bound(library, rows, expected):
    assert values(counted(library, facts_of(), *rows)) == expected


@pytest.mark.parametrize(
    ("received", "rows", "expected"),
    [
        ({NAME: 2}, (YES, YES, OPEN | ALL), (2, None, None)),
        ({NAME: 5}, (YES, YES | ALL), (5, None, None)),
        ({NAME: None, NAME + "#low": 0, NAME + "#high": 5}, (YES, OPEN), (None, 1, 5)),
        ({NAME: None, NAME + "#low": 0, NAME + "#high": 5}, (YES, OPEN | ALL), (None, 1, 2)),
        ({NAME: None, NAME + "#low": 0, NAME + "#high": 1}, (YES, OPEN), (1, None, None)),
        ({NAME: None, NAME + "#low": 0, NAME + "#high": 1}, (YES, YES), (None, 0, 1)),
        ({NAME: None, NAME + "#low": 2, NAME + "#high": 9}, (YES, OPEN, OPEN | ALL), (None, 2, 3)),
    ],
)
def test_received_value_and_count_are_held_together(library, received, rows, expected):
    assert values(counted(library, facts_of(**received), *rows)) == expected


def sources_of(facts):
    return facts.sources.select("column", "value", "raw", "file", "sheet", "cell").rows()


def test_source_of_an_exact_count_names_the_rows_that_count(library):
    batch = {"batch": "b7", "recorded_at": "2026-04-01T00:00:00+08:00", "complete": True}

    facts = counted(library, facts_of(), YES | batch, NO | batch, YES | batch)

    assert sources_of(facts) == [(NAME, "2", "2 件", "f.xlsx", "一", "A2、A4")]
    assert facts.sources.select("batch", "recorded_at").rows() == [("b7", "2026-04-01T00:00:00+08:00")]


def test_source_of_a_count_of_none_names_the_file_and_no_row(library):
    assert sources_of(counted(library, facts_of(), NO | ALL)) == [(NAME, "0", "0 件", "f.xlsx", "一", "")]


def test_ends_of_an_interval_have_the_rows_that_make_them_as_sources(library):
    assert sources_of(counted(library, facts_of(), YES, NO, OPEN | ALL)) == [
        (NAME + "#low", "1", "≥ 1 件", "f.xlsx", "一", "A2"),
        (NAME + "#high", "2", "≤ 2 件", "f.xlsx", "一", "A2、A4"),
    ]


@pytest.mark.parametrize(("value", "rows", "nearest"), [(5, (YES, OPEN | ALL), "2"), (0, (YES, OPEN), "1")])
def test_value_that_the_rows_exclude_stays_and_the_count_is_a_conflict(library, value, rows, nearest):
    facts = counted(library, facts_of(**{NAME: value}), *rows)

    assert values(facts) == (value, None, None)
    assert facts.conflicts.select("column", "value", "file").rows() == [(NAME, nearest, "f.xlsx")]
    assert [problem.code for problem in facts.problems] == ["count_disagrees"]
    assert facts.problems[0].found == str(value)
    assert facts.problems[0].text.en.startswith(
        f"Rights (f filter) of 甲: {value} was received, the register counts "
    )
    assert facts.sources.is_empty()


def test_conflict_with_the_rows_makes_a_verdict_contested(library):

    facts = counted_facts(
        facts_of(**{NAME: 5}), {"reg": rows_of(library.registers["reg"], YES, NO | ALL)}, library, AS_OF
    )

    run = evaluate(library, facts, as_of=AS_OF, policies=["seed"])

    assert run.policy("seed").verdicts.select("outcome", "contested").rows() == [("met", True)]


@pytest.mark.parametrize(
    ("rows", "outcome"),
    [
        ((YES, YES, OPEN), "met"),
        ((YES, OPEN), "undetermined"),
        ((YES, OPEN | ALL), "undetermined"),
        ((YES, NO | ALL), "not_met"),
    ],
)
def test_verdict_follows_from_the_rows(library, rows, outcome):
    run = evaluate(library, counted(library, facts_of(), *rows), as_of=AS_OF, policies=["seed"])

    assert run.policy("seed").verdicts["outcome"].to_list() == [outcome]


def test_answer_names_the_rows_behind_a_count(library):
    run = evaluate(library, counted(library, facts_of(), YES, YES, NO), as_of=AS_OF, policies=["seed"])

    fact = run.answer("s", "seed").conditions[0].facts[0]

    assert (fact.low, fact.source.file, fact.source.cell) == ("2", "f.xlsx", "A2、A3")


def test_count_above_the_plain_count_is_reported(library):
    facts = counted(library, facts_of(rights=1), YES, YES)

    assert [(problem.code, problem.found, problem.cell) for problem in facts.problems] == [
        ("count_above_whole", "2", "A2、A3")
    ]


def test_subject_that_only_the_register_knows_gets_a_row(library):
    facts = counted(library, facts_of(), YES | {"subject": "t"} | ALL)

    assert facts.table.rows() == [("s", "甲", None, None), ("t", None, None, 1)]


def test_subject_without_rows_has_none_where_every_row_is_listed(library):
    facts = counted(library, facts_of(), YES | {"subject": "t"}, complete={"reg": ["s"]})

    assert values(facts) == (0, None, None)
    assert sources_of(facts)[0] == (NAME, "0", "0 件", "", "", "")


def test_records_of_an_intake_are_taken_as_they_are(library):
    rows = rows_of(library.registers["reg"], YES | ALL)

    facts = counted_facts(facts_of(), {"reg": Records("reg", rows, {})}, library, AS_OF)

    assert values(facts) == (1, None, None)


def test_filter_that_is_not_asked_for_is_not_counted(library):
    assert counted(library, facts_of(), YES, only=["rights.other"]).table.columns == [
        "subject",
        "name",
        "code",
    ]


def test_unknown_register_is_an_error_that_names_those_there_are(library):
    with pytest.raises(YumiaoError) as raised:
        counted_facts(facts_of(), {"regs": rows_of(library.registers["reg"])}, library, AS_OF)

    assert raised.value.code == "records.no_register"
    assert raised.value.text.en == "No pack declares a register “regs”; known: reg."


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([True, False, None]), max_size=5),
    st.booleans(),
    st.none() | st.tuples(st.integers(0, 4), st.integers(0, 4)).map(sorted),
)
def test_what_is_known_never_becomes_wider(library, states, is_complete, received):
    register = library.registers["reg"]
    rows = rows_of(register, *({"valid": state, "complete": is_complete} for state in states))
    low, high = received or (0, None)
    columns = {} if received is None else {NAME: None, NAME + "#low": low, NAME + "#high": high}
    facts = counted_facts(facts_of(**columns), {"reg": rows}, library, AS_OF)

    value, least, most = values(facts)
    least, most = (value, value) if value is not None else (least or 0, most)

    counted_low = states.count(True)
    counted_high = counted_low + states.count(None) if is_complete and states else None
    highs = [end for end in (high, counted_high) if end is not None]
    if highs and max(low, counted_low) > min(highs):
        assert (least, most) == (low, high)
        assert facts.conflicts.height == 1
    else:
        assert (least, most) == (max(low, counted_low), min(highs, default=None))

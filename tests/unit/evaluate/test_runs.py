"""A run is a function of what its receipt names: saved whole or not at all, read back the same, made again the same."""

import datetime as dt
import json
import os
from pathlib import Path

import polars as pl
import pytest
from tests.unit.packs.small_packs import AS_OF, METRICS, library_of, needing, policy_text

from yumiao.evaluate import evaluate, load_run
from yumiao.evaluate.runs import snapshot_hash
from yumiao.model.facts import SOURCE_SCHEMA, Facts
from yumiao.model.outcomes import Outcome
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.release import ENGINE_VERSION
from yumiao.model.text import Text

SWITCH = "switches: {s: {zh: 甲, why: 乙, readings: {asked: 甲, waived: 乙}, default: asked}}\n"
STAFF = needing("staff >= 10 人", "honest")
RATIO = policy_text(
    "conditions:\n  R: {zh: 甲, need: tech / staff >= 10%}\n"
    "  H: {zh: 乙, need: {switch: s, asked: honest, waived: always}}\n"
    f"met_when: [R, H]\n{SWITCH}",
    name="ratio",
)
LATER = policy_text("met_when: [always]\n", name="later").replace("2020-01-01", "2030-01-01")
LIBRARY = library_of(STAFF, RATIO, LATER)

TABLE = pl.DataFrame(
    {
        "subject": ["A", "B", "C"],
        "name": ["甲", "乙", None],
        "code": [None, None, None],
        "staff@2025": [10, 9, None],
        "tech@2025": [1, None, 5],
        "honest": [True, True, None],
    },
    schema_overrides={"code": pl.String},
)


def sources(*cells):
    rows = [
        dict.fromkeys(SOURCE_SCHEMA)
        | {"subject": "A", "column": "staff@2025", "value": "10", "file": "a.xlsx", "cell": cell}
        for cell in cells
    ]
    return pl.DataFrame(rows, schema=SOURCE_SCHEMA)


FACTS = Facts(
    TABLE,
    sources=sources("B2"),
    conflicts=sources("C9"),
    problems=(Problem("value.number", Text("不是数", "no number"), file="a.xlsx", cell="D4", found="十"),),
)


def judge(facts=FACTS, library=LIBRARY, **options):
    return evaluate(library, facts, **{"as_of": AS_OF, **options})


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# ── judging ───────────────────────────────────────────────────────────────────────────────────────────


def test_run_judges_every_policy_in_force_and_counts_its_verdicts():
    run = judge()

    found = {each.policy.id: (each.in_force, each.counts()) for each in run.policies}
    assert found == {
        "made@made-1": (True, {"met": 1, "not_met": 1, "undetermined": 1}),
        "ratio@ratio-1": (True, {"met": 1, "not_met": 0, "undetermined": 2}),
    }
    assert run.policy("made").verdicts.select("subject", "name", "outcome", "condition.C0").rows() == [
        ("A", "甲", "met", "met"),
        ("B", "乙", "not_met", "not_met"),
        ("C", None, "undetermined", "undetermined"),
    ]


def test_named_version_that_is_not_in_force_is_judged_and_marked():
    run = judge(policies=["later@later-1"])

    assert [(each.policy.id, each.in_force) for each in run.policies] == [("later@later-1", False)]


@pytest.mark.parametrize("name", ["ratio", "ratio@ratio-1", "ratio-1"])
def test_policy_of_a_run_is_found_by_any_of_its_names(name):
    assert judge().policy(name).policy.id == "ratio@ratio-1"


def test_policy_that_was_not_judged_is_answered_with_those_that_were():
    with pytest.raises(YumiaoError) as error:
        judge().policy("later")

    assert (error.value.code, error.value.text.en) == (
        "run.no_policy",
        "this run did not evaluate later; it has made@made-1, ratio@ratio-1",
    )


@pytest.mark.parametrize(
    ("settings", "outcomes"),
    [
        ({}, ["met", "undetermined", "undetermined"]),
        ({"ratio": {"s": "waived"}}, ["met", "undetermined", "undetermined"]),
        ({"ratio@ratio-1": {"s": "waived"}}, ["met", "undetermined", "undetermined"]),
    ],
)
def test_reading_of_a_switch_is_set_by_family_or_version(settings, outcomes):
    run = judge(settings=settings)

    expected = "waived" if settings else "asked"
    assert run.policy("ratio").graph.settings == {"s": expected}
    assert run.policy("ratio").verdicts["condition.H"].to_list()[2] == ("met" if settings else "undetermined")
    assert run.policy("ratio").verdicts["outcome"].to_list() == outcomes


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"ratio": {"s": "maybe"}}, "ratio@ratio-1 has no reading s=maybe; known: asked, waived"),
        ({"ratio": {"t": "asked"}}, "ratio@ratio-1 has no reading t=asked; known: s"),
        ({"made": {"t": "asked"}}, "made@made-1 has no reading t=asked; known: —"),
    ],
)
def test_unknown_reading_is_refused_with_those_that_there_are(settings, text):
    with pytest.raises(YumiaoError) as error:
        judge(settings=settings)

    assert (error.value.code, error.value.text.en) == ("policy.switch", text)


def test_progress_is_told_how_far_judging_is():
    told = []

    judge(progress=lambda what, done, total: told.append((what, done, total)))

    assert told[-1] == ("judge", 3, 3)


def test_table_without_rows_has_no_verdicts():
    run = judge(Facts(TABLE.clear()))

    assert [each.counts() for each in run.policies] == [{"met": 0, "not_met": 0, "undetermined": 0}] * 2


def test_table_without_any_fact_of_a_policy_leaves_it_open():
    run = judge(Facts(TABLE.select("subject", "name", "code")))

    assert [each.verdicts["outcome"].to_list() for each in run.policies] == [["undetermined"] * 3] * 2


def test_answer_for_one_subject_is_that_of_the_table():
    run = judge()

    answers = {subject: run.answer(subject, "made") for subject in "ABC"}

    assert {subject: answer.outcome for subject, answer in answers.items()} == {
        "A": Outcome.MET,
        "B": Outcome.NOT_MET,
        "C": Outcome.UNDETERMINED,
    }
    assert answers["A"].conditions[0].facts[0].source.cell == "B2"


def test_answer_for_a_subject_that_is_not_there_is_refused():
    with pytest.raises(YumiaoError, match="没有主体 X"):
        judge().answer("X", "made")


def test_questions_are_the_unknown_facts_that_keep_the_most_verdicts_open():
    found = judge().questions("ratio")

    assert found.select("column", "verdicts", "examples").rows() == [
        ("tech@2025", 1, ["乙"]),
        ("staff@2025", 1, ["C"]),
        ("honest", 1, ["C"]),
    ]


# ── the receipt ───────────────────────────────────────────────────────────────────────────────────────


def test_receipt_names_everything_the_verdicts_are_a_function_of():
    run = judge(settings={"ratio": {"s": "waived"}})

    assert run.receipt == {
        "schema": 1,
        "engine": ENGINE_VERSION,
        "as_of": "2026-06-01",
        "known_at": "",
        "snapshot": snapshot_hash(TABLE),
        "subjects": 3,
        "policies": {
            "made@made-1": {"pack": LIBRARY.policies[0].hash, "switches": {}, "in_force": True},
            "ratio@ratio-1": {
                "pack": LIBRARY.policies[1].hash,
                "switches": {"s": "waived"},
                "in_force": True,
            },
        },
    }


def test_snapshot_does_not_depend_on_the_order_of_columns_or_on_pieces():
    in_pieces = pl.concat([TABLE[:1], TABLE[1:]], rechunk=False)

    assert {
        snapshot_hash(TABLE),
        snapshot_hash(TABLE.select(reversed(TABLE.columns))),
        snapshot_hash(in_pieces),
    } == {snapshot_hash(TABLE)}


@pytest.mark.parametrize(
    "changed",
    [
        TABLE.with_columns(pl.col("staff@2025").fill_null(0)),
        TABLE.with_columns(honest=pl.Series([True, True, False])),
        TABLE.with_columns(name=pl.Series(["甲乙", "", None])),
        TABLE.with_columns(name=pl.Series(["甲", "乙", ""])),
        TABLE.rename({"staff@2025": "staff@2024"}),
        TABLE.reverse(),
        TABLE[:2],
        TABLE.with_columns(pl.lit(None, pl.Int64).alias("sales@2025")),
    ],
)
def test_snapshot_changes_with_any_value_name_or_unknown(changed):
    assert snapshot_hash(changed) != snapshot_hash(TABLE)


def test_day_is_hashed_as_a_day():
    days = [pl.DataFrame({"on": [dt.date(2026, 6, day)]}) for day in (1, 2)]

    assert snapshot_hash(days[0]) != snapshot_hash(days[1])


# ── made again ────────────────────────────────────────────────────────────────────────────────────────


def test_same_inputs_give_the_same_bytes(tmp_path):
    folders = [judge().save(tmp_path / name) for name in ("one", "two")]

    assert contents(folders[0]) == contents(folders[1])


def test_packs_read_anew_give_the_same_receipt_and_verdicts(tmp_path):
    library_of.cache_clear()
    again = library_of(STAFF, RATIO, LATER)

    folders = [
        judge(library=library).save(tmp_path / name) for library, name in ((LIBRARY, "one"), (again, "two"))
    ]

    assert again is not LIBRARY
    assert contents(folders[0]) == contents(folders[1])


# ── folders ───────────────────────────────────────────────────────────────────────────────────────────


def test_saved_run_is_these_files(tmp_path):
    folder = judge(settings={"ratio": {"s": "waived"}}).save(tmp_path / "deep" / "run")

    assert sorted(contents(folder)) == [
        "conflicts.parquet",
        "facts.parquet",
        "problems.json",
        "receipt.json",
        "sources.parquet",
        "verdicts/made@made-1.parquet",
        "verdicts/ratio@ratio-1.parquet",
    ]
    assert json.loads((folder / "receipt.json").read_text("utf-8"))["settings"] == {"ratio": {"s": "waived"}}
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["run"]


def test_run_read_back_is_the_run_that_was_saved(tmp_path):
    run = judge(settings={"ratio": {"s": "waived"}}, known_at="2026-06-30T12:00:00")

    found = load_run(run.save(tmp_path / "run"), LIBRARY)

    assert (found.as_of, found.known_at, found.settings) == (run.as_of, run.known_at, run.settings)
    assert found.receipt == {**run.receipt, "settings": run.settings}
    assert found.facts.problems == run.facts.problems
    for name in ("table", "sources", "conflicts"):
        assert getattr(found.facts, name).equals(getattr(run.facts, name))
    for before, after in zip(run.policies, found.policies, strict=True):
        assert (after.policy, after.in_force, after.graph.settings) == (
            before.policy,
            before.in_force,
            before.graph.settings,
        )
        assert after.verdicts.equals(before.verdicts)
        assert after.verdicts.schema == before.verdicts.schema
    assert found.answer("C", "ratio").to_json() == run.answer("C", "ratio").to_json()


def test_run_is_not_saved_over_what_is_there(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "kept.txt").write_text("kept", encoding="utf-8")

    with pytest.raises(YumiaoError) as error:
        judge().save(tmp_path / "run")

    assert error.value.code == "run.exists"
    assert contents(tmp_path) == {"run/kept.txt": b"kept"}


class DiskFullError(OSError):
    """The disk is full."""


def fail_at(monkeypatch, edge, error):
    """Let the outer edge fail: the last file, a table, or the move into place."""

    def fail(*_, **__):
        raise error

    owner, name = {
        "text": (Path, "write_text"),
        "table": (pl.DataFrame, "write_parquet"),
        "move": (os, "replace"),
    }[edge]
    monkeypatch.setattr(owner, name, fail)


@pytest.mark.parametrize("error", [DiskFullError(), KeyboardInterrupt()])
@pytest.mark.parametrize("edge", ["table", "text", "move"])
def test_crash_while_saving_leaves_nothing_behind(tmp_path, monkeypatch, edge, error):
    run = judge()
    fail_at(monkeypatch, edge, error)

    with pytest.raises(type(error)):
        run.save(tmp_path / "run")

    assert list(tmp_path.iterdir()) == []


def test_run_can_be_saved_after_a_crash(tmp_path, monkeypatch):
    run = judge()
    with monkeypatch.context() as patched:
        fail_at(patched, "move", DiskFullError())
        with pytest.raises(DiskFullError):
            run.save(tmp_path / "run")

    folder = run.save(tmp_path / "run")

    assert load_run(folder, LIBRARY).receipt["snapshot"] == run.receipt["snapshot"]


# ── refused on reading ────────────────────────────────────────────────────────────────────────────────


def refusal(folder, library):
    with pytest.raises(YumiaoError) as error:
        load_run(folder, library)
    return error.value.code


def test_folder_that_holds_no_run_is_refused(tmp_path):
    assert refusal(tmp_path, LIBRARY) == "run.none"


def test_run_of_another_format_is_refused(tmp_path):
    folder = judge().save(tmp_path / "run")
    receipt = json.loads((folder / "receipt.json").read_text("utf-8"))
    (folder / "receipt.json").write_text(json.dumps({**receipt, "schema": 99}), encoding="utf-8")

    assert refusal(folder, LIBRARY) == "run.schema"


@pytest.mark.parametrize(
    ("library", "code"),
    [
        (library_of(STAFF), "run.pack"),
        (library_of(STAFF, RATIO.replace("10%", "11%"), LATER), "run.pack_changed"),
        (
            library_of(STAFF, RATIO, LATER, metrics=METRICS.replace("max: 100}", "max: 99}")),
            "run.pack_changed",
        ),
    ],
)
def test_run_judged_by_packs_that_are_gone_or_changed_is_refused(tmp_path, library, code):
    folder = judge().save(tmp_path / "run")

    assert refusal(folder, library) == code


def test_run_is_read_back_with_packs_that_differ_in_remarks_only(tmp_path):
    folder = judge().save(tmp_path / "run")

    found = load_run(folder, library_of(f"# a remark\n{STAFF}", RATIO, LATER))

    assert found.policy("made").counts() == {"met": 1, "not_met": 1, "undetermined": 1}

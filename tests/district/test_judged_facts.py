"""What was said later lies over what was said first: each reader finds of everybody what was said last."""

from types import SimpleNamespace

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings

from yumiao.district.registry import judged_facts
from yumiao.district.registry.judged_facts import (
    FOLDER,
    disputed_facts,
    facts_about,
    fold_judged,
    read_judged,
    read_written,
    write_judged,
    write_judged_later,
)
from yumiao.district.registry.overlay import read_later
from yumiao.ladder.known import Renewal
from yumiao.model.facts import SOURCE_SCHEMA, Facts

COLUMNS = ("staff", "staff#low", "listed")
SUBJECTS = ("s1", "s2", "s3", "s4")


def run_of(said):
    """A run that says of each subject so much of each column: value, source and a value that lost."""
    table = pl.DataFrame(
        [(subject, *(values.get(name) for name in COLUMNS)) for subject, values in said.items()],
        schema={"subject": pl.String, **dict.fromkeys(COLUMNS, pl.Int64)},
        orient="row",
    )
    return SimpleNamespace(facts=Facts(table, sources_of(said), sources_of(said)))


def sources_of(said):
    rows = [
        (subject, name, str(value), f"{value} 人", "名单.csv", "名单", "A1", "b", "m")
        for subject, values in said.items()
        for name, value in values.items()
    ]
    return pl.DataFrame(rows, schema=SOURCE_SCHEMA, orient="row")


def known(values):
    return st.dictionaries(st.sampled_from(values), st.integers(0, 9), max_size=len(values))


@st.composite
def sayings(draw):
    """Who is said something of: everything, or some columns of some and everything of others."""
    subjects = draw(st.lists(st.sampled_from(SUBJECTS), unique=True))
    columns = draw(st.none() | st.frozensets(st.sampled_from(COLUMNS)))
    partly = [] if columns is None or not subjects else draw(st.lists(st.sampled_from(subjects), unique=True))
    gone = [each for each in subjects if each not in partly and draw(st.integers(0, 3)) == 0]
    values = {subject: draw(known(COLUMNS)) for subject in subjects if subject not in gone}
    return subjects, columns, partly, values


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    first=st.fixed_dictionaries({subject: known(COLUMNS) for subject in SUBJECTS}),
    later=st.lists(sayings(), max_size=4),
    is_folded=st.booleans(),
)
def test_facts_of_a_folder_are_what_was_said_last_of_everybody(tmp_path_factory, first, later, is_folded):
    data = tmp_path_factory.mktemp("data")
    name, held = write_judged(run_of(first), data), dict(first)
    facts = read_judged(data / FOLDER / name)
    for subjects, columns, some, values in later:
        partly = [each for each in some if each in held]
        now = {
            subject: dict(row) for subject, row in values.items() if subject in partly or subject in subjects
        }
        for subject in partly:
            kept = {column: value for column, value in held[subject].items() if column not in columns}
            now[subject] = kept | {c: v for c, v in values[subject].items() if c in columns}
        run = run_of(now)
        read = pl.Series("subject", partly, dtype=pl.String)
        renewal = None if columns is None else Renewal(read, columns)
        if renewal is not None:
            is_kept = pl.col("subject").is_in(read.implode()) & ~pl.col("column").is_in(columns)
            run.facts = Facts(run.facts.table, run.facts.sources.filter(~is_kept), run.facts.conflicts)
        name, facts = write_judged_later(
            run, data, name, facts, pl.Series("subject", sorted(subjects), pl.String), renewal
        )
        held = {subject: row for subject, row in held.items() if subject not in subjects} | now
    if is_folded and later:
        name = fold_judged(data, name)
        assert not read_later(data / FOLDER / name).columns

    folder, expected = data / FOLDER / name, run_of(held).facts
    assert found_in(facts) == found_in(expected.table)
    assert found_in(read_judged(folder)) == found_in(expected.table)
    disputed = disputed_facts(folder)
    assert rows_of(disputed.sources) == rows_of(expected.sources)
    assert rows_of(disputed.conflicts) == rows_of(expected.conflicts)
    staff = expected.sources.filter(pl.col("column") == "staff").select("subject", "raw")
    assert rows_of(read_written(folder, ["staff"])) == rows_of(staff)
    for subject in SUBJECTS:
        alone = facts_about(folder, subject)
        assert found_in(alone.table) == {
            each: row for each, row in found_in(expected.table).items() if each == subject
        }
        for one, other in ((alone.sources, expected.sources), (alone.conflicts, expected.conflicts)):
            assert rows_of(one) == rows_of(other.filter(pl.col("subject") == subject))


def found_in(table):
    """Subject → column → value, of what is known."""
    return {
        row.pop("subject"): {name: value for name, value in row.items() if value is not None}
        for row in table.to_dicts()
    }


def rows_of(frame):
    return sorted(frame.rows())


def test_folder_of_an_earlier_release_says_only_whole_subjects_later(tmp_path):
    name = write_judged(run_of({"s1": {"staff": 1}, "s2": {"staff": 2}}), tmp_path)
    facts = read_judged(tmp_path / FOLDER / name)
    name, _ = write_judged_later(
        run_of({"s2": {"listed": 1}}), tmp_path, name, facts, pl.Series("subject", ["s2"])
    )
    folder = tmp_path / FOLDER / name
    pl.DataFrame({"subject": ["s2"]}).write_parquet(folder / judged_facts._LATER)

    assert facts_about(folder, "s2").sources["column"].to_list() == ["listed"]
    assert facts_about(folder, "s1").sources["column"].to_list() == ["staff"]


@pytest.mark.parametrize("subject", ["s0", "s9"])
def test_subject_of_which_nothing_was_said_has_no_row(tmp_path, subject):
    name = write_judged(run_of({"s1": {"staff": 1}}), tmp_path)

    assert len(facts_about(tmp_path / FOLDER / name, subject)) == 0

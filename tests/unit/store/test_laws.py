"""Laws of the store, on drawn histories: every reading agrees with the obvious rule, and nothing is ever lost."""

import datetime as dt
import itertools

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from tests.unit.store.reference import Recorded, effective_value, losing_values
from tests.unit.store.store_contents import METRICS, PRECEDENCE, content_of, moment, new_store

from yumiao.model.facts import Facts
from yumiao.store import citing, placing
from yumiao.store.bundles import BundledBatch

COLUMNS = ["revenue@2024", "revenue@2025", "staff", "patents", "listed", "founded", "industry"]
VALUES = {
    "revenue@2024": st.integers(-9, 3),
    "revenue@2025": st.integers(0, 2),
    "staff": st.integers(0, 2),
    "patents": st.integers(0, 3),
    "listed": st.booleans(),
    "founded": st.sampled_from([dt.date(2020, 1, 1), dt.date(2021, 5, 6)]),
    "industry": st.sampled_from(["C", "I"]),
}
SUBJECTS = 5
SOURCES = ("tax", "market", "town", "unlisted")
LAW = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


@st.composite
def rows_drawn(draw):
    row = {}
    for column in draw(st.lists(st.sampled_from(COLUMNS), unique=True, max_size=4)):
        row[column] = draw(VALUES[column])
    if "patents" not in row and draw(st.booleans()):
        low = draw(st.integers(0, 3))
        row |= {"patents#low": low, "patents#high": low + draw(st.integers(0, 2))}
    return row


@st.composite
def batches_drawn(draw, most=5):
    found = []
    for _ in range(draw(st.integers(1, most))):
        rows = draw(
            st.dictionaries(st.integers(0, SUBJECTS - 1), rows_drawn(), min_size=1, max_size=SUBJECTS)
        )
        complete = [("listed", dt.date(2026, 3, 1))] if draw(st.integers(0, 3)) == 0 else []
        source = draw(st.sampled_from(SOURCES))
        day = dt.date(2026, 1, 1) + dt.timedelta(days=draw(st.integers(0, 3)))
        found.append(Recorded(source, day, rows, complete))
    return found


class Recording:
    """A store into which drawn batches are recorded one after another."""

    counter = itertools.count()

    def __init__(self, folder, subjects=SUBJECTS):
        self.store = new_store(folder / f"store{next(self.counter)}")
        self.clock = itertools.count(1)
        with self.writing() as draft:
            self.ids = draft.mint(subjects)
        self.batches = []

    def writing(self):
        return self.store.writing("tester", moment(next(self.clock)))

    def record(self, batch):
        with self.writing() as draft:
            added = draft.add_batch(self.content(batch), **self.fields(batch, len(self.batches)))
        self.batches.append(added.id)
        return added

    def content(self, batch):
        declared = [
            {"metric": metric, "territory": None, "on": day, "file": "list.xlsx", "listed": 0}
            for metric, day in batch.complete
        ]
        rows = {self.ids[subject]: row for subject, row in batch.rows.items()}
        return content_of(rows, declarations=declared)

    @staticmethod
    def fields(batch, number):
        return {
            "kind": "drawn",
            "source": batch.source,
            "observed_on": batch.observed_on,
            "territory": f"32{number}",
        }

    def snapshot(self, known_at=None, **asked):
        return self.store.state(known_at).snapshot(METRICS, PRECEDENCE, **asked)


def table_of(facts):
    """The table as subject → column → value, unknown left out."""
    return {
        row.pop("subject"): {column: value for column, value in row.items() if value is not None}
        for row in facts.table.to_dicts()
    }


def spoken_of(batches):
    return {subject for batch in batches if batch.counts for subject in batch.rows}


def expected_table(recording, batches, as_of=None, groups=None):
    groups = groups or {subject: {subject} for subject in range(SUBJECTS)}
    found = {}
    for subject, members in groups.items():
        if not members & spoken_of(batches):
            continue
        values = {column: effective_value(batches, members, column, as_of) for column in COLUMNS}
        row = {}
        for column, value in values.items():
            if isinstance(value, tuple):
                row |= {f"{column}#low": value[1], f"{column}#high": value[2]}
            elif value is not None:
                row[column] = value
        found[recording.ids[subject]] = row
    return found


def same_facts(left, right):
    return all(getattr(left, part).equals(getattr(right, part)) for part in ("table", "sources", "conflicts"))


def check_table(recording, batches, facts, as_of):
    # a declaration of a later day than as_of is not heard; the drawn ones are all of March
    heard = batches if as_of is None else [Recorded(b.source, b.observed_on, b.rows) for b in batches]

    assert table_of(facts) == expected_table(recording, heard, as_of)


def check_sources(recording, facts):
    known = [
        (row["subject"], column)
        for row in facts.table.to_dicts()
        for column, value in row.items()
        if value is not None and column not in ("subject", "name", "code") and not column.endswith("#low")
    ]

    assert sorted(facts.sources.select("subject", "column").rows()) == sorted(known)
    for subject, column, value, batch in facts.sources.select(
        "subject", "column", "value", "batch"
    ).iter_rows():
        counts = facts.table.filter(pl.col("subject") == subject)[column].cast(pl.String)[0]
        assert (value, batch in recording.batches) == (counts, True)


def check_conflicts(recording, batches, facts):
    sources = {b.manifest.id: b.manifest.source for b in recording.store.state().batches}
    lost = {
        (row["subject"], row["column"], sources[row["batch"]], row["value"])
        for row in facts.conflicts.to_dicts()
        if "#" not in row["column"]
    }
    expected = {
        (recording.ids[subject], column, source, pl.Series([value]).cast(pl.String)[0])
        for subject in spoken_of(batches)
        for column in COLUMNS
        for source, value in losing_values(batches, {subject}, column)
    }

    assert lost == expected


def check_history(state, facts, as_of):
    """Every subject's history tells the same winners and losers as the snapshot, with the same cells."""
    shape = ["column", "value", "raw", "file", "sheet", "cell", "batch", "recorded_at"]

    def cited(frame, subject):
        rows = frame.filter(pl.col("subject") == subject).with_columns(
            pl.col("column").str.strip_suffix("#high")
        )
        return sorted(rows.select(shape).rows())

    for subject in facts.table["subject"]:
        history = state.subject_facts(subject, METRICS, PRECEDENCE, as_of=as_of)
        shown = history.with_columns(value=pl.coalesce("value", "high"))
        assert cited(shown.filter(pl.col("standing") == "counts"), subject) == cited(facts.sources, subject)
        assert cited(shown.filter(pl.col("standing") == "lost"), subject) == cited(facts.conflicts, subject)


def check_latest_values(recording, batches, found):
    expected = set()
    for subject, column, source in itertools.product(spoken_of(batches), COLUMNS, SOURCES):
        value = effective_value([b for b in batches if b.source == source], {subject}, column)
        if isinstance(value, tuple):
            expected.add((recording.ids[subject], f"{column}#high", str(value[2]), source))
        elif value is not None:
            expected.add((recording.ids[subject], column, pl.Series([value]).cast(pl.String)[0], source))

    assert set(found.rows()) == expected


@LAW
@given(batches=batches_drawn(), as_of=st.sampled_from([None, dt.date(2026, 1, 2)]))
def test_every_reading_agrees_with_the_obvious_rule(tmp_path, batches, as_of):
    recording = Recording(tmp_path)
    for batch in batches:
        recording.record(batch)
    state = recording.store.state()

    facts = recording.snapshot(as_of=as_of)

    check_table(recording, batches, facts, as_of)
    check_sources(recording, facts)
    if as_of is None:
        check_conflicts(recording, batches, facts)
        check_latest_values(recording, batches, state.latest_values(METRICS))
    check_history(state, facts, as_of)


@LAW
@given(batches=batches_drawn())
def test_small_batches_among_large_ones_agree_with_the_obvious_rule(tmp_path, batches):
    """Few subjects or values are gone through one by one, many column by column: it must not matter."""
    many = 60
    everybody = {subject: {"staff": subject % 3, "patents": 2} for subject in range(many)}
    batches = [Recorded("town", dt.date(2026, 1, 2), everybody), *batches]
    recording = Recording(tmp_path, many)
    for batch in batches:
        recording.record(batch)

    facts = recording.snapshot()

    groups = {subject: {subject} for subject in range(many)}
    assert table_of(facts) == expected_table(recording, batches, groups=groups)
    check_sources(recording, facts)
    check_conflicts(recording, batches, facts)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(placing, "_WHOLE", 0)
        patched.setattr(citing, "_FEW", 0)
        assert same_facts(recording.snapshot(keep=False), facts)


@LAW
@given(batches=batches_drawn(), which=st.integers(0, 4))
def test_revert_then_restore_is_identity(tmp_path, batches, which):
    recording = Recording(tmp_path)
    for batch in batches:
        recording.record(batch)
    before = recording.snapshot()
    which %= len(batches)

    with recording.writing() as draft:
        draft.revert(recording.batches[which], "wrong month")
    batches[which].counts = False
    reverted = recording.snapshot()
    with recording.writing() as draft:
        draft.restore(recording.batches[which])

    assert table_of(reverted) == expected_table(recording, batches)
    assert same_facts(recording.snapshot(), before)


@LAW
@given(batches=batches_drawn(), pairs=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=3))
def test_merge_joins_and_undo_of_it_is_identity(tmp_path, batches, pairs):
    recording = Recording(tmp_path)
    for batch in batches:
        recording.record(batch)
    before = recording.snapshot()

    groups = {subject: {subject} for subject in range(SUBJECTS)}
    decisions = []
    for pair in pairs:
        old, new = (next(s for s, members in groups.items() if each in members) for each in pair)
        if old != new:
            with recording.writing() as draft:
                decisions.append(draft.merge(recording.ids[old], into=recording.ids[new]))
            groups[new] |= groups.pop(old)
    merged = recording.snapshot()
    for decision in decisions:
        with recording.writing() as draft:
            draft.undo(decision)

    # of two rows of one batch the surviving id's counts; the rest of the rule does not depend on the order
    found, expected = table_of(merged), expected_table(recording, batches, groups=groups)
    assert set(found) == set(expected)
    if not _twins(batches, groups):
        assert found == expected
    assert same_facts(recording.snapshot(), before)


@LAW
@given(
    batches=batches_drawn(),
    pairs=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=2),
    about=st.sets(st.integers(0, SUBJECTS - 1)),
    facts=st.none() | st.frozensets(st.sampled_from(COLUMNS)),
)
def test_state_about_some_subjects_says_of_them_what_the_whole_says(tmp_path, batches, pairs, about, facts):
    recording = Recording(tmp_path)
    for batch in batches:
        recording.record(batch)
    for pair in pairs:
        old, new = (recording.store.state().aliases.read_as(recording.ids[each]) for each in pair)
        if old != new:
            with recording.writing() as draft:
                draft.merge(old, into=new)
    state = recording.store.state()
    wanted = pl.Series(
        sorted(set(state.alias_of(recording.ids[each] for each in about).values())), dtype=pl.String
    )
    chosen = pl.col("subject").is_in(wanted.implode())

    limited = state.about(wanted, facts)
    whole, part = (each.snapshot(METRICS, PRECEDENCE, keep=False) for each in (state, limited))
    if facts is not None:
        spoken = {"subject", "name", "code", *(name + end for name in facts for end in ("", "#low", "#high"))}
        of_these = pl.col("column").is_in(spoken)
        whole = Facts(
            whole.table.select(name for name in whole.table.columns if name in spoken),
            whole.sources.filter(of_these),
            whole.conflicts.filter(of_these),
        )

    for all_rows, some_rows in (
        (whole.table, part.table),
        (whole.sources, part.sources),
        (whole.conflicts, part.conflicts),
        (state.identifiers(), limited.identifiers()),
    ):
        expected = all_rows.filter(chosen)
        known = [column.name for column in expected if column.null_count() < expected.height]
        assert some_rows.select(known).equals(expected.select(known))
        assert some_rows.height == expected.height
        assert (
            some_rows.drop(known)
            .null_count()
            .equals(expected.select(some_rows.drop(known).columns).null_count())
        )
    assert limited.declarations().equals(state.declarations())


def _twins(batches, groups):
    return any(len(members & set(batch.rows)) > 1 for batch in batches for members in groups.values())


@LAW
@given(batches=batches_drawn(most=4))
def test_snapshot_known_at_is_the_one_foreseen_and_the_one_taken_then(tmp_path, batches):
    recording = Recording(tmp_path)
    taken = []
    for number, batch in enumerate(batches):
        fields = {**recording.fields(batch, number), "at": moment(number + 2), "who": "tester"}
        proposed = recording.store.state().including(recording.content(batch), **fields)
        foreseen = proposed.snapshot(METRICS, PRECEDENCE)
        if recording.record(batch).is_new:
            assert same_facts(recording.snapshot(), foreseen)
        taken.append((recording.store.state().events[-1].at, recording.snapshot()))

    for at, then in taken:
        assert same_facts(recording.snapshot(at, keep=False), then)


@LAW
@given(batches=batches_drawn(), order=st.randoms(use_true_random=False))
def test_order_of_import_of_different_sources_changes_no_winner(tmp_path, batches, order):
    one_each = list({batch.source: batch for batch in batches}.values())
    shuffled = one_each[:]
    order.shuffle(shuffled)
    tables = []
    for ordered in (one_each, shuffled):
        recording = Recording(tmp_path)
        for batch in ordered:
            recording.record(batch)
        facts = recording.snapshot()
        tables.append((facts.table, facts.conflicts.drop("batch", "recorded_at")))

    assert tables[0][0].equals(tables[1][0])
    assert tables[0][1].equals(tables[1][1])


@LAW
@given(batches=batches_drawn(), pair=st.tuples(st.integers(0, 4), st.integers(0, 4)))
def test_compaction_changes_no_answer(tmp_path, batches, pair):
    recording = Recording(tmp_path)
    for batch in batches:
        recording.record(batch)
    if pair[0] != pair[1]:
        with recording.writing() as draft:
            draft.merge(recording.ids[pair[0]], into=recording.ids[pair[1]])
    before = answers(recording)

    bundled = recording.store.compact()
    late = Recorded("tax", dt.date(2026, 1, 2), {0: {"staff": 9}})
    added = recording.record(late)
    with recording.writing() as draft:
        draft.revert(added.id)

    assert bundled == (len(batches) if len(batches) > 1 else 0)
    assert isinstance(recording.store.state().all_batches[0], BundledBatch) is (bundled > 0)
    assert answers(recording) == before


def answers(recording):
    """Everything that can be asked, as plain values."""
    state = recording.store.state()
    facts = state.snapshot(METRICS, PRECEDENCE, keep=False)
    histories = [state.subject_facts(each, METRICS, PRECEDENCE) for each in recording.ids]
    standing = pl.concat(histories).filter(pl.col("standing") != "reverted")
    latest = state.latest_values(METRICS)
    return [frame.rows() for frame in (facts.table, facts.sources, facts.conflicts, standing, latest)]


@pytest.mark.parametrize("with_sources", [True, False])
def test_snapshot_kept_reads_as_built(tmp_path, with_sources):
    recording = Recording(tmp_path)
    recording.record(Recorded("tax", dt.date(2026, 1, 1), {0: {"staff": 3}, 1: {"staff": 4}}))
    recording.record(Recorded("town", dt.date(2026, 1, 1), {0: {"staff": 5}}))

    built = recording.snapshot(with_sources=with_sources)
    kept = recording.snapshot(with_sources=with_sources)

    assert same_facts(kept, built)
    assert len(list((recording.store.path / "snapshots").iterdir())) == 1
    assert built.sources.height == (2 if with_sources else 0)


def test_compaction_drops_snapshots_of_past_states_only(tmp_path):
    recording = Recording(tmp_path)
    recording.record(Recorded("tax", dt.date(2026, 1, 1), {0: {"staff": 3}}))
    recording.snapshot()
    recording.record(Recorded("tax", dt.date(2026, 2, 1), {0: {"staff": 4}}))
    kept = recording.snapshot()
    folder = recording.store.path / "snapshots"
    (folder / ".0123456789abcdef-1").mkdir()

    recording.store.compact()

    (left,) = folder.iterdir()
    assert pl.read_parquet(left / "facts.parquet").equals(kept.table)
    assert recording.snapshot(moment(2)).table["staff"].to_list() == [3]

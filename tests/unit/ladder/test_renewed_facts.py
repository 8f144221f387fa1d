"""What may have changed is read anew and the rest taken over: the facts are those of reading everything."""

import datetime as dt

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import given
from tests.unit.rules.rows import shipped
from tests.unit.store.store_contents import METRICS, PRECEDENCE, content_of
from tests.unit.store.test_laws import LAW, SUBJECTS, Recording, batches_drawn

from yumiao.importing.touched import are_lists_concerned, touched_facts, touched_subjects
from yumiao.ladder.known import FormerFacts, follow_from_registers, known_facts, registers_read, renewed_facts
from yumiao.packs.library import Library
from yumiao.packs.sources import FactSources
from yumiao.store.values import BatchContent

LIBRARY = Library(metrics=METRICS, reported=FactSources(precedence=PRECEDENCE))
DAY = dt.date(2026, 1, 3)
PLACES = (None, "320412", "320412100", "320481")


class PlacedRecording(Recording):
    """A recording whose lists are of drawn places, and complete for places."""

    def __init__(self, folder, places):
        super().__init__(folder)
        self.places = iter(places)
        self.complete_for = None

    def fields(self, batch, number):
        return {**super().fields(batch, number), "territory": next(self.places)}

    def content(self, batch):
        found = super().content(batch)
        placed = found.declarations.with_columns(territory=pl.lit("320412", pl.String))
        return BatchContent(found.facts, found.identifiers, placed, found.records)


def read_anew(before, after):
    """The facts by what may have changed, and by reading everything; None where everything has to be read."""
    touched = touched_subjects(before, after)
    named = touched_facts(before, after, registers_read(LIBRARY))
    if touched is None or named is None or are_lists_concerned(before, after.about(touched, named)):
        return None
    known = known_facts(before, LIBRARY, DAY, keep=False)
    chosen = pl.col("subject").is_in(touched.implode())
    former = FormerFacts(known.table.filter(chosen), known.conflicts.filter(chosen), named)
    facts, renewal = renewed_facts(after.about(touched, named), LIBRARY, DAY, former)
    stays = pl.col("subject").is_in(renewal.subjects.implode()) & ~pl.col("column").is_in(renewal.columns)
    sources = pl.concat([facts.sources, known.sources.filter(stays)])
    return (
        facts.table,
        facts.conflicts,
        sources,
        known_facts(after.about(touched), LIBRARY, DAY, keep=False),
    )


def same_rows(one, other):
    return sorted(one.rows(), key=repr) == sorted(other.rows(), key=repr)


@LAW
@given(
    batches=batches_drawn(most=4),
    places=st.lists(st.sampled_from(PLACES), min_size=10, max_size=10),
    later=batches_drawn(most=2),
    gone=st.sets(st.integers(0, 3), max_size=2),
)
def test_facts_read_anew_where_they_may_have_changed_are_those_of_reading_everything(
    tmp_path, batches, places, later, gone
):
    recording = PlacedRecording(tmp_path, places)
    for batch in batches:
        recording.record(batch)
    before = recording.store.state()
    for batch in later:
        if not batch.complete:
            recording.record(batch)
    with recording.writing() as draft:
        for number in gone:
            if number < len(batches) and not batches[number].complete:
                draft.revert(recording.batches[number])

    found = read_anew(before, recording.store.state())

    if found is not None:
        table, conflicts, sources, whole = found
        known = [column.name for column in whole.table if column.null_count() < whole.table.height]
        assert table.select(known).equals(whole.table.select(known))
        assert table.drop(known).null_count().row(0) == (table.height,) * len(table.drop(known).columns)
        assert same_rows(conflicts, whole.conflicts)
        assert same_rows(sources, whole.sources)


@pytest.fixture
def recording(tmp_path):
    made = Recording(tmp_path)
    rows = {
        made.ids[each]: {"staff": 7, "listed": True, "revenue@2024": each} for each in range(SUBJECTS - 1)
    }
    with made.writing() as draft:
        draft.add_batch(
            content_of(rows), kind="k", source="tax", observed_on=dt.date(2026, 1, 1), territory="320412"
        )
    return made


def add(recording, rows, **content):
    with recording.writing() as draft:
        named = {recording.ids[each]: row for each, row in rows.items()}
        draft.add_batch(
            content_of(named, **content),
            kind="k",
            source="town",
            observed_on=dt.date(2026, 1, 2),
            territory=None,
        )


def test_only_the_facts_of_a_new_list_are_read_anew_and_whoever_is_new_is_read_whole(recording):
    before = recording.store.state()
    add(recording, {0: {"staff": 9}, SUBJECTS - 1: {"staff": 3}})
    after = recording.store.state()
    touched = touched_subjects(before, after)
    known = known_facts(before, LIBRARY, DAY, keep=False)
    former = FormerFacts(known.table.head(1), known.conflicts, frozenset({"staff"}))

    facts, renewal = renewed_facts(after.about(touched, former.facts), LIBRARY, DAY, former)

    first, last = recording.ids[0], recording.ids[SUBJECTS - 1]
    assert facts.table.select("subject", "staff", "listed", "revenue@2024").rows() == [
        (first, 9, True, 0),
        (last, 3, None, None),
    ]
    assert (renewal.subjects.to_list(), renewal.columns) == ([first], {"staff", "staff#low", "staff#high"})
    assert facts.sources.select("subject", "column").rows() == [(first, "staff"), (last, "staff")]


def test_anything_may_have_changed_by_a_complete_list_a_merge_or_a_register_that_facts_follow_from(recording):
    before = recording.store.state()
    row = {"subject": recording.ids[0], "row_id": "1", "file": "a.xlsx", "sheet": "", "cell": "A2"}
    add(recording, {0: {"staff": 9}}, records={"pairs": pl.DataFrame([row])})
    seen = recording.store.state()
    assert touched_facts(before, seen, ["ip"]) == {"staff"}
    assert touched_facts(before, seen, ["pairs"]) is None

    declared = {"metric": "listed", "territory": None, "on": DAY, "file": "a.xlsx", "listed": 1}
    add(recording, {0: {"listed": True}}, declarations=[declared])
    assert touched_facts(seen, recording.store.state(), []) is None

    listed = recording.store.state()
    with recording.writing() as draft:
        draft.merge(recording.ids[1], into=recording.ids[0])
    assert touched_facts(listed, recording.store.state(), []) is None


def test_complete_lists_are_concerned_where_somebody_came_from_another_division(recording):
    declared = {"metric": "listed", "territory": "320412", "on": DAY, "file": "a.xlsx", "listed": 1}
    add(recording, {0: {"listed": True}}, declarations=[declared])
    before = recording.store.state()
    one = pl.Series("subject", [recording.ids[1]])
    add(recording, {1: {"staff": 9}})
    assert not are_lists_concerned(before, recording.store.state().about(one, frozenset({"staff"})))

    with recording.writing() as draft:
        rows = content_of({recording.ids[1]: {"staff": 8}})
        draft.add_batch(rows, kind="k", source="tax", observed_on=dt.date(2026, 1, 3), territory="320481")
    assert are_lists_concerned(before, recording.store.state().about(one, frozenset({"staff"})))


def test_facts_that_registers_or_titles_say_as_well_are_not_read_alone():
    library = shipped()

    assert registers_read(library) == {"ip", "titles"}
    assert not follow_from_registers(["staff_total@2025", "established_on"], library)
    for fact in (
        "ip_class1_count.hnte",
        "ip_class1_count",
        "title_hnte_granted_on",
        "title_hnte_valid_until",
    ):
        assert follow_from_registers(["staff_total@2025", fact], library), fact

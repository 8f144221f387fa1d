"""What a store says and refuses: ids, batches, decisions, moments, originals, mappings."""

import datetime as dt

import polars as pl
import pytest
from tests.unit.store.store_contents import METRICS, PRECEDENCE, QuickFiles, content_of, moment, new_store

from yumiao.model.facts import Facts
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text
from yumiao.store import BatchContent, ReceivedFile, create_store, open_store
from yumiao.store.ids import find_foreign, mint_ids, number_of
from yumiao.store.values import RECORD_COLUMNS, Standing

DAY = dt.date(2026, 1, 31)
FIELDS = {"kind": "staff", "source": "tax", "observed_on": DAY}


@pytest.fixture
def store(tmp_path):
    return new_store(tmp_path / "store")


def record(store, number, rows, **changes):
    """Commit one batch at the ``number``-th moment; ``changes`` go to `add_batch`, contents to `content_of`."""
    shaped = {
        key: changes.pop(key)
        for key in ("identifiers", "declarations", "records", "conflicts")
        if key in changes
    }
    with store.writing("tester", moment(number)) as draft:
        return draft.add_batch(content_of(rows, **shaped), **{**FIELDS, **changes})


def mint(store, count, number=1):
    with store.writing("tester", moment(number)) as draft:
        return draft.mint(count)


def value_of(store, subject, column, **asked):
    table = store.state(asked.pop("known_at", None)).snapshot(METRICS, PRECEDENCE, **asked).table
    rows = table.filter(pl.col("subject") == subject)
    return rows[column][0] if column in rows.columns and rows.height else None


def failing(code):
    return pytest.raises(
        YumiaoError, check=lambda error: error.code == code and error.text.zh and error.text.en
    )


# ids


def test_ids_are_minted_in_order_and_never_twice(store):
    first, second = mint(store, 2, 1), mint(store, 1, 2)

    assert [*first, *second] == mint_ids("test-store", 0, 3)
    assert sorted({*first, *second}) == [*first, *second]
    assert open_store(store.path).state().minted == 3


def test_mistyped_and_foreign_ids_are_found_out():
    (own,) = mint_ids("one", 7, 1)
    (foreign,) = mint_ids("another", 7, 1)

    assert (number_of("one", own), number_of("one", foreign)) == (7, None)
    assert all(number_of("one", own[:10] + letter) is None for letter in "0123456789" if letter != own[10])
    many = pl.Series(mint_ids("one", 0, 2000))
    assert find_foreign("one", 2000, many) is None
    assert find_foreign("one", 1999, many) == many[1999]
    assert find_foreign("one", 3000, pl.concat([many, pl.Series([foreign])])) == foreign


def test_batch_of_subject_never_minted_is_refused(store):
    mint(store, 1)

    with failing("store.content"):
        record(store, 2, {"s0000000000": {"staff": 1}})

    assert store.state().all_batches == ()


# batches


def test_batch_reads_back_as_it_was_recorded(store):
    (subject,) = mint(store, 1)
    problem = Problem(
        "code", Text("一句话", "a sentence"), "a.xlsx", "表1", "C4", found="x", expected=Text("数", "number")
    )
    content = content_of(
        {subject: {"name": "甲", "staff": 3}},
        identifiers=[
            {
                "subject": subject,
                "kind": "code",
                "value": "X1",
                "file": "a.xlsx",
                "sheet": "表1",
                "cell": "A4",
            }
        ],
    )
    content = BatchContent(
        Facts(content.facts.table, content.facts.sources, problems=(problem,)), content.identifiers
    )
    files = (ReceivedFile("a.xlsx", "0" * 64, 12),)

    with store.writing("tester", moment(2)) as draft:
        added = draft.add_batch(
            content, **FIELDS, territory="320412", files=files, rows=9, counts={"unsure": 1}, note="n"
        )

    (batch,) = open_store(store.path).state().batches
    manifest = batch.manifest
    assert (manifest.id, manifest.kind, manifest.source, manifest.territory) == (
        added.id,
        "staff",
        "tax",
        "320412",
    )
    assert (manifest.observed_on, manifest.recorded_at, manifest.who) == (DAY, moment(2), "tester")
    assert (manifest.files, manifest.rows, manifest.note) == (files, 9, "n")
    assert manifest.counts == {
        "subjects": 1, "facts": 1, "conflicts": 0, "problems": 1, "identified_only": 0, "records": 0, "unsure": 1
    }  # fmt: skip
    assert batch.problems() == (problem,)
    identifiers = store.state().identifiers()
    assert identifiers.select("subject", "kind", "value", "cell", "batch", "source").rows() == [
        (subject, "code", "X1", "A4", added.id, "tax")
    ]


def test_same_content_twice_adds_nothing_and_says_which_batch_it_is(store):
    (subject,) = mint(store, 1)
    first = record(store, 2, {subject: {"staff": 3}})
    before = store.state().events

    again = record(store, 3, {subject: {"staff": 3}})

    assert (again.id, again.same_as, again.is_new) == (first.id, first.id, False)
    assert store.state().events == before
    with store.writing("tester", moment(4)) as draft:
        draft.revert(first.id)
    assert record(store, 5, {subject: {"staff": 3}}).is_new
    assert record(store, 6, {subject: {"staff": 3}}, observed_on=dt.date(2026, 2, 1)).is_new


def test_block_that_raises_records_nothing(store):
    (subject,) = mint(store, 1)

    with pytest.raises(RuntimeError), store.writing("tester", moment(2)) as draft:  # noqa: PT012 - the block is the case
        draft.add_batch(content_of({subject: {"staff": 3}}), **FIELDS)
        raise RuntimeError

    assert store.state().all_batches == ()
    with store.writing("tester", moment(3)) as draft:
        draft.note("swept")
    assert not list((store.path / "batches").iterdir())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: BatchContent(Facts(content.facts.table.drop("subject"))),
        lambda content: BatchContent(Facts(pl.concat([content.facts.table] * 2))),
        lambda content: BatchContent(Facts(content.facts.table.with_columns(staff=pl.lit(0.5)))),
        lambda content: BatchContent(Facts(content.facts.table.with_columns(code=pl.lit(91320412)))),
        lambda content: BatchContent(
            Facts(content.facts.table, content.facts.sources.with_columns(value=pl.lit("9")))
        ),
        lambda content: BatchContent(
            Facts(content.facts.table, content.facts.sources.with_columns(column=pl.lit("x")))
        ),
        lambda content: BatchContent(content.facts, content.identifiers.drop("kind")),
    ],
    ids=[
        "no subject",
        "subject twice",
        "fractions",
        "codes that are numbers",
        "another value",
        "another column",
        "identifiers without kind",
    ],
)
def test_content_that_contradicts_itself_is_refused(store, spoil):
    (subject,) = mint(store, 1)

    with store.writing("tester", moment(2)) as draft, failing("store.content"):
        draft.add_batch(spoil(content_of({subject: {"staff": 3}})), **FIELDS)

    assert store.state().all_batches == ()


def test_names_and_codes_that_nobody_has_are_texts_all_the_same(store):
    (subject,) = mint(store, 1)
    table = content_of({subject: {"staff": 3}}).facts.table.with_columns(code=pl.lit(None, pl.Null))
    with store.writing("tester", moment(2)) as draft:
        draft.add_batch(BatchContent(Facts(table.drop("name"))), **FIELDS)

    [batch] = store.state().all_batches

    schema = batch.read("facts.parquet").schema
    assert (schema["name"], schema["code"]) == (pl.String, pl.String)


def test_records_of_a_register_are_gathered_with_their_batches(store):
    first, second = mint(store, 2)
    rows = [
        pl.DataFrame(
            {**{name: ["x"] for name in RECORD_COLUMNS}, "subject": [subject], "title": ["hnte"], **more}
        )
        for subject, more in ((first, {}), (second, {"granted_on": [DAY]}))
    ]
    batches = [record(store, 2 + n, {}, records={"titles": frame}).id for n, frame in enumerate(rows)]
    with store.writing("tester", moment(4)) as draft:
        draft.merge(second, into=first)

    found = store.state().records("titles")

    assert found.select("subject", "title", "granted_on", "batch").rows() == [
        (first, "hnte", None, batches[0]),
        (first, "hnte", DAY, batches[1]),
    ]
    assert store.state().records("ip").is_empty()


# moments


def test_moment_not_later_than_the_last_is_refused(store):
    mint(store, 1, 5)

    for at in (moment(5), moment(4), "2026-01-01T01:04:00+00:00"):
        with failing("store.too_early"), store.writing("tester", at):
            pass
    with store.writing("tester", "2026-01-01T01:06:00+00:00") as draft:
        draft.note("another offset")


@pytest.mark.parametrize("text", ["2026-01-01", "2026-01-01T09:00:00", "yesterday", ""])
def test_moment_without_offset_is_refused(store, text):
    with failing("store.moment"), store.writing("tester", text):
        pass
    with failing("store.moment"):
        store.state(known_at=text)


# what counts


def test_complete_register_says_no_of_its_territory_only(store):
    inside, outside, moved, nowhere, unclear, listed = mint(store, 6)
    places = {inside: "320412001", outside: "320405", moved: "320412", unclear: "320412", listed: "320412"}
    named = [{"subject": each, "kind": "territory", "value": place} for each, place in places.items()]
    record(store, 2, {each: {"staff": 1} for each in (*places, nowhere)}, identifiers=named)
    later = [{"subject": moved, "kind": "territory", "value": "320405"}]
    record(store, 3, {moved: {"staff": 2}}, identifiers=later, observed_on=dt.date(2026, 2, 1))
    declared = {
        "metric": "listed", "territory": "320412", "on": DAY, "file": "名单.xlsx", "listed": 1, "unclear": [unclear]
    }  # fmt: skip

    record(store, 4, {listed: {"listed": True}}, declarations=[declared], source="market")

    facts = store.state().snapshot(METRICS, PRECEDENCE)
    assert dict(facts.table.select("subject", "listed").iter_rows()) == {
        inside: False, outside: None, moved: None, nowhere: None, unclear: None, listed: True
    }  # fmt: skip
    cited = facts.sources.filter((pl.col("subject") == inside) & (pl.col("column") == "listed"))
    assert cited.select("value", "raw", "file", "sheet", "cell").rows() == [
        ("false", "", "名单.xlsx", "", "")
    ]
    history = store.state().subject_facts(inside, METRICS, PRECEDENCE)
    assert history.filter(pl.col("column") == "listed").select("value", "file", "standing").rows() == [
        ("false", "名单.xlsx", "counts")
    ]


def test_history_places_a_subject_as_the_snapshot_does_where_a_wider_list_came_later(store):
    (subject,) = mint(store, 1)
    record(store, 2, {subject: {"staff": 1}}, territory="320412100")
    record(store, 3, {subject: {"staff": 2}}, territory="320412")
    declared = {"metric": "listed", "territory": "320412100", "on": DAY, "file": "名单.xlsx", "listed": 0}

    record(store, 4, {}, declarations=[declared], source="market")

    state = store.state()
    assert state.snapshot(METRICS, PRECEDENCE).table["listed"].to_list() == [False]
    history = state.subject_facts(subject, METRICS, PRECEDENCE)
    assert history.filter(pl.col("column") == "listed").select("value", "standing").rows() == [
        ("false", "counts")
    ]


@pytest.mark.parametrize(
    ("said", "place"),
    [
        (["320412100"], "320412100"),
        (["320412100", "320412"], "320412100"),
        (["320412", "320412100", "3204", "32"], "320412100"),
        (["320412100", "320412101", "320412"], "320412101"),
        (["320412100", "320405", "320412"], "320412"),
        (["320412100", "320405"], "320405"),
        (["320412", "320412000", "320400"], "320412000"),
        (["320412100", "CN", "320412"], "320412100"),
    ],
)
def test_place_said_last_holds_and_a_wider_one_takes_no_narrower_back(store, said, place):
    subject, other = mint(store, 2)
    for number, each in enumerate(said, 2):
        record(store, number, {subject: {"staff": number}}, territory=each)
    record(store, 20, {other: {"staff": 1}}, territory="320499")

    found = store.state().knowledge.territories_of(pl.Series([other, subject, "nobody"]))

    assert found.to_list() == ["320499", place, None]


def test_facts_of_now_observed_after_as_of_do_not_count(store):
    (subject,) = mint(store, 1)
    record(store, 2, {subject: {"staff": 3, "revenue@2025": 100}}, observed_on=dt.date(2026, 3, 1))

    assert value_of(store, subject, "staff", as_of=dt.date(2026, 2, 1)) is None
    assert value_of(store, subject, "revenue@2025", as_of=dt.date(2026, 2, 1)) == 100
    assert value_of(store, subject, "staff", as_of=dt.date(2026, 3, 1)) == 3
    history = store.state().subject_facts(subject, METRICS, PRECEDENCE, as_of=dt.date(2026, 2, 1))
    assert dict(history.select("column", "standing").iter_rows()) == {
        "revenue@2025": "counts",
        "staff": "not_yet",
    }


def test_history_names_every_standing(store):
    (subject,) = mint(store, 1)
    record(store, 2, {subject: {"staff": 1}}, source="town")
    record(store, 3, {subject: {"staff": 2}}, source="town", observed_on=dt.date(2026, 2, 1))
    record(store, 4, {subject: {"staff": 2}}, source="tax")
    record(store, 5, {subject: {"staff": 7}}, source="market")
    gone = record(store, 6, {subject: {"staff": 8}}, source="town", observed_on=dt.date(2026, 2, 2))
    record(store, 7, {subject: {"staff": 9}}, source="town", observed_on=dt.date(2026, 4, 1))
    with store.writing("tester", moment(8)) as draft:
        draft.revert(gone.id)

    history = store.state().subject_facts(subject, METRICS, PRECEDENCE, as_of=dt.date(2026, 3, 1))

    assert set(history["standing"]) == {each.value for each in Standing}
    assert list(zip(history["value"], history["standing"], strict=True)) == [
        ("2", "counts"), ("2", "agrees"), ("7", "lost"), ("1", "superseded"), ("9", "not_yet"), ("8", "reverted")
    ]  # fmt: skip


def test_conflict_inside_the_latest_batch_stays_visible(store):
    (subject,) = mint(store, 1)
    lost = [{"subject": subject, "column": "staff", "value": "8", "raw": "8", "cell": "F9"}]

    batch = record(store, 2, {subject: {"staff": 3}}, conflicts=lost)

    facts = store.state().snapshot(METRICS, PRECEDENCE)
    assert facts.conflicts.select("subject", "column", "value", "cell", "batch").rows() == [
        (subject, "staff", "8", "F9", batch.id)
    ]
    history = store.state().subject_facts(subject, METRICS, PRECEDENCE)
    assert history.select("value", "cell", "standing").rows() == [("3", "C4", "counts"), ("8", "F9", "lost")]


def test_count_by_a_filter_follows_the_plain_metric(store):
    (subject,) = mint(store, 1)
    table = pl.DataFrame({"subject": [subject], "staff.core": [4]})
    for number, source in ((2, "tax"), (3, "town")):
        with store.writing("tester", moment(number)) as draft:
            draft.add_batch(
                BatchContent(Facts(table.with_columns(pl.col("staff.core") + number))),
                **{**FIELDS, "source": source},
            )

    assert value_of(store, subject, "staff.core") == 7  # of the town, which is believed for staff


# decisions


def test_split_gives_what_a_batch_said_to_another_and_undo_takes_it_back(store):
    whole, part = mint(store, 2)
    first = record(store, 2, {whole: {"staff": 1}})
    second = record(store, 3, {whole: {"staff": 2, "patents": 5}}, observed_on=dt.date(2026, 2, 1))
    with store.writing("tester", moment(4)) as draft:
        decision = draft.split(whole, [second.id], into=part, why="two firms of one name")

    assert (value_of(store, whole, "staff"), value_of(store, part, "staff")) == (1, 2)
    assert (value_of(store, whole, "patents"), value_of(store, part, "patents")) == (None, 5)
    history = store.state().subject_facts(part, METRICS, PRECEDENCE)
    assert set(history["received_for"]) == {whole}
    with store.writing("tester", moment(5)) as draft:
        draft.undo(decision)
    assert (value_of(store, whole, "staff"), value_of(store, part, "staff")) == (2, None)
    assert value_of(store, part, "staff", known_at=moment(4)) == 2
    assert first.id != second.id


def test_split_then_merge_back_reads_as_before(store):
    whole, part = mint(store, 2)
    record(store, 2, {whole: {"staff": 1}})
    second = record(store, 3, {whole: {"staff": 2}}, observed_on=dt.date(2026, 2, 1))
    with store.writing("tester", moment(4)) as draft:
        draft.split(whole, [second.id], into=part)
        draft.merge(part, into=whole)

    assert value_of(store, whole, "staff") == 2
    assert store.state().alias_of([part, whole]) == {part: whole, whole: whole}
    assert set(store.state().subject_facts(part, METRICS, PRECEDENCE)["subject"]) == {whole}


def test_merged_rows_of_one_batch_keep_both_words(store):
    kept, gone = mint(store, 2)
    record(store, 2, {kept: {"staff": 1}, gone: {"staff": 2, "patents": 3}})
    with store.writing("tester", moment(3)) as draft:
        draft.merge(gone, into=kept, evidence={"code": "same"})

    facts = store.state().snapshot(METRICS, PRECEDENCE)

    assert facts.table.select("subject", "staff", "patents").rows() == [(kept, 1, 3)]
    assert facts.conflicts.select("column", "value").rows() == [("staff", "2")]
    (decision,) = store.state().decisions
    assert (decision.details["from"], decision.details["into"], decision.details["evidence"]) == (
        gone, kept, {"code": "same"}
    )  # fmt: skip


def test_decisions_that_cannot_be_are_refused(store):
    first, second = mint(store, 2)
    batch = record(store, 2, {first: {"staff": 1}})
    with store.writing("tester", moment(3)) as draft:
        draft.merge(second, into=first)
        apart = draft.separate("甲公司", "乙公司", "different owners")
        with failing("store.decision"):
            draft.merge(first, into=second)
        with failing("store.decision"):
            draft.merge(first, into="s0000000000")
        with failing("store.decision"):
            draft.restore(batch.id)
        with failing("store.no_batch"):
            draft.revert("b999999-00000000")
        with failing("store.decision"):
            draft.undo(1)
        draft.undo(apart)
        with failing("store.decision"):
            draft.undo(apart)

    assert [event.act for event in store.state().decisions] == ["merge"]
    with failing("store.decision"):
        draft.note("after the end")


def test_undo_of_an_undo_brings_the_decision_back(store):
    first, second = mint(store, 2)
    with store.writing("tester", moment(2)) as draft:
        merge = draft.merge(first, into=second)
        undo = draft.undo(merge)
        draft.undo(undo)

    assert store.state().alias_of([first]) == {first: second}


def test_several_pairs_are_merged_at_once_and_taken_back_at_once(store):
    one, other, two, another = mint(store, 4)
    with store.writing("tester", moment(2)) as draft:
        numbers = draft.merge_all([(other, one), (another, two)], why="sure", evidence=[{"step": "name"}, {}])
    details = [dict(event.details) for event in store.state().decisions]
    assert store.state().alias_of([one, other, two, another]) == {
        one: one, other: one, two: two, another: two
    }  # fmt: skip
    assert [(each["together"], each["why"], each["evidence"]) for each in details] == [
        (numbers[0], "sure", {"step": "name"}),
        (numbers[0], "sure", {}),
    ]

    with store.writing("tester", moment(3)) as draft:
        undos = draft.undo_all(numbers, "wrong")

    assert store.state().decisions == ()
    assert [event.details["together"] for event in store.state().events[-2:]] == [undos[0]] * 2


def test_merging_at_once_refuses_an_id_in_two_pairs_and_undoing_what_does_not_hold(store):
    one, other, third = mint(store, 3)
    with store.writing("tester", moment(2)) as draft:
        for pairs in ([(other, one), (third, one)], [(one, one)], [(one, "s0000000000")]):
            with failing("store.decision"):
                draft.merge_all(pairs)
        [number] = draft.merge_all([(other, one)])
        with failing("store.decision"):
            draft.undo_all([number, 99])

    assert [event.seq for event in store.state().decisions] == [number]


# mappings and originals


def test_mapping_kept_last_for_a_kind_is_found_and_read(store):
    with store.writing("tester", moment(1)) as draft:
        old = draft.keep_mapping("tax", "a: 1\n")
        draft.keep_mapping("staff", "c: 3\n")
    with store.writing("tester", moment(2)) as draft:
        new = draft.keep_mapping("tax", "b: 2\n")

    assert store.state().mappings["tax"] == new
    assert [store.mapping_text(each) for each in (old, new)] == ["a: 1\n", "b: 2\n"]
    assert store.state(moment(1)).mappings["tax"] == old


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1])
def test_original_reads_back_until_its_term(store, size):
    data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    with store.writing("tester", moment(1)) as draft:
        sha256 = draft.keep_original(data, "企业名单.xlsx", dt.date(2026, 12, 31))

    assert store.read_original(sha256) == data
    encrypted = (store.path / "originals" / f"{sha256}.enc").read_bytes()
    assert data[:64] not in encrypted or size < 64
    assert store.destroy_expired(dt.date(2026, 12, 31), who="tester", at=moment(2)) == []
    assert store.destroy_expired(dt.date(2027, 1, 1), who="tester", at=moment(3)) == [sha256]
    with failing("store.original_destroyed"):
        store.read_original(sha256)
    assert not [*(store.path / "keys").iterdir(), *(store.path / "originals").iterdir()]
    assert store.state().originals[sha256].names == ("企业名单.xlsx",)


def test_original_kept_twice_stays_to_the_longer_term(store):
    for number, until in ((1, dt.date(2027, 1, 1)), (2, dt.date(2026, 1, 1))):
        with store.writing("tester", moment(number)) as draft:
            sha256 = draft.keep_original(b"same", f"{number}.xlsx", until)

    assert store.destroy_expired(dt.date(2026, 6, 1), who="tester", at=moment(3)) == []
    assert store.state().originals[sha256].names == ("1.xlsx", "2.xlsx")
    assert store.read_original(sha256) == b"same"
    with failing("store.no_original"):
        store.read_original("0" * 64)


# opening


def test_folder_that_is_no_store_is_refused(tmp_path):
    with failing("store.none"):
        open_store(tmp_path / "nowhere")
    (tmp_path / "file").write_text("x")
    with failing("store.none"):
        open_store(tmp_path / "file")
    with failing("store.exists"):
        create_store(tmp_path, at=moment(0), who="tester")
    new_store(tmp_path / "store")
    with failing("store.exists"):
        new_store(tmp_path / "store")


def test_store_of_another_format_is_refused(store):
    place = store.path / "store.json"
    place.write_text(place.read_text().replace('"format":1', '"format":2'))

    with failing("store.format"):
        open_store(store.path, files=QuickFiles())


def test_state_read_before_a_commit_stays_as_it_was(store):
    (subject,) = mint(store, 1)
    record(store, 2, {subject: {"staff": 3}})
    state = store.state()

    record(store, 3, {subject: {"staff": 4}}, observed_on=dt.date(2026, 2, 1))

    assert state.snapshot(METRICS, PRECEDENCE).table["staff"].to_list() == [3]
    assert store.state().snapshot(METRICS, PRECEDENCE).table["staff"].to_list() == [4]


def test_many_events_are_kept_in_chapters(store):
    with store.writing("tester", moment(1)) as draft:
        for number in range(700):
            draft.note(f"note {number}")

    assert len(list((store.path / "events").iterdir())) == 1
    with store.writing("tester", moment(2)) as draft:
        draft.note("one more")
    events = open_store(store.path).state().events
    assert [event.seq for event in events] == list(range(1, 703))
    assert [event.details.get("words") for event in events[1:701]] == [
        f"note {number}" for number in range(700)
    ]

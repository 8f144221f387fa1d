"""Damage is named, file by file, and nothing else is lost by it."""

import datetime as dt
import json
import shutil

import pytest
from tests.unit.store.store_contents import METRICS, PRECEDENCE, content_of, moment, new_store

from yumiao.model.problems import Severity, YumiaoError
from yumiao.store import open_store

FIELDS = {"kind": "staff", "source": "tax"}


@pytest.fixture
def store(tmp_path):
    """Three batches, a mapping, an original, a merge, a kept snapshot and a bundle."""
    store = new_store(tmp_path / "store")
    with store.writing("tester", moment(1)) as draft:
        ids = draft.mint(3)
        for number in range(3):
            rows = {each: {"staff": number + place, "patents": 3} for place, each in enumerate(ids)}
            draft.add_batch(content_of(rows), **FIELDS, observed_on=dt.date(2026, 1 + number, 1))
        draft.merge(ids[2], into=ids[1])
        draft.keep_mapping("staff", "columns: {}\n")
        draft.keep_original(b"received", "a.xlsx", dt.date(2030, 1, 1))
    store.state().snapshot(METRICS, PRECEDENCE)
    store.compact()
    return open_store(store.path)


def one_file(store, pattern):
    return min(store.path.glob(pattern))


def spoil(path):
    """Change one byte in the middle."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))


def damages(store):
    found = open_store(store.path).verify().problems
    return {str(p.file) for p in found if p.severity is Severity.ERROR}


def test_store_as_it_was_written_is_proved_whole(store):
    found = store.verify()

    assert (found.is_whole, found.problems) == (True, [])
    assert found.checked == {
        "root": 2, "batch": 3, "file": 9, "mapping": 1, "original": 1, "snapshot": 1, "bundle": 1
    }  # fmt: skip


@pytest.mark.parametrize(
    "pattern",
    [
        "batches/*/facts.parquet",
        "batches/*/sources.parquet",
        "batches/*/sources.json",
        "batches/*/manifest.json",
        "mappings/*.yaml",
        "originals/*.enc",
        "snapshots/*/facts.parquet",
        "snapshots/*/snapshot.json",
        "compact/*/facts.parquet",
        "compact/*/bundle.json",
    ],
)
@pytest.mark.parametrize("damage", [spoil, lambda path: path.unlink()], ids=["spoiled", "gone"])
def test_damaged_file_is_named_and_nothing_else(store, pattern, damage):
    path = one_file(store, pattern)
    damage(path)

    named = damages(store)

    assert len(named) == 1
    assert named <= {str(path), str(path.parent)}


def test_damaged_key_is_named_by_its_original(store):
    spoil(one_file(store, "keys/*.json"))

    (named,) = damages(store)

    assert named == str(one_file(store, "originals/*.enc"))


@pytest.mark.parametrize("part", ["facts.parquet", "sources.json", "manifest.json"])
def test_reader_of_damaged_batch_gets_clear_error_and_others_are_read(store, part):
    shutil.rmtree(store.path / "compact")
    shutil.rmtree(store.path / "snapshots")
    (store.path / "compact").mkdir()
    (store.path / "snapshots").mkdir()
    last = store.state().batches[-1].manifest.id
    spoil(store.path / "batches" / last / part)
    again = open_store(store.path)

    with pytest.raises(YumiaoError) as caught:
        again.state().snapshot(METRICS, PRECEDENCE)

    assert caught.value.code == "store.damaged"
    assert last in caught.value.text.zh
    assert last in caught.value.text.en
    if part != "manifest.json":
        with again.writing("tester", moment(2)) as draft:
            draft.revert(last, "damaged")
        assert again.state().snapshot(METRICS, PRECEDENCE).table.height == 2


def test_damaged_snapshot_and_bundle_are_passed_over_by_readers(store):
    expected = store.state().snapshot(METRICS, PRECEDENCE, keep=False)
    spoil(one_file(store, "snapshots/*/facts.parquet"))
    spoil(one_file(store, "compact/*/facts.parquet"))

    found = open_store(store.path).state().snapshot(METRICS, PRECEDENCE)

    assert found.table.equals(expected.table)
    assert found.sources.equals(expected.sources)
    assert {str(one_file(store, "compact/*/facts.parquet").parent)} == damages(store)


def test_snapshot_that_does_not_follow_from_its_batches_is_found_out(store):
    place = one_file(store, "snapshots/*/snapshot.json").parent
    other = open_store(store.path).state().snapshot(METRICS, PRECEDENCE, as_of=dt.date(2026, 1, 1))
    (kept,) = [each for each in (store.path / "snapshots").iterdir() if each != place]
    for name in ("facts.parquet", "sources.parquet"):
        shutil.copy(kept / name, place / name)
    described = json.loads((place / "snapshot.json").read_text())
    described["parts"] = json.loads((kept / "snapshot.json").read_text())["parts"]
    (place / "snapshot.json").write_text(json.dumps(described))
    shutil.copy(kept / "conflicts.parquet", place / "conflicts.parquet")

    assert other.table.height == 2
    assert damages(store) == {str(place)}


def test_damaged_pointer_is_refused_and_the_last_whole_state_named(store):
    name = (store.path / "HEAD").read_text().strip()
    (store.path / "HEAD").write_text("")

    found = open_store(store.path).verify()

    assert not found.is_whole
    assert found.problems[-1].found == name
    with pytest.raises(YumiaoError) as caught:
        open_store(store.path).state()
    assert caught.value.code == "store.damaged"
    (store.path / "HEAD").write_text(f"{found.problems[-1].found}\n")
    assert open_store(store.path).verify().is_whole


def test_damaged_root_is_refused_and_the_state_before_it_named(store):
    last = one_file(store, f"roots/{(store.path / 'HEAD').read_text().strip()}.json")
    spoil(last)

    found = store.verify()

    assert found.problems[0].code == "store.damaged"
    assert str(last) in found.problems[0].text.en
    assert found.problems[-1].found.startswith("00000001-")


def test_what_an_interrupted_writer_left_is_a_warning(store):
    (store.path / "batches" / "b000009-00000000").mkdir()

    found = store.verify()

    assert found.is_whole
    assert [(p.code, p.severity) for p in found.problems] == [("store.unreferenced", Severity.WARNING)]

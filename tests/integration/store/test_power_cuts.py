"""The power goes at every write, rename and sync in turn: the store opens with the former or the new state, whole."""

import datetime as dt
import errno
import shutil
from pathlib import Path

import pytest
from tests.integration.store.cutting import (
    commit_everything,
    copied,
    count_steps,
    cuts_of,
    make_base,
    rows_of,
    run_cut,
    summary,
)
from tests.integration.store.power_cuts import OUTCOMES, CuttingFiles, PowerCut
from tests.unit.store.store_contents import METRICS, PRECEDENCE, QuickFiles, moment, new_store

from yumiao.model.problems import YumiaoError
from yumiao.store import Store, create_store, open_store


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return make_base(tmp_path_factory.mktemp("base") / "store")


def test_commit_cut_at_every_step_leaves_the_former_or_the_new_state(base, tmp_path):
    before = summary(base)
    done = copied(base, tmp_path, "done")
    steps = count_steps(done, commit_everything)
    after = summary(done)
    seen = set()

    for last, torn in cuts_of(steps):
        for outcome in OUTCOMES:
            folder = copied(base, tmp_path, "cut")
            files = CuttingFiles(folder, last, torn)
            run_cut(folder, commit_everything, files)
            files.come_back(outcome)
            found = summary(folder)
            assert found in (before, after), (files.steps[-1], torn, outcome)
            seen.add(found == after)
            if outcome == OUTCOMES[1]:  # the one that leaves the most behind that is not whole
                check_next_writer(folder, found, after)
            shutil.rmtree(folder)

    assert seen == {False, True}
    assert {step.split()[0] for step in steps} == {"make", "write", "sync", "rename"}


def check_next_writer(folder: Path, found: tuple, after: tuple) -> None:
    """What a cut left behind hinders nobody: the next writer commits, and nothing unreferenced stays."""
    store = open_store(folder, files=QuickFiles())
    if found != after:
        commit_everything(store)
        assert summary(folder) == after
    else:
        with store.writing("next", moment(3)) as draft:
            draft.note("after the cut")
    named = {batch.manifest.id for batch in store.state().all_batches}
    assert {path.name for path in (folder / "batches").iterdir()} == named
    assert not list(folder.glob("*.new"))


def test_creation_cut_at_every_step_leaves_no_store_or_a_whole_one(tmp_path):
    def create(folder: Path, files: CuttingFiles) -> None:
        create_store(folder, at=moment(0), who="tester", store_id="test-store", files=files)

    (tmp_path / "done").mkdir()
    counted = CuttingFiles(tmp_path / "done")
    create(tmp_path / "done", counted)
    seen = set()

    for last, torn in cuts_of(counted.steps):
        for outcome in OUTCOMES:
            folder = tmp_path / "cut"
            folder.mkdir()
            files = CuttingFiles(folder, last, torn)
            with pytest.raises(PowerCut):
                create(folder, files)
            files.come_back(outcome)
            is_there = (folder / "store.json").exists()
            seen.add(is_there)
            if not is_there:
                with pytest.raises(YumiaoError) as caught:
                    open_store(folder)
                assert caught.value.code == "store.none"
                new_store(folder)
            assert len(open_store(folder).state().events) == 1
            shutil.rmtree(folder)

    assert seen == {False, True}


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.ENOSPC, "store.disk_full"), (errno.EROFS, "store.read_only"), (errno.EIO, "store.write")],
)
def test_failed_step_is_said_clearly_and_loses_nothing(base, tmp_path, number, code):
    before = summary(base)
    done = copied(base, tmp_path, "done")
    steps = count_steps(done, commit_everything)
    after = summary(done)

    for last in range(1, len(steps) + 1):
        folder = copied(base, tmp_path, "failed")
        files = CuttingFiles(folder, last, error=OSError(number, "injected"))
        with pytest.raises(YumiaoError) as caught:
            commit_everything(open_store(folder, files=files))
        is_after_rename = any(step == "rename HEAD" for step in steps[: last - 1])
        assert caught.value.code == ("store.commit_unsure" if is_after_rename else code)
        assert caught.value.text.zh
        assert caught.value.text.en
        assert summary(folder) == (after if is_after_rename else before)
        check_next_writer(folder, summary(folder), after)
        shutil.rmtree(folder)


def destroy_originals(store: Store) -> None:
    store.destroy_expired(dt.date(2031, 1, 1), who="tester", at=moment(4))


def test_destruction_cut_at_every_step_ends_with_the_next_writer(base, tmp_path):
    kept = copied(base, tmp_path, "kept")
    commit_everything(open_store(kept, files=QuickFiles()))
    before = summary(kept)
    done = copied(kept, tmp_path, "done")
    steps = count_steps(done, destroy_originals)
    after = summary(done)
    seen = set()

    for last in range(1, len(steps) + 1):
        for outcome in OUTCOMES:
            folder = copied(kept, tmp_path, "cut")
            files = CuttingFiles(folder, last)
            run_cut(folder, destroy_originals, files)
            files.come_back(outcome)
            found = summary(folder)
            assert found in (before, after), (files.steps[-1], outcome)
            seen.add(found == after)
            if found == after:
                with open_store(folder).writing("next", moment(5)) as draft:
                    draft.note("after the cut")
                assert not [*(folder / "keys").iterdir(), *(folder / "originals").iterdir()]
            shutil.rmtree(folder)

    assert seen == {False, True}
    assert before[-1] == {next(iter(before[-1])): b"received"}
    assert after[-1] == {}


def compact_and_read(store: Store) -> None:
    store.compact()
    store.state().snapshot(METRICS, PRECEDENCE)


def test_compaction_and_kept_snapshots_cut_at_every_step_change_no_answer(base, tmp_path):
    whole = copied(base, tmp_path, "whole")
    commit_everything(open_store(whole, files=QuickFiles()))
    expected = summary(whole)
    steps = count_steps(copied(whole, tmp_path, "done"), compact_and_read)
    assert any("compact" in step or "bundle.json" in step for step in steps)

    for last, torn in cuts_of(steps):
        for outcome in OUTCOMES:
            folder = copied(whole, tmp_path, "cut")
            files = CuttingFiles(folder, last, torn)
            run_cut(folder, compact_and_read, files)
            files.come_back(outcome)
            assert summary(folder) == expected, (files.steps[-1], torn, outcome)
            kept = open_store(folder).state().snapshot(METRICS, PRECEDENCE)
            assert rows_of(kept) == expected[1:4]
            shutil.rmtree(folder)

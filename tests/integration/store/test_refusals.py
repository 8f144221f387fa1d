"""Two writers, a full disk, a folder that cannot be written: a clear answer, and the store as it was."""

import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from tests.unit.store.store_contents import METRICS, PRECEDENCE, moment, new_store

from yumiao.model.problems import YumiaoError
from yumiao.store import open_store

REPOSITORY = Path(__file__).parents[3]

WRITE_MUCH = """
import resource, sys, datetime as dt
from pathlib import Path
from tests.unit.store.store_contents import content_of, moment
from yumiao.model.problems import YumiaoError
from yumiao.store import open_store
store = open_store(Path(sys.argv[1]))
with store.writing("first", moment(1)) as draft:
    ids = draft.mint(3000)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    with store.writing("second", moment(2)) as draft:
        draft.add_batch(content_of({each: {"staff": place * 7919 % 10007} for place, each in enumerate(ids)}),
                        kind="staff", source="tax", observed_on=dt.date(2026, 1, 1))
except YumiaoError as error:
    print(error.code)
"""

WRITE_A_NOTE = """
import os, sys
from pathlib import Path
from tests.unit.store.store_contents import METRICS, PRECEDENCE, moment
from yumiao.model.problems import YumiaoError
from yumiao.store import open_store
store = open_store(Path(sys.argv[1]))
if os.geteuid() == 0:  # for root no folder is read-only; Python's own files may be closed to others, so load them now
    store.state().snapshot(METRICS, PRECEDENCE, keep=False)
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
store.state().snapshot(METRICS, PRECEDENCE)
try:
    with store.writing("second", moment(2)) as draft:
        draft.note("x")
except YumiaoError as error:
    print(error.code)
"""

HOLD_THE_LOCK = """
import sys
from pathlib import Path
from tests.unit.store.store_contents import moment
from yumiao.store import open_store
with open_store(Path(sys.argv[1])).writing("张三", moment(5)) as draft:
    print("held", flush=True)
    sys.stdin.readline()
    draft.note("the first")
"""


def run_script(script, *args):
    command = [sys.executable, "-c", script, *map(str, args)]
    found = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    return found.stdout.strip(), found.stderr


def test_quota_reached_is_a_full_disk_and_the_store_stays(tmp_path):
    store = new_store(tmp_path / "store")

    said, errors = run_script(WRITE_MUCH, store.path, 6000)

    assert said == "store.disk_full", errors
    assert [event.act for event in store.state().events] == ["create", "mint"]
    assert store.verify().is_whole
    assert (
        run_script(
            WRITE_MUCH.replace("moment(1)", "moment(3)").replace("moment(2)", "moment(4)"), store.path, 10**9
        )[0]
        == ""
    )
    assert len(store.state().batches) == 1


def test_folder_that_cannot_be_written_is_read_and_says_so():
    # not one of pytest's own folders: those are closed to other users
    folder = Path(tempfile.mkdtemp(prefix="yumiao-read-only-"))
    try:
        store = new_store(folder / "store")
        (store.path / ".lock").touch()
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)

        said, errors = run_script(WRITE_A_NOTE, store.path)

        assert said == "store.read_only", errors
        assert [event.act for event in store.state().events] == ["create"]
    finally:
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o755)
        shutil.rmtree(folder)


def test_second_writer_is_told_who_holds_the_lock_and_readers_are_not_blocked(tmp_path):
    store = new_store(tmp_path / "store")
    command = [sys.executable, "-c", HOLD_THE_LOCK, str(store.path)]
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "held\n"

        with pytest.raises(YumiaoError) as caught, store.writing("李四", moment(6), wait_seconds=0.2):
            pass
        assert caught.value.code == "store.busy"
        for words in (caught.value.text.zh, caught.value.text.en):
            assert "张三" in words
            assert moment(5) in words
        assert store.state().snapshot(METRICS, PRECEDENCE).table.is_empty()
        assert [event.act for event in store.state().events] == ["create"]
        holder.communicate("go on\n")

    with store.writing("李四", moment(6), wait_seconds=5) as draft:
        draft.note("the second")
    assert [event.who for event in store.state().events] == ["tester", "张三", "李四"]


def test_writers_of_one_process_wait_for_each_other(tmp_path):
    store = new_store(tmp_path / "store")
    refused = []

    def write(number):
        try:
            with open_store(store.path).writing(f"writer {number}", moment(number), wait_seconds=20) as draft:
                draft.note(str(number))
        except YumiaoError as error:  # a later moment was recorded first
            refused.append(error.code)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    events = store.state().events
    assert len(events) - 1 + len(refused) == 6
    assert set(refused) <= {"store.too_early"}
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert store.verify().is_whole

"""Kill a process that writes to a store, at a random moment, and see what is left."""

from __future__ import annotations

import datetime as dt
import random
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.unit.store.store_contents import METRICS, PRECEDENCE, content_of, moment, new_store

from yumiao.store import open_store
from yumiao.store.files import Files

REPOSITORY = Path(__file__).parents[3]
SUBJECTS = 40


@dataclass(frozen=True)
class Kill:
    """What a kill left.

    Attributes:
        begun, done: numbers of the last commit that the process began, and that it knew to be done.
        found: number of the last commit that the store has.
        unreferenced: files left behind that no commit names.
    """

    begun: int
    done: int
    found: int
    unreferenced: int

    @property
    def was_writing(self) -> bool:
        """Whether a commit was under way."""
        return self.begun > self.done

    @property
    def is_new(self) -> bool:
        """Whether the commit under way is there, whole."""
        return self.was_writing and self.found == self.begun


def prepare(folder: Path) -> None:
    """Make the store that is written to: its subjects, and commit 0."""
    store = new_store(folder, files=Files())
    with store.writing("tester", moment(1)) as draft:
        rows = {subject: {"staff": 0, "patents": place} for place, subject in enumerate(draft.mint(SUBJECTS))}
        draft.add_batch(content_of(rows), kind="staff", source="tax", observed_on=dt.date(2026, 1, 1))


def kill_once(folder: Path, chance: random.Random, *, longest: float) -> Kill:
    """Let a process write for a random time, kill it, and check the store.

    Args:
        longest: seconds, from the first commit begun, after which it is killed at the latest.
    Raises: AssertionError when the store is anything but the former or the new state, whole.
    """
    before = last_commit(folder)
    command = [
        sys.executable,
        "-m",
        "tests.integration.store.writing_until_killed",
        str(folder),
        str(before + 1),
    ]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, bufsize=0) as victim:
        said = victim.stdout.readline()
        assert said == f"begin {before + 1}\n".encode(), said
        time.sleep(chance.uniform(0, longest))
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        while select.select([victim.stdout], [], [], 0)[0] and (more := victim.stdout.read(65536)):
            said += more
    words = [line.split() for line in said.decode().splitlines(keepends=True) if line.endswith("\n")]
    begun = max(int(number) for word, number in words if word == "begin")
    done = max((int(number) for word, number in words if word == "done"), default=before)
    found = last_commit(folder)
    assert found in {done, begun}, (before, begun, done, found)
    return Kill(begun, done, found, check_whole(folder, found))


def last_commit(folder: Path) -> int:
    """Return the number of the last commit in the store."""
    numbers = [
        event.details["commit"] for event in open_store(folder).state().events if "commit" in event.details
    ]
    return max(numbers, default=0)


def check_whole(folder: Path, last: int) -> int:
    """Check that every commit up to the last is there, whole, and nothing is damaged; returns what lies about."""
    store = open_store(folder)
    state = store.state()
    halves = [(e.details["words"], e.details["commit"]) for e in state.events if "commit" in e.details]
    assert halves == [
        (half, number) for number in range(1, last + 1) for half in ("first half", "second half")
    ]
    assert len(state.batches) == 1 + (last + 1) // 2
    facts = state.snapshot(METRICS, PRECEDENCE, keep=False)
    expected = last if last % 2 else max(last - 1, 0)
    assert facts.table["staff"].to_list() == [expected] * SUBJECTS
    verification = store.verify()
    assert verification.is_whole, verification.problems
    return len(verification.problems)

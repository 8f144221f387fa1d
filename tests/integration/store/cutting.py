"""What is done to a store while the power goes, and what a reader can tell of it afterwards."""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.integration.store.power_cuts import CuttingFiles, PowerCut
from tests.unit.store.store_contents import METRICS, PRECEDENCE, content_of, moment, new_store

from yumiao.model.facts import Facts
from yumiao.store import Store, open_store

FIRST, SECOND = dt.date(2026, 1, 31), dt.date(2026, 2, 28)


def make_base(folder: Path) -> Path:
    """Make a store with one commit of two subjects and one batch."""
    store = new_store(folder)
    with store.writing("tester", moment(1)) as draft:
        first, second = draft.mint(2)
        rows = {first: {"name": "甲", "staff": 3}, second: {"name": "乙", "staff": 5}}
        draft.add_batch(content_of(rows), kind="staff", source="tax", observed_on=FIRST)
    return folder


def commit_everything(store: Store) -> None:
    """One commit with all that a commit can hold."""
    with store.writing("tester", moment(2)) as draft:
        known = draft.state.snapshot(METRICS, PRECEDENCE, keep=False).table["subject"]
        (third,) = draft.mint(1)
        rows = {known[0]: {"staff": 4}, third: {"staff": 9, "revenue@2025": 100}}
        draft.add_batch(content_of(rows, file="b.xlsx"), kind="staff", source="tax", observed_on=SECOND)
        draft.merge(known[1], into=known[0], why="same code")
        draft.keep_mapping("staff", "columns: {}\n")
        draft.keep_original(b"received", "b.xlsx", dt.date(2030, 1, 1))
        draft.revert(draft.state.batches[0].manifest.id)


def summary(folder: Path) -> tuple:
    """Everything that a reader can tell of a store, read anew."""
    store = open_store(folder)
    state = store.state()
    facts = state.snapshot(METRICS, PRECEDENCE, keep=False)
    batches = [
        batch.read(part).rows()
        for batch in state.all_batches
        for part in batch.manifest.parts
        if "parquet" in part
    ]
    mappings = {kind: store.mapping_text(name) for kind, name in state.mappings.items()}
    return state.events, *rows_of(facts), batches, mappings, read_originals(store)


def rows_of(facts: Facts) -> tuple:
    """The three tables of some facts, to be compared."""
    return facts.table.rows(), facts.sources.rows(), facts.conflicts.rows()


def read_originals(store: Store) -> dict[str, bytes]:
    """Every original that can be read."""
    kept = store.state().originals.values()
    return {each.sha256: store.read_original(each.sha256) for each in kept if each.destroyed_at is None}


def copied(base: Path, tmp_path: Path, name: str) -> Path:
    """Copy a store into a folder of that name."""
    folder = tmp_path / name
    shutil.copytree(base, folder)
    return folder


def run_cut(folder: Path, act: Callable[[Store], None], files: CuttingFiles) -> None:
    """Do something to a store until the power goes."""
    try:
        act(open_store(folder, files=files))
    except PowerCut:
        pass
    else:
        raise AssertionError("the power did not go")


def cuts_of(steps: list[str]) -> Iterator[tuple[int, bool]]:
    """Every step as the last, before it is done; and each write half done, and the very last step done."""
    for last, step in enumerate(steps, start=1):
        yield last, False
        if step.startswith("write") or last == len(steps):
            yield last, True


def count_steps(folder: Path, act: Callable[[Store], None]) -> list[str]:
    """Do something to a store, and return the steps that it took."""
    files = CuttingFiles(folder)
    act(open_store(folder, files=files))
    return files.steps

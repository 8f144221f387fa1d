"""One writer at a time, across processes; who it is can be read by the one who waits."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from yumiao.store.faults import busy, write_fault

UNKNOWN = "?"


@contextmanager
def writer_lock(path: Path, *, who: str, at: str, wait_seconds: float) -> Iterator[None]:
    """Hold the writer's lock of a store; the system frees it when the process ends, however it ends.

    Args:
        path: folder of the store.
        who, at: shown to a second writer.
        wait_seconds: how long to wait for another writer.
    Raises: YumiaoError ``store.busy`` when another writer holds it; ``store.read_only`` when it cannot be taken.
    """
    lock = FileLock(path / ".lock", timeout=wait_seconds, fallback_to_soft=False, preserve_lock_file=True)
    note = path / ".writer"
    try:
        lock.acquire()
    except Timeout:
        holder, since = _read_holder(note)
        raise busy(path, holder, since, wait_seconds) from None
    except OSError as error:
        raise write_fault(error, path) from error
    try:
        _write_holder(note, who, at, path)
        yield
    finally:
        note.unlink(missing_ok=True)
        lock.release()


def _write_holder(note: Path, who: str, at: str, path: Path) -> None:
    """Only a courtesy to whoever waits: the lock itself is the system's."""
    text = json.dumps({"who": who, "since": at, "process": os.getpid()}, ensure_ascii=False)
    try:
        note.write_text(text, encoding="utf-8")
    except OSError as error:
        raise write_fault(error, path) from error


def _read_holder(note: Path) -> tuple[str, str]:
    try:
        raw = json.loads(note.read_text(encoding="utf-8"))
        return f"{raw['who']} ({raw['process']})", str(raw["since"])
    except (OSError, ValueError, KeyError, TypeError):
        return UNKNOWN, UNKNOWN  # it has the lock and has not yet said who it is

"""Which processes of this machine work with a data folder: each holds a lock that the system frees when it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

FOLDER = "running"
UPGRADE = "upgrade"


@dataclass(frozen=True)
class RunningProcess:
    """A process that works with a data folder: ``serve``, ``worker`` or ``upgrade``, and its number."""

    kind: str
    number: int


@contextmanager
def running(data: Path, kind: str) -> Iterator[None]:
    """Say that this process works with a data folder.

    Raises: YumiaoError (``platform.upgrading``) while the folder is being upgraded.
    """
    if any(each.kind == UPGRADE for each in find_running(data)):
        raise YumiaoError(
            "platform.upgrading",
            Text("平台正在升级，请等升级结束。", "The platform is being upgraded; wait until that is done."),
        )
    with _held(data, kind):
        yield


@contextmanager
def upgrading(data: Path) -> Iterator[None]:
    """Let no other process start with a data folder.

    Raises: YumiaoError (``upgrade.running``) naming the processes that work with it.
    """
    with _held(data, UPGRADE):
        others = [each for each in find_running(data) if each.number != os.getpid()]
        if others:
            named = "、".join(f"yumiao {each.kind}（{each.number}）" for each in others)
            named_en = ", ".join(f"yumiao {each.kind} ({each.number})" for each in others)
            raise YumiaoError(
                "upgrade.running",
                Text(
                    f"这些进程还在运行：{named}。请先停止，再升级。",
                    f"These processes still run: {named_en}. Stop them, then upgrade.",
                ),
            )
        yield


def find_running(data: Path) -> list[RunningProcess]:
    """Return the processes that hold their lock; a lock that nobody holds is removed."""
    found = []
    for path in sorted((data / FOLDER).glob("*.lock")):
        kind, _, number = path.stem.rpartition("-")
        lock = FileLock(path, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            found.append(RunningProcess(kind, int(number) if number.isdigit() else 0))
        else:
            lock.release()
            path.unlink(missing_ok=True)
    return found


@contextmanager
def _held(data: Path, kind: str) -> Iterator[None]:
    folder = data / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{kind}-{os.getpid()}.lock"
    with FileLock(path, fallback_to_soft=False, preserve_lock_file=True):
        yield
    path.unlink(missing_ok=True)

"""A disk that loses power: every write, rename and sync may be the last, and what was not synced may be lost."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from yumiao.store.files import Files

OUTCOMES = ("nothing unsynced is kept", "names are kept without their bytes", "everything is kept")
"""What may become of that which was not synced: the disk is free to choose."""


class PowerCut(BaseException):
    """The process is gone; no handler of the store can do anything about it."""


@dataclass
class Bytes:
    """The bytes of one file: as the system has them, and as they are on the disk (None: not at all)."""

    now: bytes
    synced: bytes | None = None


@dataclass
class CuttingFiles(Files):
    """Does everything for real until its last step; then only what the disk has kept is left.

    Attributes:
        folder: whose files are followed.
        last: number of the step at which the power goes, from 1; None: never.
        torn: whether a write at that step is half done, and any other step done, before the power goes.
        error: raised at that step instead of cutting the power; the process lives on.
    """

    folder: Path
    last: int | None = None
    torn: bool = False
    error: OSError | None = None
    steps: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        self.now = {path: Bytes(data, data) for path in files for data in [path.read_bytes()]}
        self.durable = dict(self.now)
        self.folders_now = {path for path in [self.folder, *self.folder.rglob("*")] if path.is_dir()}
        self.durable_folders = set(self.folders_now)
        self.is_dead = False

    def _step(self, what: str, path: Path) -> bool:
        """Count a step; returns whether it is the last and still done (by half, if it is a write)."""
        if self.is_dead:
            raise PowerCut
        self.steps.append(f"{what} {path.name}")
        if len(self.steps) != self.last:
            return False
        if self.error is not None:
            self.error.filename = str(path)
            raise self.error
        self.is_dead = True
        if not self.torn:
            raise PowerCut
        return True

    def make_folder(self, path: Path) -> None:
        is_last = self._step("make folder", path)
        super().make_folder(path)
        self.folders_now.add(path)
        self._end(is_last)

    def write(self, path: Path, data: bytes | memoryview) -> None:
        is_last = self._step("write", path)
        kept = bytes(data)[: len(data) // 2] if is_last else bytes(data)
        super().write(path, kept)
        if path in self.now:  # written over: the bytes that were there are gone
            self.now[path].now, self.now[path].synced = kept, None
        else:
            self.now[path] = Bytes(kept)
        self._end(is_last)

    def sync(self, path: Path) -> None:
        is_last = self._step("sync", path)
        self.now[path].synced = self.now[path].now
        self._end(is_last)

    def sync_folder(self, path: Path) -> None:
        is_last = self._step("sync folder", path)
        self.durable = {place: each for place, each in self.durable.items() if place.parent != path}
        self.durable |= {place: each for place, each in self.now.items() if place.parent == path}
        gone = {each for each in self.durable_folders if each.parent == path} - self.folders_now
        self.durable_folders -= gone
        self.durable_folders |= {each for each in self.folders_now if each.parent == path}
        self._end(is_last)

    def rename(self, old: Path, new: Path) -> None:
        is_last = self._step("rename", new)
        is_folder = old.is_dir()
        super().rename(old, new)
        if is_folder:
            moved = {path: new / path.relative_to(old) for path in self.now if path.is_relative_to(old)}
            self.now = {moved.get(path, path): each for path, each in self.now.items()}
            self.folders_now = (self.folders_now - {old}) | {new}
        else:
            self.now[new] = self.now.pop(old)
        self._end(is_last)

    def remove(self, path: Path) -> None:
        is_last = self._step("remove", path)
        super().remove(path)
        self.now.pop(path, None)
        self._end(is_last)

    def remove_folder(self, path: Path) -> None:
        is_last = self._step("remove folder", path)
        super().remove_folder(path)
        self.now = {place: each for place, each in self.now.items() if not place.is_relative_to(path)}
        self.folders_now = {each for each in self.folders_now if not each.is_relative_to(path)}
        self._end(is_last)

    def _end(self, is_last: bool) -> None:
        if is_last:
            raise PowerCut

    def come_back(self, outcome: str) -> None:
        """Leave in the folder what the disk has kept."""
        if outcome == OUTCOMES[2]:
            return
        nothing_kept = outcome == OUTCOMES[0]
        names = self.durable if nothing_kept else self.now
        folders = self.durable_folders if nothing_kept else self.folders_now
        shutil.rmtree(self.folder)
        for folder in sorted(folders):
            if folder == self.folder or folder.parent.is_dir():
                folder.mkdir(exist_ok=True)
        for path, each in names.items():
            if path.parent.is_dir():
                path.write_bytes(_kept_bytes(each, nothing_kept))


def _kept_bytes(each: Bytes, nothing_kept: bool) -> bytes:
    if each.synced is not None:
        return each.synced
    return b"" if nothing_kept else each.now[: len(each.now) // 2]

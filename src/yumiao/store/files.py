"""The one place that changes the disk, so that a test can end the process at every write, rename and sync."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_BLOCK = 1 << 20


class Files:
    """Changes to files and folders, each a step that may be the last one a process takes.

    What a caller may rely on after a power cut: the bytes of a file after `sync`, the names in a folder after
    `sync_folder`, and that a name points to the old or to the new file, never to a mixture, after `rename`.
    Every method raises OSError as the system gives it.
    """

    def make_folder(self, path: Path) -> None:
        """Make a folder whose parent exists; one that is there already stays as it is."""
        path.mkdir(exist_ok=True)

    def write(self, path: Path, data: bytes | memoryview) -> None:
        """Write a whole file, replacing what stood under the name; not safe from a power cut before `sync`."""
        view = memoryview(data)
        with path.open("wb") as file:
            for start in range(0, len(view), _BLOCK):
                file.write(view[start : start + _BLOCK])

    def sync(self, path: Path) -> None:
        """Return when the bytes of a file have reached the disk."""
        with path.open("rb+") as file:
            os.fsync(file.fileno())

    def sync_folder(self, path: Path) -> None:
        """Return when the names in a folder have reached the disk."""
        if os.name == "nt":  # pragma: no cover - Windows keeps names safe by itself and opens no folders
            return
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def rename(self, old: Path, new: Path) -> None:
        """Give a file another name in one step, replacing a file of that name."""
        os.replace(old, new)  # noqa: PTH105 - says in one word that it replaces

    def remove(self, path: Path) -> None:
        """Remove a file; one that is gone already is no error."""
        path.unlink(missing_ok=True)

    def remove_folder(self, path: Path) -> None:
        """Remove a folder and all in it; one that is gone already is no error."""
        if path.exists():
            shutil.rmtree(path)

    def write_durably(self, path: Path, data: bytes | memoryview) -> None:
        """Write a whole file and return when its bytes have reached the disk; its name has not yet."""
        self.write(path, data)
        self.sync(path)

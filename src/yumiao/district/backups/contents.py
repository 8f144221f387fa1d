"""Which files a backup holds: what lies in the data folder and the store, with keys apart from the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any

from yumiao.store.folder import CACHES

DATA, STORE = "data", "store"
"""The two roots under which a backup names its files."""

KEYS_OF_DATA = ("secret-key", "keys/*", "*.key", "*-key")
KEYS_OF_STORE = ("keys/*",)
"""What opens the rest: kept apart, or encrypted, or not at all."""

_MADE_ANEW = ("static/*", "running/*", "yumiao.sqlite3*")
"""Made by every start, or taken from the database itself at one point."""


@dataclass(frozen=True)
class Places:
    """What is backed up, and where it is brought back to.

    Attributes:
        data: folder of what the platform keeps.
        store: folder of the store of facts; may lie in the data folder.
        database: as Django's settings describe it.
    """

    data: Path
    store: Path
    database: Mapping[str, Any]

    @property
    def is_sqlite(self) -> bool:
        """Whether the tables are one file in the data folder."""
        return str(self.database["ENGINE"]).endswith("sqlite3")

    @property
    def has_store(self) -> bool:
        """Whether there is a store."""
        return (self.store / "store.json").exists()

    def root(self, name: str) -> Path:
        """Return the folder that a root of a backup stands for."""
        return self.data if name == DATA else self.store


def files_of(places: Places) -> Iterator[str]:
    """Yield every file to keep as ``data/…`` or ``store/…``: no caches, no locks, nothing half written."""
    if places.data.is_dir():
        for path in _walk(places.data, skipped=places.store):
            if not _matches(path, _MADE_ANEW):
                yield f"{DATA}/{path}"
    if places.has_store:
        for path in _walk(places.store):
            if path.parts[0] not in CACHES and path.suffix != ".new":
                yield f"{STORE}/{path}"


def is_key(name: str) -> bool:
    """Say whether a file of a backup opens other ones."""
    root, _, rest = name.partition("/")
    return _matches(PurePosixPath(rest), KEYS_OF_DATA if root == DATA else KEYS_OF_STORE)


def is_inside(path: Path, folder: Path) -> bool:
    """Say whether a path is a folder or lies in it."""
    return path.resolve().is_relative_to(folder.resolve())


def _walk(folder: Path, skipped: Path | None = None) -> Iterator[PurePosixPath]:
    for path in sorted(folder.rglob("*")):
        relative = PurePosixPath(path.relative_to(folder).as_posix())
        if any(part.startswith(".") for part in relative.parts) or path.is_symlink() or not path.is_file():
            continue
        if skipped is None or not path.is_relative_to(skipped):
            yield relative


def _matches(path: PurePosixPath, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(str(path), pattern) for pattern in patterns)

"""Where each thing lies in the folder of a store, and how the small files are read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yumiao.store.canonical import SHORT, hash_of
from yumiao.store.faults import damaged, no_store, other_format

FORMAT = 1
"""The number of the layout that this version writes and reads."""

FOLDERS = ("roots", "events", "batches", "mappings", "originals", "keys", "snapshots", "compact", "runs")
CACHES = ("snapshots", "compact")
"""What can be rebuilt from the rest at any time."""


@dataclass(frozen=True)
class Folder:
    """The folder of a store.

    Attributes:
        path: where it is.
        store_id: made when the store was created; part of every id minted.
    """

    path: Path
    store_id: str

    @property
    def head(self) -> Path:
        return self.path / "HEAD"

    def roots(self) -> Path:
        return self.path / "roots"

    def chapters(self) -> Path:
        return self.path / "events"

    def batches(self) -> Path:
        return self.path / "batches"

    def batch(self, batch_id: str) -> Path:
        return self.path / "batches" / batch_id

    def mappings(self) -> Path:
        return self.path / "mappings"

    def originals(self) -> Path:
        return self.path / "originals"

    def keys(self) -> Path:
        return self.path / "keys"

    def snapshots(self) -> Path:
        return self.path / "snapshots"

    def compact(self) -> Path:
        return self.path / "compact"


def open_folder(path: Path) -> Folder:
    """Read ``store.json``. Raises: YumiaoError when there is no store, or one of another format."""
    place = path / "store.json"
    try:
        text = place.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise no_store(path) from None
    try:
        raw = json.loads(text)
        number, store_id = raw["format"], str(raw["id"])
    except (ValueError, KeyError, TypeError):
        raise damaged(place, "无法解读 unreadable", "format, id") from None
    if number != FORMAT:
        raise other_format(path, number, FORMAT)
    return Folder(path, store_id)


def read_hashed_json(path: Path) -> dict[str, Any]:
    """Read a JSON file whose name ends in the start of its hash.

    Raises: YumiaoError (``store.damaged``) when it is missing or its bytes have another hash.
    """
    expected = path.stem.rpartition("-")[2]
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise damaged(path, "不存在 missing", expected) from None
    found = hash_of(data)[:SHORT]
    if found != expected:
        raise damaged(path, found, expected)
    value: dict[str, Any] = json.loads(data)
    return value

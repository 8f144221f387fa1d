"""A store: created, opened, read; writing goes through a draft."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from yumiao.store.bundles import find_bundles, write_bundles
from yumiao.store.canonical import SHORT, canonical_json, hash_of
from yumiao.store.faults import damaged, store_exists, writing_faults
from yumiao.store.files import Files
from yumiao.store.folder import FOLDERS, FORMAT, Folder, open_folder
from yumiao.store.locking import writer_lock
from yumiao.store.moments import read_moment
from yumiao.store.originals import read_original
from yumiao.store.roots import commit_root, move_head, read_events, read_head, read_root
from yumiao.store.shelf import Shelf
from yumiao.store.snapshot_cache import drop_old_snapshots
from yumiao.store.state import State
from yumiao.store.values import Act, Event
from yumiao.store.verifying import Progress, Verification, verify_store
from yumiao.store.writing import Draft, open_draft

WAIT_SECONDS = 30.0
"""How long a writer waits for another one, unless told otherwise."""


@dataclass(frozen=True)
class Store:
    """A folder that keeps what is known. Reading needs no lock and is never blocked.

    Attributes:
        shelf: the folder and its batches.
    """

    shelf: Shelf

    @property
    def path(self) -> Path:
        """The store's folder."""
        return self.shelf.folder.path

    @property
    def store_id(self) -> str:
        """Made when the store was created; never changes."""
        return self.shelf.folder.store_id

    def state(self, known_at: str | None = None) -> State:
        """Return what the store knows now, or knew at a moment; whole, whatever a writer does meanwhile.

        Args:
            known_at: ISO 8601 with offset; what was recorded later is left out. None: everything.
        Raises: YumiaoError when the pointer or a root is damaged, or ``known_at`` is no moment.
        """
        folder = self.shelf.folder
        root = read_root(folder, read_head(folder))
        events = read_events(folder, root)
        if known_at is not None:
            limit = read_moment(known_at)
            events = tuple(event for event in events if read_moment(event.at) <= limit)
        return State(self.shelf, root.name, known_at, events)

    def state_at(self, root: str) -> State:
        """Return what the store knew when a root held. Raises: YumiaoError when there is no such root any more."""
        folder = self.shelf.folder
        found = read_root(folder, root)
        return State(self.shelf, found.name, None, read_events(folder, found))

    @contextmanager
    def writing(self, who: str, at: str, *, wait_seconds: float = WAIT_SECONDS) -> Iterator[Draft]:
        """Write: everything done to the draft is committed when the block ends, or nothing when it raises.

        Args:
            who: the person or process that writes.
            at: the moment of recording, ISO 8601 with offset; later than everything recorded before.
            wait_seconds: how long to wait for another writer.
        Raises: YumiaoError ``store.busy``, ``store.too_early``, ``store.moment``, ``store.disk_full``,
            ``store.read_only``, ``store.damaged``; then the store is as it was.
        """
        read_moment(at)
        with writer_lock(self.path, who=who, at=at, wait_seconds=wait_seconds):
            draft = open_draft(self.shelf, self.state(), who, at)
            try:
                yield draft
                draft.commit()
            except BaseException:
                draft.abandon()
                raise

    def read_original(self, sha256: str) -> bytes:
        """Return a file as it was received.

        Raises: YumiaoError ``store.no_original``, ``store.original_destroyed`` or ``store.damaged``.
        """
        return read_original(self.shelf.folder, self.state().originals, sha256)

    def destroy_expired(
        self, today: dt.date, *, who: str, at: str, wait_seconds: float = WAIT_SECONDS
    ) -> list[str]:
        """Destroy the keys of the originals whose term ended before a day; returns their SHA-256."""
        with self.writing(who, at, wait_seconds=wait_seconds) as draft:
            return draft.destroy_expired(today)

    def compact(self) -> int:
        """Write small batches together, to be read more quickly, and drop snapshots of past states; no answer changes.

        Returns: how many batches are bundled.
        Raises: YumiaoError ``store.damaged`` when a batch is not as it was written, ``store.disk_full`` or
            ``store.read_only``.
        """
        state = self.state()
        imports = [event.details for event in state.events if event.act is Act.IMPORT]
        batches = [self.shelf.stored_batch(each["batch"], each["manifest"]) for each in imports]
        with writing_faults(self.path):
            write_bundles(self.shelf.folder, self.shelf.files, batches)
            drop_old_snapshots(self.shelf.folder, self.shelf.files, state.knowledge)
        self.shelf.forget()
        return len(find_bundles(self.shelf.folder))

    def verify(self, progress: Progress | None = None) -> Verification:
        """Check every file against its hash and every snapshot against its batches; see `Verification`."""
        return verify_store(self.shelf, progress)

    def mapping_text(self, mapping: str) -> str:
        """Return a mapping file kept, by its hash. Raises: YumiaoError when it is missing or damaged."""
        place = self.shelf.folder.mappings() / f"{mapping}.yaml"
        try:
            data = place.read_bytes()
        except OSError:
            raise damaged(place, "不存在 missing", mapping) from None
        if hash_of(data)[:SHORT] != mapping:
            raise damaged(place, hash_of(data)[:SHORT], mapping)
        return data.decode("utf-8")


def open_store(path: Path, *, files: Files | None = None) -> Store:
    """Open a store.

    Args:
        files: how the folder is written; None: as usual.
    A store with a damaged pointer opens too, so that it can be verified; reading its state says what is wrong.

    Raises: YumiaoError ``store.none``, ``store.format``, or ``store.damaged`` when ``store.json`` cannot be read.
    """
    return Store(Shelf(open_folder(Path(path)), files or Files()))


def create_store(
    path: Path, *, at: str, who: str, store_id: str | None = None, files: Files | None = None
) -> Store:
    """Create a store in a folder that is new or empty.

    Args:
        at: the moment, ISO 8601 with offset.
        store_id: its id; None: a new one drawn at random.
    Raises: YumiaoError ``store.exists``, ``store.moment``, ``store.read_only`` or ``store.disk_full``.
    """
    read_moment(at)
    path, files = Path(path), files or Files()
    unfinished = {*FOLDERS, "store.new", "HEAD.new"}
    if path.exists() and (not path.is_dir() or (path / "store.json").exists() or _others(path, unfinished)):
        raise store_exists(path)
    with writing_faults(path):
        path.mkdir(parents=True, exist_ok=True)
        folder = Folder(path, store_id or secrets.token_hex(8))
        for name in FOLDERS:
            files.make_folder(path / name)
        root = commit_root(folder, files, None, [Event(1, at, who, Act.CREATE)])
        move_head(folder, files, root)
        # `store.json` comes last: with it the folder is a store, and then everything else is there.
        text = canonical_json({"format": FORMAT, "id": folder.store_id, "created_at": at})
        files.write_durably(path / "store.new", text)
        files.sync_folder(path)
        files.rename(path / "store.new", path / "store.json")
        files.sync_folder(path)
    return Store(Shelf(folder, files))


def _others(path: Path, unfinished: set[str]) -> bool:
    """Whether a folder holds anything but what an interrupted creation left."""
    return any(each.name not in unfinished and each.name != "HEAD" for each in path.iterdir())

"""The batches of a store as they are opened: each once, however many states name it."""

from __future__ import annotations

from dataclasses import dataclass, field

from yumiao.store.batches import StoredBatch, read_manifest
from yumiao.store.bundles import Bundle, BundledBatch, bundled_batch, find_bundles
from yumiao.store.files import Files
from yumiao.store.folder import Folder


@dataclass
class Shelf:
    """Where the batches stand.

    Attributes:
        folder: of the store.
        files: how it is written.
    """

    folder: Folder
    files: Files
    _opened: dict[str, StoredBatch | BundledBatch] = field(default_factory=dict, repr=False)
    _bundles: dict[str, Bundle] | None = field(default=None, repr=False)

    def batch(self, batch_id: str, manifest_hash: str) -> StoredBatch | BundledBatch:
        """Open a batch, from a bundle where one holds it.

        Raises: YumiaoError (``store.damaged``) when its manifest is not the one recorded.
        """
        if batch_id not in self._opened:
            self._opened[batch_id] = self._open(batch_id, manifest_hash)
        return self._opened[batch_id]

    def stored_batch(self, batch_id: str, manifest_hash: str) -> StoredBatch:
        """Open a batch itself, whatever bundles there are."""
        place = self.folder.batch(batch_id)
        return StoredBatch(place, read_manifest(place, manifest_hash))

    def _open(self, batch_id: str, manifest_hash: str) -> StoredBatch | BundledBatch:
        if self._bundles is None:
            self._bundles = find_bundles(self.folder)
        bundle = self._bundles.get(batch_id)
        found = None if bundle is None else bundled_batch(bundle, batch_id, manifest_hash)
        return found or self.stored_batch(batch_id, manifest_hash)

    def forget(self) -> None:
        """Forget what was opened: the bundles have changed."""
        self._opened.clear()
        self._bundles = None

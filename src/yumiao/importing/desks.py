"""Where an import is worked out: on paper, for a look at what it would do, or in a draft of the store."""

from __future__ import annotations

from typing import Any, Protocol

from yumiao.store import AddedBatch, BatchContent, Draft, State
from yumiao.store.canonical import SHORT, hash_of
from yumiao.store.ids import mint_ids


class Desk(Protocol):
    """What an import needs of a store."""

    @property
    def state(self) -> State:
        """What is known, with everything added so far."""

    def mint(self, count: int) -> list[str]:
        """Return new ids of subjects."""

    def add_batch(self, content: BatchContent, **fields: Any) -> AddedBatch:
        """Add a batch, unless one that counts says exactly this already."""

    def keep_mapping(self, kind: str, text: str) -> str:
        """Remember a mapping file for a kind of file; returns its hash."""


class PaperDesk:
    """Works an import out without writing anything: the ids are those that would be minted now."""

    def __init__(self, state: State, *, at: str, who: str) -> None:
        self._state = state
        self._at = at
        self._who = who
        self._minted = state.minted

    @property
    def state(self) -> State:
        """What would be known."""
        return self._state

    def mint(self, count: int) -> list[str]:
        """Return the ids that would be minted."""
        ids = mint_ids(self._state.shelf.folder.store_id, self._minted, count)
        self._minted += count
        return ids

    def add_batch(self, content: BatchContent, **fields: Any) -> AddedBatch:
        """Take the batch as added."""
        proposed = self._state.including(content, at=self._at, who=self._who, **fields)
        manifest = proposed.all_batches[-1].manifest
        for batch in self._state.batches:
            if batch.manifest.content == manifest.content:
                return AddedBatch(batch.manifest.id, same_as=batch.manifest.id)
        self._state = proposed
        return AddedBatch(manifest.id)

    def keep_mapping(self, kind: str, text: str) -> str:  # noqa: ARG002 - on paper no kind remembers anything
        """Return the hash under which it would be kept."""
        return hash_of(text.encode())[:SHORT]


class DraftDesk:
    """Works an import out in a draft: it counts when the draft is committed."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    @property
    def state(self) -> State:
        """What is known with the draft so far."""
        return self._draft.state

    def mint(self, count: int) -> list[str]:
        """Mint ids."""
        return self._draft.mint(count)

    def add_batch(self, content: BatchContent, **fields: Any) -> AddedBatch:
        """Write the batch."""
        return self._draft.add_batch(content, **fields)

    def keep_mapping(self, kind: str, text: str) -> str:
        """Keep the mapping file."""
        return self._draft.keep_mapping(kind, text)

"""What is known, kept: append-only batches, identity decisions and snapshots in one folder.

The authority for facts: nothing is overwritten, a change becomes visible by one atomic move of a pointer, and a
reader never waits for a writer.
"""

from yumiao.store.opening import Store, create_store, open_store
from yumiao.store.state import State
from yumiao.store.values import (
    AddedBatch,
    BatchContent,
    BatchManifest,
    Event,
    ReceivedFile,
    no_declarations,
    no_identifiers,
)
from yumiao.store.writing import Draft

__all__ = [
    "AddedBatch",
    "BatchContent",
    "BatchManifest",
    "Draft",
    "Event",
    "ReceivedFile",
    "State",
    "Store",
    "create_store",
    "no_declarations",
    "no_identifiers",
    "open_store",
]

"""What goes into the store and what it says about it: contents, manifests, events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

import polars as pl

from yumiao.model.facts import SUBJECT, Facts
from yumiao.model.identifiers import IDENTIFIER_SCHEMA

DECLARATION_SCHEMA: dict[str, pl.DataType] = {
    "metric": pl.String(),
    "territory": pl.String(),
    "on": pl.Date(),
    "file": pl.String(),
    "listed": pl.Int64(),
    "unclear": pl.List(pl.String()),
}
"""One row per list that is complete: a yes/no metric, its territory (NULL = every subject), its date, how many it
lists, and the subjects that it may mean without naming them clearly (absence says nothing of them)."""

RECORD_COLUMNS: dict[str, pl.DataType] = {
    SUBJECT: pl.String(),
    "row_id": pl.String(),
    "file": pl.String(),
    "sheet": pl.String(),
    "cell": pl.String(),
}
"""What every row of every register has beside the register's own columns."""


def no_identifiers() -> pl.DataFrame:
    """Return an empty table of identifiers."""
    return pl.DataFrame(schema=IDENTIFIER_SCHEMA)


def no_declarations() -> pl.DataFrame:
    """Return an empty table of declared registers."""
    return pl.DataFrame(schema=DECLARATION_SCHEMA)


@dataclass(frozen=True)
class BatchContent:
    """What one intake says.

    Attributes:
        facts: one row per subject of the intake (ids minted by the store); ``sources`` has one row per known value,
            ``conflicts`` the values that lost inside the intake; the columns ``batch`` and ``recorded_at`` of both
            are not kept, they follow from the manifest.
        identifiers: as `IDENTIFIER_SCHEMA`.
        declarations: as `DECLARATION_SCHEMA`; ``unclear`` may be left out.
        records: per register one row per row received: `RECORD_COLUMNS` and the register's own.
    """

    facts: Facts
    identifiers: pl.DataFrame = field(default_factory=no_identifiers)
    declarations: pl.DataFrame = field(default_factory=no_declarations)
    records: Mapping[str, pl.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file as it was received: its name, the SHA-256 of its bytes, how many bytes."""

    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class BatchManifest:
    """What is recorded of a batch besides its facts.

    Attributes:
        id: names the batch for ever.
        kind: the kind of file or work it came from, as its mapping names it.
        source: id of the declared source of facts (``tax``, ``town``).
        territory: division code that the files speak of, or None.
        observed_on: the day for which the batch says what was so.
        recorded_at: the moment of recording, ISO 8601 with offset.
        who: the person or process that recorded it.
        files: the files received.
        mapping: hash of the mapping file in ``mappings/``, or None.
        rows: rows read.
        counts: further numbers worth showing (subjects, facts, problems).
        parts: name of each file of the batch → its SHA-256.
        content: hash of everything the batch says, whenever and by whomever it was recorded.
        note: free words.
    """

    id: str
    kind: str
    source: str
    territory: str | None
    observed_on: dt.date
    recorded_at: str
    who: str
    files: tuple[ReceivedFile, ...]
    mapping: str | None
    rows: int
    counts: Mapping[str, int]
    parts: Mapping[str, str]
    content: str
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the manifest as it is written."""
        return {**asdict(self), "observed_on": self.observed_on.isoformat()}

    @staticmethod
    def from_json(raw: Mapping[str, Any]) -> BatchManifest:
        """Read a manifest back. Raises: KeyError, TypeError, ValueError when it is none."""
        files = tuple(ReceivedFile(**each) for each in raw["files"])
        observed_on = dt.date.fromisoformat(raw["observed_on"])
        return BatchManifest(**{**raw, "files": files, "observed_on": observed_on})


class Act(StrEnum):
    """What an event records."""

    CREATE = "create"
    MINT = "mint"
    IMPORT = "import"
    REVERT = "revert"
    RESTORE = "restore"
    MERGE = "merge"
    SPLIT = "split"
    SAME = "same"
    SEPARATE = "separate"
    UNDO = "undo"
    MAPPING = "mapping"
    ORIGINAL = "original"
    DESTROY = "destroy"
    NOTE = "note"


DECISIONS = (Act.MERGE, Act.SPLIT, Act.SAME, Act.SEPARATE)
"""The acts that an undo may take back."""


@dataclass(frozen=True)
class Event:
    """One thing that happened to the store; never changed, never removed.

    Attributes:
        seq: its number, from 1.
        at: when, ISO 8601 with offset; never earlier than the event before it.
        details: what belongs to the act (``docs/developers/store.md`` lists it).
    """

    seq: int
    at: str
    who: str
    act: Act
    details: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the event as it is written."""
        return {"seq": self.seq, "at": self.at, "who": self.who, "act": self.act.value, **self.details}

    @staticmethod
    def from_json(raw: Mapping[str, Any]) -> Event:
        """Read an event back. Raises: KeyError, ValueError when it is none."""
        details = {key: value for key, value in raw.items() if key not in ("seq", "at", "who", "act")}
        return Event(int(raw["seq"]), raw["at"], raw["who"], Act(raw["act"]), details)


class Standing(StrEnum):
    """How a value received stands today.

    ``agrees``: another source than the one that counts says the same; ``lost``: it says otherwise; ``superseded``:
    its own source has said something later; ``not_yet``: observed after the day that is asked for; ``reverted``: its
    batch no longer counts.
    """

    COUNTS = "counts"
    AGREES = "agrees"
    LOST = "lost"
    SUPERSEDED = "superseded"
    NOT_YET = "not_yet"
    REVERTED = "reverted"


@dataclass(frozen=True, slots=True)
class AddedBatch:
    """The outcome of adding a batch.

    Attributes:
        id: the batch that holds the content.
        same_as: the counting batch that said exactly this already, in which case nothing was added; else None.
    """

    id: str
    same_as: str | None = None

    @property
    def is_new(self) -> bool:
        """Whether the store learned anything."""
        return self.same_as is None

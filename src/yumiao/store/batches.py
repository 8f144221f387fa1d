"""Batches as they lie in the folder: reading their parts, whole or a few rows at a time."""

from __future__ import annotations

import bisect
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

import polars as pl
import pyarrow.parquet as pq

from yumiao.model.facts import SUBJECT
from yumiao.model.problems import Problem
from yumiao.store.canonical import hash_of
from yumiao.store.contents import MANIFEST, PROBLEMS, STRIPS, decode_problems
from yumiao.store.faults import damaged
from yumiao.store.origins import Strips
from yumiao.store.values import BatchManifest

_READ_FAULTS = (OSError, ValueError, pl.exceptions.PolarsError)


class Batch(Protocol):
    """A batch that can be read: one that lies in the folder, or one that is only proposed."""

    @property
    def manifest(self) -> BatchManifest: ...

    def has(self, part: str) -> bool:
        """Whether the batch has a part."""

    def schema(self, part: str) -> Mapping[str, pl.DataType]:
        """Return the columns of a part and their types, without reading it; none where there is no such part."""

    def read(
        self, part: str, columns: Sequence[str] | None = None, *, only: pl.Series | None = None
    ) -> pl.DataFrame:
        """Read a part.

        Args:
            columns: only these; None: all.
            only: the rows of these ids alone, where the part has a column of subjects; None: all.
        Raises: YumiaoError (``store.damaged``) when it is not as it was written.
        """

    def rows_of(self, part: str, subject: str) -> list[dict[str, Any]]:
        """Return the rows of one subject in a part that is sorted by subject."""

    def strips(self) -> Strips:
        """Return the strips of the batch's origins."""


@dataclass
class StoredBatch:
    """A batch in the folder. What is opened once stays open: the files never change."""

    folder: Path
    manifest: BatchManifest
    _seen: set[str] = field(default_factory=set, repr=False)
    _finders: dict[str, RowFinder] = field(default_factory=dict, repr=False)
    _strips: Strips | None = field(default=None, repr=False)
    _schemas: dict[str, dict[str, pl.DataType]] = field(default_factory=dict, repr=False)

    def has(self, part: str) -> bool:
        return part in self.manifest.parts

    def schema(self, part: str) -> Mapping[str, pl.DataType]:
        if not self.has(part):
            return {}
        if part not in self._schemas:
            with reading(self.folder / part):
                self._schemas[part] = dict(pl.read_parquet_schema(self.folder / part))
        return self._schemas[part]

    def read(
        self, part: str, columns: Sequence[str] | None = None, *, only: pl.Series | None = None
    ) -> pl.DataFrame:
        path = self.folder / part
        self.check(part)
        with reading(path):
            if only is None:
                return pl.read_parquet(path, columns=None if columns is None else list(columns))
            rows = pl.scan_parquet(path).filter(is_one_of(only))
            wanted = pl.all() if columns is None else pl.col(list(columns))
            return rows.select(wanted).collect(engine="streaming")

    def check(self, part: str) -> None:
        """Compare a part with its hash, once. Raises: YumiaoError when they differ."""
        if part not in self._seen:
            check_file(self.folder / part, self.manifest.parts[part])
            self._seen.add(part)

    def rows_of(self, part: str, subject: str) -> list[dict[str, Any]]:
        if not self.has(part):
            return []
        if part not in self._finders:
            with reading(self.folder / part):
                self._finders[part] = RowFinder(self.folder / part)
        with reading(self.folder / part):
            return self._finders[part].find(subject)

    def strips(self) -> Strips:
        if self._strips is None:
            data = check_file(self.folder / STRIPS, self.manifest.parts[STRIPS])
            self._strips = Strips.from_json(json.loads(data))
        return self._strips

    def problems(self) -> tuple[Problem, ...]:
        """Return what could not be read when the batch was made."""
        if not self.has(PROBLEMS):
            return ()
        return decode_problems(check_file(self.folder / PROBLEMS, self.manifest.parts[PROBLEMS]))


@dataclass
class ProposedBatch:
    """A batch that is not in the folder: its parts are in memory."""

    manifest: BatchManifest
    parts: Mapping[str, bytes]

    def has(self, part: str) -> bool:
        return part in self.parts

    def schema(self, part: str) -> Mapping[str, pl.DataType]:
        return dict(pl.read_parquet_schema(BytesIO(self.parts[part]))) if self.has(part) else {}

    def read(
        self, part: str, columns: Sequence[str] | None = None, *, only: pl.Series | None = None
    ) -> pl.DataFrame:
        rows = pl.read_parquet(BytesIO(self.parts[part]))
        found = rows if only is None else rows.filter(is_one_of(only))
        return found if columns is None else found.select(columns)

    def rows_of(self, part: str, subject: str) -> list[dict[str, Any]]:
        if not self.has(part):
            return []
        return self.read(part).filter(pl.col(SUBJECT) == subject).to_dicts()

    def strips(self) -> Strips:
        return Strips.from_json(json.loads(self.parts[STRIPS]))


def is_one_of(ids: pl.Series) -> pl.Expr:
    """Whether a row is about one of some ids; groups of a file that can hold none of them are not read."""
    is_one = pl.col(SUBJECT).is_in(ids.implode())
    if ids.is_empty():
        return is_one
    first, last = (pl.lit(end, pl.String) for end in (ids.min(), ids.max()))
    return pl.col(SUBJECT).is_between(first, last) & is_one


class RowFinder:
    """Finds the rows of one subject in a Parquet file sorted by subject, reading only the groups that may hold it."""

    def __init__(self, path: Path) -> None:
        self.file = pq.ParquetFile(path, memory_map=True)
        data = self.file.metadata
        place = self.file.schema_arrow.get_field_index(SUBJECT)
        ends = [data.row_group(group).column(place).statistics for group in range(data.num_row_groups)]
        self.lowest = [end.min for end in ends]
        self.highest = [end.max for end in ends]

    def find(self, subject: str) -> list[dict[str, Any]]:
        """Return the rows of a subject, in the file's order."""
        first = bisect.bisect_left(self.highest, subject)
        last = bisect.bisect_right(self.lowest, subject)
        rows: list[dict[str, Any]] = []
        for group in range(first, last):
            table = self.file.read_row_group(group, use_threads=False)
            names = table.column(SUBJECT)
            start, end = (
                half(range(len(names)), subject, key=lambda place: names[place].as_py())
                for half in (bisect.bisect_left, bisect.bisect_right)
            )
            if start < end:
                rows += table.slice(start, end - start).to_pylist()
        return rows


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Say that a file of the store is damaged when it cannot be read."""
    try:
        yield
    except _READ_FAULTS as error:
        found = "不存在 missing" if isinstance(error, FileNotFoundError) else "无法解读 unreadable"
        raise damaged(path, found, "Parquet") from error


def check_file(path: Path, expected: str) -> bytes:
    """Return the bytes of a file. Raises: YumiaoError (``store.damaged``) unless they have the expected hash."""
    try:
        data = path.read_bytes()
    except OSError:
        raise damaged(path, "不存在或无法读取 missing or unreadable", f"SHA-256 {expected}") from None
    found = hash_of(data)
    if found != expected:
        raise damaged(path, f"SHA-256 {found}", f"SHA-256 {expected}")
    return data


def read_manifest(folder: Path, expected: str) -> BatchManifest:
    """Read the manifest of a batch. Raises: YumiaoError (``store.damaged``) unless it is the one recorded."""
    return BatchManifest.from_json(json.loads(check_file(folder / MANIFEST, expected)))

"""Many small batches together in one place, read instead of them: quicker, never the authority.

A bundle repeats the parts of its batches, rows one batch after another, and their manifests. A batch read from a
bundle gives exactly what it gives itself; a bundle that is damaged or gone is passed over.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from yumiao.model.facts import SUBJECT
from yumiao.model.problems import Problem, YumiaoError
from yumiao.store.batches import StoredBatch, check_file, is_one_of
from yumiao.store.canonical import canonical_json, hash_of, short_hash
from yumiao.store.contents import PROBLEMS, STRIPS, decode_problems, encode_frame
from yumiao.store.files import Files
from yumiao.store.folder import Folder
from yumiao.store.origins import Strips
from yumiao.store.values import BatchManifest

BUNDLE = "bundle.json"
SMALL = 20_000
"""Subjects up to which a batch goes into a bundle."""

FULL = 1_000_000
"""Rows after which another bundle is begun."""


@dataclass(frozen=True)
class Bundle:
    """A folder below ``compact/``.

    Attributes:
        folder: where it is.
        entries: batch id → its manifest, the columns of its parts, where its rows begin and how many there are.
        parts: file name → SHA-256.
    """

    folder: Path
    entries: Mapping[str, Mapping[str, Any]]
    parts: Mapping[str, str]
    _frames: dict[str, pl.DataFrame] = field(default_factory=dict, repr=False, compare=False)
    _strips: dict[str, Strips] = field(default_factory=dict, repr=False, compare=False)

    def frame(self, part: str) -> pl.DataFrame:
        """Return the rows of all batches in a part. Raises: YumiaoError when it is damaged."""
        if part not in self._frames:
            data = check_file(self.folder / part, self.parts[part])
            self._frames[part] = pl.read_parquet(BytesIO(data))
        return self._frames[part]

    @cached_property
    def strips(self) -> Mapping[str, Any]:
        """The strips of each batch, as they are written."""
        found: Mapping[str, Any] = json.loads(check_file(self.folder / STRIPS, self.parts[STRIPS]))
        return found

    def strips_of(self, batch_id: str) -> Strips:
        """Return the strips of one batch."""
        if batch_id not in self._strips:
            self._strips[batch_id] = Strips.from_json(self.strips[batch_id])
        return self._strips[batch_id]

    def rows_of(self, part: str, subject: str) -> list[int]:
        """Return where the rows of a subject are in a part."""
        if part not in self._places:
            places: dict[str, list[int]] = {}
            for place, each in enumerate(self.frame(part)[SUBJECT]):
                places.setdefault(each, []).append(place)
            self._places[part] = places
        return self._places[part].get(subject, [])

    @cached_property
    def _places(self) -> dict[str, dict[str, list[int]]]:
        return {}


@dataclass(frozen=True)
class BundledBatch:
    """A batch read from a bundle."""

    bundle: Bundle
    manifest: BatchManifest

    @property
    def _parts(self) -> Mapping[str, Any]:
        parts: Mapping[str, Any] = self.bundle.entries[self.manifest.id]["parts"]
        return parts

    def has(self, part: str) -> bool:
        return part in self.manifest.parts

    def schema(self, part: str) -> Mapping[str, pl.DataType]:
        if part not in self._parts:
            return {}
        types = self.bundle.frame(part).schema
        return {name: types[name] for name in self._parts[part]["columns"]}

    def read(
        self, part: str, columns: Sequence[str] | None = None, *, only: pl.Series | None = None
    ) -> pl.DataFrame:
        place = self._parts[part]
        rows = self.bundle.frame(part).slice(place["first"], place["rows"])
        rows = rows if only is None else rows.filter(is_one_of(only))
        return rows.select(place["columns"] if columns is None else list(columns))

    def rows_of(self, part: str, subject: str) -> list[dict[str, Any]]:
        if part not in self._parts:
            return []
        place = self._parts[part]
        first, end = place["first"], place["first"] + place["rows"]
        found = [row for row in self.bundle.rows_of(part, subject) if first <= row < end]
        frame = self.bundle.frame(part)
        return [{name: frame[name][row] for name in place["columns"]} for row in found]

    def strips(self) -> Strips:
        return self.bundle.strips_of(self.manifest.id)

    def problems(self) -> tuple[Problem, ...]:
        """Return what could not be read when the batch was made."""
        return decode_problems(canonical_json(self.bundle.entries[self.manifest.id]["problems"]))


def find_bundles(folder: Folder) -> dict[str, Bundle]:
    """Return for each batch the bundle that holds it; damaged bundles are passed over."""
    found: dict[str, Bundle] = {}
    places = sorted(folder.compact().iterdir()) if folder.compact().is_dir() else []
    for place in places:
        bundle = _open_bundle(place)
        if bundle is not None:
            found.update(dict.fromkeys(bundle.entries, bundle))
    return found


def _open_bundle(place: Path) -> Bundle | None:
    try:
        raw = json.loads((place / BUNDLE).read_bytes())
        if short_hash(raw) != place.name:
            return None
        return Bundle(place, raw["batches"], raw["parts"])
    except (OSError, ValueError, KeyError):
        return None


def bundled_batch(bundle: Bundle, batch_id: str, manifest_hash: str) -> BundledBatch | None:
    """Return a batch from a bundle; None when it is not the batch recorded, or the bundle is damaged."""
    manifest = bundle.entries[batch_id]["manifest"]
    if hash_of(canonical_json(manifest)) != manifest_hash:
        return None
    try:
        for part in bundle.entries[batch_id]["parts"]:
            bundle.frame(part)
        bundle.strips  # noqa: B018 - read now, so that a damaged bundle is found out before anybody relies on it
    except (YumiaoError, pl.exceptions.PolarsError):
        return None
    return BundledBatch(bundle, BatchManifest.from_json(manifest))


def write_bundles(folder: Folder, files: Files, batches: Iterable[StoredBatch]) -> list[Path]:
    """Bundle the small ones of some batches, in order; returns the bundles that hold them now.

    Batches whose columns have other types than those before them stay as they are.
    """
    groups: list[list[StoredBatch]] = []
    rows, types = FULL, dict[tuple[str, str], pl.DataType]()
    for batch in batches:
        own = {(part, name): kind for part in _tables(batch) for name, kind in batch.schema(part).items()}
        is_odd = any(types.get(key, kind) != kind for key, kind in own.items())
        if batch.manifest.counts["subjects"] > SMALL or is_odd:
            continue
        if rows >= FULL:
            groups.append([])
            rows = 0
        types |= own
        groups[-1].append(batch)
        rows += batch.manifest.counts["subjects"] + batch.manifest.counts.get("records", 0)
    written = [_write_bundle(folder, files, group) for group in groups if len(group) > 1]
    for place in folder.compact().iterdir():
        if place not in written:
            files.remove_folder(place)
    return written


def _tables(batch: StoredBatch) -> list[str]:
    return [part for part in batch.manifest.parts if part.endswith(".parquet")]


def _write_bundle(folder: Folder, files: Files, batches: Sequence[StoredBatch]) -> Path:
    frames: dict[str, list[pl.DataFrame]] = {}
    entries = {batch.manifest.id: _entry(batch, frames) for batch in batches}
    data = {part: encode_frame(pl.concat(each, how="diagonal")) for part, each in frames.items()}
    data[STRIPS] = canonical_json({batch.manifest.id: batch.strips().as_json() for batch in batches})
    described = {"batches": entries, "parts": {name: hash_of(each) for name, each in data.items()}}
    place = folder.compact() / short_hash(described)
    if place.exists():
        return place
    aside = place.with_name(f".{place.name}-{os.getpid()}")
    try:
        files.make_folder(aside)
        for name, each in data.items():
            files.write_durably(aside / name, each)
        files.write_durably(aside / BUNDLE, canonical_json(described))
        files.sync_folder(aside)
        files.rename(aside, place)
        files.sync_folder(folder.compact())
    except OSError:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return place


def _entry(batch: StoredBatch, frames: dict[str, list[pl.DataFrame]]) -> dict[str, Any]:
    """Describe a batch's place in a bundle, and add its rows to it."""
    parts = {}
    for part in _tables(batch):
        frame = batch.read(part)
        before = frames.setdefault(part, [])
        parts[part] = {
            "first": sum(each.height for each in before),
            "rows": frame.height,
            "columns": frame.columns,
        }
        before.append(frame)
    problems = json.loads((batch.folder / PROBLEMS).read_bytes()) if batch.has(PROBLEMS) else []
    return {"manifest": batch.manifest.as_json(), "parts": parts, "problems": problems}

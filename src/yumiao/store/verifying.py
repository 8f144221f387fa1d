"""The proof that a store is as it was written: every file against its hash, every snapshot against its batches."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import polars as pl

from yumiao.model.facts import Facts
from yumiao.model.problems import Problem, Severity, YumiaoError
from yumiao.model.text import Text
from yumiao.store.aliases import Aliases
from yumiao.store.batches import StoredBatch, check_file, read_manifest
from yumiao.store.bundles import BUNDLE
from yumiao.store.canonical import SHORT, hash_of, short_hash
from yumiao.store.contents import MANIFEST
from yumiao.store.faults import damaged
from yumiao.store.folder import Folder, read_hashed_json
from yumiao.store.knowledge import Knowledge
from yumiao.store.originals import originals_of, read_original
from yumiao.store.roots import Root, read_head, read_root, walk_roots
from yumiao.store.shelf import Shelf
from yumiao.store.snapshot_cache import SNAPSHOT, question_of, read_snapshot
from yumiao.store.snapshots import build_snapshot
from yumiao.store.sweeping import unreferenced
from yumiao.store.values import Act, Event

Progress = Callable[[Text, int, int], None]
"""Told what is being checked, how many things are done, and how many there are."""


@dataclass
class Verification:
    """What a check of a store found.

    Attributes:
        checked: kind of thing (``root``, ``batch``, ``file``, ``mapping``, ``original``, ``snapshot``, ``bundle``) →
            how many were checked.
        problems: what is damaged (errors), and what lies about to no use (warnings).
    """

    checked: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether everything is as it was written."""
        return all(problem.severity is not Severity.ERROR for problem in self.problems)

    def count(self, what: str) -> None:
        """Note that one more thing was checked."""
        self.checked[what] = self.checked.get(what, 0) + 1

    def note(self, error: YumiaoError, path: Path) -> None:
        """Note a damage."""
        self.problems.append(Problem(error.code, error.text, file=str(path)))


def verify_store(shelf: Shelf, progress: Progress | None = None) -> Verification:
    """Check everything in a store, and go on after each damage to name them all.

    Nothing is written. A snapshot is built again from its batches and compared; a bundle is compared with its
    batches row by row.
    """
    found = Verification()
    folder = shelf.folder
    try:
        root = read_root(folder, read_head(folder))
        events = _verify_roots(folder, root, found)
    except YumiaoError as error:
        found.note(error, folder.head)
        found.problems.append(_last_whole_root(folder))
        return found
    tell = progress or (lambda *_: None)
    imports = [event for event in events if event.act is Act.IMPORT]
    kept = [
        path for path in (*folder.snapshots().iterdir(), *folder.compact().iterdir()) if path.name[0] != "."
    ]
    total = len(imports) + len(kept) + 1
    batches: dict[str, StoredBatch] = {}
    for done, event in enumerate(imports):
        tell(
            Text(f"核对批次 {event.details['batch']}", f"checking the batch {event.details['batch']}"),
            done,
            total,
        )
        _verify_batch(folder, event, found, batches)
    tell(Text("核对映射与原件", "checking mappings and originals"), len(imports), total)
    _verify_mappings(folder, events, found)
    _verify_originals(folder, events, found)
    for done, place in enumerate(kept, start=len(imports) + 1):
        tell(Text(f"重建 {place.name}", f"rebuilding {place.name}"), done, total)
        check = _verify_snapshot if place.parent == folder.snapshots() else _verify_bundle
        check(place, batches, found)
    found.problems += [_useless(path) for path in unreferenced(folder, root, events)]
    return found


def _verify_roots(folder: Folder, root: Root, found: Verification) -> tuple[Event, ...]:
    """Check the chain of roots: each is what its name says, and only adds events to the one before it."""
    events = _events_afresh(folder, root)
    following = root
    for each in walk_roots(folder, root.name):
        found.count("root")
        own = _events_afresh(folder, each)
        is_next = each is root or each.number == following.number - 1 or each.name == following.name
        if (
            own != events[: len(own)]
            or not is_next
            or [event.seq for event in own] != list(range(1, len(own) + 1))
        ):
            place = folder.roots() / f"{each.name}.json"
            found.note(damaged(place, "事件不相接 events do not join", f"{following.name}"), place)
        following = each
    return events


def _events_afresh(folder: Folder, root: Root) -> tuple[Event, ...]:
    """Read the events of a root from the disk, whatever this process has read before."""
    closed = [read_hashed_json(folder.chapters() / f"{name}.json")["events"] for name in root.chapters]
    return (*(Event.from_json(raw) for chapter in closed for raw in chapter), *root.open_events)


def _last_whole_root(folder: Folder) -> Problem:
    """Say which root could be pointed to by hand."""
    whole = "?"
    for path in sorted(folder.roots().glob("*.json"), reverse=True):
        if hash_of(path.read_bytes())[:SHORT] == path.stem.rpartition("-")[2]:
            whole = path.stem
            break
    text = Text(
        f"最近一个完好的状态是 {whole}；若备份不可用，把这一行写入 HEAD 即恢复到该状态。",
        f"The latest state that is whole is {whole}; if there is no backup, this line in HEAD brings it back.",
    )
    return Problem("store.last_whole_root", text, file=str(folder.head), found=whole)


def _verify_batch(folder: Folder, event: Event, found: Verification, batches: dict[str, StoredBatch]) -> None:
    place = folder.batch(event.details["batch"])
    found.count("batch")
    try:
        manifest = read_manifest(place, event.details["manifest"])
    except YumiaoError as error:
        found.note(error, place / MANIFEST)
        return
    is_whole = True
    for part, expected in manifest.parts.items():
        found.count("file")
        try:
            check_file(place / part, expected)
        except YumiaoError as error:
            found.note(error, place / part)
            is_whole = False
    strange = {path.name for path in place.iterdir()} - {*manifest.parts, MANIFEST}
    found.problems += [_useless(place / name) for name in sorted(strange)]
    if is_whole:
        batches[manifest.id] = StoredBatch(place, manifest)


def _verify_mappings(folder: Folder, events: tuple[Event, ...], found: Verification) -> None:
    for name in sorted({event.details["mapping"] for event in events if event.act is Act.MAPPING}):
        found.count("mapping")
        place = folder.mappings() / f"{name}.yaml"
        actual = hash_of(place.read_bytes())[:SHORT] if place.is_file() else "不存在 missing"
        if actual != name:
            found.note(damaged(place, actual, name), place)


def _verify_originals(folder: Folder, events: tuple[Event, ...], found: Verification) -> None:
    originals = originals_of(events)
    for sha256, original in originals.items():
        if original.destroyed_at is None:
            found.count("original")
            try:
                read_original(folder, originals, sha256)
            except YumiaoError as error:
                found.note(error, folder.originals() / f"{sha256}.enc")


def _verify_snapshot(place: Path, batches: dict[str, StoredBatch], found: Verification) -> None:
    found.count("snapshot")
    kept = read_snapshot(place)
    if kept is None:
        found.note(damaged(place / SNAPSHOT, "与哈希不符 other hash", place.name), place)
        return
    described = json.loads((place / SNAPSHOT).read_bytes())["of"]
    if short_hash(described) != place.name:
        found.note(damaged(place / SNAPSHOT, short_hash(described), place.name), place)
        return
    names = [name for name, _ in described["batches"]]
    if not all(name in batches for name in names):
        return  # the batch that is damaged was named already
    aliases = Aliases(described["aliases"]["general"], described["aliases"]["by_batch"])
    knowledge = Knowledge(tuple(batches[name] for name in names), frozenset(), aliases)
    built = build_snapshot(knowledge, question_of(described), with_sources=described["with_sources"])
    if not _same(kept, built):
        found.note(
            damaged(place, "与批次不符 differs from its batches", "重建结果 the snapshot rebuilt"), place
        )


def _same(left: Facts, right: Facts) -> bool:
    return all(getattr(left, part).equals(getattr(right, part)) for part in ("table", "sources", "conflicts"))


def _verify_bundle(place: Path, batches: dict[str, StoredBatch], found: Verification) -> None:
    found.count("bundle")
    try:
        raw = json.loads(check_bundle_text(place))
        frames = {
            part: pl.read_parquet(BytesIO(check_file(place / part, expected)))
            for part, expected in raw["parts"].items()
            if part.endswith(".parquet")
        }
    except YumiaoError as error:
        found.note(error, place)
        return
    for batch_id, entry in raw["batches"].items():
        for part, rows in entry["parts"].items():
            if batch_id not in batches:
                continue
            kept = frames[part].slice(rows["first"], rows["rows"]).select(rows["columns"])
            if not kept.equals(batches[batch_id].read(part)):
                found.note(damaged(place / part, f"与 {batch_id} 不符 differs from {batch_id}", part), place)


def check_bundle_text(place: Path) -> bytes:
    """Return the description of a bundle. Raises: YumiaoError unless it is the one that its folder is named after."""
    path = place / BUNDLE
    data = path.read_bytes() if path.is_file() else b""
    found = hash_of(data)[:SHORT]
    if found != place.name:
        raise damaged(path, found, place.name)
    return data


def _useless(path: Path) -> Problem:
    text = Text(
        f"{path.name} 不属于任何一次提交，可能是中断的写入留下的；下次写入时会清除。",
        f"{path.name} belongs to no commit; an interrupted writer may have left it. The next writer removes it.",
    )
    return Problem("store.unreferenced", text, file=str(path), severity=Severity.WARNING)

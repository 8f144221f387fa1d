"""What an interrupted writer left behind is removed by the next one, who holds the lock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from yumiao.store.files import Files
from yumiao.store.folder import Folder
from yumiao.store.originals import originals_of
from yumiao.store.roots import Root
from yumiao.store.values import Act, Event


def sweep(folder: Folder, files: Files, root: Root, events: Sequence[Event]) -> list[Path]:
    """Remove every file that a state does not name and no reader can have seen; returns what was removed."""
    removed = list(unreferenced(folder, root, events))
    for path in removed:
        if path.is_dir():
            files.remove_folder(path)
        else:
            files.remove(path)
    return removed


def unreferenced(folder: Folder, root: Root, events: Sequence[Event]) -> Iterator[Path]:
    """Yield what lies in the folder of a store and belongs to no commit; snapshots and bundles do not count."""
    yield from (path for path in folder.roots().iterdir() if not _is_root(path, root.number))
    yield from (path for path in folder.chapters().iterdir() if path.stem not in root.chapters)
    batches = {event.details["batch"] for event in events if event.act is Act.IMPORT}
    yield from (path for path in folder.batches().iterdir() if path.name not in batches)
    mappings = {event.details["mapping"] for event in events if event.act is Act.MAPPING}
    yield from (path for path in folder.mappings().iterdir() if path.stem not in mappings)
    kept = {sha256 for sha256, each in originals_of(events).items() if each.destroyed_at is None}
    for place in (folder.originals(), folder.keys()):
        yield from (path for path in place.iterdir() if path.stem not in kept)
    yield from (path for path in folder.path.glob("*.new") if path.is_file())


def _is_root(path: Path, number: int) -> bool:
    """Whether a root may be one of the chain: a commit that failed left one with a higher number."""
    digits = path.stem.partition("-")[0]
    return path.suffix == ".json" and digits.isdigit() and int(digits) <= number

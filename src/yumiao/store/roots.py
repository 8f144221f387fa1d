"""Roots: each the whole state of a store at one commit, and the pointer to the one that holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from yumiao.store.canonical import SHORT, canonical_json, hash_of
from yumiao.store.faults import damaged
from yumiao.store.files import Files
from yumiao.store.folder import Folder, read_hashed_json
from yumiao.store.values import Event

CHAPTER = 256
"""Events that a closed chapter holds: a root names closed chapters and spells out only the events after them."""

_ROOT_NAME = re.compile(rf"[0-9]{{8,}}-[0-9a-f]{{{SHORT}}}")


@dataclass(frozen=True)
class Root:
    """The state of a store after a commit.

    Attributes:
        name: number and hash of the root's text.
        number: 1 for the first.
        parent: name of the root before it, or None.
        chapters: names of the closed chapters, in order.
        open_events: events after the last closed chapter.
    """

    name: str
    number: int
    parent: str | None
    chapters: tuple[str, ...]
    open_events: tuple[Event, ...]


def read_head(folder: Folder) -> str:
    """Return the name of the root that holds. Raises: YumiaoError when the pointer is damaged."""
    try:
        text = folder.head.read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        raise damaged(folder.head, "不存在或不是文本 missing or no text", "00000001-…") from None
    if not _ROOT_NAME.fullmatch(text):
        raise damaged(folder.head, repr(text[:40]), "00000001-…")
    return text


def read_root(folder: Folder, name: str) -> Root:
    """Read one root. Raises: YumiaoError when its file is missing or damaged."""
    raw = read_hashed_json(folder.roots() / f"{name}.json")
    events = tuple(Event.from_json(each) for each in raw["events"])
    return Root(name, raw["number"], raw["parent"], tuple(raw["chapters"]), events)


def read_events(folder: Folder, root: Root) -> tuple[Event, ...]:
    """Return every event up to a root, in order. Raises: YumiaoError when a chapter is damaged."""
    closed = [event for name in root.chapters for event in _read_chapter(folder.chapters() / f"{name}.json")]
    return (*closed, *root.open_events)


@lru_cache(maxsize=4096)
def _read_chapter(path: Path) -> tuple[Event, ...]:
    """Chapters never change, and their name holds their hash: reading one once is enough."""
    return tuple(Event.from_json(each) for each in read_hashed_json(path)["events"])


def walk_roots(folder: Folder, name: str) -> Iterator[Root]:
    """Yield a root and all before it, latest first. Raises: YumiaoError at the first that is damaged."""
    following: str | None = name
    while following is not None:
        root = read_root(folder, following)
        yield root
        following = root.parent


def commit_root(folder: Folder, files: Files, parent: Root | None, events: Iterable[Event]) -> str:
    """Write a new root and what it names; nothing holds before `move_head`.

    Args:
        events: the new events, in order.
    Returns: the root's name.
    """
    chapters = () if parent is None else parent.chapters
    still_open = [*(() if parent is None else parent.open_events), *events]
    while len(still_open) >= 2 * CHAPTER:
        chapters = (*chapters, _write_chapter(folder, files, still_open[:CHAPTER]))
        still_open = still_open[CHAPTER:]
    if parent is None or chapters != parent.chapters:
        files.sync_folder(folder.chapters())
    number = 1 if parent is None else parent.number + 1
    text = canonical_json(
        {
            "number": number,
            "parent": None if parent is None else parent.name,
            "chapters": chapters,
            "events": [event.as_json() for event in still_open],
        }
    )
    name = f"{number:08d}-{hash_of(text)[:SHORT]}"
    files.write_durably(folder.roots() / f"{name}.json", text)
    files.sync_folder(folder.roots())
    return name


def _write_chapter(folder: Folder, files: Files, events: list[Event]) -> str:
    text = canonical_json({"events": [event.as_json() for event in events]})
    name = f"{events[0].seq:08d}-{hash_of(text)[:SHORT]}"
    files.write_durably(folder.chapters() / f"{name}.json", text)
    return name


def move_head(folder: Folder, files: Files, name: str) -> None:
    """Make a root the one that holds: this one rename is the commit. The caller syncs the folder after it."""
    aside = folder.path / "HEAD.new"
    files.write_durably(aside, f"{name}\n".encode())
    files.rename(aside, folder.head)

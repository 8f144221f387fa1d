"""The manifest of a backup: what it holds, with a checksum of every file; and the check against it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from yumiao.district.personal import canonical_json
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text

FORMAT = "yumiao-backup/1"
MANIFEST, SEAL = "manifest.json", "manifest.sha256"
_BLOCK = 1 << 20

Tell = Callable[[Text, int, int], None]
"""Told what is done, how many things are done, and how many there are."""


@dataclass(frozen=True)
class Kept:
    """One file of a backup."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself.

    Attributes:
        id: names the backup and binds its keys to it.
        at: the moment of its point, ISO 8601 with offset.
        version: of the program that made it.
        vendor: ``sqlite`` or ``postgresql``.
        migrations: application → its last migration.
        store_root: name of the store's root at that point; empty where there was no store.
        keys: ``inside``, ``apart``, ``encrypted`` or ``none``; of a part that holds keys only: ``inside``.
        key_names: every file that is a key, wherever it went.
        files: name → checksum.
    """

    id: str
    at: str
    version: str
    vendor: str
    migrations: Mapping[str, str]
    store_root: str
    keys: str
    key_names: tuple[str, ...]
    files: Mapping[str, Kept]


def write_manifest(folder: Path, manifest: Manifest) -> str:
    """Write a manifest and its checksum into a backup; returns the checksum."""
    text = canonical_json({"format": FORMAT, **asdict(manifest)}).encode()
    (folder / MANIFEST).write_bytes(text)
    digest = hashlib.sha256(text).hexdigest()
    (folder / SEAL).write_text(f"{digest}  {MANIFEST}\n", encoding="ascii")
    return digest


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a backup.

    Raises: YumiaoError ``backup.none`` where there is none, ``backup.damaged`` where it was changed.
    """
    try:
        text = (folder / MANIFEST).read_bytes()
        sealed = (folder / SEAL).read_text(encoding="ascii").split()[0]
    except (OSError, ValueError, IndexError):
        raise YumiaoError(
            "backup.none",
            Text(
                f"{folder} 不是备份：应为 yumiao backup 写出的文件夹，内有 {MANIFEST} 和 {SEAL}。",
                f"{folder} is no backup: expected a folder written by yumiao backup, with {MANIFEST} and {SEAL}.",
            ),
        ) from None
    if hashlib.sha256(text).hexdigest() != sealed:
        raise damaged(folder, [_problem(MANIFEST, "被改过", "was changed")])
    return _manifest_of(json.loads(text), folder)


def _manifest_of(raw: dict[str, Any], folder: Path) -> Manifest:
    if raw.pop("format", None) != FORMAT:
        raise YumiaoError(
            "backup.format",
            Text(
                f"{folder} 的格式本版本不认识，应为 {FORMAT}。请用写出它的版本恢复。",
                f"{folder} has a format that this version does not know; expected {FORMAT}. Restore it with the "
                "version that wrote it.",
            ),
        )
    files = {name: Kept(**kept) for name, kept in raw.pop("files").items()}
    return Manifest(**{**raw, "files": files, "key_names": tuple(raw["key_names"])})


def checksum(path: Path) -> Kept:
    """Return the checksum of a file."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return Kept(digest.hexdigest(), size)


def verify_files(folder: Path, manifest: Manifest, tell: Tell | None = None) -> None:
    """Read every file of a backup again. Raises: YumiaoError (``backup.damaged``) naming all that differ."""
    problems, total = [], len(manifest.files)
    for done, (name, kept) in enumerate(manifest.files.items()):
        if tell is not None:
            tell(Text("核对备份", "checking the backup"), done, total)
        path = folder / name
        if not path.is_file():
            problems.append(_problem(name, "不见了", "is missing"))
        elif checksum(path) != kept:
            problems.append(_problem(name, "与校验和不符", "differs from its checksum"))
    if problems:
        raise damaged(folder, problems)


def damaged(folder: Path, problems: list[Problem]) -> YumiaoError:
    """Return the error that names every damaged file of a backup."""
    return YumiaoError(
        "backup.damaged",
        Text(
            f"备份 {folder} 有 {len(problems)} 个文件不对，不能使用；请换另一份备份。",
            f"{len(problems)} files of the backup {folder} are wrong; it cannot be used. Take another backup.",
        ),
        tuple(problems),
    )


def _problem(name: str, zh: str, en: str) -> Problem:
    return Problem("backup.file", Text(f"{name} {zh}。", f"{name} {en}."))

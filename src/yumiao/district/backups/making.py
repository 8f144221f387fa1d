"""Making a backup: one point under the store's writer lock, copied aside, checked, then named in one step."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from yumiao.district.backups.contents import Places, files_of, is_inside, is_key
from yumiao.district.backups.databases import (
    POSTGRESQL_DUMP,
    SQLITE_COPY,
    copy_sqlite,
    dump_postgresql,
)
from yumiao.district.backups.key_parts import ENCRYPTED, encrypt_keys
from yumiao.district.backups.manifests import Manifest, Tell, checksum, verify_files, write_manifest
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.store.locking import writer_lock

WAIT_SECONDS = 300.0
"""How long a backup waits for a writer of the store to finish."""


@dataclass(frozen=True)
class Made:
    """A backup that was made.

    Attributes:
        folder: where it lies.
        keys: folder of its keys; None where they are encrypted inside or not kept.
        digest: SHA-256 of its manifest.
        unreadable: what a machine that has only this backup cannot read; empty when nothing.
    """

    folder: Path
    keys: Path | None
    digest: str
    manifest: Manifest
    unreadable: tuple[Text, ...]


@dataclass(frozen=True)
class KeysTo:
    """Where the keys of a backup go: a folder apart, a passphrase, or (neither) nowhere."""

    folder: Path | None = None
    passphrase: str = ""

    @property
    def way(self) -> str:
        return "apart" if self.folder else "encrypted" if self.passphrase else "none"


def make_backup(
    places: Places, into: Path, *, keys: KeysTo, at: str, version: str, tell: Tell | None = None
) -> Made:
    """Make a backup in a new folder; the site may run meanwhile, writers of the store wait for a moment only.

    The order is store first, then SQL, as everything is written; files that are named by either are linked aside while
    the lock is held and copied after it.

    Args:
        into: folder in which the new folder is made.
        at: the moment, ISO 8601 with offset.
    Raises: YumiaoError; nothing is left behind then.
    """
    _require_apart(places, into, keys)
    backup_id = secrets.token_hex(8)
    name = f"yumiao-{''.join(c for c in at[:19] if c.isdigit())}-{backup_id}"
    aside = into / f".{name}.tmp"
    staged = {root: places.root(root) / f".backup-{backup_id}" for root in ("data", "store")}
    try:
        aside.mkdir(mode=0o700, parents=True)
        migrations, root_name, secret = _take_point(places, staged, aside, at)
        _copy_staged(staged, aside, tell)
        vendor = "sqlite" if places.is_sqlite else "postgresql"
        point = _Point(backup_id, at, version, vendor, migrations, root_name)
        made = _finish(aside, into / name, keys, secret, point, tell)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    finally:
        for folder in staged.values():
            shutil.rmtree(folder, ignore_errors=True)
    return made


@dataclass(frozen=True)
class _Point:
    backup_id: str
    at: str
    version: str
    vendor: str
    migrations: Mapping[str, str]
    root: str


def _take_point(
    places: Places, staged: Mapping[str, Path], aside: Path, at: str
) -> tuple[dict[str, str], str, dict[str, bytes]]:
    """Hold the store still, take the tables, link all else aside; keys are copied, as they may be overwritten."""
    (aside / "sql").mkdir(mode=0o700)
    with _store_held(places, at):
        _link_all(places, staged)
        if places.is_sqlite:
            migrations = copy_sqlite(Path(str(places.database["NAME"])), aside / SQLITE_COPY)
        else:
            migrations = dump_postgresql(places.database, aside / POSTGRESQL_DUMP)
        _link_all(places, staged)  # files that came while the tables were read
        secret = {name: _source(places, name).read_bytes() for name in files_of(places) if is_key(name)}
        head = (places.store / "HEAD").read_text(encoding="ascii").strip() if places.has_store else ""
    return migrations, head, secret


def _store_held(places: Places, at: str) -> AbstractContextManager[None]:
    if not places.has_store:
        return nullcontext()
    return writer_lock(places.store, who="backup", at=at, wait_seconds=WAIT_SECONDS)


def _source(places: Places, name: str) -> Path:
    root, _, rest = name.partition("/")
    return places.root(root) / rest


def _link_all(places: Places, staged: Mapping[str, Path]) -> None:
    for name in files_of(places):
        root, _, rest = name.partition("/")
        target = staged[root] / rest
        if is_key(name) or target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        source = places.root(root) / rest
        try:
            os.link(source, target)
        except FileNotFoundError:
            continue  # it went meanwhile, and its row with it
        except OSError:
            shutil.copyfile(source, target)  # a file system without links


def _copy_staged(staged: Mapping[str, Path], aside: Path, tell: Tell | None) -> None:
    waiting = [
        (path, aside / root / path.relative_to(folder))
        for root, folder in staged.items()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    for done, (source, target) in enumerate(waiting):
        if tell is not None:
            tell(Text("复制文件", "copying files"), done, len(waiting))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        target.chmod(0o600)


def _finish(
    aside: Path, folder: Path, keys: KeysTo, secret: dict[str, bytes], point: _Point, tell: Tell | None
) -> Made:
    """Write the keys and the manifest, read everything again, make it durable, and give it its name."""
    if keys.passphrase:
        (aside / ENCRYPTED).write_bytes(encrypt_keys(secret, keys.passphrase, point.backup_id))
    key_folder = _write_keys_apart(keys.folder, folder.name, secret, point) if keys.folder else None
    manifest = _manifest_of(aside, keys.way, secret, point)
    digest = write_manifest(aside, manifest)
    verify_files(aside, manifest, tell)
    _sync(aside)
    aside.rename(folder)
    return Made(folder, key_folder, digest, manifest, _unreadable(secret) if keys.way == "none" else ())


def _write_keys_apart(parent: Path, name: str, secret: dict[str, bytes], point: _Point) -> Path:
    aside, folder = parent / f".{name}-keys.tmp", parent / f"{name}-keys"
    aside.mkdir(mode=0o700, parents=True)
    for each, data in secret.items():
        target = aside / each
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        target.chmod(0o600)
    manifest = _manifest_of(aside, "inside", secret, point)
    write_manifest(aside, manifest)
    verify_files(aside, manifest)
    _sync(aside)
    aside.rename(folder)
    return folder


def _manifest_of(folder: Path, way: str, secret: dict[str, bytes], point: _Point) -> Manifest:
    files = {
        path.relative_to(folder).as_posix(): checksum(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return Manifest(
        id=point.backup_id,
        at=point.at,
        version=point.version,
        vendor=point.vendor,
        migrations=point.migrations,
        store_root=point.root,
        keys=way,
        key_names=tuple(sorted(secret)),
        files=files,
    )


def _unreadable(secret: Mapping[str, bytes]) -> tuple[Text, ...]:
    originals = sum(name.startswith("store/") for name in secret)
    others = [name for name in secret if name.startswith("data/") and name != "data/secret-key"]
    found = []
    if originals:
        found.append(Text(f"收到的原件 {originals} 份", f"{originals} originals as they were received"))
    if others:
        named = "、".join(others[:5])
        found.append(
            Text(f"由这些密钥加密的内容：{named}", f"what these keys encrypt: {', '.join(others[:5])}")
        )
    found.append(Text("已登录的会话（须重新登录）", "open sessions (everybody signs in again)"))
    return tuple(found)


def _require_apart(places: Places, into: Path, keys: KeysTo) -> None:
    """A backup inside what it backs up would hold itself; keys inside the backup's folder would not be apart."""
    inside = [folder for folder in (places.data, places.store) if is_inside(into, folder)]
    if inside:
        raise YumiaoError(
            "backup.inside",
            Text(
                f"备份不能放在 {inside[0]} 里面，请放到别的磁盘或文件夹。",
                f"A backup cannot lie inside {inside[0]}; put it on another disk or into another folder.",
            ),
        )
    if keys.folder is not None and (is_inside(keys.folder, into) or is_inside(keys.folder, places.data)):
        raise YumiaoError(
            "backup.keys_inside",
            Text(
                f"密钥要与备份分开放，{keys.folder} 在备份或数据文件夹里面。",
                f"Keys are kept apart from the backup; {keys.folder} lies inside it or inside the data folder.",
            ),
        )


def _sync(folder: Path) -> None:
    """Return when every file and name has reached the disk."""
    for path in (*folder.rglob("*"), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

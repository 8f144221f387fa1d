"""Bringing a backup back: into empty folders and an empty database only, after every checksum was right."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from yumiao.district.backups.contents import Places
from yumiao.district.backups.databases import (
    POSTGRESQL_DUMP,
    SQLITE_COPY,
    load_postgresql,
    load_sqlite,
    require_empty_postgresql,
)
from yumiao.district.backups.key_parts import ENCRYPTED, decrypt_keys
from yumiao.district.backups.manifests import Manifest, Tell, read_manifest, verify_files
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.store.folder import FOLDERS


@dataclass(frozen=True)
class KeysFrom:
    """Where the keys come from: a folder apart, a passphrase, or (``without``) nowhere by intent."""

    folder: Path | None = None
    passphrase: str = ""
    without: bool = False


def restore_backup(
    backup: Path, places: Places, *, keys: KeysFrom, version: str, tell: Tell | None = None
) -> Manifest:
    """Bring a backup back; returns its manifest.

    Everything is checked before anything is written.

    Args:
        version: of this program; a backup of a later one is refused.
    Raises: YumiaoError ``restore.not_empty``, ``restore.database_not_empty``, ``restore.newer``,
        ``restore.other_database``, ``restore.keys``, ``backup.damaged`` and others.
    """
    manifest = read_manifest(backup)
    _require_fitting(manifest, places, version)
    _require_empty(places)
    verify_files(backup, manifest, tell)
    secret = _read_keys(backup, manifest, keys)
    _copy_files(backup, manifest, places, tell)
    for name, data in secret.items():
        _write_private(_target(places, name), data)
    if places.has_store:
        for each in FOLDERS:
            (places.store / each).mkdir(exist_ok=True)
    if places.is_sqlite:
        load_sqlite(backup / SQLITE_COPY, Path(str(places.database["NAME"])))
    else:
        load_postgresql(places.database, backup / POSTGRESQL_DUMP)
    return manifest


def _require_fitting(manifest: Manifest, places: Places, version: str) -> None:
    if _numbers(manifest.version) > _numbers(version):
        raise YumiaoError(
            "restore.newer",
            Text(
                f"备份由 {manifest.version} 版写出，本程序是 {version} 版。请用该版或更新的版本恢复。",
                f"The backup was made by version {manifest.version}; this is {version}. Restore it with "
                f"{manifest.version} or later.",
            ),
        )
    vendor = "sqlite" if places.is_sqlite else "postgresql"
    if manifest.vendor != vendor:
        wanted = "不设 DATABASE_URL" if manifest.vendor == "sqlite" else "DATABASE_URL 指向空的 PostgreSQL 库"
        wanted_en = (
            "DATABASE_URL unset"
            if manifest.vendor == "sqlite"
            else "DATABASE_URL of an empty PostgreSQL database"
        )
        raise YumiaoError(
            "restore.other_database",
            Text(
                f"备份的数据库是 {manifest.vendor}，这里是 {vendor}；需要{wanted}。",
                f"The backup holds a {manifest.vendor} database and this is {vendor}; needed: {wanted_en}.",
            ),
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:3] if part.isdigit())


def _require_empty(places: Places) -> None:
    """Nothing is ever restored over something."""
    for folder in (places.data, places.store):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise YumiaoError(
                "restore.not_empty",
                Text(
                    f"{folder} 不是空文件夹，恢复不覆盖任何东西。请用 --data、--store 指定空文件夹，或先把它改名。",
                    f"{folder} is not empty, and restoring overwrites nothing. Name empty folders with --data and "
                    "--store, or rename it first.",
                ),
            )
    if not places.is_sqlite:
        require_empty_postgresql(places.database)


def _read_keys(backup: Path, manifest: Manifest, keys: KeysFrom) -> dict[str, bytes]:
    if keys.without or not manifest.key_names:
        return {}
    if keys.folder is not None:
        apart = read_manifest(keys.folder)
        if apart.id != manifest.id:
            raise _keys_wanted(
                manifest, Text(f"{keys.folder} 属于另一份备份", f"{keys.folder} belongs to another backup")
            )
        verify_files(keys.folder, apart)
        return {name: (keys.folder / name).read_bytes() for name in apart.files}
    if keys.passphrase and manifest.keys == "encrypted":
        return decrypt_keys((backup / ENCRYPTED).read_bytes(), keys.passphrase, manifest.id)
    raise _keys_wanted(manifest, Text("没有给出密钥", "no keys were given"))


def _keys_wanted(manifest: Manifest, why: Text) -> YumiaoError:
    ways = {
        "apart": Text(
            "密钥另存：用 --keys 指明那个文件夹", "the keys were kept apart: name their folder with --keys"
        ),
        "encrypted": Text(
            "密钥在备份里加密：用 --passphrase-file", "the keys are encrypted inside: use --passphrase-file"
        ),
    }
    way = ways.get(manifest.keys, Text("这份备份不含密钥", "this backup holds no keys"))
    return YumiaoError(
        "restore.keys",
        Text(
            f"{why.zh}；{way.zh}。没有密钥也要恢复，加 --without-keys：收到的原件和加密内容将永远读不出。",
            f"{why.en}; {way.en}. To restore without them add --without-keys: originals and encrypted content can then "
            "never be read.",
        ),
    )


def _copy_files(backup: Path, manifest: Manifest, places: Places, tell: Tell | None) -> None:
    names = [name for name in manifest.files if name.startswith(("data/", "store/"))]
    places.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    for done, name in enumerate(names):
        if tell is not None:
            tell(Text("恢复文件", "restoring files"), done, len(names))
        target = _target(places, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(backup / name, target)
        target.chmod(0o600)


def _target(places: Places, name: str) -> Path:
    """Return where a file goes. Raises: YumiaoError for a name that leads elsewhere."""
    root, _, rest = name.partition("/")
    if root not in ("data", "store") or ".." in Path(rest).parts or Path(rest).is_absolute():
        raise YumiaoError(
            "backup.damaged",
            Text(f"备份中的文件名 {name} 不对。", f"The name {name} in the backup is wrong."),
        )
    return places.root(root) / rest


def _write_private(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(0o600)

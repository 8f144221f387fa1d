"""The bytes of uploads: encrypted below the data folder, each file with a key of its own that goes with it."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.store.originals import decrypt, encrypt

FOLDER = "intakes"
_NONCE = 12


def keep_upload(data: Path, file: str, content: bytes, sha256: str, password: str | None) -> None:
    """Keep an upload, and the password that opens it, encrypted; it appears whole or not at all.

    Args:
        data: the platform's data folder.
        file: id of the file.
    """
    folder, key = _folder(data), secrets.token_bytes(32)
    _write(folder / f"{file}.key", key)
    if password is not None:
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + AESGCM(key).encrypt(nonce, password.encode(), file.encode())
        _write(folder / f"{file}.password", sealed)
    _write(folder / f"{file}.enc", encrypt(content, key, sha256))


def read_upload(data: Path, file: str, sha256: str) -> tuple[bytes, str | None]:
    """Return the bytes of an upload and the password that opens it.

    Raises: YumiaoError (``intake.gone``) when it is not there any more, or not as it was kept.
    """
    folder = _folder(data)
    try:
        key = (folder / f"{file}.key").read_bytes()
        content = decrypt((folder / f"{file}.enc").read_bytes(), key, sha256)
        sealed = folder / f"{file}.password"
        password = None
        if sealed.exists():
            raw = sealed.read_bytes()
            password = AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], file.encode()).decode()
    except (OSError, ValueError, InvalidTag):
        raise YumiaoError(
            "intake.gone",
            Text(
                "上传的文件已经不在，或保存后被改动，不能再读；请重新上传。",
                "The uploaded file is no longer there, or was changed after it was kept; please upload it again.",
            ),
        ) from None
    return content, password


def drop_upload(data: Path, file: str) -> None:
    """Remove an upload: the key first, so that nothing left behind can be read."""
    folder = _folder(data)
    for suffix in ("key", "password", "enc"):
        (folder / f"{file}.{suffix}").unlink(missing_ok=True)


def kept_uploads(data: Path, before: float) -> set[str]:
    """Return the ids of the files of which something is kept since before a moment, in seconds of the epoch."""
    found = (path for path in _folder(data).iterdir() if path.is_file() and path.stat().st_mtime < before)
    return {path.name.partition(".")[0] for path in found}


@contextmanager
def aside(data: Path) -> Iterator[Path]:
    """Give a folder that only this process may read, for files while they are read; it is removed afterwards."""
    parent = _folder(data) / "reading"
    parent.mkdir(mode=0o700, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep_aside(data: Path) -> int:
    """Remove what processes that died while reading left behind; returns how many folders went."""
    parent = _folder(data) / "reading"
    left = [path for path in parent.iterdir() if not _lives(path.name)] if parent.exists() else []
    for path in left:
        shutil.rmtree(path, ignore_errors=True)
    return len(left)


def _lives(name: str) -> bool:
    number = name.partition("-")[0]
    return number.isdigit() and Path(f"/proc/{number}").exists()


def _folder(data: Path) -> Path:
    folder = data / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _write(path: Path, content: bytes) -> None:
    new = path.with_name(path.name + ".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(path)

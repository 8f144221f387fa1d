"""The encrypted files of attachments in the data folder, outside of what is served."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings

from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

FOLDER = "attachments"


def path_of(stored: str) -> Path:
    """Return where the encrypted file of a hash lies."""
    return Path(settings.YUMIAO_DATA) / FOLDER / stored[:2] / stored


def write_file(data: bytes) -> str:
    """Write an encrypted file under its hash, whole or not at all; returns the hash."""
    stored = hashlib.sha256(data).hexdigest()
    path = path_of(stored)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, aside = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
    return stored


def read_file(stored: str) -> bytes:
    """Return an encrypted file. Raises: YumiaoError (``attachment.damaged``) where it is gone or not as written."""
    try:
        data = path_of(stored).read_bytes()
    except OSError:
        data = b""
    if hashlib.sha256(data).hexdigest() != stored:
        raise YumiaoError(
            "attachment.damaged",
            Text(
                "附件文件不在或被改过，请系统管理员从备份恢复。",
                "The file is gone or was changed; ask the system administrator to restore it.",
            ),
        )
    return data


def remove_file(stored: str) -> None:
    """Remove an encrypted file."""
    path_of(stored).unlink(missing_ok=True)

"""The keys of a backup: in a folder of their own, or in one file that a passphrase opens."""

from __future__ import annotations

import io
import secrets
import tarfile
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

ENCRYPTED = "keys.enc"
LEAST_PASSPHRASE = 16
_MAGIC = b"YMK1"
_SALT, _NONCE = 16, 12
_COST, _BLOCK, _LANES = 1 << 15, 8, 1


def read_passphrase(path: Path) -> str:
    """Read a passphrase from the first line of a file. Raises: YumiaoError (``backup.passphrase``) for a short one."""
    try:
        text = path.read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError):
        text = ""
    if len(text) < LEAST_PASSPHRASE:
        raise YumiaoError(
            "backup.passphrase",
            Text(
                f"{path} 读不出密码短语：第一行应至少 {LEAST_PASSPHRASE} 个字符。",
                f"{path} holds no passphrase: its first line needs at least {LEAST_PASSPHRASE} characters.",
            ),
        )
    return text


def encrypt_keys(keys: Mapping[str, bytes], passphrase: str, backup_id: str) -> bytes:
    """Return keys in one piece that only the passphrase opens, bound to their backup."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, data in sorted(keys.items()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), 0o600
            archive.addfile(entry, io.BytesIO(data))
    salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
    sealed = AESGCM(_derive(passphrase, salt)).encrypt(nonce, packed.getvalue(), backup_id.encode() + _MAGIC)
    return _MAGIC + salt + nonce + sealed


def decrypt_keys(data: bytes, passphrase: str, backup_id: str) -> dict[str, bytes]:
    """Return the keys. Raises: YumiaoError (``backup.wrong_passphrase``) for another passphrase or a changed file."""
    head = len(_MAGIC)
    salt, nonce = data[head : head + _SALT], data[head + _SALT : head + _SALT + _NONCE]
    try:
        packed = AESGCM(_derive(passphrase, salt)).decrypt(
            nonce, data[head + _SALT + _NONCE :], backup_id.encode() + data[:head]
        )
    except (InvalidTag, ValueError):
        raise YumiaoError(
            "backup.wrong_passphrase",
            Text(
                f"密码短语打不开 {ENCRYPTED}，或它不属于这份备份。",
                f"The passphrase does not open {ENCRYPTED}, or it belongs to another backup.",
            ),
        ) from None
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        return {entry.name: _content(archive, entry) for entry in archive.getmembers()}


def _content(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(entry)
    return file.read() if file else b""


def _derive(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=_COST, r=_BLOCK, p=_LANES).derive(passphrase.encode())

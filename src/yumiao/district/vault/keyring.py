"""The keys of the vault: files in the data folder, each with a name; the latest one seals, all of them open.

Whoever loses a key loses what it sealed: contacts, notes and attachments cannot be read by anybody any more. Facts,
verdicts and the journal are not in the vault. A backup keeps keys apart from data; see the administrators' page.
"""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

FOLDER = "keys"
_NAME = re.compile(r"vault-(\d{3})")
_BYTES, _NONCE = 32, 12


@dataclass(frozen=True)
class Keyring:
    """The keys of one data folder.

    Attributes:
        data: the data folder; keys lie in ``keys`` below it, readable by their owner only.
    """

    data: Path

    def names(self) -> list[str]:
        """Return the names of all keys, the oldest first."""
        folder = self.data / FOLDER
        found = (path.stem for path in folder.glob("vault-*.key")) if folder.is_dir() else ()
        return sorted(name for name in found if _NAME.fullmatch(name))

    def current(self) -> str:
        """Return the name of the key that seals; the first call makes it."""
        return names[-1] if (names := self.names()) else self.add()

    def add(self) -> str:
        """Make a new key, which seals from now on; returns its name. Two that add at once make one each."""
        folder = self.data / FOLDER
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        while True:
            latest = max((int(name.removeprefix("vault-")) for name in self.names()), default=0)
            path = folder / f"vault-{latest + 1:03d}.key"
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                continue
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(_BYTES))
                file.flush()
                os.fsync(file.fileno())
            return path.stem

    def remove(self, name: str) -> None:
        """Destroy a key that nothing is sealed with any more."""
        self._path(name).unlink(missing_ok=True)

    def seal(self, name: str, plain: bytes, bound: str) -> bytes:
        """Seal bytes; they open only with the same key and the same ``bound``."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + AESGCM(self._key(name)).encrypt(nonce, plain, bound.encode())

    def open(self, name: str, sealed: bytes, bound: str) -> bytes:
        """Return what was sealed.

        Raises: YumiaoError (``vault.no_key``) where the key is gone, (``vault.damaged``) where the bytes are not as
            they were sealed.
        """
        try:
            return AESGCM(self._key(name)).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound.encode())
        except InvalidTag:
            raise YumiaoError(
                "vault.damaged",
                Text(
                    "加密保存的内容与封存时不同，读不出来。请系统管理员从备份恢复。",
                    "What was kept encrypted is not as it was sealed and cannot be read. Ask the system administrator "
                    "to restore it from a backup.",
                ),
            ) from None

    def _path(self, name: str) -> Path:
        return self.data / FOLDER / f"{name}.key"

    def _key(self, name: str) -> bytes:
        try:
            key = bytes.fromhex(self._path(name).read_text(encoding="ascii").strip())
        except (OSError, ValueError):
            key = b""
        if len(key) != _BYTES or not _NAME.fullmatch(name):
            raise YumiaoError(
                "vault.no_key",
                Text(
                    f"数据文件夹里没有密钥 {name}，用它加密的联系人、记录和附件读不出来。"
                    "请从密钥备份放回 keys 文件夹。",
                    f"The data folder lacks the key {name}; contacts, notes and attachments sealed with it cannot be "
                    "read. Put it back into the folder keys from the backup of keys.",
                ),
            )
        return key

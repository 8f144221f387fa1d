"""Files as they were received, each encrypted with a key of its own that can be destroyed.

An encrypted file is `MAGIC`, eight random bytes, then blocks: each holds up to a mebibyte, sealed with AES-256-GCM
under the nonce of the eight bytes and its number. Its number, whether it is the last, and the hash of the whole file
are sealed with it, so that blocks cannot be left out, moved, or taken from another file.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.store.canonical import canonical_json, hash_of
from yumiao.store.faults import damaged
from yumiao.store.files import Files
from yumiao.store.folder import Folder
from yumiao.store.values import Act, Event

MAGIC = b"YMO1"
BLOCK = 1 << 20
_TAG = 16
_PREFIX = 8


@dataclass(frozen=True, slots=True)
class Original:
    """A file received.

    Attributes:
        sha256: of its bytes; its name in the store.
        names: the names it was received under.
        bytes: its size.
        keep_until: after this day its key is destroyed.
        destroyed_at: when that was done; None: it can be read.
    """

    sha256: str
    names: tuple[str, ...]
    bytes: int
    keep_until: dt.date
    destroyed_at: str | None = None


def originals_of(events: Iterable[Event]) -> dict[str, Original]:
    """Return the files received, by hash; of several terms of one file the longest counts."""
    found: dict[str, Original] = {}
    for event in events:
        if event.act is Act.ORIGINAL:
            name, until = event.details["name"], dt.date.fromisoformat(event.details["keep_until"])
            sha256, size = event.details["original"], event.details["bytes"]
            known = found.get(sha256)
            if known is None or known.destroyed_at is not None:
                found[sha256] = Original(sha256, (name,), size, until)
            else:
                names = tuple(dict.fromkeys((*known.names, name)))
                found[sha256] = Original(sha256, names, size, max(until, known.keep_until))
        elif event.act is Act.DESTROY:
            for sha256 in event.details["originals"]:
                known = found[sha256]
                found[sha256] = Original(sha256, known.names, known.bytes, known.keep_until, event.at)
    return found


def write_original(folder: Folder, files: Files, data: bytes) -> str:
    """Encrypt a file into the store; returns its hash. The caller's commit makes it count."""
    sha256, key = hash_of(data), secrets.token_bytes(32)
    files.write_durably(folder.originals() / f"{sha256}.enc", encrypt(data, key, sha256))
    files.sync_folder(folder.originals())
    text = canonical_json({"key": base64.b64encode(key).decode("ascii")})
    files.write_durably(folder.keys() / f"{sha256}.json", text)
    files.sync_folder(folder.keys())
    return sha256


def read_original(folder: Folder, originals: Mapping[str, Original], sha256: str) -> bytes:
    """Return the bytes of a file received.

    Raises: YumiaoError ``store.no_original``, ``store.original_destroyed``, or ``store.damaged``.
    """
    known = originals.get(sha256)
    if known is None:
        raise YumiaoError(
            "store.no_original",
            Text(f"数据仓没有原件 {sha256}。", f"The store keeps no original {sha256}."),
        )
    if known.destroyed_at is not None:
        raise YumiaoError(
            "store.original_destroyed",
            Text(
                f"原件 {known.names[0]} 保管期满（{known.keep_until}），密钥已于 {known.destroyed_at} 销毁，不能再读；"
                "各事实的单元格地址仍在。",
                f"The term of the original {known.names[0]} ended on {known.keep_until} and its key was destroyed at "
                f"{known.destroyed_at}; it cannot be read any more. The cell addresses of its facts remain.",
            ),
        )
    place, key_place = folder.originals() / f"{sha256}.enc", folder.keys() / f"{sha256}.json"
    try:
        key = base64.b64decode(json.loads(key_place.read_bytes())["key"], validate=True)
    except (OSError, ValueError, KeyError, binascii.Error):
        raise damaged(key_place, "不存在或无法解读 missing or unreadable", "key") from None
    try:
        data = decrypt(place.read_bytes(), key, sha256)
    except (OSError, ValueError, InvalidTag):
        raise damaged(place, "无法解密 cannot be decrypted", f"SHA-256 {sha256}") from None
    if hash_of(data) != sha256:
        raise damaged(place, f"SHA-256 {hash_of(data)}", f"SHA-256 {sha256}")
    return data


def encrypt(data: bytes, key: bytes, sha256: str) -> bytes:
    """Return the encrypted file."""
    prefix, cipher = secrets.token_bytes(_PREFIX), AESGCM(key)
    sealed = [
        cipher.encrypt(_nonce(prefix, number), block, _bound(sha256, number, is_last))
        for number, block, is_last in _blocks(data, BLOCK)
    ]
    return b"".join((MAGIC, prefix, *sealed))


def decrypt(data: bytes, key: bytes, sha256: str) -> bytes:
    """Return the file. Raises: InvalidTag or ValueError when it is not what was encrypted."""
    if data[: len(MAGIC)] != MAGIC:
        raise ValueError("no encrypted original")
    prefix, cipher = data[len(MAGIC) : len(MAGIC) + _PREFIX], AESGCM(key)
    return b"".join(
        cipher.decrypt(_nonce(prefix, number), block, _bound(sha256, number, is_last))
        for number, block, is_last in _blocks(data[len(MAGIC) + _PREFIX :], BLOCK + _TAG)
    )


def _blocks(data: bytes, size: int) -> Iterator[tuple[int, bytes, bool]]:
    """Yield number, bytes, and whether it is the last; one empty block for no bytes."""
    starts = range(0, max(len(data), 1), size)
    for number, start in enumerate(starts):
        yield number, data[start : start + size], start == starts[-1]


def _nonce(prefix: bytes, number: int) -> bytes:
    return prefix + number.to_bytes(4)


def _bound(sha256: str, number: int, is_last: bool) -> bytes:
    return f"{sha256} {number} {is_last}".encode("ascii")

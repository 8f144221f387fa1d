"""One way to write a value as JSON, so that the same value always has the same hash."""

from __future__ import annotations

import hashlib
import json
from typing import Any

SHORT = 16
"""Letters of a hash that stand in file names."""


def canonical_json(value: Any) -> bytes:
    """Return the one JSON text of a value: keys in order, no spaces, UTF-8, one line."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8") + b"\n"


def hash_of(data: bytes | memoryview) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def short_hash(value: Any) -> str:
    """Return the first letters of the hash of a value's JSON."""
    return hash_of(canonical_json(value))[:SHORT]

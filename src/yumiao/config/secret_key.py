"""Keys of the machine: made on the first start, kept in the data folder, readable by their owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

KEY_FILE = "secret-key"
_BYTES = 48


def read_or_create_key(data: Path, name: str = KEY_FILE) -> str:
    """Return a key of a data folder; the first call makes it.

    Losing `KEY_FILE` signs everybody out and harms nothing else. Two processes that start together agree: the file
    is created once, and whoever comes second reads it.
    """
    path = data / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(_BYTES))
        try:
            path.hardlink_to(aside)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return path.read_text(encoding="ascii").strip()

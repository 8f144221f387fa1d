"""The key that signs sessions: made on the first start, kept in the data folder, readable by its owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

KEY_FILE = "secret-key"
_BYTES = 48


def read_or_create_key(data: Path) -> str:
    """Return the key of a data folder; the first call makes it.

    Losing the file signs everybody out and harms nothing else. Two processes that start together agree: the file
    is created once, and whoever comes second reads it.
    """
    data.mkdir(parents=True, exist_ok=True)
    path = data / KEY_FILE
    if not path.exists():
        aside = path.with_name(f"{KEY_FILE}.{secrets.token_hex(4)}")
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

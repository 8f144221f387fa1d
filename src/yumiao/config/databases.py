"""Where the tables of the platform lie: SQLite in the data folder, or what ``DATABASE_URL`` says."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

_CACHE, _MAPPED = "PRAGMA cache_size=-65536", "PRAGMA mmap_size=2147418112"
SQLITE_START = f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {_CACHE}; {_MAPPED};"
"""Readers never wait for the writer; a crash of the machine may lose the last commits, never the database.

A connection lasts as long as its thread, and reads the file where the system holds it already (``mmap_size``: at most
so many bytes of it, the most that SQLite takes): what one page read is there for the next.
"""

WAIT_SECONDS = 60
"""How long a writer waits for another one; a register of 100,000 subjects is written in about 20 seconds."""


def database_of(url: str, data: Path) -> dict[str, Any]:
    """Return the database as Django's settings describe it.

    Raises: YumiaoError (``settings.database``) for an address that is none of PostgreSQL.
    """
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": data / "yumiao.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "init_command": SQLITE_START,
                "timeout": WAIT_SECONDS,
                "transaction_mode": "IMMEDIATE",
            },
        }
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in ("postgres", "postgresql") or not name:
        raise YumiaoError(
            "settings.database",
            Text(
                "DATABASE_URL 应如 postgresql://用户:口令@主机:5432/库名；不设则用数据文件夹中的 SQLite。",
                "DATABASE_URL has to look like postgresql://user:password@host:5432/name; "
                "without it SQLite in the data folder is used.",
            ),
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }

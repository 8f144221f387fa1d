"""How a process reads its SQLite database: the system's memory mapped, or page by page."""

from __future__ import annotations

from typing import Any

from django.db.backends.signals import connection_created


def read_page_by_page() -> None:
    """Let each connection opened from now on read pages one by one, as a process does well that reads rows far apart.

    Of a file that is mapped the system reads much ahead wherever a page is not in memory: some megabytes for each of
    the thousand enterprises that an import speaks of, where the worker wants a few pages of theirs.
    """
    connection_created.connect(_unmap, dispatch_uid=__name__)


def _unmap(connection: Any, **_: Any) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA mmap_size=0")

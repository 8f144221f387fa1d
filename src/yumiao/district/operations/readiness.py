"""Whether the platform can serve: what it lacks, as tokens for monitoring."""

from __future__ import annotations

from pathlib import Path

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from yumiao.model.problems import YumiaoError
from yumiao.store import open_store


def what_is_missing(store: Path) -> list[str]:
    """Return ``migrations`` and ``store`` where they are not as they have to be; a store that is not there is none.

    Raises: DatabaseError where the database does not answer.
    """
    missing = []
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        missing.append("migrations")
    if (store / "store.json").exists():
        try:
            open_store(store).state()
        except (YumiaoError, OSError):
            missing.append("store")
    return missing

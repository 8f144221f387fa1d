"""The check before an upgrade, and what is kept of it."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from yumiao.district.journal.services import CONSOLE, Stream, record
from yumiao.district.operations.models import Installation
from yumiao.district.personal import Value
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text


@dataclass(frozen=True)
class Plan:
    """What an upgrade finds.

    Attributes:
        version_before: of the program that last prepared the tables; empty where nobody noted it.
        version: of this program.
        migrations: steps that the database lacks, ``application.name``.
    """

    version_before: str
    version: str
    migrations: tuple[str, ...]

    @property
    def is_waiting(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.migrations) or self.version_before != self.version


def plan_upgrade(version: str) -> Plan:
    """Find out what an upgrade to this program has to do."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return Plan(_version_before(), version, tuple(f"{each.app_label}.{each.name}" for each, _ in waiting))


def require_space(sizes: Mapping[Path, int]) -> None:
    """Raise: YumiaoError (``upgrade.disk``) where a disk lacks the bytes that are needed in a folder."""
    for folder, needed in sizes.items():
        place = next(each for each in (folder, *folder.parents) if each.exists())
        free = shutil.disk_usage(place).free
        if free < needed:
            raise YumiaoError(
                "upgrade.disk",
                Text(
                    f"{folder} 所在磁盘只剩 {free / 1e6:,.0f} MB，需要 {needed / 1e6:,.0f} MB。",
                    f"The disk of {folder} has {free / 1e6:,.0f} MB left; {needed / 1e6:,.0f} MB are needed.",
                ),
            )


def size_of(folder: Path) -> int:
    """Return the bytes of all files in a folder; 0 for none."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def note_installed(version: str, now: dt.datetime) -> None:
    """Note which version works with the tables from now on; the same one again is noted once."""
    if _version_before() != version:
        Installation.objects.create(version=version, since=now)


@transaction.atomic
def note_upgrade(plan: Plan, *, changed: int, backup: str, now: dt.datetime) -> None:
    """Journal an upgrade: versions, steps, how many outcomes are others now, and the backup made before."""
    note_installed(plan.version, now)
    payload: dict[str, Value] = {
        "version_before": plan.version_before,
        "version": plan.version,
        "migrations": list(plan.migrations),
        "outcomes_changed": changed,
        "backup": backup,
    }
    record(
        stream=Stream("platform", "upgrades"), act="platform.upgraded", actor=CONSOLE, at=now, payload=payload
    )


def _version_before() -> str:
    if Installation._meta.db_table not in connection.introspection.table_names():  # noqa: SLF001 - Django's own way
        return ""
    return Installation.objects.order_by("-since", "-id").values_list("version", flat=True).first() or ""

"""The tables at one point: SQLite by its own online copy, PostgreSQL by the programs that belong to it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

SQLITE_COPY, POSTGRESQL_DUMP = "sql/database.sqlite3", "sql/database.dump"
_MIGRATIONS = "SELECT app, max(name) FROM django_migrations GROUP BY app ORDER BY app"


def copy_sqlite(source: Path, target: Path) -> dict[str, str]:
    """Copy a database while others read and write; returns application → its last migration.

    The copy is what was committed at one moment; it is checked by SQLite itself.

    Raises: YumiaoError ``backup.no_database`` or ``backup.database_damaged``.
    """
    if not source.exists():
        raise _no_database(str(source))
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=60)) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        check_sqlite(copy, source)
        return dict(copy.execute(_MIGRATIONS).fetchall())


def check_sqlite(opened: sqlite3.Connection, path: Path) -> None:
    """Let SQLite check every page and reference. Raises: YumiaoError (``backup.database_damaged``)."""
    found = [row[0] for row in opened.execute("PRAGMA integrity_check(5)").fetchall()]
    broken = opened.execute("PRAGMA foreign_key_check").fetchmany(5)
    if found != ["ok"] or broken:
        told = "; ".join([*found, *(f"{row[0]} → {row[2]}" for row in broken)])
        raise YumiaoError(
            "backup.database_damaged",
            Text(f"数据库 {path} 已损坏：{told}", f"The database {path} is damaged: {told}"),
        )


def dump_postgresql(database: Mapping[str, Any], target: Path) -> dict[str, str]:
    """Dump a database as of one moment; returns application → its last migration.

    Raises: YumiaoError ``backup.tool_missing`` or ``backup.tool_failed``.
    """
    _run("pg_dump", database, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
    _run("pg_restore", None, "--list", str(target))
    found = _run("psql", database, "--no-psqlrc", "--tuples-only", "--no-align", f"--command={_MIGRATIONS}")
    pairs = (line.split("|", 1) for line in found.splitlines() if "|" in line)
    return dict(pairs)


def load_sqlite(copy: Path, target: Path) -> None:
    """Put a copied database in its place; nobody else may have it open."""
    shutil.copyfile(copy, target)
    target.chmod(0o600)


def load_postgresql(database: Mapping[str, Any], dump: Path) -> None:
    """Fill an empty database from a dump: all of it or nothing.

    Raises: YumiaoError ``restore.database_not_empty``, ``backup.tool_missing`` or ``backup.tool_failed``.
    """
    require_empty_postgresql(database)
    _run(
        "pg_restore",
        database,
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
        str(dump),
    )


def require_empty_postgresql(database: Mapping[str, Any]) -> None:
    """Raise: YumiaoError (``restore.database_not_empty``) where a database has tables."""
    query = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    found = _run("psql", database, "--no-psqlrc", "--tuples-only", "--no-align", f"--command={query}")
    if found.strip() != "0":
        name = database["NAME"]
        raise YumiaoError(
            "restore.database_not_empty",
            Text(
                f"数据库 {name} 里已有表，恢复不覆盖。请另建空库，改 DATABASE_URL 后再试。",
                f"The database {name} has tables; restoring never overwrites. Create an empty one, "
                "change DATABASE_URL, and try again.",
            ),
        )


def _run(tool: str, database: Mapping[str, Any] | None, *arguments: str) -> str:
    """Run a program of PostgreSQL; the password goes by its environment, never by its arguments."""
    path = shutil.which(tool)
    if path is None:
        raise YumiaoError(
            "backup.tool_missing",
            Text(
                f"缺少程序 {tool}。请安装 PostgreSQL 客户端（Debian：apt install postgresql-client）。",
                f"The program {tool} is missing. Install PostgreSQL's client (Debian: apt install postgresql-client).",
            ),
        )
    place = [] if database is None else _place(database)
    secret = {"PGPASSWORD": str(database["PASSWORD"])} if database and database.get("PASSWORD") else {}
    options = {f"PG{name.upper()}": str(value) for name, value in (database or {}).get("OPTIONS", {}).items()}
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL found on the path, without a shell
        [path, *place, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.defpath, "LC_ALL": "C", **options, **secret},
    )
    if done.returncode != 0:
        told = done.stderr.strip()[-600:]
        raise YumiaoError("backup.tool_failed", Text(f"{tool} 没有完成：{told}", f"{tool} failed: {told}"))
    return done.stdout


def _place(database: Mapping[str, Any]) -> list[str]:
    named = {"host": database.get("HOST"), "port": database.get("PORT"), "username": database.get("USER")}
    place = [f"--{name}={value}" for name, value in named.items() if value]
    return [*place, f"--dbname={database['NAME']}", "--no-password"]


def _no_database(place: str) -> YumiaoError:
    return YumiaoError(
        "backup.no_database",
        Text(
            f"{place} 没有数据库，还没有可备份的平台；请检查 --data。",
            f"There is no database at {place}: no platform to back up. Check --data.",
        ),
    )

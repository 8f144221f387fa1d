"""The triggers by which the database itself refuses to change or delete lines and seals."""

from __future__ import annotations

from typing import Any

from yumiao.model.problems import Problem
from yumiao.model.text import Text

GROWING = ("journal_journalline", "journal_journalseal")
HEADS = "journal_streamhead"
ACTS = ("update", "delete")

_SQLITE = """CREATE TRIGGER {name} BEFORE {act} ON {table}
BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END"""
_SQLITE_HEAD = """CREATE TRIGGER {name} BEFORE UPDATE ON {table}
WHEN NEW.stream <> OLD.stream OR NEW.sequence < OLD.sequence OR NEW.sequence > OLD.sequence + 1
  OR NEW.sealed < OLD.sealed OR (NEW.sequence = OLD.sequence AND NEW.hash <> OLD.hash)
BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END"""

_REFUSE = """CREATE FUNCTION journal_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the journal only grows'; END $$"""
_POSTGRESQL = """CREATE TRIGGER {name} BEFORE {act} ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION journal_only_grows()"""
_POSTGRESQL_HEAD = """CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW
WHEN (NEW.stream <> OLD.stream OR NEW.sequence < OLD.sequence OR NEW.sequence > OLD.sequence + 1
  OR NEW.sealed < OLD.sealed OR (NEW.sequence = OLD.sequence AND NEW.hash <> OLD.hash))
EXECUTE FUNCTION journal_only_grows()"""


def guard_names() -> tuple[str, ...]:
    """Return the names of all triggers."""
    tables = (*GROWING, HEADS)
    return tuple(f"{table}_no_{act}" for table in tables for act in ACTS)


def guard_statements(vendor: str) -> list[str]:
    """Return the statements that create the triggers in a kind of database; none for one that is not served."""
    if vendor not in ("sqlite", "postgresql"):
        return []
    plain, moving = (_SQLITE, _SQLITE_HEAD) if vendor == "sqlite" else (_POSTGRESQL, _POSTGRESQL_HEAD)
    statements = [] if vendor == "sqlite" else [_REFUSE]
    statements += [
        plain.format(name=f"{table}_no_{act}", act=act.upper(), table=table)
        for table in GROWING
        for act in ACTS
    ]
    statements.append(plain.format(name=f"{HEADS}_no_delete", act="DELETE", table=HEADS))
    statements.append(moving.format(name=f"{HEADS}_no_update", table=HEADS))
    return statements


def drop_statements(vendor: str) -> list[str]:
    """Return the statements that take the triggers away: for the way back of a migration."""
    if vendor not in ("sqlite", "postgresql"):
        return []
    if vendor == "postgresql":
        return ["DROP FUNCTION journal_only_grows() CASCADE"]
    return [f"DROP TRIGGER {name}" for name in guard_names()]


def missing_guards(connection: Any) -> list[Problem]:
    """Return a problem for each trigger that the database lacks or that was switched off."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        held = {name for (name,) in cursor.fetchall()}
    return [
        Problem(
            "journal.unguarded",
            Text(f"数据库缺少触发器 {name}。", f"The database lacks the trigger {name}."),
            path=name,
        )
        for name in guard_names()
        if name not in held
    ]

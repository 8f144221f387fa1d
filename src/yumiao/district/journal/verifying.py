"""The check that no line of the journal was changed, deleted, inserted or moved since it was written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from yumiao.district.journal.chain import START, Expected, Head, Line, find_faults, hash_of, shown
from yumiao.district.journal.guards import missing_guards
from yumiao.district.journal.models import JournalLine, JournalSeal, StreamHead
from yumiao.district.journal.seals import ExportedSeal
from yumiao.model.problems import Problem
from yumiao.model.text import Text

_CHUNK = 5_000
_LINE = ("stream", "sequence", "at", "actor", "act", "payload", "previous", "hash")
_SEAL = ("number", "at", "heads", "previous", "hash")


@dataclass(frozen=True)
class Verified:
    """What was checked, and everything wrong; empty ``problems`` say that nothing is."""

    lines: int
    streams: int
    seals: int
    problems: tuple[Problem, ...]


@dataclass
class _Counted:
    """Lines on their way through the check, counted."""

    rows: Iterable[Sequence[Any]]
    lines: int = 0
    streams: set[str] = field(default_factory=set)

    def __iter__(self) -> Iterator[Line]:
        for row in self.rows:
            self.lines += 1
            self.streams.add(row[0])
            yield Line(*row)


def verify_journal(exported: Sequence[ExportedSeal] = ()) -> Verified:
    """Check every line, head and seal, and what exported seals remember; all at one moment of the database.

    What was written and rewritten whole, seals included, shows only against a seal that was exported before.
    """
    with _reading():
        problems = missing_guards(connection)
        seals = list(JournalSeal.objects.order_by("number").values_list(*_SEAL))
        expected, found = _read_seals(seals)
        problems += found
        for each in exported:
            problems += _against(each, seals)
            by = Text(f"导出的第 {each.number} 号封印", f"exported seal {each.number}")
            expected += [Expected(*head, by) for head in each.heads]
        heads = {row[0]: Head(*row) for row in _heads()}
        lines = _Counted(
            JournalLine.objects.order_by("stream", "sequence").values_list(*_LINE).iterator(_CHUNK)
        )
        problems += find_faults(lines, heads, expected)
        problems += _unsealed(heads, expected)
    return Verified(lines.lines, len(lines.streams), len(seals), tuple(problems))


def _heads() -> Iterator[Sequence[Any]]:
    columns = ("stream", "sequence", "hash", "sealed")
    return StreamHead.objects.order_by("stream").values_list(*columns).iterator(_CHUNK)


@contextmanager
def _reading() -> Iterator[None]:
    """Read one state of the database while others write; on SQLite also bytes that are no text."""
    connection.ensure_connection()
    if connection.vendor != "sqlite":
        with transaction.atomic():
            if not connection.savepoint_ids:
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    raw, is_alone = connection.connection, not connection.in_atomic_block
    former, raw.text_factory = raw.text_factory, _any_text
    try:
        if is_alone:
            raw.execute("BEGIN")  # a transaction of Django's would keep writers waiting
        yield
    finally:
        raw.text_factory = former
        if is_alone:
            raw.execute("ROLLBACK")


def _any_text(received: bytes) -> str:
    return received.decode("utf-8", "surrogateescape")


def _read_seals(seals: Sequence[Sequence[Any]]) -> tuple[list[Expected], list[Problem]]:
    """Check the chain of seals; return the latest line that they hold of each stream, and what is wrong."""
    latest: dict[str, Expected] = {}
    problems: list[Problem] = []
    before, last = START, 0
    for number, at, heads, previous, kept in seals:
        if number != last + 1:
            problems.append(
                _seal_fault(
                    "journal.seal_order", number, "前面有封印不见了。", "follows one that is missing."
                )
            )
        elif previous != before:
            problems.append(
                _seal_fault(
                    "journal.seal_broken", number, "与前一号接不上。", "does not follow the one before."
                )
            )
        if hash_of((number, at, heads, previous)) != kept:
            problems.append(
                _seal_fault("journal.seal_changed", number, "内容被改过。", "was changed after it was made.")
            )
        else:
            by = Text(f"第 {number} 号封印", f"seal {number}")
            latest |= {head[0]: Expected(head[0], head[1], head[2], by) for head in json.loads(heads)}
        before, last = kept, number
    return list(latest.values()), problems


def _unsealed(heads: dict[str, Head], expected: Sequence[Expected]) -> Iterator[Problem]:
    """Yield heads that say they are sealed where no seal holds them, and the reverse."""
    held: dict[str, int] = {}
    for each in expected:
        held[each.stream] = max(held.get(each.stream, 0), each.sequence)
    for stream, head in heads.items():
        if head.sealed != held.get(stream, 0):
            where = shown(stream)
            yield Problem(
                "journal.sealed_mark",
                Text(
                    f"留痕 {where} 记为封到第 {head.sealed} 行，封印里是第 {held.get(stream, 0)} 行。",
                    f"journal {where} is marked as sealed up to line {head.sealed}; the seals hold line "
                    f"{held.get(stream, 0)}.",
                ),
            )


def _against(exported: ExportedSeal, seals: Sequence[Sequence[Any]]) -> list[Problem]:
    held = {seal[0]: seal[4] for seal in seals}
    if held.get(exported.number) == exported.hash:
        return []
    return [
        _seal_fault(
            "journal.seal_other",
            exported.number,
            "与另存的导出封印不同：留痕在那以后被整个改写，或封印被删。",
            "is not the one that was exported: the journal was written anew since, or the seal was deleted.",
        )
    ]


def _seal_fault(code: str, number: object, zh: str, en: str) -> Problem:
    where = shown(str(number))
    return Problem(code, Text(f"第 {where} 号封印{zh}", f"seal {where} {en}"))

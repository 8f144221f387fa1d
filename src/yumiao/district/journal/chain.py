"""How lines hold on to each other, as values; nothing here reads or writes a database.

Every stream (``kind/id``) is a chain of its own: line 1 follows `START`, each further line carries the hash of the line
before it, and the hash of a line covers every one of its columns.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from yumiao.district.personal import canonical_json
from yumiao.model.problems import Problem
from yumiao.model.text import Text

START = "0" * 64
"""What the first line of a stream and the first seal name as the one before."""


@dataclass(frozen=True, slots=True)
class Line:
    """One event.

    Attributes:
        stream: ``kind/id``: what the event is about.
        sequence: 1, 2, 3, … within the stream.
        at: the moment in UTC, ``2026-07-15T01:00:00.000000Z``.
        actor: opaque id of who did it.
        act: what was done, ``person.created``.
        payload: canonical JSON of ids, hashes and whole numbers.
        previous: hash of the line before.
        hash: SHA-256 over all of the above.
    """

    stream: str
    sequence: int
    at: str
    actor: str
    act: str
    payload: str
    previous: str
    hash: str = ""

    def computed_hash(self) -> str:
        """Return the hash that these columns give."""
        columns = (
            self.stream,
            self.sequence,
            self.at,
            self.actor,
            self.act,
            self.payload,
            self.previous,
        )
        return hash_of(columns)

    @property
    def place(self) -> str:
        """Return the line as problems name it; bytes that are no text are written as their numbers."""
        return shown(f"{self.stream} #{self.sequence}")


@dataclass(frozen=True, slots=True)
class Head:
    """The last line of a stream; ``sealed`` is the sequence that the latest seal holds, 0 for none."""

    stream: str
    sequence: int
    hash: str
    sealed: int = 0


@dataclass(frozen=True, slots=True)
class Expected:
    """A line as a seal remembers it; ``by`` says which seal."""

    stream: str
    sequence: int
    hash: str
    by: Text


def hash_of(columns: object) -> str:
    """Return the SHA-256 of the canonical JSON of some values, in hexadecimal."""
    return hashlib.sha256(canonical_json(columns).encode("utf-8", "surrogateescape")).hexdigest()


def shown(text: str) -> str:
    """Return a text that can be printed, whatever a damaged database held."""
    return text.encode("utf-8", "backslashreplace").decode()


def find_faults(
    lines: Iterable[Line], heads: Mapping[str, Head], expected: Iterable[Expected] = ()
) -> Iterator[Problem]:
    """Yield everything wrong with some chains.

    Args:
        lines: every line, streams together, each in the order of its sequence.
        heads: stream → its head.
        expected: lines that have to be there, as seals remember them.
    """
    remembered: dict[str, list[Expected]] = {}
    for each in expected:
        remembered.setdefault(each.stream, []).append(each)
    seen: set[str] = set()
    for stream, found in groupby(lines, key=lambda line: line.stream):
        seen.add(stream)
        yield from _stream_faults(stream, found, heads.get(stream), remembered.get(stream, []))
    for stream in sorted((heads.keys() | remembered.keys()) - seen):
        yield _fault(
            "journal.stream_gone", stream, "整条留痕链不见了。", "every line of this stream is missing."
        )


def _stream_faults(
    stream: str, lines: Iterable[Line], head: Head | None, remembered: list[Expected]
) -> Iterator[Problem]:
    wanted: dict[int, list[Expected]] = {}
    for each in remembered:
        wanted.setdefault(each.sequence, []).append(each)
    before, last = START, 0
    for line in lines:
        yield from _line_faults(line, before, last)
        for each in wanted.pop(line.sequence, []):
            if each.hash != line.hash:
                yield _fault(
                    "journal.not_as_sealed",
                    line.place,
                    f"与{each.by.zh}记下的不同。",
                    f"is not what {each.by.words('en')} holds.",
                )
        before = line.hash
        last = _number_of(line.sequence, last + 1)
    for missing in (each for group in wanted.values() for each in group):
        yield _fault(
            "journal.sealed_line_gone",
            f"{stream} #{missing.sequence}",
            f"{missing.by.zh}有这一行，现在没有了。",
            f"is missing; {missing.by.words('en')} holds it.",
        )
    if head is None or (head.sequence, head.hash) != (last, before):
        yield _fault(
            "journal.head",
            f"{stream} #{last}",
            "与链头所记的最后一行不同：末尾有行被删、被加，或链头被改。",
            "is not the last line that the head of the chain names: lines at the end were deleted or added, or "
            "the head was changed.",
        )


def _number_of(sequence: object, otherwise: int) -> int:
    """Return a sequence as it was read; a damaged database may hold a text in its place."""
    return sequence if isinstance(sequence, int) else otherwise


def _line_faults(line: Line, before: str, last: int) -> Iterator[Problem]:
    if line.sequence != last + 1:
        yield _fault(
            "journal.order",
            line.place,
            f"前面应是第 {last} 行之后的第 {last + 1} 行：有行被删、被加或调换。",
            f"stands where line {last + 1} is due: lines were deleted, inserted or exchanged.",
        )
    elif line.previous != before:
        yield _fault(
            "journal.broken",
            line.place,
            "与前一行接不上：这一行或前一行被改。",
            "does not hold on to the line before it: one of the two was changed.",
        )
    if line.computed_hash() != line.hash:
        yield _fault("journal.changed", line.place, "内容被改过。", "was changed after it was written.")


def _fault(code: str, place: str, zh: str, en: str) -> Problem:
    where = shown(place)
    return Problem(code, Text(f"留痕 {where} {zh}", f"journal {where} {en}"))

"""Whom an id stands for: merges and splits of subjects, as decided and perhaps taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from yumiao.store.values import DECISIONS, Act, Event


@dataclass(frozen=True)
class Aliases:
    """Which id each id is read as.

    Attributes:
        general: id → id, for ids that are read as another one.
        by_batch: batch → the same, for batches that a split treats apart.
    """

    general: Mapping[str, str] = field(default_factory=dict)
    by_batch: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of_batch(self, batch: str) -> Mapping[str, str]:
        """Return the ids that are read as another one in a batch."""
        return self.by_batch.get(batch, self.general)

    def read_as(self, subject: str) -> str:
        """Return the id that an id is read as."""
        return self.general.get(subject, subject)

    def ids_of(self, subject: str, batch: str) -> list[str]:
        """Return every id that is read as a subject in a batch, its own first."""
        found = self.of_batch(batch)
        others = [old for old, new in found.items() if new == subject and old != subject]
        own = [subject] if found.get(subject, subject) == subject else []
        return own + sorted(others)

    def apply(self, subjects: pl.Series, batch: str) -> pl.Series:
        """Return whom a column of ids of a batch stands for."""
        found = self.of_batch(batch)
        if not found:
            return subjects
        return subjects.replace(list(found.keys()), list(found.values()))


def read_back(aliases: Mapping[str, str], subjects: pl.Series) -> pl.Series:
    """Return every id that is read as one of some subjects.

    Args:
        aliases: id → id, for ids that are read as another one.
    """
    if not aliases:
        return subjects
    wanted = frozenset(subjects)
    own = [each for each in subjects if aliases.get(each, each) == each]
    others = [old for old, new in aliases.items() if new in wanted and old != new]
    return pl.Series(subjects.name, own + others, pl.String)


def undos_in_force(events: Iterable[Event]) -> dict[int, Event]:
    """Return for each event that is taken back the undo that takes it back and holds itself, by the event's number."""
    found: dict[int, Event] = {}
    for event in reversed(
        tuple(events)
    ):  # an undo that is itself undone has no effect, so the latest is read first
        if event.act is Act.UNDO and event.seq not in found:
            found[int(event.details["of"])] = event
    return found


def decisions_in_force(events: Iterable[Event]) -> tuple[Event, ...]:
    """Return the decisions on identity that were not taken back, in order."""
    events = tuple(events)
    undone = undos_in_force(events)
    return tuple(event for event in events if event.act in DECISIONS and event.seq not in undone)


def resolve_aliases(decisions: Iterable[Event]) -> Aliases:
    """Work out whom each id stands for, from decisions in order.

    A merge joins all that the two ids stand for when it is applied; a split gives what some batches said of a
    subject to another id. Each acts on the outcome of those before it.
    """
    decisions = tuple(decisions)
    general = _Standing()
    split = {batch for event in decisions if event.act is Act.SPLIT for batch in event.details["batches"]}
    by_batch = {batch: _Standing() for batch in sorted(split)}
    for event in decisions:
        if event.act is Act.MERGE:
            subject, into = (general.now(event.details[key]) for key in ("from", "into"))
            for each in (general, *by_batch.values()):
                each.move(subject, into)
        elif event.act is Act.SPLIT:
            subject, into = (general.now(event.details[key]) for key in ("subject", "into"))
            for batch in event.details["batches"]:
                by_batch[batch].move(subject, into)
    return Aliases(general.moved(), {batch: each.moved() for batch, each in by_batch.items()})


class _Standing:
    """Whom each id stands for so far, and the other way round."""

    def __init__(self) -> None:
        self._stands_for: dict[str, str] = {}
        self._members: dict[str, list[str]] = {}

    def now(self, subject: str) -> str:
        return self._stands_for.get(subject, subject)

    def move(self, subject: str, into: str) -> None:
        """Let all ids that stand for one subject stand for another."""
        if subject == into:
            return
        moving = self._members_of(subject)
        self._members[into] = self._members_of(into) + moving
        self._members[subject] = []
        self._stands_for.update(dict.fromkeys(moving, into))

    def _members_of(self, subject: str) -> list[str]:
        own = [subject] if self.now(subject) == subject else []
        return self._members.get(subject, own)

    def moved(self) -> dict[str, str]:
        return {old: new for old, new in self._stands_for.items() if old != new}

"""The list of facts on which sources disagree: found of those of whom the store says something else than when it was
listed, and written where it differs, so that a row keeps its number while it says the same."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from yumiao.district.intakes.models import ContestedFact
from yumiao.district.registry.disputes import (
    contested_policies,
    disputes_of,
    ids_of_subjects,
    is_judged_by,
)
from yumiao.district.registry.models import Projection
from yumiao.importing.conflicts import (
    columns_read,
    hanging_policies,
    list_conflicts,
    reported_by,
    told_conflicts,
)
from yumiao.importing.touched import touched_subjects
from yumiao.ladder.known import known_facts
from yumiao.model.facts import CODE, NAME, SUBJECT
from yumiao.model.problems import YumiaoError
from yumiao.model.release import ENGINE_VERSION
from yumiao.packs.library import Library
from yumiao.store import State, Store

_CHUNK = 500
_TOGETHER = 20_000
"""Subjects of whom the register is asked at once: less than a second's work."""

_FIELDS = (
    "name",
    "code",
    "column",
    "value",
    "source",
    "place",
    "other",
    "other_source",
    "other_place",
    "policies",
    "hanging",
)
Said = tuple[object, ...]
"""What a row says of a fact of its subject: `_FIELDS`."""

Rows = dict[str, list[Said]]
"""Subject → what its rows say, in order; of whom sources say the same there is none."""


def basis_of(library: Library, as_of: dt.date) -> str:
    """Hash what the list follows from beside the store: day, rules, who is believed, the program."""
    in_force = (library.in_force(family, as_of) for family in library.families())
    rules = [(policy.id, policy.hash) for policy in in_force if policy is not None]
    believed = library.reported.precedence
    said = (
        ENGINE_VERSION,
        as_of.isoformat(),
        rules,
        believed.usual,
        sorted(believed.by_metric.items()),
    )
    return hashlib.sha256(repr(said).encode()).hexdigest()


def moved_since(store: Store, root: str, state: State) -> pl.Series | None:
    """Return the subjects of whom a state may say other things than an earlier root; None: of anybody.

    Anybody, too, where the root is not one of this store's past.
    """
    if root == state.root:
        return pl.Series(SUBJECT, [], pl.String)
    try:
        before = store.state_at(root) if root else None
    except YumiaoError:
        return None
    if before is None or state.events[: len(before.events)] != before.events:
        return None
    return touched_subjects(before, state)


@dataclass(frozen=True)
class Search:
    """Where contested facts are looked for: in the register, as far as it says what the store does, else in the store.

    Attributes:
        register: what the register was made from; None for none.
        behind: of whom the register does not say yet what the store does; None: of anybody.
    """

    state: State
    library: Library
    as_of: dt.date
    data: Path
    register: Projection | None
    behind: pl.Series | None

    def parts(self, subjects: pl.Series | None) -> list[pl.Series | None]:
        """Divide those to look for, None for everybody, so that each part takes less than a second."""
        if not self.serves or self.behind is None:
            return [subjects]  # judging few takes almost as long as judging all
        if subjects is None:
            ids = pl.Series(SUBJECT, ids_of_subjects(), pl.String)
            subjects = pl.concat([ids, self.behind]).unique().sort()
        return [subjects[start : start + _TOGETHER] for start in range(0, len(subjects), _TOGETHER)]

    def find(self, subjects: pl.Series | None) -> Rows:
        """Return what the list is to say of some subjects; None: of everybody."""
        if subjects is None or self.register is None or self.behind is None or not self.serves:
            return _rows(self._judged(subjects))
        late = self.behind.filter(self.behind.is_in(subjects.implode()))
        read = self._read(self.register.folder, subjects.filter(~subjects.is_in(late.implode())))
        return {**_rows(read), **_rows(self._judged(late))}

    @cached_property
    def serves(self) -> bool:
        """Whether the register can say of anybody what the store does."""
        if self.register is None or self.behind is None:
            return False
        return is_judged_by(self.register, self.library, self.as_of, self.data)

    def _read(self, folder: str, subjects: pl.Series) -> pl.DataFrame | None:
        """Read of the register what sources disagree on, and which of its verdicts are contested."""
        if subjects.is_empty():
            return None
        facts = disputes_of(self.data, folder, subjects)
        contested = contested_policies(frozenset(facts.conflicts[SUBJECT]))
        hanging = hanging_policies(contested, columns_read(self.library, self.as_of))
        return told_conflicts(facts, hanging, reported_by(self.state))

    def _judged(self, subjects: pl.Series | None) -> pl.DataFrame | None:
        """Work out from the store what sources disagree on, and judge those of whom they do."""
        state, library, as_of = self.state, self.library, self.as_of
        if not state.batches or (subjects is not None and subjects.is_empty()):
            return None
        facts = None if subjects is None else known_facts(state.about(subjects), library, as_of, keep=False)
        return list_conflicts(state, library, as_of, facts)


def _rows(conflicts: pl.DataFrame | None) -> Rows:
    rows: Rows = defaultdict(list)
    for row in conflicts.iter_rows(named=True) if conflicts is not None else ():
        rows[row[SUBJECT]].append(
            (
                (row[NAME] or "")[:300],
                (row[CODE] or "")[:40],
                row["column"],
                (row["value"] or "")[:300],
                row["source"] or "",
                row["place"] or "",
                (row["other"] or "")[:300],
                row["other_source"] or "",
                row["other_place"] or "",
                list(row["policies"]),
                len(row["policies"]),
            )
        )
    return rows


def write_contested(found: Rows, subjects: Collection[str] | None, but: Collection[str] = ()) -> None:
    """Let the list say of some subjects what was found; of whom it says that already, the rows stay as they are.

    Args:
        subjects: whom it was found of, those without a row too; None: everybody.
        but: of whom the list stays as it is.
    """
    held = _held(subjects)
    told = (held.keys() | found.keys()).difference(but)
    changed = sorted(each for each in told if held.get(each) != found.get(each))
    for part in _chunks(changed):
        ContestedFact.objects.filter(subject__in=part).delete()
    new = (
        ContestedFact(subject=subject, **dict(zip(_FIELDS, said, strict=True)))
        for subject in changed
        for said in found.get(subject, ())
    )
    ContestedFact.objects.bulk_create(new, batch_size=_CHUNK)


def _held(subjects: Collection[str] | None) -> Rows:
    rows = ContestedFact.objects.order_by("id").values_list("subject", *_FIELDS)
    parts = (
        [rows] if subjects is None else [rows.filter(subject__in=part) for part in _chunks(sorted(subjects))]
    )
    held: Rows = defaultdict(list)
    for part in parts:
        for subject, *said in part.iterator():
            held[subject].append(tuple(said))
    return held


def _chunks(subjects: Sequence[str]) -> Iterator[Sequence[str]]:
    return (subjects[start : start + _CHUNK] for start in range(0, len(subjects), _CHUNK))

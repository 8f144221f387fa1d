"""Bringing the register up to date: only what the store says of subjects that moved is judged and written again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from django.db import transaction

from yumiao.district.indicators.keeping import Shift, keep_ladder
from yumiao.district.indicators.ladder import COUNTY, CountedLadder, count_ladder, write_ladder
from yumiao.district.indicators.models import LadderBuilt
from yumiao.district.journal.services import CONSOLE, Stream, record
from yumiao.district.registry.changes import Basis, Said, note_changes
from yumiao.district.registry.former import PLACES, Former, Row
from yumiao.district.registry.judged_facts import (
    LatestFacts,
    conflicts_about,
    fold_judged,
    has_judged,
    judged_folder,
    snapshot_of,
    sweep_judged,
    write_judged_later,
)
from yumiao.district.registry.models import (
    OutcomeCurrent,
    Projection,
    SearchKey,
    Subject,
    SubjectAlias,
    TitleHeld,
)
from yumiao.district.registry.projecting import (
    OUTCOME_COLUMNS,
    KnownSubject,
    Projected,
    SubjectRow,
    Tell,
    known_subject,
    project,
)
from yumiao.district.registry.replacing import delete_named, replace_rows
from yumiao.district.registry.services import SUBJECT_COLUMNS, insert_rows, keys_of_subject, rebuild
from yumiao.district.registry.titles import TITLE_COLUMNS
from yumiao.importing.touched import are_lists_concerned, touched_facts, touched_subjects
from yumiao.ladder.known import FormerFacts, follow_from_registers, registers_read
from yumiao.model.facts import SUBJECT
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.packs.library import Library
from yumiao.store import State, Store

MOST_SHARE = 5
"""Where more than one subject in so many moved, building anew is quicker."""

_FEW = 1000
"""So many subjects are brought up to date in any case, however small the register is."""

MOST_GONE = 100
"""Where more subjects than so many leave the register, building anew is quicker: each is looked for in every table."""

LATEST = LatestFacts()
"""What the register was judged by, in a process that brings it up to date again and again."""

Key = tuple[int, str]
"""A search key and the subject it leads to."""


@dataclass(frozen=True)
class Refreshed:
    """What bringing the register up to date did.

    Attributes:
        subjects: how many subjects were judged again.
        was_rebuilt: whether the whole register was built anew.
        is_current: whether it was up to date already, so that nothing was done.
    """

    subjects: int
    was_rebuilt: bool = False
    is_current: bool = False


def is_behind(store: Store) -> bool:
    """Whether the store knows more than the register says."""
    built = Projection.objects.values_list("store_root", flat=True).first()
    return built != store.state().root


def refresh(
    store: Store,
    library: Library,
    *,
    as_of: dt.date,
    data: Path,
    now: dt.datetime,
    tell: Tell | None = None,
    by: str = CONSOLE,
) -> Refreshed:
    """Bring the register up to date with the store; readers see the former one until the new one is whole.

    The result is what building it anew would give. It is built anew where there is none yet, where the packs changed,
    where a complete list or a split may concern anybody, and where many subjects moved.

    Args:
        as_of: the application date of a register that has to be built; one that is there keeps its own.
        by: opaque id of who asked.
    """
    built = Projection.objects.first()
    state = store.state()
    if built is not None and built.store_root == state.root and _is_same_packs(built, library):
        return Refreshed(0, is_current=True)
    day = built.as_of if built is not None else as_of
    moved = _moved(store, built, state, library, data)
    if built is None or moved is None:
        whole = rebuild(store, library, as_of=day, data=data, now=now, tell=tell, by=by)
        return Refreshed(whole.subjects, was_rebuilt=True)
    facts = LATEST.of(judged_folder(data, built.folder))
    touched, projected = moved.subjects, moved.project(library, day, tell, facts, data, built.folder)
    known = {subject.id for subject in projected.subjects}
    if len(set(touched) - known) > MOST_GONE:
        whole = rebuild(store, library, as_of=day, data=data, now=now, tell=tell, by=by)
        return Refreshed(whole.subjects, was_rebuilt=True)
    former = Former.of(facts, built.receipt, projected, touched)
    rows = _Rows.of(projected, former)
    folder, said = write_judged_later(projected.run, data, built.folder, facts, touched, projected.renewal)
    ladder = _ladder(store, moved.before, state, library, day, former, rows)
    with transaction.atomic():
        current = Projection.objects.select_for_update().first()
        if current is None or current.store_root != built.store_root:
            raise YumiaoError(
                "registry.moved",
                Text(
                    "企业库同时被另一处重建，请稍后再试。",
                    "The register was built by somebody else meanwhile; try again in a moment.",
                ),
            )
        _write(current, projected, touched, former, rows, data, folder, ladder, library, now, by)
    sweep_judged(data, keep=frozenset({folder, built.folder}))
    LATEST.keep(judged_folder(data, folder), said)
    return Refreshed(len(touched))


def fold(data: Path) -> bool:
    """Put what was said later among what was said first; the register that pages read says the same all the while.

    Returns: whether it was done; not where there is no register, or it became another one meanwhile.
    """
    folder = Projection.objects.values_list("folder", flat=True).first() or ""
    if not has_judged(data, folder):
        return False
    facts, folded = LATEST.of(judged_folder(data, folder)), fold_judged(data, folder)
    is_done = Projection.objects.filter(folder=folder).update(folder=folded) > 0
    current = Projection.objects.values_list("folder", flat=True).first()
    sweep_judged(data, keep=frozenset({folder, current or folder}))
    if is_done:
        LATEST.keep(judged_folder(data, folded), facts)
    return is_done


def _is_same_packs(built: Projection, library: Library) -> bool:
    pinned = {name: kept["pack"] for name, kept in built.receipt["policies"].items()}
    in_force = (library.in_force(family, built.as_of) for family in library.families())
    return pinned == {policy.id: policy.hash for policy in in_force if policy is not None}


@dataclass(frozen=True)
class _Moved:
    """What a later state may say otherwise.

    Attributes:
        before: the state that the register was built from.
        subjects: those to judge again.
    """

    before: State
    after: State
    subjects: pl.Series

    def project(
        self, library: Library, day: dt.date, tell: Tell | None, facts: pl.DataFrame, data: Path, folder: str
    ) -> Projected:
        """Judge the subjects again; of what the register was judged by, what may not be another is taken over.

        Args:
            facts: the facts of everybody, in the folder of what the register was judged by.
        """
        named = touched_facts(self.before, self.after, registers_read(library))
        if named is None or follow_from_registers(named, library):
            return project(self.after.about(self.subjects), library, day, tell, schema=facts.schema)
        state = self.after.about(self.subjects, named)
        if are_lists_concerned(self.before, state):
            return project(self.after.about(self.subjects), library, day, tell, schema=facts.schema)
        known = facts.filter(pl.col(SUBJECT).is_in(self.subjects.implode()))
        conflicts = conflicts_about(judged_folder(data, folder), self.subjects)
        former = FormerFacts(known, conflicts, named)
        return project(state, library, day, tell, former=former, schema=facts.schema)


def _moved(
    store: Store, built: Projection | None, state: State, library: Library, data: Path
) -> _Moved | None:
    """What has to be judged again; None where everything has to be built anew."""
    if built is None or not _is_same_packs(built, library) or not has_judged(data, built.folder):
        return None
    try:
        before = store.state_at(built.store_root)
    except YumiaoError:  # a register of another store, or of one that was replaced
        return None
    if state.events[: len(before.events)] != before.events:
        return None
    touched = touched_subjects(before, state)
    if touched is None or len(touched) > max(_FEW, built.subjects // MOST_SHARE):
        return None
    return _Moved(before, state, touched)


@dataclass(frozen=True)
class _Rows:
    """The rows of the subjects that moved, computed before anything is locked; what stays as it is may be left out.

    Attributes:
        keys, former_keys: search keys, and those that are there, of subjects whose names or numbers are others now.
        outcomes: rows of verdicts that are there no more, and those that come.
        aliases: merged ids of everybody.
        left: the subjects that the register knows no more.
    """

    subjects: list[SubjectRow]
    keys: set[Key]
    former_keys: set[Key]
    titles: frozenset[Row]
    outcomes: tuple[frozenset[Row], frozenset[Row]]
    aliases: dict[str, str]
    left: frozenset[str]

    @classmethod
    def of(cls, projected: Projected, former: Former) -> _Rows:
        left = former.subjects.keys() - {subject.id for subject in projected.subjects}
        span = former.span_of(projected.run)
        held = former.outcomes(span)
        frames = projected.outcomes(former.words(held), span)
        renamed = [each for each in projected.subjects if _is_renamed(each, former.subjects.get(each.id))]
        again = {each.id for each in renamed} | left
        outcomes = frozenset(row for frame in frames for row in frame.iter_rows())
        before = (known_subject(*_kept(former.subjects[each])) for each in again & former.subjects.keys())
        return cls(
            [_row_of(each, again, former) for each in projected.subjects],
            {pair for subject in renamed for pair in keys_of_subject(subject)},
            {pair for subject in before for pair in keys_of_subject(subject)},
            former.titles_of(projected.renewal).union(projected.titles),
            (held - outcomes, outcomes - held),
            _aliases(projected, left),
            frozenset(left),
        )


def _aliases(projected: Projected, left: Collection[str]) -> dict[str, str]:
    """Return merged ids of everybody whom the register will know."""
    wanted = sorted(set(projected.state.aliases.general.values()).difference(left))
    known = {subject.id for subject in projected.subjects}
    for start in range(0, len(wanted), PLACES):
        known |= set(
            Subject.objects.filter(id__in=wanted[start : start + PLACES]).values_list("id", flat=True)
        )
    return projected.aliases(known)


_KEPT = ("id", "name", "code", "territory", "identifiers")
_KEPT_AT = [SUBJECT_COLUMNS.index(name) for name in _KEPT]
_TERRITORY, _TALLY = SUBJECT_COLUMNS.index("territory"), SUBJECT_COLUMNS.index("met")


def _kept(row: Row) -> tuple[str, str, str, str, str]:
    """What a row of the table of subjects says of a subject, for `known_subject`."""
    subject, name, code, territory, identifiers = (str(row[place]) for place in _KEPT_AT)
    return subject, name, code, territory, identifiers


def _is_renamed(subject: KnownSubject, row: Row | None) -> bool:
    """Whether names or numbers are others than those of the row that is there."""
    if row is None:
        return True
    _, name, code, _, identifiers = _kept(row)
    return (name, code, identifiers) != (subject.name, subject.code, subject.written_identifiers())


def _row_of(subject: KnownSubject, renamed: Collection[str], former: Former) -> SubjectRow:
    """Return a subject's row; how names that are what they were are read and sorted is taken over."""
    if subject.id in renamed:
        return subject.row()
    row = former.subjects[subject.id]
    return (*row[:_TERRITORY], subject.territory, *row[_TERRITORY + 1 : _TALLY], *subject.tally)


def _ladder(
    store: Store, before: State, after: State, library: Library, day: dt.date, former: Former, rows: _Rows
) -> CountedLadder:
    kept = keep_ladder(before, after, library, LadderBuilt.objects.first(), _shift(former, rows))
    if kept is not None:
        return kept
    stay = set(Subject.objects.values_list("id", flat=True)).difference(rows.left)
    return count_ladder(store, library, day, stay.union(str(row[0]) for row in rows.subjects))


def _shift(former: Former, rows: _Rows) -> Shift:
    """Return who came, went or moved, where to, and which counties are empty without them."""
    stood = {subject: str(row[_TERRITORY]) for subject, row in former.subjects.items()}
    stand = {str(row[0]): str(row[_TERRITORY]) for row in rows.subjects}
    moved = frozenset(each for each in stood.keys() | stand.keys() if stood.get(each) != stand.get(each))
    left = {stood[each][:COUNTY] for each in moved & stood.keys() if len(stood[each]) >= COUNTY}
    others = {place[:COUNTY] for place in stand.values()}
    emptied = {
        county
        for county in left - others
        if not Subject.objects.filter(territory__startswith=county).exclude(id__in=moved).exists()
    }
    return Shift(moved, frozenset(stand[each] for each in moved & stand.keys()), frozenset(emptied))


def _write(
    built: Projection,
    projected: Projected,
    touched: pl.Series,
    former: Former,
    rows: _Rows,
    data: Path,
    folder: str,
    ladder: CountedLadder,
    library: Library,
    now: dt.datetime,
    by: str,
) -> None:
    before, after = Basis.of(built.as_of, built.receipt), Basis.of(built.as_of, projected.run.receipt)
    note_changes(before, after, now, *(map(_said, each) for each in rows.outcomes))
    _write_aliases(former.aliases, rows.aliases, touched.to_list())
    delete_named(SearchKey, ("key", "subject_id"), sorted(rows.former_keys - rows.keys))
    replace_rows(
        TitleHeld,
        TITLE_COLUMNS,
        ("subject_id", "title"),
        former.titles - rows.titles,
        rows.titles - former.titles,
    )
    delete_named(Subject, ("id",), [(each,) for each in sorted(rows.left)])
    moved = [row for row in rows.subjects if row != former.subjects.get(str(row[0]))]
    insert_rows(Subject, SUBJECT_COLUMNS, moved, replaced_by=("id",))
    insert_rows(SearchKey, ("key", "subject_id"), sorted(rows.keys - rows.former_keys))
    key = ("subject_id", "family")
    more = replace_rows(OutcomeCurrent, OUTCOME_COLUMNS, key, *rows.outcomes)
    write_ladder(library, ladder)
    built.store_root = projected.root
    built.built_at = now
    built.folder = folder
    built.subjects += len(rows.subjects) - len(former.subjects)
    built.outcomes += more
    built.receipt = {
        **projected.run.receipt,
        "subjects": built.subjects,
        "snapshot": snapshot_of(data, folder),
    }
    built.save()
    record(
        stream=Stream("register", "current"),
        act="register.refreshed",
        actor=by,
        at=now,
        payload={
            "store_root": projected.root,
            "as_of": built.as_of.isoformat(),
            "folder": folder,
            "subjects": len(touched),
            "outcomes": len(rows.outcomes[1]),
        },
    )


_SAID = [OUTCOME_COLUMNS.index(name) for name in ("subject_id", "family", "version", "outcome")]


def _said(row: Row) -> Said:
    subject, family, version, outcome = (str(row[place]) for place in _SAID)
    return subject, family, version, outcome


def _write_aliases(held: Mapping[str, str], wanted: Mapping[str, str], touched: Sequence[str]) -> None:
    """Bring merged ids in line: those that moved, and every one that leads to a subject which is written again."""
    again = set(touched)
    moved = [old for old, now in held.items() if wanted.get(old) != now or now in again]
    delete_named(SubjectAlias, ("id",), [(old,) for old in sorted(moved)])
    left = held.keys() - set(moved)
    insert_rows(SubjectAlias, ("id", "subject_id"), [pair for pair in wanted.items() if pair[0] not in left])

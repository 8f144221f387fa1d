"""Files imported into a store: linked, compared, judged before and after, and committed whole or not at all."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from yumiao.importing.comparing import Comparison, compare_facts
from yumiao.importing.contents import batch_content
from yumiao.importing.desks import Desk, DraftDesk, PaperDesk
from yumiao.importing.effects import Effects, verdict_effects
from yumiao.importing.linking import Assignment, assign_subjects, parties_of
from yumiao.importing.touched import touched_subjects
from yumiao.intake.arrivals import Arrival
from yumiao.ladder.known import known_facts
from yumiao.model.facts import SUBJECT
from yumiao.model.problems import Problem, Severity, YumiaoError
from yumiao.model.text import Text
from yumiao.packs.library import Library
from yumiao.store import Draft, ReceivedFile, State, Store
from yumiao.store.contents import FACTS

Tell = Callable[[Text, int, int], None]
"""Told what is being done, how many steps are done, and how many there are."""


@dataclass(frozen=True)
class Incoming:
    """An arrival with what its batch records of it.

    Attributes:
        source: id of who reports.
        kind: name of the kind of file, under which its mapping is remembered.
        mapping_text: the mapping file as kept.
        received: the file as it was before it was read.
        territory: division code of all rows; None: not said.
    """

    arrival: Arrival
    source: str
    kind: str
    mapping_text: str
    received: ReceivedFile
    territory: str | None = None


@dataclass(frozen=True)
class FileReport:
    """What became of one file, or would.

    Attributes:
        batch: the id of its batch; of an earlier one when that says exactly this already.
        is_repeat: whether nothing was added because an earlier batch says exactly this.
        bad_rows: rows with a value that could not be read.
        assignment: whose facts they are; None for a repeat.
        comparison: how the facts stand to what was known; None for a repeat.
    """

    incoming: Incoming
    batch: str
    is_repeat: bool
    bad_rows: int
    assignment: Assignment | None = None
    comparison: Comparison | None = None

    @property
    def good_rows(self) -> int:
        """Rows of which every mapped value was read."""
        return self.incoming.arrival.rows - self.bad_rows

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read, and what deserves a look."""
        return self.incoming.arrival.problems


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or would do.

    Attributes:
        is_committed: whether it counts now.
        effects: the verdicts that change; None where nobody asked.
    """

    files: tuple[FileReport, ...]
    effects: Effects | None
    is_committed: bool

    @property
    def changes_nothing(self) -> bool:
        """Whether everything was known already, as it is."""
        return all(each.is_repeat for each in self.files)


def preview_import(
    store: Store,
    incoming: Sequence[Incoming],
    library: Library,
    *,
    at: str,
    who: str,
    as_of: dt.date | None = None,
    decided: Callable[[State, Sequence[FileReport]], State] | None = None,
    tell: Tell | None = None,
) -> ImportReport:
    """Work out what an import would do; nothing is written and no lock is taken.

    Args:
        at: the moment of recording, ISO 8601 with offset.
        as_of: the application date for which verdicts are compared; None: they are not.
        decided: puts into the state what will be decided along with the import.
    """
    state = store.state()
    desk = PaperDesk(state, at=at, who=who)
    files = _take_in(desk, incoming, library, tell)
    after = desk.state if decided is None else decided(desk.state, files)
    effects = _effects(state, after, files, library, as_of, tell)
    return ImportReport(files, effects, is_committed=False)


def commit_import(
    store: Store,
    incoming: Sequence[Incoming],
    library: Library,
    *,
    at: str,
    who: str,
    as_of: dt.date | None = None,
    keep_originals_until: dt.date | None = None,
    finish: Callable[[Draft, Sequence[FileReport]], None] | None = None,
    tell: Tell | None = None,
) -> ImportReport:
    """Import all of it or, when anything raises, nothing.

    Args:
        keep_originals_until: the day on which the key of each encrypted original is destroyed; None: originals are
            not kept.
        finish: adds to the draft what belongs to the import, before it is committed.
    Raises: YumiaoError when another writer holds the store, the disk is full, or a subject is not as it should be.
    """
    with store.writing(who, at) as draft:
        desk = DraftDesk(draft)
        before = draft.before
        files = _take_in(desk, incoming, library, tell)
        if finish is not None:
            finish(draft, files)
        effects = _effects(before, desk.state, files, library, as_of, tell)
        if keep_originals_until is not None:
            for each in {
                file.incoming.arrival.path: file.incoming for file in files if not file.is_repeat
            }.values():
                draft.keep_original(_unchanged_bytes(each), each.received.name, keep_originals_until)
    return ImportReport(files, effects, is_committed=True)


def _take_in(
    desk: Desk, incoming: Sequence[Incoming], library: Library, tell: Tell | None
) -> tuple[FileReport, ...]:
    files: list[FileReport] = []
    for number, each in enumerate(incoming):
        if tell is not None:
            name = each.arrival.file
            tell(Text(f"比对 {name}", f"comparing {name}"), number, len(incoming))
        files.append(_take_one(desk, each, library))
    return tuple(files)


def _take_one(desk: Desk, incoming: Incoming, library: Library) -> FileReport:
    arrival, state = incoming.arrival, desk.state
    mapping = desk.keep_mapping(incoming.kind, incoming.mapping_text)
    received = incoming.received
    bad_rows = count_bad_rows(arrival.problems)
    repeated = _repeated(state, incoming, received, mapping)
    if repeated is not None:
        return FileReport(incoming, repeated, is_repeat=True, bad_rows=bad_rows)
    parties = parties_of(arrival.facts.table, arrival.identifiers)
    assignment = assign_subjects(parties, state.identifiers(), incoming.source)
    unknown = assignment.subjects[SUBJECT].null_count()
    assignment = assignment.entered(desk.mint(unknown) if unknown else [])
    content = batch_content(arrival, assignment)
    known = state.latest_values(library.metrics, content.facts.table[SUBJECT].to_list())
    comparison = compare_facts(content.facts.sources, known, incoming.source)
    added = desk.add_batch(
        content,
        kind=incoming.kind,
        source=incoming.source,
        observed_on=arrival.on,
        territory=incoming.territory or arrival.territory or None,
        files=(received,),
        mapping=mapping,
        rows=arrival.rows,
        counts={"bad_rows": bad_rows, **{f"subjects_{k}": n for k, n in assignment.counts().items()}},
    )
    return FileReport(incoming, added.id, not added.is_new, bad_rows, assignment, comparison)


def receive_file(path: Path) -> ReceivedFile:
    """Take a file's name, hash and size."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return ReceivedFile(path.name, digest.hexdigest(), path.stat().st_size)


def _unchanged_bytes(incoming: Incoming) -> bytes:
    """Return the bytes of a file. Raises: YumiaoError when they are no longer those that were read."""
    data = incoming.arrival.path.read_bytes()
    if hashlib.sha256(data).hexdigest() != incoming.received.sha256:
        name = incoming.received.name
        text = Text(
            f"{name} 在导入过程中被改动，什么也没有写入；请待其保存完毕后再试。",
            f"{name} changed while it was imported; nothing was written. Try again once it is saved.",
        )
        raise YumiaoError("file_changed", text)
    return data


def _repeated(state: State, incoming: Incoming, received: ReceivedFile, mapping: str) -> str | None:
    """Return the counting batch that holds this very file, read in the same way, for the same source and day."""
    for batch in state.batches:
        manifest = batch.manifest
        if (
            [file.sha256 for file in manifest.files] == [received.sha256]
            and (manifest.mapping, manifest.source, manifest.kind)
            == (mapping, incoming.source, incoming.kind)
            and manifest.observed_on == incoming.arrival.on
            and set(batch.schema(FACTS)) == set(incoming.arrival.facts.table.columns)
        ):
            return manifest.id
    return None


def count_bad_rows(problems: Sequence[Problem]) -> int:
    """Count the rows with at least one error in a cell."""
    rows = {
        (problem.file, problem.sheet, problem.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        for problem in problems
        if problem.severity is Severity.ERROR and problem.cell
    }
    return len(rows)


# ── before and after ──────────────────────────────────────────────────────────────────────────────────────────


def _effects(
    before: State,
    after: State,
    files: Sequence[FileReport],
    library: Library,
    as_of: dt.date | None,
    tell: Tell | None,
) -> Effects | None:
    if as_of is None or all(each.is_repeat for each in files):
        return None
    if tell is not None:
        tell(Text("比较判定", "comparing verdicts"), len(files), len(files) + 1)
    touched = touched_subjects(before, after)
    now, then = (known_facts(state.about(touched), library, as_of, keep=False) for state in (before, after))
    return verdict_effects(library, now, then, as_of)

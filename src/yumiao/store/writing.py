"""A draft: what a writer adds to a store, committed as one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from yumiao.model.facts import SUBJECT
from yumiao.store.canonical import SHORT, canonical_json, hash_of
from yumiao.store.contents import MANIFEST, encode_content
from yumiao.store.faults import bad_content, bad_decision, early_moment, unsure_commit, writing_faults
from yumiao.store.ids import MOST_SUBJECTS, find_foreign, mint_ids, number_of
from yumiao.store.manifests import propose_manifest
from yumiao.store.moments import read_moment
from yumiao.store.originals import write_original
from yumiao.store.roots import commit_root, move_head, read_head, read_root
from yumiao.store.shelf import Shelf
from yumiao.store.state import State
from yumiao.store.sweeping import sweep
from yumiao.store.values import DECISIONS, Act, AddedBatch, BatchContent, Event, ReceivedFile


@dataclass
class Draft:
    """What is about to be written. Files of batches are written at once; they count only after the commit.

    Attributes:
        before: the state that the draft adds to.
        who, at: recorded in every event.
        events: the new events so far.
    """

    shelf: Shelf
    before: State
    who: str
    at: str
    events: list[Event] = field(default_factory=list)
    _is_over: bool = False

    @property
    def state(self) -> State:
        """The state as it will be when the draft is committed now."""
        return State(self.shelf, self.before.root, None, (*self.before.events, *self.events))

    def mint(self, count: int) -> list[str]:
        """Return new ids of subjects, in ascending order; once committed, an id is never minted again."""
        minted = self.state.minted
        if minted + count > MOST_SUBJECTS:
            raise bad_decision("主体编号已用完。", "there are no more ids of subjects in this store.")
        if count:
            self._note(Act.MINT, count=count)
        return mint_ids(self.shelf.folder.store_id, minted, count)

    def same_as(
        self,
        content: BatchContent,
        *,
        source: str,
        observed_on: dt.date,
        territory: str | None = None,
    ) -> str | None:
        """Return the counting batch that says exactly this already, or None."""
        manifest = propose_manifest(
            content,
            encode_content(content),
            number=0,
            at=self.at,
            who=self.who,
            kind="",
            source=source,
            observed_on=observed_on,
            territory=territory,
        )
        return self._batch_saying(manifest.content)

    def _batch_saying(self, content: str) -> str | None:
        return next((b.manifest.id for b in self.state.batches if b.manifest.content == content), None)

    def add_batch(
        self,
        content: BatchContent,
        *,
        kind: str,
        source: str,
        observed_on: dt.date,
        territory: str | None = None,
        files: Sequence[ReceivedFile] = (),
        mapping: str | None = None,
        rows: int = 0,
        counts: Mapping[str, int] | None = None,
        note: str = "",
    ) -> AddedBatch:
        """Add a batch, unless a counting one says exactly this of the same source and day.

        Args:
            content: what the intake says, subjects by ids that this store minted.
            kind, source, observed_on, territory, files, mapping, rows, counts, note: see `BatchManifest`.
        Returns: the batch, and whether it is an old one.
        Raises: YumiaoError ``store.content`` when the content contradicts itself or names a subject that this
            store never minted.
        """
        parts = encode_content(content)
        self._check_subjects(content)
        manifest = propose_manifest(
            content,
            parts,
            number=len(self.state.all_batches) + 1,
            at=self.at,
            who=self.who,
            kind=kind,
            source=source,
            observed_on=observed_on,
            territory=territory,
            files=files,
            mapping=mapping,
            rows=rows,
            counts=counts,
            note=note,
        )
        known = self._batch_saying(manifest.content)
        if known is not None:
            return AddedBatch(known, same_as=known)
        text = canonical_json(manifest.as_json())
        self._write_batch(manifest.id, {**parts, MANIFEST: text})
        self._note(Act.IMPORT, batch=manifest.id, manifest=hash_of(text))
        return AddedBatch(manifest.id)

    def _check_subjects(self, content: BatchContent) -> None:
        minted, store_id = self.state.minted, self.shelf.folder.store_id
        tables = (content.facts.table, content.identifiers, *content.records.values())
        for frame in tables:
            foreign = find_foreign(store_id, minted, frame[SUBJECT].drop_nulls().unique())
            if foreign is not None:
                raise bad_content(
                    f"{foreign} 不是本数据仓编发的主体编号。",
                    f"{foreign!r} is no subject that this store has minted.",
                )

    def _write_batch(self, batch_id: str, parts: Mapping[str, bytes]) -> None:
        files, place = self.shelf.files, self.shelf.folder.batch(batch_id)
        with writing_faults(self.shelf.folder.path):
            files.make_folder(place)
            for name, data in parts.items():
                files.write_durably(place / name, data)
            files.sync_folder(place)
            files.sync_folder(self.shelf.folder.batches())

    def revert(self, batch_id: str, why: str = "") -> None:
        """Let a batch no longer count. Raises: YumiaoError when there is none, or it does not count already."""
        self._check_counting(batch_id, counts=True)
        self._note(Act.REVERT, batch=batch_id, why=why)

    def restore(self, batch_id: str, why: str = "") -> None:
        """Let a reverted batch count again. Raises: YumiaoError when there is none, or it counts already."""
        self._check_counting(batch_id, counts=False)
        self._note(Act.RESTORE, batch=batch_id, why=why)

    def _check_counting(self, batch_id: str, *, counts: bool) -> None:
        state = self.state
        state.batch(batch_id)
        if (batch_id not in state.reverted) is not counts:
            zh, en = ("已撤销", "is reverted already") if counts else ("未被撤销", "is not reverted")
            raise bad_decision(f"批次 {batch_id} {zh}。", f"the batch {batch_id} {en}.")

    def merge(
        self, subject: str, *, into: str, why: str = "", evidence: Mapping[str, Any] | None = None
    ) -> int:
        """Decide that two ids mean one subject, known by the second from now on; returns the decision's number."""
        self._check_minted(subject, into)
        aliases = self.state.aliases
        if aliases.read_as(subject) == aliases.read_as(into):
            raise bad_decision(
                f"{subject} 与 {into} 已是同一主体。", f"{subject} and {into} are one subject already."
            )
        return self._note(Act.MERGE, **{"from": subject}, into=into, why=why, evidence=dict(evidence or {}))

    def merge_all(
        self, pairs: Sequence[tuple[str, str]], *, why: str = "", evidence: Sequence[Mapping[str, Any]] = ()
    ) -> list[int]:
        """Decide of several pairs at once that the first is read as the second; returns the decisions' numbers.

        Each is a decision of its own; all tell under ``together`` the number of the first.

        Args:
            pairs: no id may stand in two of them.
            evidence: of each pair, in their order; empty where there is none.
        Raises: YumiaoError when a pair is one subject already, or an id stands twice; then nothing is decided.
        """
        self._check_minted(*(subject for pair in pairs for subject in pair))
        aliases, seen = self.state.aliases, set[str]()
        for subject, into in pairs:
            ends = {aliases.read_as(subject), aliases.read_as(into)}
            if len(ends) == 1 or ends & seen:
                raise bad_decision(
                    f"{subject} 与 {into} 已是同一主体，或在一次决定中出现两次。",
                    f"{subject} and {into} are one subject already, or stand twice in one decision.",
                )
            seen |= ends
        first = self._next_number()
        found = evidence or [{}] * len(pairs)
        return [
            self._note(
                Act.MERGE, **{"from": subject}, into=into, why=why, evidence=dict(each), together=first
            )
            for (subject, into), each in zip(pairs, found, strict=True)
        ]

    def split(self, subject: str, batches: Sequence[str], *, into: str, why: str = "") -> int:
        """Decide that what some batches said of a subject is of another one; returns the decision's number."""
        self._check_minted(subject, into)
        for batch in batches:
            self.state.batch(batch)
        return self._note(Act.SPLIT, subject=subject, batches=list(batches), into=into, why=why)

    def declare_same(self, left: str, right: str, why: str = "", **details: Any) -> int:
        """Remember that two identifiers or records mean the same subject; returns the decision's number."""
        return self._note(Act.SAME, left=left, right=right, why=why, **details)

    def separate(self, left: str, right: str, why: str = "", **details: Any) -> int:
        """Remember that two identifiers or records mean different subjects; returns the decision's number."""
        return self._note(Act.SEPARATE, left=left, right=right, why=why, **details)

    def undo(self, seq: int, why: str = "") -> int:
        """Take a decision back, or an undo; what rested on it is as it was. Returns the number of the undo."""
        state = self.state
        event = next((each for each in state.events if each.seq == seq), None)
        if event is None or event.act not in (*DECISIONS, Act.UNDO):
            raise bad_decision(f"没有第 {seq} 号决定。", f"there is no decision number {seq}.")
        if event.act is not Act.UNDO and event not in state.decisions:
            raise bad_decision(
                f"第 {seq} 号决定已撤回。", f"the decision number {seq} is taken back already."
            )
        return self._note(Act.UNDO, of=seq, why=why)

    def undo_all(self, numbers: Sequence[int], why: str = "") -> list[int]:
        """Take several decisions back at once; returns the numbers of the undos.

        All tell under ``together`` the number of the first.

        Raises: YumiaoError when one of them does not hold any more; then none is taken back.
        """
        holding = {event.seq for event in self.state.decisions}
        gone = [number for number in numbers if number not in holding]
        if gone:
            raise bad_decision(
                f"第 {gone[0]} 号决定不存在或已撤回。",
                f"there is no decision number {gone[0]}, or it is taken back already.",
            )
        first = self._next_number()
        return [self._note(Act.UNDO, of=number, why=why, together=first) for number in numbers]

    def keep_mapping(self, kind: str, text: str) -> str:
        """Keep a mapping file as the one for a kind of file; returns its hash."""
        data = text.encode("utf-8")
        name = hash_of(data)[:SHORT]
        place = self.shelf.folder.mappings() / f"{name}.yaml"
        if not place.exists():
            with writing_faults(self.shelf.folder.path):
                self.shelf.files.write_durably(place, data)
                self.shelf.files.sync_folder(place.parent)
        if self.state.mappings.get(kind) != name:
            self._note(Act.MAPPING, kind=kind, mapping=name)
        return name

    def keep_original(self, data: bytes, name: str, keep_until: dt.date) -> str:
        """Keep a file as it was received, encrypted, until its term; returns the SHA-256 that names it.

        A file kept already is not written again; of several terms the longest counts.
        """
        sha256 = hash_of(data)
        known = self.state.originals.get(sha256)
        if known is None or known.destroyed_at is not None:
            with writing_faults(self.shelf.folder.path):
                write_original(self.shelf.folder, self.shelf.files, data)
        self._note(
            Act.ORIGINAL, original=sha256, name=name, bytes=len(data), keep_until=keep_until.isoformat()
        )
        return sha256

    def destroy_expired(self, today: dt.date) -> list[str]:
        """Destroy the keys of the originals whose term is over; returns their SHA-256.

        The event is committed first and the keys go after it, so that a key is never gone while the store says that
        its file can be read; an interrupted destruction is finished by the next writer.
        """
        found = [
            sha256
            for sha256, each in self.state.originals.items()
            if each.destroyed_at is None and each.keep_until < today
        ]
        if found:
            self._note(Act.DESTROY, originals=found)
        return found

    def note(self, words: str, **details: Any) -> int:
        """Record free words; returns the event's number."""
        return self._note(Act.NOTE, words=words, **details)

    def _check_minted(self, *subjects: str) -> None:
        minted = self.state.minted
        for subject in subjects:
            number = number_of(self.shelf.folder.store_id, subject)
            if number is None or number >= minted:
                raise bad_decision(
                    f"{subject} 不是本数据仓编发的主体编号。",
                    f"{subject!r} is no subject that this store has minted.",
                )

    def _note(self, act: Act, **details: Any) -> int:
        if self._is_over:
            raise bad_decision("这次写入已结束。", "this draft is over; open another one.")
        seq = self._next_number()
        self.events.append(Event(seq, self.at, self.who, act, details))
        return seq

    def _next_number(self) -> int:
        return len(self.before.events) + len(self.events) + 1

    def commit(self) -> None:
        """Make everything count, in one step. Called when the block of `Store.writing` ends."""
        self._is_over = True
        if not self.events:
            return
        folder, files = self.shelf.folder, self.shelf.files
        with writing_faults(folder.path):
            parent = read_root(folder, read_head(folder))
            move_head(folder, files, commit_root(folder, files, parent, self.events))
        try:
            files.sync_folder(folder.path)
        except OSError as error:
            raise unsure_commit(error, folder.path) from error
        self._destroy_keys()

    def _destroy_keys(self) -> None:
        """Overwrite and remove the keys that the commit has declared destroyed, and what they opened."""
        folder, files = self.shelf.folder, self.shelf.files
        destroyed = [
            sha256
            for event in self.events
            if event.act is Act.DESTROY
            for sha256 in event.details["originals"]
        ]
        with writing_faults(folder.path):
            for sha256 in destroyed:
                key = folder.keys() / f"{sha256}.json"
                files.write_durably(key, bytes(key.stat().st_size))
                files.remove(key)
                files.remove(folder.originals() / f"{sha256}.enc")
            if destroyed:
                files.sync_folder(folder.keys())
                files.sync_folder(folder.originals())

    def abandon(self) -> None:
        """Leave nothing behind but what the next writer sweeps away."""
        self._is_over = True


def open_draft(shelf: Shelf, before: State, who: str, at: str) -> Draft:
    """Start a draft; the caller holds the writer's lock.

    Raises: YumiaoError ``store.too_early`` when ``at`` is not later than everything recorded.
    """
    last = before.events[-1].at
    if read_moment(at) <= read_moment(last):
        raise early_moment(at, last)
    with writing_faults(shelf.folder.path):
        sweep(shelf.folder, shelf.files, read_root(shelf.folder, before.root), before.events)
    return Draft(shelf, before, who, at)

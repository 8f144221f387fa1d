"""What a store knows at a moment: which batches count, who is who, what was decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import polars as pl

from yumiao.model.facts import SUBJECT, Facts
from yumiao.model.identifiers import IDENTIFIER_SCHEMA
from yumiao.model.metrics import Metric
from yumiao.model.precedence import Precedence
from yumiao.store.aliases import Aliases, decisions_in_force, resolve_aliases
from yumiao.store.batches import Batch, ProposedBatch
from yumiao.store.contents import DECLARATIONS, IDENTIFIERS, encode_content, records_part
from yumiao.store.excerpts import take_excerpts
from yumiao.store.faults import unknown_batch
from yumiao.store.knowledge import Knowledge, Question
from yumiao.store.manifests import propose_manifest
from yumiao.store.originals import Original, originals_of
from yumiao.store.shelf import Shelf
from yumiao.store.snapshot_cache import take_snapshot
from yumiao.store.snapshots import build_snapshot, latest_by_source
from yumiao.store.subject_history import subject_history
from yumiao.store.values import DECLARATION_SCHEMA, RECORD_COLUMNS, Act, BatchContent, Event


@dataclass(frozen=True)
class State:
    """A store as it was known at a moment; never changes, whatever is written later.

    Attributes:
        shelf: where its batches stand.
        root: name of the root it was read from.
        known_at: what was recorded later is left out; None: nothing is.
        events: the events up to then, in order.
        proposed: batches that are not in the store, taken as if they were.
        subjects: the subjects that are spoken of, by the ids that they are read as; None: all.
        facts: names of the facts that are spoken of; None: all.
    """

    shelf: Shelf
    root: str
    known_at: str | None
    events: tuple[Event, ...]
    proposed: tuple[ProposedBatch, ...] = ()
    subjects: pl.Series | None = field(default=None, repr=False, compare=False)
    facts: frozenset[str] | None = field(default=None, repr=False, compare=False)

    @cached_property
    def all_batches(self) -> tuple[Batch, ...]:
        """Every batch ever recorded, in order, reverted ones too."""
        stored = [
            self.shelf.batch(event.details["batch"], event.details["manifest"])
            for event in self.events
            if event.act is Act.IMPORT
        ]
        batches: tuple[Batch, ...] = (*stored, *self.proposed)
        if self.subjects is None:
            return batches
        return tuple(take_excerpts(batches, self.aliases, self.subjects, self.facts))

    @cached_property
    def batches(self) -> tuple[Batch, ...]:
        """The batches that count, in order of recording."""
        return tuple(batch for batch in self.all_batches if batch.manifest.id not in self.reverted)

    @cached_property
    def reverted(self) -> frozenset[str]:
        """The batches that no longer count."""
        gone: set[str] = set()
        for event in self.events:
            if event.act is Act.REVERT:
                gone.add(event.details["batch"])
            elif event.act is Act.RESTORE:
                gone.discard(event.details["batch"])
        return frozenset(gone)

    def batch(self, batch_id: str) -> Batch:
        """Return one batch. Raises: YumiaoError (``store.no_batch``) when there is none of that id."""
        for batch in self.all_batches:
            if batch.manifest.id == batch_id:
                return batch
        raise unknown_batch(batch_id)

    @cached_property
    def decisions(self) -> tuple[Event, ...]:
        """The decisions on identity that hold: merges, splits, same, separate; those taken back are left out."""
        return decisions_in_force(self.events)

    @cached_property
    def aliases(self) -> Aliases:
        """Whom each id stands for."""
        return resolve_aliases(self.decisions)

    @cached_property
    def knowledge(self) -> Knowledge:
        """What the choice of facts rests on."""
        return Knowledge(self.all_batches, self.reverted, self.aliases)

    def alias_of(self, ids: Iterable[str]) -> dict[str, str]:
        """Return for each id the id that it is read as: itself, unless it was merged."""
        return {each: self.aliases.read_as(each) for each in ids}

    @cached_property
    def minted(self) -> int:
        """How many ids the store has minted."""
        return sum(int(event.details["count"]) for event in self.events if event.act is Act.MINT)

    @cached_property
    def mappings(self) -> Mapping[str, str]:
        """The mapping kept last for each kind of file: kind → hash; its text: `Store.mapping_text`."""
        return {
            event.details["kind"]: event.details["mapping"]
            for event in self.events
            if event.act is Act.MAPPING
        }

    @cached_property
    def originals(self) -> Mapping[str, Original]:
        """The files received and kept, by SHA-256; destroyed ones too."""
        return originals_of(self.events)

    def identifiers(self) -> pl.DataFrame:
        """Return every identifier of the batches that count.

        Returns: `IDENTIFIER_SCHEMA`, ids as they are read now, and ``batch``, ``source``, ``observed_on``,
            ``recorded_at``; in order of recording.
        """
        return self._gathered(IDENTIFIERS, IDENTIFIER_SCHEMA)

    def declarations(self) -> pl.DataFrame:
        """Return every complete register declared by the batches that count; `DECLARATION_SCHEMA` and the batch's."""
        frame = self._gathered(DECLARATIONS, DECLARATION_SCHEMA)
        return frame.sort("on", maintain_order=True)

    def records(self, register: str) -> pl.DataFrame:
        """Return every row of a register of the batches that count, ids as they are read now.

        Returns: `RECORD_COLUMNS`, the register's own columns (NULL where a batch has no such column), and ``batch``,
            ``source``, ``observed_on``, ``recorded_at``; no rows and only these columns where nothing was received.
        """
        return self._gathered(records_part(register), None)

    def _gathered(self, part: str, schema: Mapping[str, pl.DataType] | None) -> pl.DataFrame:
        frames = [self._with_batch(batch, batch.read(part)) for batch in self.batches if batch.has(part)]
        if frames:
            return pl.concat(frames, how="diagonal_relaxed")
        return pl.DataFrame(schema={**(schema or RECORD_COLUMNS), **_BATCH_SCHEMA})

    def _with_batch(self, batch: Batch, frame: pl.DataFrame) -> pl.DataFrame:
        manifest = batch.manifest
        if SUBJECT in frame.columns:
            frame = frame.with_columns(self.aliases.apply(frame[SUBJECT], manifest.id).alias(SUBJECT))
        return frame.with_columns(
            batch=pl.lit(manifest.id),
            source=pl.lit(manifest.source),
            observed_on=pl.lit(manifest.observed_on),
            recorded_at=pl.lit(manifest.recorded_at),
        )

    def about(self, subjects: pl.Series | None, facts: frozenset[str] | None = None) -> State:
        """Return this state as far as it speaks of some subjects, by the ids that they are read as; None: of all.

        It says of them what the whole says, and nothing of others; what was read of a batch once is not read again.

        Args:
            facts: names of the facts (``staff_total@2025``) of which it speaks of some subjects, beside names and
                codes; None: all.
        """
        return replace(self, subjects=subjects, facts=facts)

    def including(self, content: BatchContent, **fields: Any) -> State:
        """Return this state as it would be with one more batch; nothing is written.

        Args:
            fields: as for `Draft.add_batch`, and ``at`` and ``who`` of the recording.
        """
        parts = encode_content(content)
        manifest = propose_manifest(content, parts, number=len(self.all_batches) + 1, **fields)
        return replace(self, proposed=(*self.proposed, ProposedBatch(manifest, parts)))

    def snapshot(
        self,
        metrics: Mapping[str, Metric],
        precedence: Precedence,
        *,
        as_of: dt.date | None = None,
        with_sources: bool = True,
        keep: bool = True,
    ) -> Facts:
        """Return the facts in effect.

        Per subject and fact the batches that count are asked in the declared order of their sources; within a
        source the later observation counts, then the later recording. What another source says otherwise is a
        conflict; what the same source said before is history. An unknown value never counts against a known one,
        and an interval never against a value.

        Args:
            metrics: the metrics wanted; facts of others are left out.
            precedence: which source is believed for which metric.
            as_of: facts without a period (``at_application``) observed later are left out; None: none is.
            with_sources: whether to say where each value came from; without it a large store takes less memory.
            keep: whether to keep the answer in the folder for the next reader who asks the same; an answer about
                some subjects is never kept.
        Returns: one row per subject, sorted by id.
        Raises: YumiaoError (``store.damaged``) when a file of a batch that counts is not as it was written.
        """
        question = Question(metrics, precedence, as_of, self.facts)
        if self.subjects is not None:
            return build_snapshot(self.knowledge, question, with_sources=with_sources)
        return take_snapshot(
            self.shelf.folder,
            self.shelf.files,
            self.knowledge,
            question,
            with_sources=with_sources,
            keep=keep and not self.proposed,
        )

    def subject_facts(
        self,
        subject: str,
        metrics: Mapping[str, Metric],
        precedence: Precedence,
        *,
        as_of: dt.date | None = None,
    ) -> pl.DataFrame:
        """Return every value ever received of one subject, and how each stands.

        Returns: one row per value received: ``subject``, ``column``, ``value``, ``low``, ``high`` (as stored, text;
            NULL = unknown), ``raw``, ``source``, ``file``, ``sheet``, ``cell``, ``batch``, ``observed_on``,
            ``recorded_at``, ``standing`` (counts, superseded, lost, reverted), and ``received_for``, the id it was
            received for; grouped by column, the value that counts first.
        """
        return subject_history(self.knowledge, Question(metrics, precedence, as_of, self.facts), subject)

    def latest_values(
        self, metrics: Mapping[str, Metric], subjects: Sequence[str] | None = None
    ) -> pl.DataFrame:
        """Return what each source says last of each fact, before any of them is believed.

        Args:
            subjects: only these; None: all.
        Returns: one row per subject, column and source: ``subject``, ``column``, ``value`` (text), ``source``.
        """
        return latest_by_source(self.knowledge, metrics, subjects)


_BATCH_SCHEMA: dict[str, pl.DataType] = {
    "batch": pl.String(),
    "source": pl.String(),
    "observed_on": pl.Date(),
    "recorded_at": pl.String(),
}

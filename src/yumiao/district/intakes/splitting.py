"""Taking a subject apart: what some batches said of it is of another one, after a look at what that changes."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from yumiao.district.intakes.deciding import ChangedVerdict, changed_verdicts, relist_decisions
from yumiao.district.intakes.following import has_store, the_store, write_store
from yumiao.district.registry.packs import library
from yumiao.district.registry.selectors import projection
from yumiao.importing.effects import verdict_effects
from yumiao.importing.naming import known_names
from yumiao.importing.queue import split_subject
from yumiao.ladder.known import known_facts
from yumiao.ladder.rows import REGISTER
from yumiao.model.facts import CODE, NAME, SUBJECT
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.store import Event
from yumiao.store.ids import mint_ids
from yumiao.store.values import Act, Standing


@dataclass(frozen=True)
class SaidByBatch:
    """What one batch says of a subject.

    Attributes:
        files: names of its files; none of a batch of accepted answers.
        names, codes: under which it speaks of the subject.
        received_for: ids under which it was received; several, or another than the subject's, after a merge.
        facts: how many values it holds of the subject; ``rows`` how many rows of registers and lists of titles.
    """

    id: str
    files: tuple[str, ...]
    source: str
    observed_on: dt.date
    names: tuple[str, ...]
    codes: tuple[str, ...]
    received_for: tuple[str, ...]
    facts: int
    rows: int


@dataclass(frozen=True)
class Side:
    """One of the two subjects after a split: how it would be called, and how many facts would count for it."""

    name: str
    code: str
    facts: int


@dataclass(frozen=True)
class Parting:
    """What a split would do.

    Attributes:
        stays, goes: the subject as it would be, and the new one.
        changes: verdicts of the subject that would change, and those that the new one would have.
    """

    stays: Side
    goes: Side
    changes: tuple[ChangedVerdict, ...]


def said_of(subject: str) -> tuple[SaidByBatch, ...]:
    """Return what each batch that counts says of a subject, the latest first; nothing of one that nobody knows."""
    if not has_store():
        return ()
    state = the_store().state()
    facts = state.subject_facts(subject, library().metrics, library().reported.precedence)
    facts = facts.filter((pl.col("standing") != Standing.REVERTED.value) & (pl.col("batch") != ""))
    own = state.aliases.read_as(subject)
    said = state.identifiers().filter(pl.col(SUBJECT) == own)
    listed = Counter(
        batch
        for name in (*library().registers, REGISTER)
        for batch in state.records(name).filter(pl.col(SUBJECT) == own)["batch"]
    )
    speaking = {*facts["batch"], *said["batch"], *listed}
    found = [batch.manifest for batch in state.batches if batch.manifest.id in speaking]
    return tuple(
        SaidByBatch(
            id=each.id,
            files=tuple(file.name for file in each.files),
            source=each.source,
            observed_on=each.observed_on,
            names=_values(said, each.id, "name"),
            codes=_values(said, each.id, "code"),
            received_for=tuple(
                facts.filter(pl.col("batch") == each.id)["received_for"].drop_nulls().unique().sort()
            ),
            facts=facts.filter(pl.col("batch") == each.id).height,
            rows=listed[each.id],
        )
        for each in reversed(found)
    )


def _values(said: pl.DataFrame, batch: str, kind: str) -> tuple[str, ...]:
    rows = said.filter((pl.col("batch") == batch) & (pl.col("kind") == kind))
    return tuple(rows["value"].unique(maintain_order=True))


def look_at_split(subject: str, batches: Sequence[str], now: dt.datetime) -> Parting:
    """Tell what splitting off what some batches say would change; nothing is written.

    Raises: YumiaoError (``split.none``) where no batch is named, (``split.all``) where nothing would be left.
    """
    check_batches(subject, batches)
    state = the_store().state()
    seq, at = state.events[-1].seq, state.events[-1].at
    [new] = mint_ids(state.shelf.folder.store_id, state.minted, 1)
    own = state.aliases.read_as(subject)
    minted = Event(seq + 1, at, "", Act.MINT, {"count": 1})
    split = Event(
        seq + 2, at, "", Act.SPLIT, {"subject": own, "batches": list(batches), "into": new, "why": ""}
    )
    after = replace(state, events=(*state.events, minted, split))
    both, built = pl.Series(SUBJECT, [own, new]), projection()
    as_of = built.as_of if built is not None else now.date()
    before, then = (known_facts(each.about(both), library(), as_of, keep=False) for each in (state, after))
    effects = verdict_effects(library(), before, then, as_of)
    named = {row[SUBJECT]: row for row in known_names(after).filter(pl.col(SUBJECT).is_in(both)).to_dicts()}

    def side(each: str) -> Side:
        row = named.get(each, {})
        count = then.sources.filter(pl.col(SUBJECT) == each).height
        return Side(row.get(NAME) or "", row.get(CODE) or "", count)

    return Parting(side(own), side(new), changed_verdicts(effects))


def split(subject: str, batches: Sequence[str], *, why: str, by: str, now: dt.datetime) -> str:
    """Decide that what some batches say of a subject is of another one; returns the new subject's id.

    Raises: YumiaoError as `look_at_split`, and where a batch says nothing of the subject.
    """
    check_batches(subject, batches)
    own = the_store().state().aliases.read_as(subject)
    new, _ = write_store(lambda draft: split_subject(draft, own, batches, why), by=by, now=now)
    relist_decisions(by=by, now=now)
    return new


def check_batches(subject: str, batches: Sequence[str]) -> None:
    """Go on where some of what is said would go and some would stay. Raises: YumiaoError."""
    if not batches:
        raise YumiaoError(
            "split.none",
            Text("请勾选说的是另一家的批次。", "Tick the batches that speak of another enterprise."),
        )
    if {each.id for each in said_of(subject)} <= set(batches):
        raise YumiaoError(
            "split.all",
            Text(
                "至少要留下一批：全部拆走，原来的一家就没有资料了。",
                "Leave at least one batch: with all of them gone nothing would be known of the enterprise itself.",
            ),
        )

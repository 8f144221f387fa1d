"""What a store knows, ready to be judged: received facts, counted registers, titles held."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import polars as pl

from yumiao.evaluate.counted import counted_facts
from yumiao.ladder.absence import complete_lists, find_absent
from yumiao.ladder.facts import add_title_facts, held_metrics
from yumiao.ladder.history_reading import read_histories
from yumiao.ladder.rows import REGISTER, read_rows
from yumiao.model.facts import CODE, HIGH_SUFFIX, LOW_SUFFIX, NAME, SUBJECT, Facts
from yumiao.model.periods import split_column
from yumiao.packs.library import Library
from yumiao.store import State


def known_facts(state: State, library: Library, as_of: dt.date, *, keep: bool = True) -> Facts:
    """Return the facts on which an application of a day is judged.

    To the facts in effect come the counts of registers (intellectual property) by each policy's filter, and what the
    lists of titles say is held on the day.

    Args:
        state: what the store knows, or knew at a moment; of everybody, or of some subjects. What is said of these is
            the same either way, but for remarks on what several subjects list.
        as_of: the application date.
        keep: whether the store may keep the facts in effect for the next reader.
    """
    facts = state.snapshot(library.metrics, library.reported.precedence, as_of=as_of, keep=keep)
    counted = {name: state.records(name) for name, register in library.registers.items() if register.counts}
    facts = counted_facts(
        facts, {name: rows for name, rows in counted.items() if rows.height}, library, as_of
    )
    titles = state.records(REGISTER)
    rows = read_rows(titles, library.titles)[0] if titles.height else ()
    histories, _ = read_histories(rows, library.titles)
    # What a complete list of a yes/no metric says of those it leaves out stands in the facts in effect already.
    complete = complete_lists(state.declarations(), {})
    absent = find_absent(
        facts.table[SUBJECT], histories, complete, as_of, registered_places(state, facts.table[SUBJECT])
    )
    return add_title_facts(facts, histories, library, as_of, absent)


@dataclass(frozen=True)
class FormerFacts:
    """What was known of some subjects, of which only some facts may be others by now.

    Attributes:
        table: facts, one row per subject.
        conflicts: values that lost, of any facts of theirs.
        facts: names of the facts that may be others, none that `follow_from_registers`; names and codes may be as well.
    """

    table: pl.DataFrame = field(repr=False)
    conflicts: pl.DataFrame = field(repr=False)
    facts: frozenset[str]

    @property
    def columns(self) -> frozenset[str]:
        """The columns of those facts, ends of intervals included."""
        return frozenset(name + end for name in self.facts for end in ("", LOW_SUFFIX, HIGH_SUFFIX))


@dataclass(frozen=True)
class Renewal:
    """How far facts were read anew.

    Attributes:
        subjects: those of whom only some columns were; sources of their other facts are not among the sources.
        columns: these columns. Of all other subjects everything was read.
    """

    subjects: pl.Series
    columns: frozenset[str]


def renewed_facts(
    state: State, library: Library, as_of: dt.date, former: FormerFacts
) -> tuple[Facts, Renewal]:
    """Return what `known_facts` returns, read anew only as far as it may have changed.

    Whoever came or went is read whole.

    Args:
        state: what the store knows now, as far as it speaks of those facts of the subjects wanted (`State.about`).
    Returns: every fact and conflict of the subjects wanted, and the sources of what was read anew.
    """
    read = state.snapshot(library.metrics, library.reported.precedence, as_of=as_of)
    is_known = pl.col(SUBJECT).is_in(former.table[SUBJECT].implode())
    table = read.table.filter(is_known)
    renewal = Renewal(table[SUBJECT], former.columns)
    has_stayed = pl.col(SUBJECT).is_in(renewal.subjects.implode())
    stays = [name for name in former.table.columns if name not in {NAME, CODE, *renewal.columns}]
    others = pl.Series(state.subjects, dtype=pl.String).to_frame(SUBJECT).filter(~has_stayed)[SUBJECT]
    whole = known_facts(state.about(others), library, as_of, keep=False)
    lost = former.conflicts.filter(has_stayed & ~pl.col("column").is_in(renewal.columns))
    facts = Facts(
        pl.concat(
            [table.join(former.table.select(stays), on=SUBJECT, maintain_order="left"), whole.table],
            how="diagonal",
        ),
        pl.concat([read.sources.filter(has_stayed), whole.sources]),
        pl.concat([read.conflicts.filter(has_stayed), lost, whole.conflicts]),
        (*read.problems, *whole.problems),
    )
    return replace(facts, table=facts.table.sort(SUBJECT)), renewal


def registers_read(library: Library) -> frozenset[str]:
    """Return the registers that facts follow from: those whose rows are counted, and that of titles."""
    return frozenset({REGISTER, *(name for name, register in library.registers.items() if register.counts)})


def follow_from_registers(facts: Iterable[str], library: Library) -> bool:
    """Whether one of some facts is said by registers or titles beside what was received; with all counts and years."""
    counted = (name for register in library.registers.values() for name in register.counts)
    held = (metric for metrics in held_metrics(library).values() for metric in metrics)
    added = {name.partition(".")[0] for name in (*counted, *held)}
    metrics = (split_column(fact)[0].partition(".")[0] for fact in facts)
    return any(metric in added or metric.startswith("title_") for metric in metrics)


def registered_places(state: State, subjects: pl.Series) -> dict[str, str]:
    """Return for each subject the division that it was last said to be in; one of which nothing says so is left out.

    An identifier says so, or the territory of a batch that lists the subject.
    """
    places = state.knowledge.territories_of(subjects)
    return {subject: place for subject, place in zip(subjects, places, strict=True) if place is not None}

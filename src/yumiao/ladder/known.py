"""What a store knows, ready to be judged: received facts, counted registers, titles held."""

from __future__ import annotations

import datetime as dt

import polars as pl

from yumiao.evaluate.counted import counted_facts
from yumiao.ladder.absence import complete_lists, find_absent
from yumiao.ladder.facts import add_title_facts
from yumiao.ladder.history_reading import read_histories
from yumiao.ladder.rows import REGISTER, read_rows
from yumiao.model.facts import SUBJECT, Facts
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


def registered_places(state: State, subjects: pl.Series) -> dict[str, str]:
    """Return for each subject the division that it was last said to be in; one of which nothing says so is left out.

    An identifier says so, or the territory of a batch that lists the subject.
    """
    places = state.knowledge.territories_of(subjects)
    return {subject: place for subject, place in zip(subjects, places, strict=True) if place is not None}

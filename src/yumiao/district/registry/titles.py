"""Which titles each subject holds, as the register keeps them: what lists say, wherever the subject stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import polars as pl

from yumiao.ladder.absence import complete_lists, find_absent
from yumiao.ladder.facts import held_metrics
from yumiao.ladder.histories import History
from yumiao.ladder.history_reading import read_histories
from yumiao.ladder.holdings import holdings_on
from yumiao.ladder.known import registered_places
from yumiao.ladder.rows import REGISTER, read_rows
from yumiao.model.facts import SUBJECT
from yumiao.packs.library import Library
from yumiao.store import State

TITLE_COLUMNS = ("subject_id", "title", "held", "since", "until_low", "until_high", "end_known")

TitleRow = tuple[str, str, bool | None, dt.date | None, dt.date | None, dt.date | None, bool]
"""One row of the table of titles, in the order of `TITLE_COLUMNS`."""


def title_rows(state: State, library: Library, as_of: dt.date, table: pl.DataFrame) -> list[TitleRow]:
    """Return what is known of the titles of some subjects on a day, by subject and title.

    Rows of lists go first, then a yes or no that was received as such, then complete lists that leave a subject out.
    A subject and title of which none of them tells has no row: not known.

    Args:
        table: the facts of the subjects wanted, those that mean a title is held filled in; one row per subject.
    """
    histories = _histories(state, library, table[SUBJECT])
    found = {(row[0], row[1]): row for row in _told(histories, as_of)}
    for subject, title, held in _received(table, library):
        row = found.get((subject, title))
        if row is None or row[2] is None:
            found[subject, title] = (subject, title, held, *(row[3:] if row else (None, None, None, False)))
    complete = complete_lists(state.declarations(), {})
    if complete:
        places = registered_places(state, table[SUBJECT])
        for subject, title in find_absent(table[SUBJECT], histories, complete, as_of, places):
            found.setdefault((subject, title), (subject, title, False, None, None, None, False))
    return [found[key] for key in sorted(found)]


def _histories(state: State, library: Library, subjects: pl.Series) -> tuple[History, ...]:
    titles = state.records(REGISTER)
    if not titles.height:
        return ()
    wanted = titles.filter(pl.col(SUBJECT).is_in(subjects.implode()))
    rows, _ = read_rows(wanted, library.titles)
    return tuple(read_histories(rows, library.titles)[0])


def _told(histories: tuple[History, ...], as_of: dt.date) -> Iterator[TitleRow]:
    columns = (SUBJECT, "title", "valid", "granted_on", "until_low", "until_high", "end_known")
    for subject, title, valid, granted, low, high, end_known in (
        holdings_on(histories, as_of).select(columns).iter_rows()
    ):
        yield subject, title, valid, granted, low, high, bool(end_known)


def _received(table: pl.DataFrame, library: Library) -> Iterator[tuple[str, str, bool]]:
    """Yield who holds a title, or does not, by a fact that was received."""
    for title, metrics in held_metrics(library).items():
        for metric in metrics:
            if metric not in table.columns:
                continue
            known = table.select(SUBJECT, metric).drop_nulls()
            for subject, held in known.iter_rows():
                yield subject, title, held

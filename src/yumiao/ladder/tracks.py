"""The ladder subject by subject: what each title did for each subject in each of some divisions, beside the counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from yumiao.ladder.histories import History
from yumiao.ladder.history_reading import read_histories
from yumiao.ladder.holdings import expiring, holdings_on
from yumiao.ladder.lines import Extent, Line, count_lines
from yumiao.ladder.passages import Passage, passage
from yumiao.ladder.reading import WITHIN_DAYS, Question, placed_rows
from yumiao.ladder.rows import read_rows
from yumiao.model.facts import SUBJECT
from yumiao.packs.library import Library


@dataclass(frozen=True, slots=True)
class Track:
    """One title of one subject through a period, inside one division.

    Attributes:
        passage: start, end and what led from one to the other.
        days_left: days until the earliest last day, where the title is held, or may be, ends soon and has no later
            term yet; else None.
    """

    title: str
    passage: Passage
    days_left: int | None


@dataclass(frozen=True)
class TrackedLadder:
    """The ladder inside one division, or everywhere where ``territory`` is None.

    Attributes:
        lines: stock and flow of each title.
        tracks: one per subject and title that is, may be, was or may have been in a stock, or moved.
    """

    territory: str | None
    since: dt.date
    lines: tuple[Line, ...]
    tracks: tuple[Track, ...]


def track_ladder(
    library: Library,
    rows: pl.DataFrame,
    as_of: dt.date,
    divisions: Sequence[str | None],
    territories: Mapping[str, str],
    within_days: int = WITHIN_DAYS,
) -> Iterator[TrackedLadder]:
    """Yield the ladder on a day for each of some divisions; the rows are read once.

    Args:
        rows: one row per granting, renewal, change or move (:data:`yumiao.ladder.rows.ROW_SCHEMA`).
        divisions: division codes; None: everywhere.
        territories: subject → division code where it is registered, for rows that do not say where.
    """
    read, _ = read_rows(placed_rows(rows, territories, library.figures.zone_names()), library.titles)
    histories, _ = read_histories(read, library.titles)
    for division in divisions:
        extent = Question(as_of, territory=division, within_days=within_days).extent(library)
        lines = count_lines(library.titles, histories, extent)
        ending = _days_left(histories, extent, within_days)
        tracks = (_track(history, extent, ending) for history in histories)
        kept = tuple(track for track in tracks if _is_in_any_stock(track.passage))
        yield TrackedLadder(division, extent.since, lines, kept)


def _days_left(histories: Sequence[History], extent: Extent, within_days: int) -> dict[tuple[str, str], int]:
    """The days left of what ends soon and is not known to go on: a title renewed already has a later term."""
    ending = expiring(holdings_on(histories, extent.until, extent.scope), extent.until, within_days)
    by_key = {(history.subject, history.title): history for history in histories}
    found = {}
    for subject, title, left in ending.select(SUBJECT, "title", "days_left").rows():
        after = extent.until + dt.timedelta(days=left + 1)
        if by_key[subject, title].is_held(after, extent.scope) is not True:
            found[subject, title] = left
    return found


def _track(history: History, extent: Extent, ending: Mapping[tuple[str, str], int]) -> Track:
    followed = passage(history, extent.scope, extent.since, extent.until)
    return Track(history.title, followed, ending.get((history.subject, history.title)))


def _is_in_any_stock(followed: Passage) -> bool:
    moved = followed.movements or followed.possible
    return followed.start is not False or followed.end is not False or bool(moved)

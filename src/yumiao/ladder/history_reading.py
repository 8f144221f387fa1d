"""Rows put together to histories, and what in them contradicts itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from yumiao.ladder.histories import ONE_DAY, Change, History, Term, day_after
from yumiao.ladder.places import ELSEWHERE, Place
from yumiao.ladder.rows import NO_ZONE, Event, TitleRow
from yumiao.ladder.terms import EVER, FOREVER, Day, end_of_term
from yumiao.model.problems import Problem, Severity
from yumiao.model.text import Text
from yumiao.packs.definitions import TitleDefinition

EARLY_RENEWAL_DAYS = 366
"""A title may be granted anew so long before it ends; what comes earlier contradicts the former row."""


def read_histories(
    rows: Iterable[TitleRow], titles: Mapping[str, TitleDefinition]
) -> tuple[tuple[History, ...], tuple[Problem, ...]]:
    """Put rows together by subject and title.

    Returns: the histories by subject and title, and what in their rows contradicts itself. The order of the rows
        does not matter.
    """
    ordered = sorted(rows, key=lambda row: (row.subject, row.title, *_row_key(row)))
    histories: list[History] = []
    problems: list[Problem] = []
    for (_, title), found in groupby(ordered, key=lambda row: (row.subject, row.title)):
        history, faults = _History(titles[title], list(found)).read()
        histories.append(history)
        problems += faults
    return tuple(histories), tuple(problems)


def _row_key(row: TitleRow) -> tuple[object, ...]:
    """An order of rows that rests on what they say alone."""
    dates = (row.start or EVER, row.on or EVER, row.valid_until or EVER)
    texts = (row.certificate or "", row.territory or "", row.zone or "", row.recorded_at, row.batch)
    return (*dates, list(Event).index(row.event), *texts, row.file, row.sheet, row.cell)


class _History:
    """Reads the rows of one subject and title, in order."""

    def __init__(self, title: TitleDefinition, rows: Sequence[TitleRow]) -> None:
        self.title = title
        self.rows = rows
        self.first = min((row.start or EVER for row in rows if row.event.is_grant), default=EVER)
        self.problems: list[Problem] = []

    def _day_of(self, row: TitleRow) -> Day:
        """The day of a row; one that is not known lies after the first granting and before it was known."""
        day = _day_of(row)
        if day.is_exact or row.event.is_grant or self.first == EVER:
            return day
        least = self.first if row.event.is_stop else self.first + ONE_DAY
        return Day(min(least, day.high), day.high)

    def read(self) -> tuple[History, list[Problem]]:
        first = self.rows[0]
        stops = tuple((self._day_of(row), row) for row in self.rows if row.event.is_stop)
        terms = self._terms()
        ended = tuple(_stopped(term, stops) for term in terms)
        changes = self._changes()
        history = History(first.subject, first.title, ended, stops, self._base(changes), changes)
        self._check_stops(terms, stops)
        self._check_moves(history)
        return history, self.problems

    # ── terms ─────────────────────────────────────────────────────────────────────────────────────────────

    def _terms(self) -> list[Term]:
        granted = [row for row in self.rows if row.event.is_grant]
        terms = [self._merge(list(same)) for _, same in groupby(granted, key=_term_key)]
        terms += self._brought(terms)
        terms.sort(key=lambda term: (term.start.low, term.start.high, term.end.low, term.end.high))
        terms = [*self._begun_before(terms), *terms]
        self._check_overlaps(terms)
        return terms

    def _merge(self, same: Sequence[TitleRow]) -> Term:
        """Make one term of the rows that start it on one day: the lists may repeat or contradict each other."""
        told = [row for row in same if row.valid_until is not None] or same
        terms = [_term(self.title, row) for row in told]
        ends = sorted({term.end for term in terms}, key=lambda end: (end.low, end.high))
        self._check_repeats(same)
        if len(ends) > 1 and told[0].start is not None:
            self._contradicting_ends(told)
        start = Day(min(term.start.low for term in terms), max(term.start.high for term in terms))
        end = Day(ends[0].low, max(end.high for end in ends))
        return replace(terms[0], start=start, end=end, grants=1 if start.is_exact else len(same))

    def _begun_before(self, terms: Sequence[Term]) -> list[Term]:
        """A renewal before which no granting is known: the title was held before, since when is not known."""
        if not terms or terms[0].row.event is not Event.RENEWED or terms[0].start.low == EVER:
            return []
        zh = "复核或重新认定之前的认定不在名单中，此前是否持有未知"
        en = "the granting before this renewal is in no list; whether it was held before is not known"
        self.problems.append(terms[0].row.problem("renewed_without_grant", Text(zh, en)))
        return [_possible_before(terms[0], EVER)]

    def _brought(self, terms: Sequence[Term]) -> list[Term]:
        """Terms of titles that a subject brought along: granted where it came from, and told by the move alone."""
        found = []
        for row in self.rows:
            day = self._day_of(row)
            if row.event is not Event.MOVED_IN or any(_spans(term, day) for term in terms):
                continue
            term = _brought_term(self.title, row, day)
            if any(each.covers(day.high) for each in terms):  # where it moved later, nothing was brought
                term = replace(term, end=Day(EVER, term.end.high))
            if row.valid_from is None:
                ended = [day_after(each.end.high) for each in terms if each.end.high < day.low]
                found.append(_possible_before(term, max(ended, default=EVER)))
            found.append(term)
        return found

    # ── places ────────────────────────────────────────────────────────────────────────────────────────────

    def _changes(self) -> tuple[Change, ...]:
        """Places in order of their days; what a row does not say is taken from the row before."""
        stated = [Change(self._day_of(row), _place_of(row)) for row in self.rows if _tells_place(row)]
        stated.sort(key=lambda change: (change.day.high, change.day.low, change.place.is_elsewhere))
        changes: list[Change] = []
        for day, same in groupby(stated, key=lambda change: change.day):
            joined = _join([change.place for change in same])
            before = changes[-1].place if changes else Place()
            place = joined.completed_by(before)
            if not changes or place != before:
                changes.append(Change(day, place))
        return tuple(changes)

    def _base(self, changes: Sequence[Change]) -> Place:
        """Where it stood before: elsewhere before it moved in, else where the first row that tells shows it."""
        if not changes:
            return Place()
        first = changes[0]
        here = [row for row in self.rows if _tells_place(row) and self._day_of(row) == first.day]
        if any(row.event is Event.MOVED_IN for row in here):
            return ELSEWHERE
        return _join([_stated(row) for row in here]) if first.place.is_elsewhere else first.place

    # ── what contradicts itself ───────────────────────────────────────────────────────────────────────────

    def _check_repeats(self, same: Sequence[TitleRow]) -> None:
        seen: dict[tuple[object, ...], TitleRow] = {}
        for row in same:
            key = (row.batch, row.event, row.on, row.valid_until, row.zone, row.territory)
            if key in seen:
                zh = f"与 {seen[key].cell or '另一行'} 重复，只计一次"
                en = f"repeats {seen[key].cell or 'another row'}; it counts once"
                self.problems.append(row.problem("duplicate", Text(zh, en)))
            seen.setdefault(key, row)

    def _contradicting_ends(self, told: Sequence[TitleRow]) -> None:
        ends = sorted({row.valid_until for row in told if row.valid_until is not None})
        shown = "、".join(map(str, ends)), ", ".join(map(str, ends))
        zh = f"同日认定而有效期止不同（{shown[0]}），其间是否有效未知，请核对"
        en = f"granted on one day with different last days ({shown[1]}); between them it is not known: check"
        self.problems.append(told[-1].problem("ends_differ", Text(zh, en), str(ends[-1]), Severity.ERROR))

    def _check_overlaps(self, terms: Sequence[Term]) -> None:
        for earlier, later in pairwise(terms):
            row = later.row
            stated = row.event is Event.GRANTED and earlier.is_end_known and later.start.is_exact
            left = earlier.end.low - later.start.low
            if stated and left.days > EARLY_RENEWAL_DAYS and later.start.low > earlier.start.high:
                zh = f"前一次认定到 {earlier.end.low} 才期满，两段有效期重叠，合并计一次"
                en = f"the former term ends only on {earlier.end.low}; the terms overlap and count once"
                self.problems.append(row.problem("overlap", Text(zh, en), str(row.start)))

    def _check_stops(self, terms: Sequence[Term], stops: Sequence[tuple[Day, TitleRow]]) -> None:
        for day, row in stops:
            if not any(term.start.low <= day.high and term.end.high >= day.low for term in terms):
                zh, en = (
                    "取消或放弃时没有持有的记录，未计",
                    "it ends a title that no row shows as held; not counted",
                )
                self.problems.append(row.problem("stop_without_title", Text(zh, en)))

    def _check_moves(self, history: History) -> None:
        for row in self.rows:
            day = self._day_of(row)
            if row.event is Event.MOVED_OUT and history.is_valid(_before(day.high)) is False:
                zh, en = (
                    "迁出时没有持有的记录，未计",
                    "it moves out with a title that no row shows as held; not counted",
                )
                self.problems.append(row.problem("move_without_title", Text(zh, en)))
        for earlier, later in pairwise(history.changes):
            if not earlier.place.agrees_with(later.place):
                self._check_said(later)

    def _check_said(self, change: Change) -> None:
        """A place that changes is a move; a list that shows it without saying so is pointed out."""
        here = [row for row in self.rows if _tells_place(row) and self._day_of(row) == change.day]
        moves = (Event.MOVED_IN, Event.MOVED_OUT)
        if here and not any(row.event in moves for row in here):
            zh = "所在地与此前不同而名单没有迁入记录，按当日迁入计"
            en = "it stands elsewhere than before and no list says that it moved; counted as a move on that day"
            self.problems.append(here[0].problem("unsaid_move", Text(zh, en)))


def _term_key(row: TitleRow) -> tuple[dt.date, dt.date]:
    """Rows that begin one term: of one day; where the day is not known, with one last day."""
    return (row.start, EVER) if row.start is not None else (EVER, row.valid_until or EVER)


def _join(places: Sequence[Place]) -> Place:
    """Put the places of one day together: a subject in two parks stands in both."""
    here = [place for place in places if not place.is_elsewhere]
    if not here:
        return ELSEWHERE
    territories = frozenset(code for place in here for code in place.territories)
    zones = frozenset(zone for place in here for zone in place.zones)
    return Place(territories, zones - {NO_ZONE} or zones)


def _tells_place(row: TitleRow) -> bool:
    moves = row.event in (Event.MOVED_IN, Event.MOVED_OUT)
    return moves or (row.event.is_grant and bool(row.territory or row.zone))


def _stated(row: TitleRow) -> Place:
    territories = frozenset({row.territory} if row.territory else ())
    return Place(territories, frozenset({row.zone} if row.zone else ()))


def _place_of(row: TitleRow) -> Place:
    return ELSEWHERE if row.event is Event.MOVED_OUT else _stated(row)


def _day_of(row: TitleRow) -> Day:
    """The day of a row; one without a day lies before it was known."""
    day = row.start if row.event.is_grant else row.on
    if day is not None:
        return Day.exactly(day)
    latest = [found for found in (row.known_on, row.valid_until) if found is not None]
    return Day(EVER, min(latest, default=FOREVER))


def _term(title: TitleDefinition, row: TitleRow) -> Term:
    start = _day_of(row)
    if row.valid_until is not None:
        return Term(start, Day.exactly(row.valid_until), is_end_known=True, row=row)
    end = end_of_term(title, start)
    return Term(start, end or Day.exactly(FOREVER), is_end_known=end is not None, row=row)


def _spans(term: Term, days: Day) -> bool:
    """Whether a term covers all of some days for certain."""
    return term.start.high <= days.low and days.high <= term.end.low


def _brought_term(title: TitleDefinition, row: TitleRow, moved: Day) -> Term:
    """The term of a title that was granted elsewhere: it is valid on the day of the move."""
    start = Day.exactly(row.valid_from) if row.valid_from is not None else moved
    if row.valid_until is not None:
        return Term(start, Day.exactly(row.valid_until), is_end_known=True, row=row)
    granted = start if row.valid_from is not None else Day(EVER, moved.high)
    end = end_of_term(title, granted)
    if end is None:
        return Term(start, Day.exactly(FOREVER), is_end_known=False, row=row)
    return Term(start, Day(max(end.low, moved.high), max(end.high, moved.high)), is_end_known=True, row=row)


def _possible_before(term: Term, low: dt.date) -> Term:
    """Days before a term on which the title may have been held: nothing says so, and nothing speaks against it."""
    last = _before(term.start.high)
    return Term(Day(min(low, last), last), Day(EVER, last), is_end_known=True, row=term.row)


def _stopped(term: Term, stops: Sequence[tuple[Day, TitleRow]]) -> Term:
    """Cut a term by what ends it: the day of a stop is no longer held."""
    for day, row in stops:
        if day.high < term.start.low or day.low > term.end.high:
            continue
        low = min(term.end.low, _before(day.low))
        is_certain = day.low >= term.start.high
        high = min(term.end.high, _before(day.high)) if is_certain else term.end.high
        stop = row if is_certain and high < term.end.high else term.stop
        term = replace(term, end=Day(low, high), stop=stop)
    return term


def _before(day: dt.date) -> dt.date:
    return day if day == EVER else day - ONE_DAY

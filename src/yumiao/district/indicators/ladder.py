"""The ladder of the last rebuild: counted from the store's lists of titles, kept subject by subject."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.apps import apps
from django.db import models, transaction

from yumiao.district.accounts.selectors import cut_zeros
from yumiao.district.indicators.models import (
    LadderBuilt,
    RungState,
    Target,
    TitleMovement,
    TitleState,
    TitleStock,
)
from yumiao.district.indicators.watching import Watched, watch_store, write_watched
from yumiao.importing.queue import open_pairs
from yumiao.ladder.known import registered_places
from yumiao.ladder.lines import Line
from yumiao.ladder.passages import Movement
from yumiao.ladder.reading import WITHIN_DAYS
from yumiao.ladder.stored import title_rows
from yumiao.ladder.tracks import Track, TrackedLadder, track_ladder
from yumiao.model.facts import SUBJECT
from yumiao.packs.library import Library
from yumiao.store import Store

COUNTY = 6
"""Digits of a county's or district's code."""
_CHUNK = 2000


@dataclass(frozen=True)
class CountedLadder:
    """The ladder as it is to be kept: once for each division; how many pairs of subjects wait; what was noticed."""

    as_of: dt.date
    divisions: tuple[TrackedLadder, ...]
    waiting_pairs: int
    watched: Watched


def rebuild_ladder(store: Store, library: Library, as_of: dt.date) -> None:
    """Count the ladder anew and keep it; the register's subjects have to be there already."""
    write_ladder(library, count_ladder(store, library, as_of))


def count_ladder(store: Store, library: Library, as_of: dt.date) -> CountedLadder:
    """Count the ladder for every county that subjects stand in, every territory with a target, and everywhere."""
    state = store.state()
    places = registered_places(state, state.identifiers()[SUBJECT].unique().sort())
    territories = {subject: cut_zeros(code) for subject, code in places.items() if code}
    scopes = _scopes(territories.values())
    tracked = track_ladder(library, title_rows(state), as_of, scopes, territories)
    watched = watch_store(state, library, as_of)
    return CountedLadder(as_of, tuple(tracked), open_pairs(state).height, watched)


@transaction.atomic
def write_ladder(library: Library, ladder: CountedLadder) -> None:
    """Keep a ladder in place of the former one; subjects that the register does not know are counted, not named."""
    subjects = apps.get_model("registry", "Subject")  # the register imports this package, not the other way
    known = set(subjects.objects.values_list("id", flat=True))
    for table in (TitleStock, TitleState, TitleMovement, RungState):
        table.objects.all().delete()
    for division in ladder.divisions:
        _write_scope(library, division, known)
    write_watched(ladder.watched, known)
    LadderBuilt.objects.update_or_create(
        id=1,
        defaults={
            "since": ladder.divisions[0].since,
            "as_of": ladder.as_of,
            "within_days": WITHIN_DAYS,
            "waiting_pairs": ladder.waiting_pairs,
        },
    )


def _scopes(territories: Iterable[str]) -> list[str | None]:
    counties = {code[:COUNTY] for code in territories if len(code) >= COUNTY}
    aimed = set(Target.objects.values_list("territory", flat=True).distinct())
    return [None, *sorted(counties | aimed)]


def _write_scope(library: Library, ladder: TrackedLadder, known: set[str]) -> None:
    scope = ladder.territory or ""
    tracks = [track for track in ladder.tracks if track.passage.subject in known]
    _insert(TitleStock, (_stock(scope, line) for line in ladder.lines))
    _insert(TitleState, (_state(scope, track) for track in tracks))
    _insert(TitleMovement, _movements(scope, tracks))
    _insert(RungState, _rungs(scope, library, tracks))


def _insert(table: type[models.Model], rows: Iterable[models.Model]) -> None:
    table._default_manager.bulk_create(rows, batch_size=_CHUNK)  # noqa: SLF001 - Django's own name of it


def _stock(scope: str, line: Line) -> TitleStock:
    whole = line.whole
    first, recognised = whole.movements[Movement.FIRST], whole.recognised
    return TitleStock(
        scope=scope,
        title=line.title,
        start_low=whole.start.low,
        start_high=whole.start.high,
        end_low=whole.end.low,
        end_high=whole.end.high,
        net_low=whole.net.low,
        net_high=whole.net.high,
        first_low=first.low,
        first_high=first.high,
        recognised_low=recognised.low,
        recognised_high=recognised.high,
        first_day=line.first_day,
        gap=whole.gap,
        broken=len(whole.broken),
    )


def _state(scope: str, track: Track) -> TitleState:
    followed = track.passage
    return TitleState(
        subject_id=followed.subject,
        scope=scope,
        title=track.title,
        start=followed.start,
        held=followed.end,
        is_renewed=followed.is_renewed,
        days_left=track.days_left,
    )


def _movements(scope: str, tracks: Sequence[Track]) -> Iterator[TitleMovement]:
    for track in tracks:
        for movement in sorted(set(track.passage.movements)):
            yield TitleMovement(
                subject_id=track.passage.subject, scope=scope, title=track.title, movement=movement.value
            )


def _rungs(scope: str, library: Library, tracks: Sequence[Track]) -> Iterator[RungState]:
    tops: dict[str, tuple[int, int]] = {}
    for track in tracks:
        rung, followed = library.titles[track.title].rung or 0, track.passage
        start, end = tops.get(followed.subject, (0, 0))
        tops[followed.subject] = (
            max(start, rung if followed.start else 0),
            max(end, rung if followed.end else 0),
        )
    for subject, (start, end) in tops.items():
        if start or end:
            yield RungState(subject_id=subject, scope=scope, start_rung=start, end_rung=end)

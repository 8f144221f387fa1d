"""The ladder of the last rebuild: counted from the store's lists of titles, kept subject by subject.

To count it takes longer than to judge what an import moved, so one that follows from the same rows of lists stays.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl
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
from yumiao.evaluate.runs import snapshot_hash
from yumiao.importing.queue import open_pairs
from yumiao.ladder.known import registered_places
from yumiao.ladder.lines import Line
from yumiao.ladder.passages import Movement
from yumiao.ladder.reading import WITHIN_DAYS, placed_rows
from yumiao.ladder.stored import title_rows
from yumiao.ladder.tracks import Track, TrackedLadder, track_ladder
from yumiao.model.facts import SUBJECT
from yumiao.model.release import ENGINE_VERSION
from yumiao.packs.library import Library
from yumiao.store import Store

COUNTY = 6
"""Digits of a county's or district's code."""
_CHUNK = 2000


@dataclass(frozen=True)
class CountedLadder:
    """The ladder as it is to be kept, how many pairs of subjects wait, and what was noticed.

    Attributes:
        basis: hash of everything that the ladder follows from.
        divisions: the ladder once for each division; None where the one that is kept still holds.
        known: the subjects that the register will hold; others are counted, not named.
    """

    as_of: dt.date
    basis: str
    divisions: tuple[TrackedLadder, ...] | None
    waiting_pairs: int
    watched: Watched
    known: Collection[str]


def count_ladder(
    store: Store, library: Library, as_of: dt.date, known: Collection[str], *, anew: bool = False
) -> CountedLadder:
    """Count the ladder for every county that subjects stand in, every territory with a target, and everywhere.

    Args:
        known: the subjects that the register will hold once this is kept.
        anew: count it even where the one that is kept follows from the same; its rows may be gone.
    """
    state = store.state()
    places = registered_places(state, state.identifiers()[SUBJECT].unique().sort())
    territories = {subject: cut_zeros(code) for subject, code in places.items() if code}
    scopes, rows = _scopes(territories.values()), title_rows(state)
    basis = _basis(library, rows, as_of, scopes, territories, known)
    divisions = None
    if anew or not LadderBuilt.objects.filter(basis=basis).exists():
        divisions = tuple(track_ladder(library, rows, as_of, scopes, territories))
    watched = watch_store(state, library, as_of)
    return CountedLadder(as_of, basis, divisions, open_pairs(state).height, watched, known)


def _basis(
    library: Library,
    rows: pl.DataFrame,
    as_of: dt.date,
    scopes: Sequence[str | None],
    territories: Mapping[str, str],
    known: Collection[str],
) -> str:
    """Hash what the ladder follows from: the rows of lists with the places of their subjects, days, rules, divisions.

    Whoever stands in a list and not in the register is not named, so it matters who that is.
    """
    placed = placed_rows(rows, territories, library.figures.zone_names())
    unnamed = sorted(set(rows[SUBJECT].drop_nulls()) - set(known))
    said = (rules_hash(library, as_of), scopes, unnamed, snapshot_hash(placed))
    return hashlib.sha256(repr(said).encode()).hexdigest()


def rules_hash(library: Library, as_of: dt.date) -> str:
    """Hash what the ladder and what is noticed beside it follow from, but the store: definitions, days, engine."""
    titles = {name: title.model_dump(mode="json") for name, title in sorted(library.titles.items())}
    registers = {name: each.model_dump(mode="json") for name, each in sorted(library.registers.items())}
    zones = sorted(library.figures.zone_names().items())
    said = (ENGINE_VERSION, as_of.isoformat(), WITHIN_DAYS, titles, registers, zones)
    return hashlib.sha256(repr(said).encode()).hexdigest()


@transaction.atomic
def write_ladder(library: Library, ladder: CountedLadder) -> None:
    """Keep a ladder in place of the former one, or leave that where it is the same; called when the subjects stand."""
    built = {"waiting_pairs": ladder.waiting_pairs}
    if ladder.divisions is not None:
        for table in (TitleStock, TitleState, TitleMovement, RungState):
            table.objects.all().delete()
        for division in ladder.divisions:
            _write_scope(library, division, ladder.known)
        since = ladder.divisions[0].since
        told = {"since": since, "as_of": ladder.as_of, "within_days": WITHIN_DAYS, "basis": ladder.basis}
        LadderBuilt.objects.update_or_create(id=1, defaults={**told, **built})
    else:
        LadderBuilt.objects.update(**built)
    LadderBuilt.objects.update(rules=rules_hash(library, ladder.as_of))
    write_watched(ladder.watched, ladder.known)


def _scopes(territories: Iterable[str]) -> list[str | None]:
    counties = {code[:COUNTY] for code in territories if len(code) >= COUNTY}
    aimed = set(Target.objects.values_list("territory", flat=True).distinct())
    return [None, *sorted(counties | aimed)]


def _write_scope(library: Library, ladder: TrackedLadder, known: Collection[str]) -> None:
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

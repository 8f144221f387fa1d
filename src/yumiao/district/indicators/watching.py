"""What a rebuild notices besides the ladder: when each source was last heard, and which rights stand twice."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from yumiao.district.indicators.models import RegisterDouble, SourceHeard
from yumiao.evaluate.doubles import Double, list_doubles
from yumiao.packs.library import Library
from yumiao.store import State
from yumiao.store.batches import Batch

_CHUNK = 2000
_LONGEST_NUMBER = 120


@dataclass(frozen=True)
class Heard:
    """A source: the day of its latest batch, when that was recorded (None: never), how many batches count."""

    source: str
    observed_on: dt.date | None
    recorded_at: dt.datetime | None
    batches: int


@dataclass(frozen=True)
class Watched:
    """What a state of the store tells of its sources, and what stands twice in each register; None: what did before."""

    heard: tuple[Heard, ...]
    doubles: tuple[tuple[str, Double], ...] | None


def watch_store(state: State, library: Library, as_of: dt.date) -> Watched:
    """Read which sources were heard when, and which rights of registers stand twice on a day."""
    return Watched(
        hear_sources(state, library),
        tuple(
            (name, double)
            for name, register in library.registers.items()
            if register.number is not None and (rows := state.records(name)).height
            for double in list_doubles(rows, register, as_of)
        ),
    )


def hear_sources(state: State, library: Library) -> tuple[Heard, ...]:
    """Read which sources were heard when."""
    by_source: dict[str, list[Batch]] = defaultdict(list)
    for batch in state.batches:
        by_source[batch.manifest.source].append(batch)
    names = dict.fromkeys((*library.reported.sources, *by_source))
    return tuple(_heard(name, by_source[name]) for name in names)


def _heard(source: str, batches: list[Batch]) -> Heard:
    if not batches:
        return Heard(source, None, None, 0)
    latest = max(batch.manifest.observed_on for batch in batches)
    recorded = max(dt.datetime.fromisoformat(batch.manifest.recorded_at) for batch in batches)
    return Heard(source, latest, recorded, len(batches))


def write_watched(watched: Watched, known: Collection[str]) -> None:
    """Keep what was noticed in place of the former; called inside the transaction of a rebuild.

    Args:
        known: the subjects that the register holds; others are left out.
    """
    SourceHeard.objects.all().delete()
    SourceHeard.objects.bulk_create(
        SourceHeard(
            source=each.source,
            observed_on=each.observed_on,
            recorded_at=each.recorded_at,
            batches=each.batches,
        )
        for each in watched.heard
    )
    if watched.doubles is None:
        return
    RegisterDouble.objects.all().delete()
    RegisterDouble.objects.bulk_create(
        (
            RegisterDouble(
                subject_id=subject,
                register=register,
                kind=double.kind.value,
                number=double.number[:_LONGEST_NUMBER],
                others=len(double.subjects) - 1,
            )
            for register, double in watched.doubles
            for subject in double.subjects
            if subject in known
        ),
        batch_size=_CHUNK,
    )

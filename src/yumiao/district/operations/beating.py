"""Signs of life of the processes that serve: written by themselves, read by monitoring and upgrades."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from yumiao.district.operations.models import Heartbeat

SILENT_AFTER = dt.timedelta(seconds=30)
_FORGOTTEN_AFTER = dt.timedelta(days=1)


@dataclass(frozen=True)
class Alive:
    """One process and its last sign of life."""

    kind: str
    started_at: dt.datetime
    beat_at: dt.datetime


def give_sign(process: str, kind: str, now: dt.datetime) -> None:
    """Note that a process lives; signs of processes long gone are forgotten."""
    if not Heartbeat.objects.filter(process=process).update(beat_at=now):
        Heartbeat.objects.create(process=process, kind=kind, started_at=now, beat_at=now)
        Heartbeat.objects.filter(beat_at__lt=now - _FORGOTTEN_AFTER).delete()


def end_signs(process: str) -> None:
    """Note that a process ended as it should."""
    Heartbeat.objects.filter(process=process).delete()


def alive(now: dt.datetime) -> list[Alive]:
    """Return the processes that gave a sign of life lately, on whatever machine."""
    rows = Heartbeat.objects.filter(beat_at__gt=now - SILENT_AFTER).order_by("kind", "started_at")
    return [Alive(row.kind, row.started_at, row.beat_at) for row in rows]


def last_sign(kind: str) -> dt.datetime | None:
    """Return the last sign of life of a kind of process; None where none is known."""
    return Heartbeat.objects.filter(kind=kind).order_by("-beat_at").values_list("beat_at", flat=True).first()

"""What the worker does by itself, and how often. Several workers do each act once."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass

from yumiao.district.jobs.models import PeriodicRun

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class Periodic:
    """An act that the worker repeats.

    Attributes:
        name: token.
        every: time between the beginnings of two runs.
        run: does it, given the moment; short, or it asks for a job.
    """

    name: str
    every: dt.timedelta
    run: Callable[[dt.datetime], None]


_ACTS: dict[str, Periodic] = {}


def declare_periodic(act: Periodic) -> Periodic:
    """Make an act known. Raises: ValueError where the name is another act's."""
    if _ACTS.setdefault(act.name, act) != act:
        raise ValueError(f"two periodic acts have the name {act.name}")
    return act


def run_due(now: dt.datetime) -> list[str]:
    """Run what is due; a failure is logged and hinders no other act. Returns the names of those that ran."""
    ran = []
    for act in _ACTS.values():
        if not _claim(act, now):
            continue
        try:
            act.run(now)
        except Exception:
            _LOGGER.exception("periodic act %s failed", act.name)
        ran.append(act.name)
    return ran


def _claim(act: Periodic, now: dt.datetime) -> bool:
    _, is_new = PeriodicRun.objects.get_or_create(name=act.name, defaults={"began_at": now})
    due = PeriodicRun.objects.filter(name=act.name, began_at__lte=now - act.every)
    return is_new or bool(due.update(began_at=now))

"""The job that brings the register up to date, and the act of the worker that notices when it is behind."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from yumiao.district.jobs.kinds import Kind, Work, declare_kind
from yumiao.district.jobs.periodic import Periodic, declare_periodic
from yumiao.district.jobs.selectors import latest_job
from yumiao.district.jobs.services import ask_for
from yumiao.district.journal.services import CONSOLE
from yumiao.district.registry.judged_facts import has_judged, later_share
from yumiao.district.registry.packs import library
from yumiao.district.registry.refreshing import fold, is_behind, refresh
from yumiao.district.registry.selectors import projection
from yumiao.model.text import Text
from yumiao.store import Store, open_store

LOOKED_EVERY = dt.timedelta(seconds=15)
TRIED_AGAIN_AFTER = dt.timedelta(minutes=10)
"""After a refresh that failed the worker waits so long before it asks for another one by itself."""

ABOUT = "register"

_LOGGER = logging.getLogger(__name__)


def _run(work: Work) -> Mapping[str, Any]:
    def tell(step: Text, done: int, total: int) -> None:
        work.tell(done, total, step)

    done = refresh(
        open_store(Path(settings.YUMIAO_STORE)),
        library(),
        as_of=timezone.localdate(work.now),
        data=Path(settings.YUMIAO_DATA),
        now=work.now,
        tell=tell,
        by=work.actor or CONSOLE,
    )
    if not done.is_current:
        _tell_followers(work.now)
    return {"subjects": done.subjects, "rebuilt": int(done.was_rebuilt)}


_FOLLOWERS: dict[str, Callable[[dt.datetime], object]] = {}


def declare_follower(name: str, act: Callable[[dt.datetime], object]) -> None:
    """Make an act known that is called once a refresh is visible; short, or it asks for a job."""
    _FOLLOWERS[name] = act


def _tell_followers(now: dt.datetime) -> None:
    for name, act in _FOLLOWERS.items():
        try:
            act(now)
        except Exception:
            _LOGGER.exception("what follows a refresh failed: %s", name)


FIRST = 50
"""What an import changed is to be seen before any list of what is left to do is made."""

REFRESH = declare_kind(
    Kind("register.refresh", Text("更新企业库", "Bring the register up to date"), _run, priority=FIRST)
)


@transaction.atomic
def ask_for_refresh(*, actor: str, now: dt.datetime) -> str:
    """Ask for the register to be brought up to date; returns the job, a waiting one where there is one."""
    latest = latest_job(REFRESH.name, ABOUT)
    if latest is not None and latest.state == "queued":
        return latest.id
    return ask_for(REFRESH, actor=actor, arguments={}, now=now, about=ABOUT)


def reconcile(now: dt.datetime) -> None:
    """Ask for a refresh where the store knows more than the register says and nobody asked yet.

    That is so after a process died between the two, and after a command changed the store.
    """
    store = _store()
    if store is None or not is_behind(store):
        return
    if projection() is None and not store.state().batches:
        return
    latest = latest_job(REFRESH.name, ABOUT)
    if latest is not None and not latest.is_over:
        return
    ended = latest.finished_at if latest is not None and latest.state == "failed" else None
    if ended is None or now - ended >= TRIED_AGAIN_AFTER:
        ask_for_refresh(actor="", now=now)


def _store() -> Store | None:
    path = Path(settings.YUMIAO_STORE)
    return open_store(path) if (path / "store.json").exists() else None


RECONCILE = declare_periodic(Periodic("register.reconcile", LOOKED_EVERY, reconcile))


# ── what was said later ───────────────────────────────────────────────────────────────────────────────────────

QUIET = dt.timedelta(minutes=2)
"""So long after the last refresh nothing urgent is expected."""

MUCH = 4
"""So many times what may be said later is put in order in any case."""

LEAST = -60
"""It takes ten seconds in a large district, and changes nothing that anybody sees."""


def _run_fold(_: Work) -> Mapping[str, Any]:
    return {"folded": int(fold(Path(settings.YUMIAO_DATA)))}


FOLD = declare_kind(
    Kind("register.fold", Text("整理判定资料", "Put judged facts in order"), _run_fold, priority=LEAST)
)


@transaction.atomic
def ask_for_fold(now: dt.datetime) -> None:
    """Ask for what was said later to be put among what was said first, where it is much and the worker has time."""
    built, data, latest = projection(), Path(settings.YUMIAO_DATA), latest_job(FOLD.name, ABOUT)
    if built is None or not has_judged(data, built.folder) or (latest is not None and not latest.is_over):
        return
    share = later_share(data, built.folder)
    if share > MUCH or (share > 1 and now - built.built_at >= QUIET):
        ask_for(FOLD, actor="", arguments={}, now=now, about=ABOUT)


TIDIED = declare_periodic(Periodic("register.fold", dt.timedelta(minutes=1), ask_for_fold))

"""Plans for one subject under one policy: quickly while a page waits, or thoroughly as a job."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from yumiao.district.jobs.kinds import Kind, Work, declare_kind
from yumiao.district.jobs.selectors import JobShown, latest_job
from yumiao.district.jobs.services import ask_for
from yumiao.district.policies.shown_facts import known_shown
from yumiao.district.registry.judged import Judged, Known
from yumiao.district.registry.selectors import judged
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.rules.answers import plain
from yumiao.rules.planning import BEST_FOUND, CALLS, Obstacle, PlanResult, next_application, plan

QUICK_CALLS = 300
"""How often the engine is asked while a page waits: a second at most, mostly a tenth of one."""


def first_later_day(found: Judged, family: str) -> dt.date | None:
    """Return the next day on which applications are taken, else the same day a year later; None for no policy."""
    pair = found.graph_of(family)
    return next_application(pair[0], found.as_of) if pair is not None else None


def plan_quickly(found: Judged, known: Known, family: str, on: dt.date) -> dict[str, Any] | None:
    """Return the plans that a short search finds, as plain values; None where verdicts are not of that policy."""
    return _plan(found, known, family, on, QUICK_CALLS)


def is_ended(result: Mapping[str, Any]) -> bool:
    """Whether the search was cut short, so that a longer one may say more."""
    best = any(each["label"] == BEST_FOUND for each in result["plans"])
    return best or any(each["obstacle"] == Obstacle.SEARCH_ENDED.value for each in result["hindrances"])


def _plan(found: Judged, known: Known, family: str, on: dt.date, calls: int) -> dict[str, Any] | None:
    pair = found.graph_of(family)
    if pair is None:
        return None
    policy, graph = pair
    result: PlanResult = plan(
        found.judges,
        policy,
        found.as_of,
        known.row,
        on=on,
        settings=graph.settings,
        calls=calls,
        question_calls=0,
    )
    return dict(plain(result))


# ── as a job ──────────────────────────────────────────────────────────────────────────────────────────────────


def _run(work: Work) -> Mapping[str, Any]:
    """Search to the end. Reads only, so that a worker that was killed leaves nothing half done."""
    asked, found = work.arguments, judged()
    on, family = dt.date.fromisoformat(asked["on"]), asked["family"]
    known = (
        known_shown(found, asked["subject"], for_itself=asked["for_itself"]) if found is not None else None
    )
    result = _plan(found, known, family, on, CALLS) if found is not None and known is not None else None
    if result is None:
        raise YumiaoError(
            "plan.no_facts",
            Text(
                "企业库里没有这家企业的事实，无法找路径。",
                "The register holds no facts of this enterprise to plan with.",
            ),
        )
    return result


KIND = declare_kind(Kind("enterprise.plan", Text("仔细找达标路径", "A thorough search for plans"), _run))


def _about(found: Judged, subject: str, family: str, on: dt.date, *, for_itself: bool) -> str:
    """Name what a job is about: other facts, another policy or day, or other eyes make another one."""
    parts = (found.folder.name, family, on.isoformat(), str(for_itself))
    return f"{subject}:{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:24]}"


def plan_job(found: Judged, subject: str, family: str, on: dt.date, *, for_itself: bool) -> JobShown | None:
    """Return the job of a thorough search that was last asked for; None where none was."""
    return latest_job(KIND.name, _about(found, subject, family, on, for_itself=for_itself))


@transaction.atomic
def ask_thoroughly(
    found: Judged, subject: str, family: str, on: dt.date, *, for_itself: bool, by: str, now: dt.datetime
) -> str:
    """Ask for a thorough search; returns the id of the job, of the one that waits or runs already if there is."""
    former = plan_job(found, subject, family, on, for_itself=for_itself)
    if former is not None and not former.is_over:
        return former.id
    arguments = {"subject": subject, "family": family, "on": on.isoformat(), "for_itself": for_itself}
    about = _about(found, subject, family, on, for_itself=for_itself)
    return ask_for(KIND, actor=by, arguments=arguments, about=about, now=now)

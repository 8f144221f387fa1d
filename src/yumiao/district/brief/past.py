"""The brief of a past month: what was told of it. Of lists and verdicts nothing is kept for a month that is over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from yumiao.district.accounts.selectors import Actor
from yumiao.district.brief.wording import WORDS, Wording, goal_row
from yumiao.district.indicators.selectors import Goal, goals_told, ladder_built, months_told
from yumiao.model.text import Language, Text
from yumiao.packs.library import Library

_NOT_KEPT = Text(
    "企业库已是别的日期，这个月的没有保存，不写。",
    "The register is of another date; of this month nothing is kept, and nothing is written.",
)
_EMPTY = ("stages", "moves", "lines", "rungs", "towns", "ending", "near_policies", "nearest", "overdue")


@dataclass(frozen=True)
class PastBrief:
    """What a brief of a past month says: its last day, and the targets as values told of them by then."""

    organisation: str
    month: str
    last_day: dt.date
    made_at: dt.datetime
    goals: tuple[Goal, ...]


def past_months(actor: Actor) -> list[str]:
    """Return the months before the register's of which values were told, as ``2026-05``, the latest first."""
    built = ladder_built()
    if built is None:
        return []
    now = built.as_of.strftime("%Y-%m")
    found = [f"{year}-{month:02d}" for year, month in months_told(actor)]
    return [month for month in found if month < now]


def read_past_brief(actor: Actor, library: Library, *, month: str, now: dt.datetime) -> PastBrief | None:
    """Return the brief of a past month; None where no value of it was told to an actor's divisions."""
    if month not in past_months(actor):
        return None
    year, number = int(month[:4]), int(month[5:])
    last = dt.date(year + number // 12, number % 12 + 1, 1) - dt.timedelta(days=1)
    goals = tuple(goals_told(actor, library, year, number))
    return PastBrief(settings.YUMIAO_ORGANISATION, month, last, now, goals)


def past_context(brief: PastBrief, language: Language) -> Mapping[str, Any]:
    """Return what `wording.brief_context` does; sections that only a register of the month could fill say so."""
    say, last = Wording(language), brief.last_day.isoformat()
    words = {name: say(name) for name in WORDS}
    not_kept = say.text(_NOT_KEPT)
    words |= {"none_ending": not_kept, "none_near": not_kept, "none_overdue": not_kept}
    words["as_of"] = say.say("月末", "End of the month")
    return {
        "w": words,
        "organisation": brief.organisation,
        "month": brief.month,
        "as_of": last,
        "made_at": f"{brief.made_at.astimezone(ZoneInfo(settings.TIME_ZONE)):%Y-%m-%d %H:%M}",
        "everyone": say("unknown"),
        "goals": [goal_row(goal, last, say) for goal in brief.goals],
        **{name: [] for name in _EMPTY},
        "more_ending": "",
        "near_count": say("unknown"),
        "ladder_line": not_kept,
        "near_line": "",
        "ending_line": "",
        "foundation": say.say(
            f"目标取截至 {last} 已下达的；实际数是报送的月度数，后来补报的也算在该月。未知的写“未知”，不写零。",
            f"Targets are those set by {last}; actual figures are the monthly values received, those told later "
            "included. What is not known is said so, not written as nought.",
        ),
    }

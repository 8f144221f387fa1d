"""The words of a brief, and its numbers as text, in one language; documents and the print page say the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from yumiao.district.brief.contents import Brief
from yumiao.district.indicators.selectors import Goal
from yumiao.district.overview.figures import Linked, TitleLine
from yumiao.model.text import Language, Text
from yumiao.packs.library import Library

WORDS: Mapping[str, Text] = {
    "heading": Text("科技企业培育月报", "Monthly brief on technology enterprises"),
    "as_of": Text("申报日期", "Date of the figures"),
    "made": Text("生成时间", "Made"),
    "enterprises": Text("企业（家）", "Enterprises"),
    "targets": Text("一、年度目标进展", "1. Targets of the year"),
    "indicator": Text("指标", "Indicator"),
    "actual": Text("实际", "Actual"),
    "plan": Text("计划至今", "Plan to date"),
    "target": Text("目标", "Target"),
    "basis": Text("依据", "Source"),
    "no_targets": Text("未定计划。", "No target is set."),
    "ladder": Text("二、梯队存量与流动", "2. The ladder: stock and flow"),
    "rung": Text("梯级", "Rung"),
    "stock": Text("家数", "Enterprises"),
    "change": Text("较上年末", "Since the end of last year"),
    "before": Text("原梯级", "From rung"),
    "after": Text("现梯级", "To rung"),
    "title": Text("资质", "Title"),
    "start": Text("上年末", "End of last year"),
    "entries": Text("进", "In"),
    "exits": Text("出", "Out"),
    "now": Text("现有", "Now"),
    "unsure": Text("未定", "Not known"),
    "towns": Text("三、分镇（最高梯级，家）", "3. By town (highest rung, enterprises)"),
    "town": Text("镇（街道）", "Town"),
    "no_town": Text("未注明镇", "no town stated"),
    "total": Text("合计", "Total"),
    "ending": Text("四、90 天内到期的资质", "4. Titles that end within 90 days"),
    "enterprise": Text("企业", "Enterprise"),
    "place": Text("属地", "Division"),
    "until": Text("有效期至", "Valid until"),
    "none_ending": Text("没有。", "None."),
    "near": Text("五、差一步", "5. One step away"),
    "policy": Text("政策", "Policy"),
    "gap": Text("差距", "What is short"),
    "none_near": Text("没有。", "None."),
    "sources": Text("六、来源逾期", "6. Sources overdue"),
    "source": Text("来源", "Source"),
    "observed": Text("最近资料日期", "Latest facts are of"),
    "late": Text("逾期（天）", "Overdue (days)"),
    "none_overdue": Text("没有。", "None."),
    "unknown": Text("未知", "unknown"),
    "foundation": Text("数据来源", "Where the figures come from"),
}


@dataclass(frozen=True)
class Wording:
    """Speaks one language."""

    language: Language

    def __call__(self, name: str) -> str:
        return WORDS[name].words(self.language)

    def text(self, text: Text) -> str:
        return text.words(self.language)

    def say(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en


def brief_context(brief: Brief, library: Library, language: Language) -> dict[str, Any]:
    """Return everything that a document of a brief shows, as texts.

    Returns: ``w`` (words by name), lists of rows by section, and under each section's ``*_line`` its day and source.
    """
    say, overview = Wording(language), brief.overview
    as_of = overview.as_of.isoformat()
    zone = ZoneInfo(settings.TIME_ZONE)
    return {
        "w": {name: say(name) for name in WORDS},
        "organisation": brief.organisation,
        "month": brief.month,
        "as_of": as_of,
        "made_at": f"{brief.made_at.astimezone(zone):%Y-%m-%d %H:%M}",
        "everyone": f"{overview.everyone.count:,}",
        "goals": [goal_row(goal, as_of, say) for goal, _ in overview.goals],
        "stages": [
            {
                "rung": stage.rung,
                "titles": " / ".join(say.text(title) for title in stage.titles),
                "now": _count(stage.now, say),
                "change": say("unknown") if stage.change is None else f"{stage.change:+,}",
            }
            for stage in overview.stages
        ],
        "moves": [
            {"before": move.before, "after": move.after, "count": f"{move.who.count:,}"}
            for move in overview.moves
        ],
        "lines": [_line(line, say) for line in overview.lines],
        "rungs": [stage.rung for stage in overview.stages],
        "towns": _town_rows(brief, say),
        "ending": [
            {
                "name": each.name,
                "place": each.place or say("unknown"),
                "title": say.text(each.title),
                "until": each.until.isoformat(),
            }
            for each in brief.ending
        ],
        "more_ending": _more_ending(brief, say),
        "near_policies": [
            {"policy": say.text(near.title), "count": f"{near.who.count:,}"}
            for near in overview.near_policies
        ],
        "nearest": [
            {
                "name": near.name,
                "place": near.place or say("unknown"),
                "policy": say.text(near.policy),
                "gap": say.text(near.gap),
            }
            for near in overview.nearest
        ],
        "near_count": f"{overview.near_all.count:,}",
        "overdue": [
            {
                "source": say.text(each.label),
                "observed": each.observed_on.isoformat() if each.observed_on else say("unknown"),
                "late": each.late_days,
            }
            for each in brief.overdue
        ],
        "ladder_line": say.say(
            f"截至 {as_of}，较 {overview.since}；来源：各部门报送的资质名单，按最高梯级计，不重复。",
            f"As of {as_of}, against {overview.since}; source: lists of titles, each enterprise on its highest rung.",
        ),
        "near_line": say.say(
            f"截至 {as_of}；来源：对照施行中的政策逐家判定。",
            f"As of {as_of}; source: every enterprise judged by the policies in force.",
        ),
        "ending_line": say.say(
            f"截至 {as_of}；来源：资质名单，已续期的不列。",
            f"As of {as_of}; source: lists of titles; renewed ones are left out.",
        ),
        "foundation": _foundation(brief, library, say),
    }


def goal_row(goal: Goal, as_of: str, say: Wording) -> dict[str, str]:
    """Return one target as a document shows it; ``as_of`` is the day of what is counted."""
    told = "；".join(f"{each.source.words(say.language)} {each.told_on}" for each in goal.told)
    counted = say.say(f"资质名单，截至 {as_of}", f"lists of titles, as of {as_of}")
    month = goal.told[0].month if goal.told else 0
    told_of = say.say(f"{told}，至 {month} 月", f"{told}, to month {month}") if told else ""
    sense = {"at_least": "≥ ", "more_than": "> ", "about": "≈ "}.get(goal.sense, "")
    return {
        "label": f"{goal.label.words(say.language)}（{goal.unit.words(say.language)}）"
        if say.language == "zh"
        else f"{goal.label.words('en')} ({goal.unit.words('en')})",
        "actual": _bounds(goal.actual) or say("unknown"),
        "plan": "—" if goal.plan is None else f"{goal.plan:,f}",
        "target": f"{sense}{goal.value:,f}",
        "document": f"{goal.document} {goal.set_on.isoformat()}",
        "basis": counted if goal.counted is not None else told_of or say("unknown"),
    }


def _bounds(bounds: tuple[Decimal, Decimal] | None) -> str:
    if bounds is None:
        return ""
    low, high = bounds
    return f"{low:,f}" if low == high else f"{low:,f}–{high:,f}"


def _count(linked: Linked | None, say: Wording) -> str:
    return say("unknown") if linked is None else f"{linked.count:,}"


def _line(line: TitleLine, say: Wording) -> dict[str, str]:
    def moved(movements: tuple[tuple[Text, Linked], ...]) -> str:
        if line.start is None:
            return say("unknown")
        return " · ".join(f"{say.text(name)} {linked.count:,}" for name, linked in movements) or "0"

    return {
        "title": say.text(line.label),
        "start": _count(line.start, say),
        "entries": moved(line.entries),
        "exits": moved(line.exits),
        "now": _count(line.now, say),
        "unsure": _count(line.may, say),
    }


def _town_rows(brief: Brief, say: Wording) -> list[dict[str, Any]]:
    rows = [
        {"name": town.name or say("no_town"), "counts": [f"{count:,}" for count in town.counts]}
        for town in brief.towns
    ]
    columns = list(zip(*(town.counts for town in brief.towns), strict=True))
    if rows:
        rows.append({"name": say("total"), "counts": [f"{sum(column):,}" for column in columns]})
    return rows


def _more_ending(brief: Brief, say: Wording) -> str:
    more = brief.more_ending
    return (
        say.say(f"另有 {more:,} 项，见平台名单。", f"{more:,} more are in the platform's list.")
        if more
        else ""
    )


def _foundation(brief: Brief, library: Library, say: Wording) -> str:
    known = library.reported.sources
    heard = [
        f"{say.text(known[source].label) if source in known else source} {day.isoformat()}"
        for source, day in brief.lists
    ]
    joined = ("、" if say.language == "zh" else ", ").join(heard) or say("unknown")
    return say.say(
        f"各来源最近资料日期：{joined}。数据仓状态 {brief.root[:16]}。未知的写“未知”，不写零。",
        f"Latest facts of each source: {joined}. State of the store: {brief.root[:16]}. What is not known is said so, "
        "not written as nought.",
    )

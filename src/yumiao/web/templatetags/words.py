"""Texts of the domain in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import template
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from yumiao.model.outcomes import OUTCOME_LABELS, REASON_LABELS, Outcome, Reason
from yumiao.model.periods import Year
from yumiao.model.text import Language, Text
from yumiao.web.icons import draw_icon
from yumiao.web.moments import day_here, minute_here, moment_here

register = template.Library()


def reader_language() -> Language:
    """Return the language of the page being written."""
    return "en" if (get_language() or "").startswith("en") else "zh"


@register.filter
def words(text: Text | Mapping[str, str] | None) -> str:
    """Return a text in the reader's language; nothing for nothing."""
    if text is None:
        return ""
    if isinstance(text, Text):
        return text.words(reader_language())
    return Text(text.get("zh", ""), text.get("en", "")).words(reader_language())


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon of the navigation, by its name."""
    return draw_icon(name)


@register.filter
def outcome_words(outcome: str) -> str:
    """Return the label of an outcome's token."""
    return OUTCOME_LABELS[Outcome(outcome)].words(reader_language())


@register.filter
def outcome_class(outcome: str) -> str:
    """Return the class that draws an outcome: ``not_met`` → ``not-met``."""
    return Outcome(outcome).value.replace("_", "-")


@register.filter
def reason_words(reason: str) -> str:
    """Return the label of a reason's token."""
    return REASON_LABELS[Reason(reason)].words(reader_language())


@register.filter
def held_words(held: bool | None) -> str:
    """Return whether a title is held; unknown where that is not known."""
    if held is None:
        return gettext("未知")
    return gettext("持有") if held else gettext("未持有")


@register.filter
def grouped(number: int) -> str:
    """Return a whole number with its thousands set apart: 1,486."""
    return f"{number:,}"


@register.filter
def year_words(year: Year) -> str:
    """Return a year as a mapping means it: 2025, or relative to the day that the file speaks of."""
    if not year.relative:
        return str(year.number)
    zh = {0: "当年", -1: "上年"}.get(year.number, f"当年 {year.number:+d}")
    en = {0: "that year", -1: "the year before"}.get(year.number, f"that year {year.number:+d}")
    return Text(zh, en).words(reader_language())


@register.filter
def percent(share: float) -> str:
    """Return a share from 0 to 1 as a whole percent."""
    return f"{share:.0%}"


@register.filter
def sureness(share: float | None) -> str:
    """Return how sure a pair is, in whole percent, never more than it is; unknown where nobody knows."""
    return gettext("未知") if share is None else f"{int(Decimal(str(share)) * 100)}%"


@register.simple_tag
def moment(written: str) -> SafeString:
    """Draw a moment of the store, to the minute, in the district's time; machines read it to the second."""
    here = moment_here(written).isoformat(timespec="seconds")
    return format_html('<time datetime="{}">{}</time>', here, minute_here(written))


@register.simple_tag
def day_of_moment(written: str) -> SafeString:
    """Draw the district's day of a moment of the store."""
    here = moment_here(written).isoformat(timespec="seconds")
    return format_html('<time datetime="{}">{}</time>', here, day_here(written).isoformat())


@register.filter
def writer_words(label: str) -> str:
    """Return who wrote a batch: the label of a person, or what the program is called that did."""
    programs = {"flush": gettext("填报入库"), "demo": gettext("演示数据"), "console": gettext("命令行")}
    return programs.get(label, label)


@register.filter
def signed(number: int) -> str:
    """Return a change with its sign: +158, -3, 0."""
    return f"{number:+,}" if number else "0"


@register.filter
def bounds_words(bounds: tuple[Decimal, Decimal] | None) -> str:
    """Return a value, or the least and the greatest of several: 1,486 or 78–80; nothing for nothing."""
    if bounds is None:
        return ""
    low, high = bounds
    return f"{low:,f}" if low == high else f"{low:,f}–{high:,f}"


@register.filter
def sense_sign(sense: str) -> str:
    """Return the sign before a target or a published value; nothing where it is exact."""
    return {"at_least": "≥ ", "more_than": "> ", "about": "≈ "}.get(sense, "")


@register.filter
def zones_words(zones: str) -> str:
    """Return the words for whether the zones run apart are in a value."""
    known = {"with": gettext("含园区"), "without": gettext("不含园区")}
    return known.get(zones, gettext("未说明"))


@register.filter
def plain_number(number: float) -> str:
    """Return a length of a drawing, in every language with a point."""
    return f"{number:g}"


@register.filter
def moved_by(number: float, change: int) -> str:
    """Return a length of a drawing, some units further."""
    return f"{number + change:g}"


@register.filter
def period_words(period: str) -> str:
    """Return a period as people say it: ``FY2025`` → 2025年, ``YE2025`` → 2025年末; nothing for the present."""
    kind, year = period[:2], period[2:]
    if period == "now":
        return ""
    if reader_language() == "zh":
        return f"{year}年末" if kind == "YE" else f"{year}年"
    return f"end of {year}" if kind == "YE" else year


@register.simple_tag(takes_context=True)
def with_query(context: Mapping[str, Any], **changes: Any) -> str:
    """Return the query of this page with some values changed; an empty value goes."""
    request: HttpRequest = context["request"]
    query = {name: value for name, value in request.GET.items() if value}
    for name, value in changes.items():
        query.pop(name, None)
        if value not in ("", None):
            query[name] = str(value)
    return "?" + urlencode(query)

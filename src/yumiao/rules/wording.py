"""Exact values in words: texts are built from codes and numbers, and never contradict an outcome."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction

from yumiao.model.metrics import Metric
from yumiao.model.periods import period_label
from yumiao.model.text import Text
from yumiao.model.units import UNITS, Kind, Unit, decimal_text, from_steps
from yumiao.rules import graph as g
from yumiao.rules.answers import Growth, Interval, Quantity, Threshold

MOST_PLACES = 16
"""So many decimals are tried before a value is shown as ≈ although it looks like the threshold."""

YES_NO = {True: Text("是", "yes"), False: Text("否", "no")}

SIGNS = {
    ">=": Text("≥", "≥"),
    ">": Text(">", ">"),
    "<=": Text("≤", "≤"),
    "<": Text("<", "<"),
    "=": Text("=", "="),
    "≠": Text("≠", "≠"),
    "is": Text("应为", "must be"),
    "in": Text("属于", "is"),
    "not in": Text("不属于", "is not"),
}


def exact_text(value: Fraction | int) -> str:
    """Print an exact number: as a decimal where it ends, else as a fraction."""
    fraction = Fraction(value)
    text = decimal_text(fraction, MOST_PLACES)
    return str(fraction) if text.startswith("≈") else text


def faithful_text(value: Fraction, against: Fraction | None, places: int = 2) -> str:
    """Print a value with as few decimals as keep it on its side of a threshold; cut, never rounded up."""
    for count in range(places, MOST_PLACES):
        shown = _cut(value, count)
        if against is None or _side(shown, against) == _side(value, against):
            return decimal_text(value, count)
    return decimal_text(value, MOST_PLACES)


def _cut(value: Fraction, places: int) -> Fraction:
    scaled = abs(value) * 10**places
    whole = Fraction(scaled.numerator // scaled.denominator, 10**places)
    return -whole if value < 0 else whole


def _side(value: Fraction, against: Fraction) -> int:
    return (value > against) - (value < against)


def with_unit(text: str, unit: Unit) -> Text:
    """Put a number and its unit together."""
    zh, en = unit.label.zh, unit.label.en
    if unit.code == "percent":
        return Text(f"{text}%", f"{text}%")
    if not zh:
        return Text(text, text)
    if unit.code.startswith(("CNY_", "USD_")):
        return Text(f"{text} {zh}", f"{text} ({en})")
    return Text(f"{text} {zh}", f"{text} {en.removesuffix('s') if text == '1' else en}")


def amount_text(steps: int | Fraction, unit: Unit) -> Text:
    """Print an exact amount, given in smallest steps, in a unit."""
    return with_unit(exact_text(from_steps(steps, unit)), unit)


def quantity(steps: Fraction, unit: Unit, against: Fraction | None = None) -> Quantity:
    """Show an amount of smallest steps; ``against`` is the threshold, in steps too."""
    value = from_steps(steps, unit)
    text = faithful_text(value, None if against is None else from_steps(against, unit))
    return Quantity(exact_text(value), text, unit.code, with_unit(text, unit))


def share(value: Fraction, against: Fraction | None = None) -> Quantity:
    """Show a ratio as a percentage: 17/200 is 8.5 %."""
    text = faithful_text(value * 100, None if against is None else against * 100)
    return Quantity(str(value), f"{text}%", None, Text(f"{text}%", f"{text}%"))


def growth(later: Fraction, earlier: Fraction, periods: int, unit: Unit, against: Fraction | None) -> Growth:
    """Show compound growth between two amounts of smallest steps."""
    text = _growth_text(later / earlier, periods, against)
    ends = [exact_text(from_steps(end, unit)) for end in (earlier, later)]
    return Growth(ends[0], ends[1], periods, text, unit.code, Text(text, text))


def _growth_text(ratio: Fraction, periods: int, against: Fraction | None) -> str:
    for places in range(2, MOST_PLACES):
        cut = _root(ratio, periods, places)
        if against is None or _side(cut - 1, against) == _growth_side(ratio, periods, against):
            break
    shown = decimal_text((cut - 1) * 100, places)
    return f"{'' if cut**periods == ratio else '≈'}{shown}%"


def _growth_side(ratio: Fraction, periods: int, against: Fraction) -> int:
    return _side(ratio, (1 + against) ** periods)


def _root(ratio: Fraction, periods: int, places: int) -> Fraction:
    """Return the largest decimal percentage whose growth over the periods does not exceed the ratio."""
    grid = 10 ** (places + 2)
    low, high = 0, grid * max(2, int(ratio) + 2)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if Fraction(middle, grid) ** periods <= ratio else (low, middle)
    return Fraction(low, grid)


def date_value(days: int) -> Quantity:
    """Show a date stored as a day number."""
    date = g.EPOCH + dt.timedelta(days=days)
    text = date.isoformat()
    return Quantity(text, text, None, Text(f"{date.year}年{date.month}月{date.day}日", text))


def yes_no(value: bool) -> Quantity:
    """Show yes or no."""
    text = "true" if value else "false"
    return Quantity(text, text, None, YES_NO[value])


def category(metric: Metric, code: str) -> Quantity:
    """Show a category by its label."""
    return Quantity(code, code, None, dict(metric.values).get(code, Text(code, code)))


def interval(low: int | Fraction | None, high: int | Fraction | None, unit: Unit) -> Interval:
    """Show what is known only to lie between two amounts of smallest steps."""
    ends = [None if end is None else exact_text(from_steps(end, unit)) for end in (low, high)]
    first, last = ends
    text = f"{first or ''}–{last or ''}"
    if first is None or last is None:
        text = f"≤ {last}" if last is not None else f"≥ {first}"
    return Interval(first, last, text, unit.code, with_unit(text, unit))


def threshold(operator: str, shown: Quantity) -> Threshold:
    """Show what a value is compared with."""
    sign = SIGNS[operator]
    label = Text(f"{sign.zh} {shown.label.zh}", f"{sign.en} {shown.label.words('en')}")
    return Threshold(operator, shown.exact, shown.text, shown.unit, label)


def fact_value(metric: Metric, value: object) -> Quantity:
    """Show a stored fact in its metric's own unit."""
    match metric.kind:
        case Kind.BOOL:
            return yes_no(bool(value))
        case Kind.DATE:
            return date_value(int(value))  # type: ignore[call-overload]  # a day number
        case Kind.CATEGORY:
            return category(metric, str(value))
    unit = metric.unit or UNITS["number"]
    exact = exact_text(from_steps(int(value), unit))  # type: ignore[call-overload]  # whole steps
    return Quantity(exact, exact, unit.code, with_unit(exact, unit))


def period_of(leaf: g.Leaf) -> str:
    """Name the period of a fact: FY2025, YE2025, CY2026, now."""
    return period_label(leaf.metric.period, leaf.year)


def period_words(year: int | None) -> Text:
    """Name a period inside a sentence."""
    return Text("", "") if year is None else Text(f"{year}年", f"{year}")


def sentence(template: Text, leaf: g.Leaf) -> Text:
    """Fill ``{period}`` into a question."""
    words = period_words(leaf.year)
    return Text(template.zh.replace("{period}", words.zh), template.en.replace("{period}", words.en))


def listed(words: Iterable[Text], zh: str = "、", en: str = ", ") -> Text:
    """Join labels in both languages."""
    found = list(words)
    return Text(zh.join(word.zh for word in found), en.join(word.words("en") for word in found))

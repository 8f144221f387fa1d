"""Values as a store keeps them, in words."""

from __future__ import annotations

from yumiao.model.metrics import Metric
from yumiao.model.text import Text
from yumiao.model.units import Kind
from yumiao.rules.wording import amount_text

_YES_NO = {"true": Text("是", "yes"), "false": Text("否", "no")}
UNKNOWN = Text("未知", "unknown")


def stored_words(metric: Metric | None, value: str | None) -> Text:
    """Put a stored value (text: whole steps, ``true``, a date, a category's code) into words.

    Args:
        metric: what it is a value of; None: not known any more, the value is shown as kept.
    """
    if value is None:
        return UNKNOWN
    if metric is None:
        return Text(value, value)
    match metric.kind:
        case Kind.QUANTITY if metric.unit is not None:
            return amount_text(int(value), metric.unit)
        case Kind.BOOL:
            return _YES_NO.get(value, Text(value, value))
        case Kind.CATEGORY:
            return dict(metric.values).get(value, Text(value, value))
        case _:
            return Text(value, value)


def interval_words(metric: Metric | None, low: str | None, high: str | None) -> Text:
    """Put the ends of an interval into words; an end that is NULL is open."""
    ends = [stored_words(metric, end) if end is not None else None for end in (low, high)]
    if ends[0] is None and ends[1] is None:
        return UNKNOWN
    if ends[0] is None:
        assert ends[1] is not None  # noqa: S101 - one of the two is there
        return Text(f"不超过{ends[1].zh}", f"at most {ends[1].words('en')}")
    if ends[1] is None:
        return Text(f"不少于{ends[0].zh}", f"at least {ends[0].words('en')}")
    return Text(f"{ends[0].zh} 至 {ends[1].zh}", f"{ends[0].words('en')} to {ends[1].words('en')}")

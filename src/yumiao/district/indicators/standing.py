"""Which of the values that several told of one indicator counts, and why. Nothing is read or written here."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from yumiao.model.text import Text


class Standing(StrEnum):
    """How a value stands beside the others of its month and variant."""

    COUNTS = "counts"
    BESIDE = "beside"
    EARLIER = "earlier"
    NOT_CHOSEN = "not_chosen"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> Text:
        return _LABELS[self]


_LABELS = {
    Standing.COUNTS: Text("采用", "counts"),
    Standing.BESIDE: Text("并列，未定", "stands beside others"),
    Standing.EARLIER: Text("已被后来的说法取代", "superseded by a later word"),
    Standing.NOT_CHOSEN: Text("不采用", "not chosen"),
    Standing.WITHDRAWN: Text("已撤回", "withdrawn"),
}
_ALONE = Text("只有这一个数", "the only value")
_AGREED = Text("各来源一致", "all sources agree")
_DIFFER = Text("来源不一致，还没有指定以哪个为准", "sources differ, and nobody has said which counts")
_LATER = Text("同一来源后来另有说法", "the same source later said otherwise")
_OTHER = Text("已指定另一个数", "another value was chosen")
_GONE = Text("登记后撤回", "entered, then withdrawn")


@dataclass(frozen=True)
class Received:
    """A value that a source told.

    Attributes:
        zones: whether the zones run apart are in it; empty: not said.
        is_withdrawn: whether it was entered by mistake and taken back.
    """

    id: int
    month: int
    zones: str
    value: Decimal
    source: str
    document: str
    told_on: dt.date
    is_withdrawn: bool = False


@dataclass(frozen=True)
class Choice:
    """The value that somebody said counts, and why."""

    actual: int
    why: str


@dataclass(frozen=True)
class Judged:
    """A received value, whether it counts, and why."""

    received: Received
    standing: Standing
    why: Text


Place = tuple[int, str]
"""Month and variant."""


def judge_values(values: Iterable[Received], chosen: Mapping[Place, Choice]) -> list[Judged]:
    """Say of each value how it stands: the latest month first, what counts before what does not."""
    groups: dict[Place, list[Received]] = defaultdict(list)
    for value in values:
        groups[value.month, value.zones].append(value)
    order = list(Standing)
    found = [judged for place, group in groups.items() for judged in _judge(group, chosen.get(place))]
    return sorted(
        found,
        key=lambda each: (
            -each.received.month,
            each.received.zones,
            order.index(each.standing),
            -each.received.told_on.toordinal(),
            each.received.id,
        ),
    )


def _judge(group: Sequence[Received], choice: Choice | None) -> Iterable[Judged]:
    standing = [value for value in group if not value.is_withdrawn]
    yield from (Judged(value, Standing.WITHDRAWN, _GONE) for value in group if value.is_withdrawn)
    if choice is not None and any(value.id == choice.actual for value in standing):
        for value in standing:
            if value.id == choice.actual:
                why = Text(f"经办指定：{choice.why}", f"chosen: {choice.why}")
                yield Judged(value, Standing.COUNTS, why)
            else:
                yield Judged(value, Standing.NOT_CHOSEN, _OTHER)
        return
    latest: dict[str, Received] = {}
    for value in sorted(standing, key=lambda each: (each.told_on, each.id)):
        latest[value.source] = value
    yield from (
        Judged(value, Standing.EARLIER, _LATER) for value in standing if latest[value.source] is not value
    )
    differ = len({value.value for value in latest.values()}) > 1
    why = _DIFFER if differ else _ALONE if len(latest) == 1 else _AGREED
    for value in latest.values():
        yield Judged(value, Standing.BESIDE if differ else Standing.COUNTS, why)


def bounds_of(judged: Iterable[Judged]) -> tuple[Decimal, Decimal] | None:
    """Return the least and the greatest of the values that count or stand beside each other; None for none."""
    values = [each.received.value for each in judged if each.standing in (Standing.COUNTS, Standing.BESIDE)]
    return (min(values), max(values)) if values else None


_PREFERRED = ("", "without", "with")


def latest_place(judged: Iterable[Judged], until: int = 12) -> Place | None:
    """Return the month and variant that speak for the year: the latest month with a value up to a month.

    Of several variants the one that says nothing of zones comes first, then the one without them.
    """
    places = {
        (each.received.month, each.received.zones)
        for each in judged
        if each.standing in (Standing.COUNTS, Standing.BESIDE) and each.received.month <= until
    }
    return max(places, key=lambda place: (place[0], -_PREFERRED.index(place[1])), default=None)

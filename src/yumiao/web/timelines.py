"""The time line of one subject: titles, what was received, which values changed; the latest first."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from yumiao.district.registry.packs import title_label
from yumiao.district.registry.selectors import HeldTitle, subject_title_rows
from yumiao.ladder.rows import Event
from yumiao.model.text import Text
from yumiao.web.histories import FactHistory, Received

_EVENTS = {
    Event.GRANTED: Text("认定", "granted"),
    Event.RENEWED: Text("续期", "renewed"),
    Event.REVOKED: Text("撤销", "revoked"),
    Event.WITHDRAWN: Text("退出", "withdrawn"),
    Event.MOVED_IN: Text("迁入", "moved in"),
    Event.MOVED_OUT: Text("迁出", "moved out"),
}


@dataclass(frozen=True)
class Entry:
    """Something that happened, or is to happen, on a day; ``kind`` is title, received, changed or note."""

    on: dt.date
    kind: str
    text: Text
    detail: Text = Text("")
    is_ahead: bool = False


def title_entries(
    subject: str, titles: Iterable[HeldTitle], today: dt.date, hidden: frozenset[str] = frozenset()
) -> Iterator[Entry]:
    """Yield what lists say happened to a subject's titles, those of hidden sources left out, and which titles end."""
    for title, event, on, file in subject_title_rows(subject, hidden):
        if on is not None and event in set(Event):
            label, what = title_label(title), _EVENTS[Event(event)]
            text = Text(f"{label.zh} {what.zh}", f"{label.words('en')}: {what.words('en')}")
            yield Entry(on, "title", text, Text(file, file))
    for held in titles:
        if held.held and held.until is not None:
            text = Text(f"{held.label.zh} 到期", f"{held.label.words('en')} ends")
            yield Entry(held.until, "title", text, is_ahead=held.until >= today)


def received_entries(histories: Iterable[FactHistory]) -> Iterator[Entry]:
    """Yield one entry for each import that brought facts: from whom, and how many."""
    counts: dict[tuple[str, str, str], int] = defaultdict(int)
    labels: dict[tuple[str, str, str], Text] = {}
    for value in (value for history in histories for value in history.values):
        key = (value.recorded_at[:10], value.batch, value.source.zh)
        counts[key] += 1
        labels[key] = value.source
    for key, count in counts.items():
        source = labels[key]
        text = Text(f"收到{source.zh}资料 {count} 项", f"{count} facts received from {source.words('en')}")
        yield Entry(dt.date.fromisoformat(key[0]), "received", text, Text(key[1], key[1]))


def changed_entries(histories: Iterable[FactHistory]) -> Iterator[Entry]:
    """Yield where a later value of the same source differs from the one before."""
    for history in histories:
        by_source: dict[str, list[Received]] = defaultdict(list)
        for value in history.values:
            if value.standing not in ("reverted", "not_yet"):
                by_source[value.source.zh].append(value)
        for values in by_source.values():
            ordered = sorted(values, key=lambda each: (each.recorded_at, each.observed_on))
            for before, after in pairwise(ordered):
                if before.value != after.value:
                    yield _changed(history.label, before, after)


def _changed(label: Text, before: Received, after: Received) -> Entry:
    text = Text(
        f"{label.zh}：{before.value.zh} → {after.value.zh}",
        f"{label.words('en')}: {before.value.words('en')} → {after.value.words('en')}",
    )
    return Entry(dt.date.fromisoformat(after.recorded_at[:10]), "changed", text, after.source)


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Return entries, the latest first; of one day titles before values, those before notes and imports."""
    places = {"title": 0, "changed": 1, "note": 2, "received": 3}
    return sorted(entries, key=lambda each: (-each.on.toordinal(), places[each.kind], each.text.zh))

"""The time line of one subject: titles, what was received, which values changed; the latest first."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils import timezone

from yumiao.district.registry.changes import ChangedOutcome
from yumiao.district.registry.packs import policy_title, title_label
from yumiao.district.registry.selectors import HeldTitle, subject_title_rows
from yumiao.ladder.rows import Event
from yumiao.model.text import Text, plural
from yumiao.web.histories import FactHistory, Received
from yumiao.web.moments import day_here, moment_here

_EVENTS = {
    Event.GRANTED: Text("认定", "granted"),
    Event.RENEWED: Text("续期", "renewed"),
    Event.REVOKED: Text("撤销", "revoked"),
    Event.WITHDRAWN: Text("退出", "withdrawn"),
    Event.MOVED_IN: Text("迁入", "moved in"),
    Event.MOVED_OUT: Text("迁出", "moved out"),
}


KINDS = {
    "title": Text("资质", "titles"),
    "verdict": Text("判定变化", "verdicts that changed"),
    "changed": Text("事实变化", "facts that changed"),
    "note": Text("记录", "notes"),
    "received": Text("收到的资料", "what was received"),
}
"""What a time line tells of; of one day in this order."""
_NAMED = 3
"""So many facts are named as what changed a verdict."""


@dataclass(frozen=True)
class Entry:
    """Something that happened, or is to happen, on a day; ``kind`` is one of `KINDS`."""

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
    counts: dict[tuple[dt.date, str, str], int] = defaultdict(int)
    labels: dict[tuple[dt.date, str, str], Text] = {}
    for value in (value for history in histories for value in history.values):
        key = (day_here(value.recorded_at), value.batch, value.source.zh)
        counts[key] += 1
        labels[key] = value.source
    for key, count in counts.items():
        source = labels[key]
        text = Text(
            f"收到{source.zh}资料 {count} 项",
            f"{count} {plural(count, 'fact', 'facts')} received from {source.words('en')}",
        )
        yield Entry(key[0], "received", text, Text(key[1], key[1]))


def changed_entries(histories: Iterable[FactHistory]) -> Iterator[Entry]:
    """Yield where a later value of the same source differs from the one before."""
    for history in histories:
        by_source: dict[str, list[Received]] = defaultdict(list)
        for value in history.values:
            if value.standing not in ("reverted", "not_yet"):
                by_source[value.source.zh].append(value)
        for values in by_source.values():
            ordered = sorted(values, key=lambda each: (moment_here(each.recorded_at), each.observed_on))
            for before, after in pairwise(ordered):
                if before.value != after.value:
                    yield _changed(history.label, before, after)


def _changed(label: Text, before: Received, after: Received) -> Entry:
    text = Text(
        f"{label.zh}：{before.value.zh} → {after.value.zh}",
        f"{label.words('en')}: {before.value.words('en')} → {after.value.words('en')}",
    )
    return Entry(day_here(after.recorded_at), "changed", text, after.source)


def verdict_entries(
    changes: Iterable[ChangedOutcome], histories: Sequence[FactHistory], reads: Mapping[str, frozenset[str]]
) -> Iterator[Entry]:
    """Yield each verdict that became another one, with what had changed: the date, the rules, which facts.

    Args:
        reads: policy → the columns of the facts that it reads.
    """
    for change in changes:
        title, before, after = policy_title(change.family, change.version), change.before, change.after
        text = Text(
            f"{title.zh}：{before.label.zh} → {after.label.zh}",
            f"{title.words('en')}: {before.label.words('en')} → {after.label.words('en')}",
        )
        why = list(_reasons(change, histories, reads.get(change.family, frozenset())))
        told = Text("；".join(each.zh for each in why), "; ".join(each.words("en") for each in why))
        yield Entry(timezone.localdate(change.at), "verdict", text, told)


def _reasons(
    change: ChangedOutcome, histories: Iterable[FactHistory], reads: frozenset[str]
) -> Iterator[Text]:
    if change.days is not None:
        before, after = change.days
        yield Text(f"申报日期 {before} → {after}", f"application date {before} → {after}")
    if change.versions is not None:
        old, new = (policy_title(change.family, version) for version in change.versions)
        versions = " → ".join(change.versions)
        same = old.zh == new.zh
        yield Text(
            f"适用版本 {versions}" if same else f"适用版本由“{old.zh}”改为“{new.zh}”",
            f"version in force {versions}",
        )
    if change.is_reworded:
        yield Text("规则包更正过", "the rules were corrected")
    if change.facts:
        yield _facts_between(change, histories, reads)
    if change.days is None and change.versions is None and not change.is_reworded and not change.facts:
        yield Text("程序更新后重新判定", "judged again by a new version of the program")


def _facts_between(change: ChangedOutcome, histories: Iterable[FactHistory], reads: frozenset[str]) -> Text:
    """Name the facts that the policy reads and that came in between; of none that may be shown nothing is said."""
    came = [
        (history.label, value.value)
        for history in histories
        if history.column in reads
        for value in history.values[:1]
        if any(change.known_before < each.recorded_at <= change.known_after for each in history.values)
    ]
    if not came:
        return Text(
            "其他资料、名单、更正、撤销或合并有变",
            "other data, a list, a correction, a batch taken back or a merge",
        )
    more = len(came) - _NAMED
    zh = "、".join(f"{label.zh} {value.zh}" for label, value in came[:_NAMED])
    en = ", ".join(f"{label.words('en')} {value.words('en')}" for label, value in came[:_NAMED])
    return Text(
        f"收到 {zh}" + (f" 等 {len(came)} 项" if more > 0 else ""),
        f"received: {en}" + (f" and {more} more" if more > 0 else ""),
    )


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Return entries, the latest first; of one day in the order of `KINDS`."""
    places = {kind: place for place, kind in enumerate(KINDS)}
    return sorted(entries, key=lambda each: (-each.on.toordinal(), places[each.kind], each.text.zh))

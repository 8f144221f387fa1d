"""Who does not hold a title, known because a complete list does not name it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from yumiao.ladder.histories import History
from yumiao.ladder.places import Scope, is_within
from yumiao.ladder.rows import TitleRow
from yumiao.model.problems import Problem
from yumiao.model.text import Text


@dataclass(frozen=True, slots=True)
class CompleteList:
    """A list that names everyone in a territory who holds a title on a day.

    Attributes:
        territory: division code; blank: of everyone in the store.
        unclear: subjects that an entry may mean without naming them clearly: absence says nothing of them.
    """

    title: str
    on: dt.date
    territory: str = ""
    file: str = ""
    sheet: str = ""
    batch: str = ""
    recorded_at: str = ""
    unclear: frozenset[str] = frozenset()


def complete_lists(
    declarations: pl.DataFrame, metrics: Mapping[str, Sequence[str]]
) -> tuple[CompleteList, ...]:
    """Return the lists of titles among the complete registers declared.

    Args:
        declarations: one row per list: ``metric`` (a yes/no metric that means that a title is held, or
            ``titles.<title>``), ``on``; ``territory``, ``file``, ``batch``, ``recorded_at`` and ``unclear`` may be
            there. Rows of other metrics are left out.
        metrics: title → the yes/no metrics that mean it is held (:func:`yumiao.ladder.facts.held_metrics`).
    """
    title_of = {metric: title for title, names in metrics.items() for metric in names}
    found = []
    for row in declarations.iter_rows(named=True):
        metric = str(row["metric"])
        title = title_of.get(metric) or (metric.partition(".")[2] if metric.startswith("titles.") else None)
        if title and row["on"] is not None:
            words = {name: row.get(name) or "" for name in ("territory", "file", "batch", "recorded_at")}
            found.append(CompleteList(title, row["on"], unclear=frozenset(row.get("unclear") or ()), **words))
    return tuple(found)


def find_absent(
    subjects: Iterable[str],
    histories: Iterable[History],
    complete: Iterable[CompleteList],
    as_of: dt.date,
    territories: Mapping[str, str] | None = None,
) -> dict[tuple[str, str], CompleteList]:
    """Return who is known not to hold which title on a day, and the list that says so.

    A list says so of every subject of its territory of which no row of the title speaks. Lists of a later day do not
    count; of several the latest is named.

    Args:
        histories: whom any row names; what those hold is told by their rows.
        territories: subject → division code; a list of one territory says nothing of a subject without one.
    Returns: (subject, title) → the complete list.
    """
    named = {(history.subject, history.title) for history in histories}
    places = territories or {}
    lists = sorted(
        (each for each in complete if each.on <= as_of), key=lambda each: (each.on, each.recorded_at)
    )
    return {
        (subject, each.title): each
        for subject in subjects
        for each in lists
        if (subject, each.title) not in named
        and subject not in each.unclear
        and _concerns(each, places.get(subject))
    }


def find_vanished(
    histories: Iterable[History], rows: Iterable[TitleRow], complete: Iterable[CompleteList], as_of: dt.date
) -> tuple[Problem, ...]:
    """Return whom a complete list does not name though an earlier row shows the title as held on its day.

    Either it ended or moved and no row says so, or the list is not complete. Nothing is counted otherwise until
    a row tells.
    """
    named: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        named.setdefault((row.batch, row.title), set()).add(row.subject)
    kept = list(histories)
    return tuple(
        _vanished(history, each)
        for each in complete
        if each.batch and each.on <= as_of
        for history in kept
        if history.title == each.title
        and history.subject not in named.get((each.batch, each.title), set()) | each.unclear
        and history.is_held(each.on, Scope(each.territory or None))
    )


def _vanished(history: History, each: CompleteList) -> Problem:
    term = history.term_on(each.on)
    assert term is not None  # noqa: S101 - it is held that day, by this term
    name = each.file or each.batch
    text = Text(
        f"此处认定的资质到 {each.on} 应仍有效，而完整名单 {name} 没有列入；请核对是否已取消或迁出",
        f"the title granted here should be valid on {each.on}, and the complete list {name} does not name it; "
        "check whether it was revoked or moved out",
    )
    return term.row.problem("vanished", text)


def _concerns(each: CompleteList, territory: str | None) -> bool:
    return not each.territory or (territory is not None and is_within(territory, each.territory))

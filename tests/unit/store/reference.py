"""The rule of effective facts again, slow and obvious: the oracle of the laws.

Works on a list of recorded batches in plain Python, one subject and one fact at a time.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from tests.unit.store.store_contents import METRICS, PRECEDENCE

from yumiao.model.periods import split_column


@dataclass
class Recorded:
    """A batch as a test made it: ``rows`` as for ``content_of``, ``complete`` the lists declared complete."""

    source: str
    observed_on: dt.date
    rows: dict[str, dict[str, Any]]
    complete: list[tuple[str, dt.date]] = field(default_factory=list)
    counts: bool = True


def effective_value(batches: list[Recorded], subjects: set[str], column: str, as_of: dt.date | None = None):
    """Return the value that counts for a subject (all ids that mean it), or ``("interval", low, high)``, or None."""
    words = spoken(batches, subjects, column, as_of)
    exact = [word for word in words if word[1][0] == "exact"]
    best = min(exact or words, default=None, key=lambda word: word[0])
    if best is None:
        return None
    return best[1][1] if best[1][0] == "exact" else best[1]


def losing_values(batches: list[Recorded], subjects: set[str], column: str) -> set[tuple[str, Any]]:
    """Return the exact values that other sources give last and that differ from the one that counts."""
    counts = effective_value(batches, subjects, column)
    latest: dict[str, tuple[Any, Any]] = {}
    for order, word in sorted(spoken(batches, subjects, column, None), key=lambda word: word[0]):
        if word[0] == "exact":
            latest.setdefault(order[1], (order, word[1]))
    return {(source, value) for source, (_, value) in latest.items() if value != counts}


def spoken(batches: list[Recorded], subjects: set[str], column: str, as_of: dt.date | None) -> list:
    """Return every word on one fact with what orders it: rank, source, later day, later recording."""
    metric = METRICS[split_column(column)[0]]
    words = []
    for number, batch in enumerate(batches):
        if not batch.counts or (
            as_of is not None and not metric.period.is_yearly and batch.observed_on > as_of
        ):
            continue
        rank = PRECEDENCE.rank(metric.id, batch.source)
        order = (rank, batch.source, -batch.observed_on.toordinal(), -number)
        said = [batch.rows[subject] for subject in sorted(subjects) if subject in batch.rows]
        found = [row[column] for row in said if row.get(column) is not None]
        words += [((*order, place), ("exact", value)) for place, value in enumerate(found)]
        if not found and any(name == column for name, _ in batch.complete):
            words.append(((*order, 9), ("exact", False)))
        for row in said:
            low, high = row.get(f"{column}#low"), row.get(f"{column}#high")
            if low is not None or high is not None:
                words.append((order, ("interval", low, high)))
    return words

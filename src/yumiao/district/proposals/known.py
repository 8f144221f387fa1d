"""What counts now of one fact: its value and source, before a proposal would change it."""

from __future__ import annotations

from dataclasses import dataclass

from yumiao.district.registry.packs import library
from yumiao.district.registry.selectors import judged, known_state
from yumiao.model.periods import split_column

SOURCE = "enterprise_accepted"
"""The source, declared by the packs, that accepted facts come from."""


@dataclass(frozen=True)
class KnownFact:
    """What counts of one fact; ``value`` is None where only an interval or nothing is known."""

    value: str | None
    source: str


def known_fact(subject: str, column: str) -> KnownFact | None:
    """Return what counts of a fact in the register; None where nothing does, or while there is no register."""
    found = judged()
    if found is None:
        return None
    packs = library()
    name, _ = split_column(column)
    metrics = {name: packs.metrics[name]} if name in packs.metrics else {}
    state = known_state(found.known_at)
    rows = state.subject_facts(subject, metrics, packs.reported.precedence, as_of=found.as_of)
    for row in rows.filter(rows["column"] == column).rows(named=True):
        if row["standing"] == "counts":
            return KnownFact(row["value"], row["source"])
    return None


def is_shown_to_subject(source: str) -> bool:
    """Say whether a firm may see what a source says of it; a source that no pack declares is not shown."""
    found = library().reported.sources.get(source)
    return found is not None and found.shown_to_subject


def would_count(column: str, source: str) -> bool:
    """Say whether an accepted fact is believed before what a source says; without a source it is."""
    if not source:
        return True
    order = library().reported.precedence
    metric = split_column(column)[0]
    return order.rank(metric, SOURCE) <= order.rank(metric, source)

"""What an enterprise does not see of its own verdict: whatever rests on sources the district does not show it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yumiao.district.registry import selectors
from yumiao.model.facts import Facts
from yumiao.packs.library import Library

Json = dict[str, Any]


def hidden_batches(packs: Library, known_at: str) -> frozenset[str]:
    """Return the batches of sources that are not shown to subjects."""
    hidden = {name for name, each in packs.reported.sources.items() if not each.shown_to_subject}
    batches = selectors.known_state(known_at).batches
    return frozenset(batch.manifest.id for batch in batches if batch.manifest.source in hidden)


def has_hidden_facts(facts: Facts, hidden: frozenset[str]) -> bool:
    """Say whether any value or losing value of some facts came in a batch that is not shown."""
    tables = (facts.sources, facts.conflicts)
    return any(bool(set(table["batch"].drop_nulls()) & hidden) for table in tables)


def withhold(
    answer: Json, packs: Library, hidden: frozenset[str], *, has_hidden: bool
) -> tuple[Json, list[str]]:
    """Return an answer without what must not be shown, and the ids of the conditions that lost something.

    Outcomes stay: they are the enterprise's own. A condition that rests on a hidden fact keeps its wording and
    outcome; its numbers, gap and facts go, and with the first of them the scores and the contested facts, out of
    which they could be computed.

    Args:
        hidden: batches that are not shown.
        has_hidden: whether any fact of the subject is hidden: then a derived fact, which names no source, is too.
    """
    withheld = [
        each["id"] for each in answer["conditions"] if _is_hidden(each, packs, hidden, has_hidden=has_hidden)
    ]
    if not withheld and not has_hidden:
        return answer, []
    conditions = [_cut(each) if each["id"] in withheld else each for each in answer["conditions"]]
    return {**answer, "conditions": conditions, "scores": [], "contested": []}, withheld


def _cut(condition: Json) -> Json:
    return {
        **condition,
        "value": None,
        "threshold": None,
        "gap": None,
        "least": None,
        "parts": [],
        "facts": [],
        "missing": [],
    }


def _is_hidden(condition: Json, packs: Library, hidden: frozenset[str], *, has_hidden: bool) -> bool:
    return any(_is_hidden_fact(fact, packs, hidden, has_hidden) for fact in condition["facts"])


def _is_hidden_fact(
    fact: Mapping[str, Any], packs: Library, hidden: frozenset[str], has_hidden: bool
) -> bool:
    metric = packs.metrics.get(fact["metric"])
    if metric is not None and not metric.shown_to_subject:
        return True
    source = fact["source"]
    return has_hidden if source is None else source["batch"] in hidden

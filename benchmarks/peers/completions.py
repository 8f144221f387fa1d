"""Completions of unknown facts, tried one by one, and logic of three values."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

Facts = Mapping[str, Any]
Answer = dict[str, Any]
"""``outcome``, ``score_low``, ``score_high``, each condition, and each gap as ``CONDITION.gap``."""

SMALL, LARGE, VAST = 1, 10**15, 10**30
"""Unknown amounts are any real amount: one fen stands for "tiny", two sizes no firm has for "boundless"."""


def extremes(rule: Callable[..., Any], *facts: Any, candidates: tuple[Any, ...]) -> list[Any]:
    """List what ``rule`` says over all completions: an unknown fact takes the candidates at its place."""
    choices = [given if fact is None else (fact,) for fact, given in zip(facts, candidates, strict=True)]
    return [rule(*values) for values in itertools.product(*choices)]


def settle(results: list[Any]) -> bool | None:
    """Give the one answer that all completions share, or None."""
    found = {bool(result) for result in results if result is not None}
    return found.pop() if len(found) == 1 else None


def band(value: Fraction | int, edges: Mapping[Any, Any], below: Any) -> Any:
    """Take the band of the highest edge reached."""
    return next((points for edge, points in edges.items() if value >= edge), below)


def all_of(conditions: list[bool | None]) -> bool | None:
    """And, of three values."""
    if False in conditions:
        return False
    return None if None in conditions else True


def any_of(conditions: list[bool | None]) -> bool | None:
    """Or, of three values."""
    if True in conditions:
        return True
    return None if None in conditions else False


def gap(outcome: bool | None, known: tuple[Any, ...], shortfall: Callable[[], int | None]) -> int | None:
    """Give 0 for a met condition, the shortfall where all its facts are known, else None."""
    if outcome is True:
        return 0
    return None if any(value is None for value in known) else shortfall()

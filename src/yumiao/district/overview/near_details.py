"""What the clause in the way of a near miss compares, read from the facts that the verdict rests on.

Reading takes some milliseconds a subject, so what was read is kept until the register is made from other facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from yumiao.district.registry.judged import Judged
from yumiao.district.registry.judged_facts import has_judged
from yumiao.district.registry.selectors import judged as current_judged
from yumiao.district.registry.selectors import projection
from yumiao.model.outcomes import Outcome
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.rules.answers import Condition, Part


@dataclass(frozen=True)
class NearDetail:
    """The clause in the way: what it has and wants in words, None where it compares nothing, and its citation."""

    value: Text | None = None
    threshold: Text | None = None
    cite: str = ""


@dataclass(frozen=True)
class _Facts:
    """The facts of the register as what was read is kept by: other facts have another folder."""

    judged: Judged

    def __hash__(self) -> int:
        return hash(self.judged.folder)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Facts) and other.judged.folder == self.judged.folder


class NearDetails:
    """Looks up what is in the way; of a register whose facts or packs are not there any more nothing is said."""

    def __init__(self) -> None:
        built, found = projection(), None
        if built is not None and has_judged(Path(settings.YUMIAO_DATA), built.folder):
            with suppress(YumiaoError):  # the packs have changed since; the page says so elsewhere
                found = current_judged()
        self._facts = _Facts(found) if found is not None else None

    def of(self, subject: str, family: str) -> NearDetail:
        """Return what is in the way of a subject at a policy."""
        return _read(self._facts, subject, family) if self._facts is not None else NearDetail()


@lru_cache(maxsize=4096)
def _read(facts: _Facts, subject: str, family: str) -> NearDetail:
    known = facts.judged.known_of(subject)
    answer = facts.judged.answer(known, family, asks=False) if known is not None else None
    if answer is None or answer.outcome is Outcome.MET:
        return NearDetail()
    in_way = (each for each in answer.conditions if each.outcome is answer.outcome and each.decisive)
    condition = next(in_way, None)
    return _detail(condition) if condition is not None else NearDetail()


def _detail(condition: Condition) -> NearDetail:
    """Take what the condition compares; of one with parts the first part that is in the way and has a value."""
    at: Condition | Part = condition
    if condition.value is None:
        parts = (part for part in _leaves(condition.parts) if part.outcome is condition.outcome)
        at = next((part for part in parts if part.value is not None), condition)
    return NearDetail(
        at.value.label if at.value is not None else None,
        at.threshold.label if at.threshold is not None else None,
        condition.cite,
    )


def _leaves(parts: Iterable[Part]) -> Iterator[Part]:
    for part in parts:
        if part.parts:
            yield from _leaves(part.parts)
        else:
            yield part

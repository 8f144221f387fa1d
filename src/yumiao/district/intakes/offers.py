"""What an officer may do about a place in which a check found something wrong, and why not the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from yumiao.district.registry.packs import library
from yumiao.importing.contradictions import EXCEEDS
from yumiao.intake.values import Fault
from yumiao.model.facts import CODE
from yumiao.model.text import Text
from yumiao.report.stored_values import stored_words

KEEPABLE = (EXCEEDS, "code_doubtful")
"""Problems of values that were read and are only doubted: they may be right as they stand."""

_UNREAD = Text(
    "这里没有读出值，没有可保留的",
    "no value was read here, so there is nothing to keep",
)
_WRONG_CODE = Text("代码有误会认错企业，不能保留", "a wrong code may mean another firm, so it cannot be kept")
_NOT_ALLOWED = Text("超出口径允许的取值，不能保留", "outside what the metric allows, so it cannot be kept")
_TWO_VALUES = Text(
    "同一事实只能有一个值，请改正或跳过其中一行",
    "one fact has one value: put one of the rows right or leave it out",
)
_WHY_NOT_KEPT = {
    "code_invalid": _WRONG_CODE,
    "identity_unreadable": _WRONG_CODE,
    Fault.OUTSIDE_DOMAIN.value: _NOT_ALLOWED,
    Fault.NUMBER_TOO_LARGE.value: _NOT_ALLOWED,
    Fault.NOT_WHOLE.value: _NOT_ALLOWED,
    Fault.FINER_THAN_STEP.value: _NOT_ALLOWED,
    Fault.OUTSIDE_TABLE.value: _UNREAD,
    "values_conflict": _TWO_VALUES,
}
_NOT_KNOWN = Text("库里没有这一项", "the library does not know it")
_NOTHING = Text("")


class Found(Protocol):
    """A problem as the last check kept it."""

    code: str
    severity: str
    cell: str
    fact: str
    known: str


@dataclass(frozen=True)
class Offer:
    """What may be done about a problem besides writing another value or leaving the row out.

    Attributes:
        may_change: whether another text may be written; not for the sum of several cells.
        may_keep: whether the value may be kept as it stands; ``why_not_kept`` is empty where it may, or where
            nothing is to be kept.
        known: what the library knows, in words; None where it knows nothing. ``why_not_known`` goes with it.
    """

    may_change: bool
    may_keep: bool
    why_not_kept: Text
    known: Text | None
    why_not_known: Text


def offer_for(problem: Found) -> Offer:
    """Say what may be done about a problem."""
    may_change, may_keep = "+" not in problem.cell, problem.code in KEEPABLE
    why = _NOTHING
    if not may_keep:
        is_error = problem.severity == "error"
        why = _WHY_NOT_KEPT.get(problem.code, _UNREAD if is_error else _NOTHING)
    if problem.known:
        return Offer(may_change, may_keep, why, known_words(problem.fact, problem.known), _NOTHING)
    return Offer(may_change, may_keep, why, None, _NOT_KNOWN if problem.fact else _NOTHING)


def known_words(fact: str, value: str) -> Text:
    """Put a value of a column of facts, as stored, into words; a code is its own."""
    if fact == CODE:
        return Text(value, value)
    metric = library().metrics.get(fact.partition("#")[0].partition("@")[0])
    return stored_words(metric, value)

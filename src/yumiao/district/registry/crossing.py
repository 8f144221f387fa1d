"""Held crossed with met: who holds the title that a policy grants, beside what the policy says of them now."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from django.db.models import Q

from yumiao.district.registry.models import OutcomeCurrent, TitleHeld
from yumiao.district.registry.packs import library
from yumiao.model.outcomes import Outcome
from yumiao.model.text import Text


class Crossing(StrEnum):
    """What a list may ask: the title held or not, and the outcome of the policy that grants it."""

    HELD_MET = "held_met"
    HELD_NOT_MET = "held_not_met"
    HELD_OPEN = "held_open"
    NOT_HELD_MET = "not_held_met"
    NOT_HELD_NOT_MET = "not_held_not_met"
    NOT_HELD_OPEN = "not_held_open"
    NOT_KNOWN = "not_known"

    @property
    def label(self) -> Text:
        return CROSSING_LABELS[self]


CROSSING_LABELS: Mapping[Crossing, Text] = {
    Crossing.HELD_MET: Text("持有且符合", "held and met"),
    Crossing.HELD_NOT_MET: Text("持有但不符合（有风险）", "held, not met (at risk)"),
    Crossing.HELD_OPEN: Text("持有，结论未定", "held, outcome open"),
    Crossing.NOT_HELD_MET: Text("未持有但符合（可申报）", "not held, met (could apply)"),
    Crossing.NOT_HELD_NOT_MET: Text("未持有也不符合", "neither held nor met"),
    Crossing.NOT_HELD_OPEN: Text("未持有，结论未定", "not held, outcome open"),
    Crossing.NOT_KNOWN: Text("是否持有未知", "not known whether held"),
}

_PARTS: Mapping[Crossing, tuple[bool, Outcome]] = {
    Crossing.HELD_MET: (True, Outcome.MET),
    Crossing.HELD_NOT_MET: (True, Outcome.NOT_MET),
    Crossing.HELD_OPEN: (True, Outcome.UNDETERMINED),
    Crossing.NOT_HELD_MET: (False, Outcome.MET),
    Crossing.NOT_HELD_NOT_MET: (False, Outcome.NOT_MET),
    Crossing.NOT_HELD_OPEN: (False, Outcome.UNDETERMINED),
}


@cache
@cache
def granted_title(policy_id: str) -> str:
    """Return the title that a policy version grants; empty where it grants none, or no pack has it any more."""
    found = library().find(policy_id)
    grants = found[0].body.grants if found else None
    return grants.title if grants is not None else ""


def crossing_condition(crossing: Crossing, titles: Mapping[str, str], verdicts: Q) -> Q:
    """Return the condition on subjects: those of whom it holds under one of some policies.

    Args:
        titles: family of each policy looked at → the title that it grants; none finds nobody.
        verdicts: what is asked of the same verdict beside.
    """
    found = Q(pk__in=())
    for family, title in titles.items():
        found |= _under(crossing, family, title, verdicts)
    return found


def _under(crossing: Crossing, family: str, title: str, verdicts: Q) -> Q:
    rows = OutcomeCurrent.objects.filter(verdicts, family=family)
    named = TitleHeld.objects.filter(title=title)
    if crossing is Crossing.NOT_KNOWN:
        told = named.filter(held__isnull=False).values("subject_id")
        return Q(id__in=rows.values("subject_id")) & ~Q(id__in=told)
    held, outcome = _PARTS[crossing]
    judged = rows.filter(outcome=outcome.value).values("subject_id")
    return Q(id__in=judged) & Q(id__in=named.filter(held=held).values("subject_id"))

"""Lists of what was decided, and of what sources disagree on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from yumiao.district.intakes.models import ContestedFact, DecisionListed
from yumiao.district.intakes.selectors import labels_of, title_of
from yumiao.model.text import Text
from yumiao.store.values import Act

ACTS = {
    Act.MERGE.value: Text("同一主体", "one subject"),
    Act.SEPARATE.value: Text("不同主体", "two subjects"),
    Act.SPLIT.value: Text("拆分", "split"),
    Act.SAME.value: Text("标识相同", "same identifier"),
}
"""What may be decided."""

STANDINGS = {"holds": Text("有效", "holds"), "undone": Text("已撤回", "taken back")}

DECISION_SORTS = {
    "latest": Text("最近在前", "latest first"),
    "oldest": Text("最早在前", "oldest first"),
    "name": Text("名称", "name"),
}
_MOST_DIGITS = 9
_DECISION_ORDERS = {"latest": ("-number",), "oldest": ("number",), "name": ("name", "number")}

CONFLICT_SORTS = {
    "hanging": Text("影响判定多的在前", "most verdicts first"),
    "name": Text("企业", "enterprise"),
    "column": Text("事实", "fact"),
}
_CONFLICT_ORDERS = {
    "hanging": ("-hanging", "name", "id"),
    "name": ("name", "column", "id"),
    "column": ("column", "name", "id"),
}


@dataclass(frozen=True)
class WantedDecisions:
    """What the list of decisions is asked for; empty: all. ``together`` is the number of the first of several."""

    text: str = ""
    act: str = ""
    standing: str = ""
    who: str = ""
    together: int | None = None
    sort: str = "latest"


@dataclass(frozen=True)
class WantedConflicts:
    """What the list of contested facts is asked for; empty: all. ``column`` is a metric's id, ``policy`` a policy's."""

    text: str = ""
    source: str = ""
    column: str = ""
    policy: str = ""
    hanging: bool = False
    sort: str = "hanging"


def decisions_wanted(wanted: WantedDecisions) -> QuerySet[DecisionListed]:
    """Return the decisions asked for, those taken back too unless they are not wanted."""
    found = DecisionListed.objects.order_by(*_DECISION_ORDERS[wanted.sort])
    if wanted.text:
        is_meant = Q(name__icontains=wanted.text) | Q(other_name__icontains=wanted.text)
        found = found.filter(
            is_meant | Q(why__icontains=wanted.text) | Q(subject=wanted.text) | Q(other=wanted.text)
        )
    if wanted.act:
        found = found.filter(act=wanted.act)
    if wanted.standing:
        found = found.filter(undo__isnull=wanted.standing == "holds")
    if wanted.who:
        found = found.filter(who=wanted.who)
    return found.filter(together=wanted.together) if wanted.together is not None else found


def deciders() -> list[tuple[str, str]]:
    """Return who decided anything: id and label, in the order of the labels."""
    ids = set(DecisionListed.objects.order_by().values_list("who", flat=True).distinct())
    return sorted(labels_of(ids).items(), key=lambda each: each[1])


def decision_of(number: str) -> DecisionListed | None:
    """Return the decision of a number that an address names; None where there is none."""
    if not (number.isdigit() and number.isascii() and len(number) <= _MOST_DIGITS):
        return None
    return DecisionListed.objects.filter(number=int(number)).first()


def decided_together(number: int) -> Sequence[DecisionListed]:
    """Return the decisions that were made at once with one and still hold; none where it was made alone."""
    return list(DecisionListed.objects.filter(together=number, undo=None).order_by("number"))


def merged_into(subject: str) -> Sequence[DecisionListed]:
    """Return the decisions that hold and by which other subjects are read as this one, the latest first."""
    rows = DecisionListed.objects.filter(act=Act.MERGE.value, other=subject, undo=None)
    return list(rows.order_by("-number"))


def conflicts_wanted(wanted: WantedConflicts) -> QuerySet[ContestedFact]:
    """Return the contested facts asked for."""
    found = ContestedFact.objects.order_by(*_CONFLICT_ORDERS[wanted.sort])
    if wanted.text:
        is_named = Q(name__icontains=wanted.text) | Q(code__icontains=wanted.text)
        found = found.filter(is_named | Q(column__icontains=wanted.text))
    if wanted.source:
        found = found.filter(Q(source=wanted.source) | Q(other_source=wanted.source))
    if wanted.column:
        begins = Q(column__startswith=f"{wanted.column}@") | Q(column__startswith=f"{wanted.column}#")
        found = found.filter(begins | Q(column=wanted.column))
    if wanted.policy:
        found = found.filter(id__in=_hanging_on(wanted.policy))
    return found.filter(hanging__gt=0) if wanted.hanging else found


def _hanging_on(policy: str) -> list[int]:
    """The contested facts on which a policy hangs; told apart here, as not every database looks into a list."""
    rows = ContestedFact.objects.filter(hanging__gt=0).order_by().values_list("id", "policies")
    return [each for each, policies in rows if policy in policies]


def contested_choices() -> tuple[list[str], list[tuple[str, Text]]]:
    """Return the metrics of contested facts, and the policies that hang on them with their titles; one query."""
    rows = ContestedFact.objects.order_by().values_list("column", "policies")
    metrics, policies = set(), set()
    for column, hanging in rows:
        metrics.add(column.partition("#")[0].partition("@")[0])
        policies.update(hanging)
    return sorted(metrics), [(each, title_of(each)) for each in sorted(policies)]

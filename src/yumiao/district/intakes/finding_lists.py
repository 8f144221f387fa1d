"""Lists of what a check found: problems cell by cell, and verdicts that would change."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from yumiao.district.intakes.models import Choice, Correction, IntakeChange, IntakeProblem
from yumiao.district.intakes.offers import KEEPABLE
from yumiao.district.intakes.selectors import KINDS
from yumiao.model.problems import Severity
from yumiao.model.text import Text

SEVERITIES = {"error": Text("没有读入", "not read"), "warning": Text("请看一眼", "please look")}

STATES = {
    "open": Text("未处理", "nothing done"),
    "corrected": Text("已更正", "put right"),
    "left_out": Text("跳过这一行", "row left out"),
    "kept": Text("属实，保留", "true, kept"),
}
"""What an officer did about a problem."""

PROBLEM_SORTS = {
    "place": Text("文件中的次序", "order of the file"),
    "name": Text("企业", "enterprise"),
    "column": Text("列", "column"),
}
_PROBLEM_ORDERS = {
    "place": ("file__position", "position"),
    "name": ("subject_name", "file__position", "position"),
    "column": ("column", "file__position", "position"),
}

CHANGE_SORTS = {
    "policy": Text("政策", "policy"),
    "name": Text("企业", "enterprise"),
    "kind": Text("变化", "change"),
}
_CHANGE_ORDERS = {
    "policy": ("position",),
    "name": ("name", "position"),
    "kind": ("kind", "position"),
}


@dataclass(frozen=True)
class WantedProblems:
    """What the problems of an intake are asked for; empty: all. ``column`` is a label of the file."""

    text: str = ""
    severity: str = ""
    file: str = ""
    column: str = ""
    state: str = ""
    sort: str = "place"


@dataclass(frozen=True)
class WantedChanges:
    """What the changed verdicts of an intake are asked for; empty: all."""

    text: str = ""
    kind: str = ""
    policy: str = ""
    sort: str = "policy"


def problems_wanted(intake: str, wanted: WantedProblems) -> QuerySet[IntakeProblem]:
    """Return what is wrong in the files of an intake, each with its file at hand."""
    found = IntakeProblem.objects.filter(file__intake=intake).select_related("file")
    found = found.order_by(*_PROBLEM_ORDERS[wanted.sort])
    if wanted.text:
        is_meant = Q(subject_name__icontains=wanted.text) | Q(found__icontains=wanted.text)
        found = found.filter(is_meant | Q(cell__iexact=wanted.text))
    for name in ("severity", "file", "column"):
        if value := getattr(wanted, name):
            found = found.filter(**{name: value})
    return _in_state(found, wanted.state)


def _in_state(found: QuerySet[IntakeProblem], state: str) -> QuerySet[IntakeProblem]:
    if not state:
        return found
    here = Correction.objects.filter(file=OuterRef("file"), sheet=OuterRef("sheet"), row=OuterRef("row"))
    at_cell = here.filter(cell=OuterRef("cell")).exclude(cell="")
    is_kept, is_corrected, is_out = (
        Exists(at_cell.filter(choice=Choice.KEEP)),
        Exists(at_cell.exclude(choice=Choice.KEEP)),
        Exists(here.filter(cell="")),
    )
    if state == "left_out":
        return found.filter(is_out, row__gt=0)
    if state == "corrected":
        return found.filter(is_corrected)
    if state == "kept":
        return found.filter(is_kept)
    return found.exclude(is_corrected).exclude(is_kept).exclude(is_out, row__gt=0)


def row_errors(intake: str) -> QuerySet[IntakeProblem]:
    """Return what asks for something to be done: cells that were not read, values that contradict each other.

    What is kept as it stands asks for nothing any more.
    """
    found = problems_wanted(intake, WantedProblems())
    found = found.filter(Q(severity=Severity.ERROR.value) | Q(code__in=KEEPABLE))
    return found.exclude(
        Exists(
            Correction.objects.filter(
                file=OuterRef("file"), sheet=OuterRef("sheet"), cell=OuterRef("cell"), choice=Choice.KEEP
            )
        )
    )


def problem_columns(intake: str) -> list[str]:
    """Return the labels of the columns in which anything is wrong."""
    rows = IntakeProblem.objects.filter(file__intake=intake).exclude(column="").order_by("column")
    return list(rows.values_list("column", flat=True).distinct())


def changes_wanted(intake: str, wanted: WantedChanges) -> QuerySet[IntakeChange]:
    """Return the verdicts that an intake would change, or changed."""
    found = IntakeChange.objects.filter(intake=intake).order_by(*_CHANGE_ORDERS[wanted.sort])
    if wanted.text:
        found = found.filter(Q(name__icontains=wanted.text) | Q(subject=wanted.text))
    if wanted.kind in KINDS:
        found = found.filter(kind=wanted.kind)
    return found.filter(policy=wanted.policy) if wanted.policy else found

"""The list of what officers did about places of an intake's files."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from yumiao.district.intakes.models import Choice, Correction
from yumiao.model.text import Text

CHOICES = {
    Choice.READ.value: Text("改写", "read otherwise"),
    Choice.KEEP.value: Text("属实，保留", "true, kept"),
    Choice.KNOWN.value: Text("用库里的", "library's value taken"),
    Choice.OUT.value: Text("跳过这一行", "row left out"),
}
"""What may have been done about a place."""

CORRECTION_SORTS = {
    "place": Text("文件中的次序", "order of the file"),
    "latest": Text("最近在前", "latest first"),
}
_ORDERS = {
    "place": ("file__position", "sheet", "row", "cell", "id"),
    "latest": ("-at", "-id"),
}


@dataclass(frozen=True)
class WantedCorrections:
    """What the list is asked for; empty: all."""

    text: str = ""
    choice: str = ""
    file: str = ""
    sort: str = "place"


def corrections_wanted(intake: str, wanted: WantedCorrections) -> QuerySet[Correction]:
    """Return what was done about places of an intake's files, each with its file at hand."""
    found = Correction.objects.filter(file__intake=intake).select_related("file")
    found = found.order_by(*_ORDERS[wanted.sort])
    if wanted.text:
        is_meant = Q(stood__icontains=wanted.text) | Q(value__icontains=wanted.text)
        found = found.filter(is_meant | Q(why__icontains=wanted.text) | Q(cell__iexact=wanted.text))
    if wanted.choice:
        found = found.filter(choice=wanted.choice)
    return found.filter(file=wanted.file) if wanted.file else found


def count_corrections(intake: str) -> int:
    """Return of how many places of an intake's files something was said."""
    return Correction.objects.filter(file__intake=intake).count()

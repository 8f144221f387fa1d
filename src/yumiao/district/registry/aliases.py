"""Merged subjects: which id is read as which, and what was kept of any of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from yumiao.district.accounts.reading_as import declare_reading
from yumiao.district.registry.models import Subject, SubjectAlias


@declare_reading
def merged_into(subjects: Collection[str]) -> dict[str, str]:
    """Return those of some ids that were merged, each with the subject that it is read as."""
    return dict(SubjectAlias.objects.filter(id__in=list(subjects)).values_list("id", "subject_id"))


def speaks_of(subjects: QuerySet[Subject], column: str = "subject") -> Q:
    """Return the condition on rows that speak of one of some subjects, or of one that was merged into it.

    It is asked row by row, so few rows cost little, however many subjects there are.

    Args:
        subjects: the subjects, as a condition; not sliced.
        column: the column with the id of whom a row speaks of.
    """
    now = subjects.filter(id=OuterRef(column)).order_by()
    merged = subjects.filter(aliases__id=OuterRef(column)).order_by()
    return Q(Exists(now)) | Q(Exists(merged))


def read_now(rows: QuerySet[Any], column: str = "subject") -> QuerySet[Any]:
    """Return rows that speak of subjects with one more column, ``now``: the id that the subject is read as."""
    merged = SubjectAlias.objects.filter(id=OuterRef(column)).values("subject_id")[:1]
    found: QuerySet[Any] = rows.annotate(now=Coalesce(Subquery(merged), F(column), output_field=CharField()))
    return found

"""Merged subjects: which id is read as which, and what was kept of any of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from yumiao.district.accounts.reading_as import declare_reading
from yumiao.district.registry.models import Subject, SubjectAlias


@declare_reading
def merged_into(subjects: Collection[str]) -> dict[str, str]:
    """Return those of some ids that were merged, each with the subject that it is read as."""
    return dict(SubjectAlias.objects.filter(id__in=list(subjects)).values_list("id", "subject_id"))


def with_merged(subjects: QuerySet[Subject]) -> QuerySet[Subject, Any]:
    """Return the ids of some subjects and of all that were merged into them, for ``…__in``."""
    merged = SubjectAlias.objects.filter(subject__in=subjects.values("id"))
    return subjects.values("id").union(merged.values("id"), all=True)

"""What is asked of divisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from yumiao.district.divisions.kinds import kind_label
from yumiao.district.divisions.models import DivisionName
from yumiao.model.text import Text


@dataclass(frozen=True)
class ShownDivision:
    """One row as people see it; ``depth`` is 0 for provinces."""

    id: int
    code: str
    name: str
    kind: Text
    administered_by: str
    valid_from: dt.date | None
    valid_until: dt.date | None
    source: str
    depth: int


def divisions_wanted(on: dt.date | None = None, text: str = "") -> QuerySet[DivisionName]:
    """Return the rows that count, a parent before its parts; on a day, or all that ever were for None."""
    rows = DivisionName.objects.filter(withdrawn_at=None).order_by("code", "valid_from", "id")
    if on is not None:
        rows = rows.filter(valid_on(on))
    if text:
        rows = rows.filter(
            Q(code__startswith=text) | Q(name__icontains=text) | Q(administered_by__icontains=text)
        )
    return rows


def shown_divisions(rows: Iterable[DivisionName]) -> list[ShownDivision]:
    """Return rows as people see them."""
    return [
        ShownDivision(
            row.id,
            row.code,
            row.name,
            kind_label(row.kind),
            row.administered_by,
            row.valid_from,
            row.valid_until,
            row.source,
            (2, 4, 6, 9, 12).index(len(row.code)),
        )
        for row in rows
    ]


def division_name(code: str, on: dt.date) -> str | None:
    """Return what a code is called on a day; None where nobody said."""
    rows = DivisionName.objects.filter(valid_on(on), code=code, withdrawn_at=None)
    return rows.order_by("-valid_from").values_list("name", flat=True).first()


def valid_on(on: dt.date | QuerySet[Any]) -> Q:
    """Return the condition that keeps the names that count on a day, or on the one that a query gives."""
    return (Q(valid_from=None) | Q(valid_from__lte=on)) & (Q(valid_until=None) | Q(valid_until__gte=on))

"""What changes targets and received values: rows are added, none is changed or removed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from yumiao.district.indicators.models import Actual, PlanPoint, Target
from yumiao.district.indicators.targets_file import ActualRow, TargetRow, TargetsFile


@dataclass(frozen=True)
class Imported:
    """What an import added: new targets, revisions of known ones, received values; and what was there already."""

    targets: int
    revisions: int
    actuals: int
    known: int


@transaction.atomic
def import_targets(file: TargetsFile, *, now: dt.datetime) -> Imported:
    """Add what a file states and nobody stated before; the same file twice adds nothing.

    Args:
        now: the moment of recording, with its zone.
    """
    targets = revisions = known = 0
    for row in file.targets:
        former = _latest(row)
        if former is not None and _says_same(former, row):
            known += 1
            continue
        _add_target(row, former.revision + 1 if former is not None else 1, now)
        targets, revisions = targets + (former is None), revisions + (former is not None)
    added = [_add_actual(row, now) for row in file.actuals]
    return Imported(targets, revisions, sum(added), known + added.count(False))


def _latest(row: TargetRow) -> Target | None:
    same = Target.objects.filter(indicator=row.indicator, territory=row.territory, year=row.year)
    return same.order_by("-revision").first()


def _says_same(former: Target, row: TargetRow) -> bool:
    plan = {point.month: Decimal(point.value) for point in former.plan.all()}
    said = (former.number, former.sense, former.document, former.set_on, plan)
    return said == (row.value, row.sense, row.document, row.set_on, dict(row.plan))


def _add_target(row: TargetRow, revision: int, now: dt.datetime) -> None:
    target = Target.objects.create(
        indicator=row.indicator,
        territory=row.territory,
        year=row.year,
        revision=revision,
        value=_plain(row.value),
        sense=row.sense,
        document=row.document,
        set_on=row.set_on,
        recorded_at=now,
    )
    PlanPoint.objects.bulk_create(
        PlanPoint(target=target, month=month, value=_plain(value))
        for month, value in sorted(row.plan.items())
    )


def _add_actual(row: ActualRow, now: dt.datetime) -> bool:
    _, is_new = Actual.objects.get_or_create(
        indicator=row.indicator,
        territory=row.territory,
        year=row.year,
        month=row.month,
        source=row.source,
        told_on=row.told_on,
        value=_plain(row.value),
        defaults={"recorded_at": now},
    )
    return is_new


def _plain(number: Decimal) -> str:
    """Write a number without an exponent and without zeros that say nothing: 300.0 → 300."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"

"""What changes targets and received values: rows are added, none is changed or removed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, QuerySet

from yumiao.district.indicators.models import Actual, PlanPoint, Target
from yumiao.district.indicators.targets_file import ActualRow, TargetRow, TargetsFile
from yumiao.district.journal.services import CONSOLE, Stream, record
from yumiao.district.personal import Value


@dataclass(frozen=True)
class Imported:
    """What an import added: new targets, revisions of known ones, received values; and what was there already."""

    targets: int
    revisions: int
    actuals: int
    known: int


@transaction.atomic
def import_targets(file: TargetsFile, *, now: dt.datetime, by: str = CONSOLE) -> Imported:
    """Add what a file states and nobody stated before; the same file twice adds nothing.

    Args:
        now: the moment of recording, with its zone.
        by: opaque id of who adds it.
    """
    targets = revisions = known = 0
    for row in file.targets:
        former = latest_target(row)
        if former is not None and says_same(former, row):
            known += 1
            continue
        add_target_row(row, now, by)
        targets, revisions = targets + (former is None), revisions + (former is not None)
    added = [add_actual_row(row, now, by)[1] for row in file.actuals]
    found = Imported(targets, revisions, sum(added), known + added.count(False))
    if targets or revisions or found.actuals:
        payload: dict[str, Value] = {"targets": targets, "revisions": revisions, "actuals": found.actuals}
        record(
            stream=Stream("indicator", "files"), act="indicator.file_added", actor=by, at=now, payload=payload
        )
    return found


def latest_target(row: TargetRow) -> Target | None:
    """Return the target that counts for the indicator, division and year of a row; None for none."""
    return _revisions(row).filter(withdrawn_at=None).order_by("-revision").first()


def _revisions(row: TargetRow) -> QuerySet[Target]:
    return Target.objects.filter(indicator=row.indicator, territory=row.territory, year=row.year)


def says_same(former: Target, row: TargetRow) -> bool:
    """Say whether a target says what a row says, its plan too."""
    plan = {point.month: Decimal(point.value) for point in former.plan.all()}
    said = (former.number, former.sense, former.document, former.set_on, plan)
    return said == (row.value, row.sense, row.document, row.set_on, dict(row.plan))


def add_target_row(row: TargetRow, now: dt.datetime, by: str) -> Target:
    """Add a target as the next revision; part of a transaction that journals it."""
    revision = (_revisions(row).aggregate(last=Max("revision"))["last"] or 0) + 1
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
        recorded_by=by,
    )
    PlanPoint.objects.bulk_create(
        PlanPoint(target=target, month=month, value=_plain(value))
        for month, value in sorted(row.plan.items())
    )
    return target


def add_actual_row(row: ActualRow, now: dt.datetime, by: str) -> tuple[Actual, bool]:
    """Add a received value, part of a transaction that journals it; returns it, and whether it is new."""
    return Actual.objects.get_or_create(
        indicator=row.indicator,
        territory=row.territory,
        year=row.year,
        month=row.month,
        zones=row.zones,
        source=row.source,
        told_on=row.told_on,
        value=_plain(row.value),
        defaults={"recorded_at": now, "recorded_by": by, "document": row.document},
    )


def _plain(number: Decimal) -> str:
    """Write a number without an exponent and without zeros that say nothing: 300.0 → 300."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"

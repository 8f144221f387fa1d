"""Titles that end soon are told of by message, once at ninety days and once at thirty, to enterprise and office."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from django.db import transaction

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.roles import PLACED
from yumiao.district.accounts.selectors import actor_of
from yumiao.district.indicators.models import EndingNotice, LadderBuilt, TitleState
from yumiao.district.jobs.periodic import Periodic, declare_periodic
from yumiao.district.joining.selectors import ids_of_people, subjects_with_people
from yumiao.district.journal.services import CONSOLE, Stream, record
from yumiao.district.messages.services import post
from yumiao.district.permissions import visible_to
from yumiao.district.personal import Value
from yumiao.district.registry.models import Subject

THRESHOLDS = (90, 30)
EVERYWHERE = ""


@transaction.atomic
def tell_of_ending_titles(now: dt.datetime) -> int:
    """Tell of titles that have come within a threshold since the last time; returns how many were told of.

    Each title of a subject that ends on a day is told of once for each threshold, however often this runs. Where the
    first rebuild finds many, the office gets one message with their number.
    """
    built = LadderBuilt.objects.first()
    if built is None:
        return 0
    told = 0
    for days in THRESHOLDS:
        fresh = _fresh(built.as_of, days)
        EndingNotice.objects.bulk_create(
            EndingNotice(subject=subject, title=title, until=until, days=days, told_at=now)
            for subject, title, until in fresh
        )
        _tell({subject for subject, _, _ in fresh}, days, now)
        told += len(fresh)
    if told:
        payload: dict[str, Value] = {"titles": told, "as_of": built.as_of.isoformat()}
        record(
            stream=Stream("titles", "ending"), act="title.ending_told", actor=CONSOLE, at=now, payload=payload
        )
    return told


def _fresh(as_of: dt.date, days: int) -> list[tuple[str, str, dt.date]]:
    known = set(EndingNotice.objects.filter(days=days).values_list("subject", "title", "until"))
    rows = TitleState.objects.filter(scope=EVERYWHERE, days_left__lte=days).order_by("subject_id", "title")
    found = [
        (subject, title, as_of + dt.timedelta(days=left))
        for subject, title, left in rows.values_list("subject_id", "title", "days_left")
        if left is not None
    ]
    return [each for each in found if each not in known]


def _tell(subjects: Iterable[str], days: int, now: dt.datetime) -> None:
    subjects = set(subjects)
    if not subjects:
        return
    for subject in sorted(subjects_with_people(subjects)):
        arguments: dict[str, Value] = {"days": days, "subject": subject}
        post(kind="title.ending", to=ids_of_people(subject), arguments=arguments, now=now)
    counts: Counter[str] = Counter()
    office = Person.objects.filter(role__in=[role.value for role in PLACED], is_active=True)
    for person in office.prefetch_related("territories"):
        seen = Subject.objects.filter(visible_to(actor_of(person)), id__in=subjects)
        counts[person.id] = seen.count()
    for person_id, count in sorted(counts.items()):
        if count:
            arguments = {"count": count, "days": days}
            post(kind="title.ending_office", to=[person_id], arguments=arguments, now=now)


def _run(now: dt.datetime) -> None:
    tell_of_ending_titles(now)


declare_periodic(Periodic("titles.ending", dt.timedelta(hours=6), _run))

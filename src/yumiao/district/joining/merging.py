"""People of firms that were merged, or taken apart again: who speaks for what, and telling them.

The rule: a membership is never rewritten. It is of the id that its code was given out for; whoever asks reads that id
as the subject that it is read as now. So after a merge the people of both speak for the surviving firm, each with the
post they had, of two posts the stronger one; what both proposed, drafted and were asked is the surviving firm's.
Taken apart again, each goes back to their own firm by itself; who joined in between stays with the firm that the code
named. What is left to do is to journal it and to tell the people, once for each change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from yumiao.district.accounts.models import Membership
from yumiao.district.accounts.reading_as import subjects_now
from yumiao.district.jobs.periodic import Periodic, declare_periodic
from yumiao.district.joining.models import FollowedMerge
from yumiao.district.joining.selectors import ids_of_people
from yumiao.district.joining.services import subject_stream
from yumiao.district.journal.services import CONSOLE, record
from yumiao.district.messages.services import post
from yumiao.district.personal import Value

LOOKED_EVERY = dt.timedelta(minutes=1)


def follow_merges(now: dt.datetime) -> None:
    """Journal and tell what changed since the last time; nothing where nothing did."""
    held = set(Membership.objects.filter(until=None).values_list("subject", flat=True))
    told = dict(FollowedMerge.objects.values_list("subject", "read_as"))
    read_as = {old: new for old, new in subjects_now(sorted(held | told.keys())).items() if old != new}
    for subject in sorted(read_as.keys() | told.keys()):
        if read_as.get(subject) != told.get(subject):
            _tell(subject, told.get(subject), read_as.get(subject), now)


@transaction.atomic
def _tell(subject: str, before: str | None, after: str | None, now: dt.datetime) -> None:
    """Keep that a subject is read as another one since, or as itself again, with its line in the journal."""
    row = FollowedMerge.objects.select_for_update().filter(subject=subject).first()
    if (row.read_as if row is not None else None) != before:
        return
    act = "firm.merged" if after is not None else "firm.taken_apart"
    payload: dict[str, Value] = {"subject": subject, "other": after or before or ""}
    record(stream=subject_stream(subject), act=act, actor=CONSOLE, at=now, payload=payload)
    if after is not None:
        FollowedMerge.objects.update_or_create(subject=subject, defaults={"read_as": after, "told_at": now})
        post(kind=act, to=ids_of_people(after), arguments={"subject": after, "merged": subject}, now=now)
        return
    FollowedMerge.objects.filter(subject=subject).delete()
    for firm in _firms((subject, before)):
        post(kind=act, to=ids_of_people(firm), arguments={"subject": firm}, now=now)


def _firms(ids: Iterable[str | None]) -> list[str]:
    return [firm for firm in ids if firm]


declare_periodic(Periodic("firm.follow_merges", LOOKED_EVERY, follow_merges))

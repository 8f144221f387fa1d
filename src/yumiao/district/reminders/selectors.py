"""What is asked about reminders: who would get one, and when the last one went."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Max

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.roles import Role
from yumiao.district.accounts.selectors import actor_of
from yumiao.district.joining.selectors import ids_of_people
from yumiao.district.permissions import Operation, Placed, can
from yumiao.district.registry.models import OutcomeCurrent
from yumiao.district.registry.packs import policy_title
from yumiao.district.reminders.models import Reminder
from yumiao.model.text import Text


@dataclass(frozen=True)
class Addressees:
    """Who gets a reminder about a subject.

    Attributes:
        persons: their ids; nobody where it is empty.
        to_firm: whether they are the subject's own people.
        labels: what colleagues see of those of the office; the subject's own people are only counted.
    """

    persons: tuple[str, ...]
    to_firm: bool
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Near:
    """The policy of which a subject is one step away, and what is short."""

    family: str
    policy: Text
    gap: Text


def addressees_of(subject: Placed, *, sender: str) -> Addressees:
    """Return who gets a reminder: the subject's own people; without any, the town's, else the district's, in charge.

    Args:
        sender: id of whoever sends it, who is not told what they know.
    """
    own = ids_of_people(subject.id)
    if own:
        return Addressees(tuple(own), to_firm=True)
    for role in (Role.TOWN, Role.OFFICER):
        office = Person.objects.filter(role=role, is_active=True).exclude(id=sender).order_by("label", "id")
        found = [
            person
            for person in office.prefetch_related("territories")
            if can(actor_of(person), Operation.SEND_REMINDER, subject).allowed
        ]
        if found:
            ids, labels = tuple(each.id for each in found), tuple(each.label for each in found)
            return Addressees(ids, to_firm=False, labels=labels)
    return Addressees((), to_firm=False)


def near_miss_of(subject: str, family: str) -> Near | None:
    """Return the near miss of a subject at a policy; None where it is none."""
    row = OutcomeCurrent.objects.filter(subject=subject, family=family, near_miss=True).first()
    if row is None:
        return None
    return Near(family, policy_title(row.family, row.version), Text(row.gap_zh, row.gap_en))


def reminded_on(subjects: Collection[str]) -> dict[tuple[str, str], dt.date]:
    """Return subject and policy → the last day on which a reminder went; one query."""
    rows = Reminder.objects.filter(subject__in=list(subjects)).order_by().values_list("subject", "family")
    return {(subject, family): day for subject, family, day in rows.annotate(day=Max("sent_on"))}

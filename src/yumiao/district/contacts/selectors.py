"""What is asked about contacts: always masked; whether they may be seen at all is asked before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from yumiao.district.contacts.details import Details
from yumiao.district.contacts.models import Contact
from yumiao.district.vault.services import reveal_many


@dataclass(frozen=True)
class ShownContact:
    """A contact, masked; ``details`` is None once they were erased."""

    id: str
    details: Details | None
    keep_until: dt.date
    changed_at: dt.datetime
    withdrawn_at: dt.datetime | None


def contacts_of(subjects: Collection[str]) -> list[ShownContact]:
    """Return the contacts of a subject, those that stand first; two queries, however many there are.

    Args:
        subjects: its id, and the ids that were merged into it.
    """
    rows = list(Contact.objects.filter(subject__in=list(subjects)).order_by("withdrawn_at", "added_at", "id"))
    values = reveal_many([row.sealed for row in rows])
    found = [
        ShownContact(
            row.id,
            Details(**values[row.sealed]).masked() if row.sealed in values else None,
            row.keep_until,
            row.changed_at,
            row.withdrawn_at,
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: each.withdrawn_at is not None)


def contact_subject(contact: str) -> str | None:
    """Return whose contact it is; None where there is none."""
    return Contact.objects.filter(id=contact).values_list("subject", flat=True).first()


def first_contacts(subjects: Collection[str]) -> dict[str, Details]:
    """Return for each subject that has one its first contact that stands, masked; two queries for any number."""
    rows = Contact.objects.filter(subject__in=list(subjects), withdrawn_at=None).order_by("added_at", "id")
    firsts: dict[str, str] = {}
    for row in rows:
        firsts.setdefault(row.subject, row.sealed)
    values = reveal_many(list(firsts.values()))
    return {
        subject: Details(**values[sealed]).masked() for subject, sealed in firsts.items() if sealed in values
    }

"""The retention of contacts: each has a last day, confirmed with its details; what is over is erased in the vault."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from django.utils import timezone

from yumiao.district.contacts.models import Contact
from yumiao.district.retention.kinds import STATED, OverItem, RetainedKind, declare_retained
from yumiao.district.vault.services import erase_due, ids_due
from yumiao.model.text import Text

PURPOSE = "contact"


def _over(before: dt.datetime) -> QuerySet[Contact]:
    due = ids_due(timezone.localdate(before), PURPOSE)
    return Contact.objects.filter(sealed__in=due).order_by("keep_until", "id")


CONTACTS = declare_retained(
    RetainedKind(
        "contacts",
        Text("联系人（姓名、职务、电话）", "Contacts (names, posts, telephones)"),
        STATED,
        0,
        0,
        lambda before: _over(before).count(),
        lambda before, now: erase_due(now, timezone.localdate(before), PURPOSE),
        lambda before, start, stop: [
            OverItem(row.id, row.subject, row.keep_until) for row in _over(before)[start:stop]
        ],
    )
)

"""What is asked about attachments; whether they may be seen is asked before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from yumiao.district.attachments.models import Attachment
from yumiao.district.vault.services import reveal_many


@dataclass(frozen=True)
class ShownAttachment:
    """A file in a list; ``name`` is empty once it was removed."""

    id: str
    name: str
    kind: str
    size: int
    author_label: str
    added_at: dt.datetime
    keep_until: dt.date
    withdrawn_at: dt.datetime | None


def attachments_of(subjects: Collection[str]) -> list[ShownAttachment]:
    """Return the files attached to a subject, the latest first; two queries, however many there are.

    Args:
        subjects: its id, and the ids that were merged into it.
    """
    found = Attachment.objects.filter(subject__in=list(subjects)).select_related("added_by")
    rows = list(found.order_by("-added_at", "id"))
    values = reveal_many([row.sealed for row in rows])
    return [
        ShownAttachment(
            row.id,
            values[row.sealed]["name"] if row.sealed in values and row.stored else "",
            row.kind,
            row.size,
            row.added_by.label,
            row.added_at,
            row.keep_until,
            row.withdrawn_at,
        )
        for row in rows
    ]


def attachment_subject(attachment: str) -> str | None:
    """Return whose file it is; None where there is none."""
    return Attachment.objects.filter(id=attachment).values_list("subject", flat=True).first()

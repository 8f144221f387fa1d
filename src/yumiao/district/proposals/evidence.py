"""A file that shows what a firm says of itself: kept with the firm, encrypted, and named by the proposal."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from yumiao.district.attachments.services import KEPT_DAYS, attach
from yumiao.district.proposals.models import Proposal


@transaction.atomic
def add_evidence(
    *, proposal: Proposal, name: str, data: bytes, by: str, now: dt.datetime, today: dt.date
) -> str:
    """Keep a file with a proposal; returns the id of the attachment. The latest file counts.

    Called in the transaction of the proposal: a file that is not taken leaves no proposal either.
    Raises: YumiaoError (``attachment.…``) for a file that is not taken.
    """
    keep_until = today + dt.timedelta(days=KEPT_DAYS)
    found = attach(
        subject=proposal.subject, name=name, data=data, keep_until=keep_until, by=by, now=now, today=today
    )
    Proposal.objects.filter(id=proposal.id).update(evidence=found)
    return found

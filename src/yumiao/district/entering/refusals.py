"""Sign-ins by a provider that led nowhere: journalled, a few of each address, as anybody outside can cause them."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from yumiao.district.accounts.sign_in import NOBODY
from yumiao.district.entering.throttling import count_failure, is_paused
from yumiao.district.journal.services import Stream, record


@transaction.atomic
def note_refused(*, why: str, address: str, now: dt.datetime) -> bool:
    """Journal a refused answer; returns whether it was, as further ones of an address add nothing for a while.

    Args:
        why: one word: ``state``, ``nonce``, ``signature``, ``expired``, ``issuer``, ``audience``, ``token``,
            ``person``, ``discovery``, ``cancelled``, ``unreachable`` or ``provider``.
        address: where the request came from; kept as a hash only, and not in the journal.
    """
    if is_paused("oidc", address, now):
        return False
    count_failure("oidc", address, now)
    payload = {"by": "oidc", "why": why}
    record(
        stream=Stream("sign_in", "unknown"),
        act="person.sign_in_failed",
        actor=NOBODY,
        at=now,
        payload=payload,
    )
    return True

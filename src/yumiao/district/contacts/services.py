"""What changes contacts, and what shows one unmasked. Every act adds a line to the journal, without the details."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from yumiao.district.contacts.details import Details, read_details
from yumiao.district.contacts.models import Contact
from yumiao.district.journal.services import Stream, record
from yumiao.district.vault.services import erase, keep, reveal, set_erase_on
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

KEPT_DAYS = 730
"""So long a contact is kept after it was last confirmed."""

UNDO_DAYS = 30
"""So long a withdrawn contact can be put back; then it is erased."""

REASONS: Mapping[str, Text] = {
    "call": Text("电话通知", "to call them"),
    "visit": Text("上门走访", "to visit them"),
    "campaign": Text("组织申报", "for a round of applications"),
    "verify": Text("核对资料", "to check what was received"),
    "handover": Text("工作交接", "to hand work over"),
}
"""Why somebody may look at a contact unmasked; the journal keeps the token."""


@transaction.atomic
def add_contact(*, subject: str, sent: Mapping[str, str], by: str, now: dt.datetime, today: dt.date) -> str:
    """Keep a contact of a subject; returns its id. Raises: YumiaoError (``contact.refused``)."""
    details, until = read_details(sent), today + dt.timedelta(days=KEPT_DAYS)
    sealed = keep(
        purpose="contact",
        about=subject,
        values=details.values(),
        now=now,
        erase_on=until + dt.timedelta(days=1),
    )
    contact = Contact.objects.create(
        subject=subject, sealed=sealed, added_by_id=by, added_at=now, changed_at=now, keep_until=until
    )
    _journal(contact, "contact.added", by, now)
    return contact.id


@transaction.atomic
def change_contact(
    *, contact: str, sent: Mapping[str, str], by: str, now: dt.datetime, today: dt.date
) -> None:
    """Replace the details of a contact; the former ones are erased. It is kept on from today.

    Raises: YumiaoError (``contact.refused``), (``contact.none``).
    """
    details, found = read_details(sent), _locked(contact)
    until = today + dt.timedelta(days=KEPT_DAYS)
    erase(found.sealed)
    found.sealed = keep(
        purpose="contact",
        about=found.subject,
        values=details.values(),
        now=now,
        erase_on=until + dt.timedelta(days=1),
    )
    found.changed_at, found.keep_until = now, until
    found.save(update_fields=["sealed", "changed_at", "keep_until"])
    _journal(found, "contact.changed", by, now)


@transaction.atomic
def reveal_contact(*, contact: str, reason: str, by: str, now: dt.datetime) -> Details | None:
    """Return the details of a contact unmasked, and journal who saw them and why; None once they were erased.

    Raises: YumiaoError (``contact.reason``) without a reason of `REASONS`; (``contact.none``); (``vault.…``).
    """
    if reason not in REASONS:
        raise YumiaoError("contact.reason", Text("请选择查看的原因。", "Choose why you look at it."))
    found = _locked(contact)
    values = reveal(found.sealed)
    payload = {"subject": found.subject, "reason": reason}
    record(stream=Stream("contact", found.id), act="contact.revealed", actor=by, at=now, payload=payload)
    return Details(**values) if values is not None else None


@transaction.atomic
def withdraw_contact(*, contact: str, by: str, now: dt.datetime, today: dt.date) -> None:
    """Withdraw a contact; it can be put back for `UNDO_DAYS`, then it is erased."""
    found = _locked(contact)
    if found.withdrawn_at is None:
        found.withdrawn_at = now
        found.save(update_fields=["withdrawn_at"])
        set_erase_on(found.sealed, min(today + dt.timedelta(days=UNDO_DAYS), found.keep_until))
        _journal(found, "contact.withdrawn", by, now)


@transaction.atomic
def restore_contact(*, contact: str, by: str, now: dt.datetime) -> None:
    """Put a withdrawn contact back. Raises: YumiaoError (``contact.erased``) once it was erased."""
    found = _locked(contact)
    if found.withdrawn_at is None:
        return
    if reveal(found.sealed) is None:
        raise YumiaoError(
            "contact.erased",
            Text("这条联系人已按期限删除，不能恢复。", "This contact was erased; it cannot be put back."),
        )
    found.withdrawn_at = None
    found.save(update_fields=["withdrawn_at"])
    set_erase_on(found.sealed, found.keep_until + dt.timedelta(days=1))
    _journal(found, "contact.restored", by, now)


def _locked(contact: str) -> Contact:
    found = Contact.objects.select_for_update().filter(id=contact).first()
    if found is None:
        raise YumiaoError("contact.none", Text("没有这条联系人。", "There is no such contact."))
    return found


def _journal(contact: Contact, act: str, by: str, now: dt.datetime) -> None:
    stream = Stream("contact", contact.id)
    record(stream=stream, act=act, actor=by, at=now, payload={"subject": contact.subject})

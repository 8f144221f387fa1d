"""What changes attachments. Every act adds a line to the journal: hashes and ids, no file name."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet

from yumiao.district.attachments.checking import CONTENT_TYPES, check_file
from yumiao.district.attachments.files import read_file, remove_file, write_file
from yumiao.district.attachments.models import Attachment
from yumiao.district.journal.services import Stream, record
from yumiao.district.personal import Value
from yumiao.district.vault.services import erase, keep, reveal
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.store.originals import decrypt, encrypt

KEPT_DAYS = 1095
"""So long a file is kept where nobody says otherwise."""

UNDO_DAYS = 30
"""So long a withdrawn file can be put back; then it is removed."""

_KEY = 32


@dataclass(frozen=True)
class Download:
    """A file as it was attached."""

    name: str
    content_type: str
    data: bytes


def attach(
    *, subject: str, name: str, data: bytes, keep_until: dt.date, by: str, now: dt.datetime, today: dt.date
) -> str:
    """Keep a file with a subject, encrypted with a key of its own; returns its id.

    The file is written first: where the rows are not, it is removed again.

    Raises: YumiaoError (``attachment.…``) for a file that is not taken, or a last day that is over.
    """
    clean, kind = check_file(name, data)
    if keep_until < today:
        raise YumiaoError("attachment.day", Text("保存期限已过。", "The last day to keep it is over."))
    sha256, key = hashlib.sha256(data).hexdigest(), secrets.token_bytes(_KEY)
    stored = write_file(encrypt(data, key, sha256))
    try:
        with transaction.atomic():
            sealed = keep(
                purpose="attachment", about=subject, values={"name": clean, "key": key.hex()}, now=now
            )
            row = Attachment.objects.create(
                subject=subject,
                sealed=sealed,
                kind=kind,
                size=len(data),
                sha256=sha256,
                stored=stored,
                added_by_id=by,
                added_at=now,
                keep_until=keep_until,
            )
            _journal(row, "attachment.added", by, now)
    except BaseException:
        remove_file(stored)
        raise
    return row.id


@transaction.atomic
def download(*, attachment: str, by: str, now: dt.datetime) -> Download:
    """Return a file, and journal who took it.

    Raises: YumiaoError (``attachment.none``), (``attachment.removed``), (``attachment.damaged``), (``vault.…``).
    """
    row = _locked(attachment)
    values = reveal(row.sealed)
    if values is None or not row.stored:
        raise YumiaoError(
            "attachment.removed", Text("附件已按期限删除。", "The file was removed when its day had come.")
        )
    data = decrypt(read_file(row.stored), bytes.fromhex(values["key"]), row.sha256)
    _journal(row, "attachment.downloaded", by, now)
    return Download(values["name"], CONTENT_TYPES[row.kind], data)


@transaction.atomic
def withdraw_attachment(*, attachment: str, by: str, now: dt.datetime) -> None:
    """Withdraw a file; it can be put back for `UNDO_DAYS`, then it is removed."""
    _set_withdrawn(attachment, now, "attachment.withdrawn", by, now)


@transaction.atomic
def restore_attachment(*, attachment: str, by: str, now: dt.datetime) -> None:
    """Put a withdrawn file back. Raises: YumiaoError (``attachment.removed``) once it was removed."""
    _set_withdrawn(attachment, None, "attachment.restored", by, now)


def _set_withdrawn(attachment: str, at: dt.datetime | None, act: str, by: str, now: dt.datetime) -> None:
    row = _locked(attachment)
    if (row.withdrawn_at is None) == (at is None):
        return
    if not row.stored:
        raise YumiaoError(
            "attachment.removed", Text("附件已按期限删除。", "The file was removed when its day had come.")
        )
    row.withdrawn_at = at
    row.save(update_fields=["withdrawn_at"])
    _journal(row, act, by, now)


def over(*, now: dt.datetime, today: dt.date) -> QuerySet[Attachment]:
    """Return the files whose day has come, and those withdrawn long ago, in order of their last day."""
    is_over = Q(keep_until__lt=today) | Q(withdrawn_at__lt=now - dt.timedelta(days=UNDO_DAYS))
    return Attachment.objects.exclude(stored="").filter(is_over).order_by("keep_until", "id")


def remove_due(*, now: dt.datetime, today: dt.date) -> int:
    """Remove the files whose day has come, and those withdrawn long ago; returns how many. The key goes first."""
    ids = list(over(now=now, today=today).values_list("id", flat=True))
    for attachment in ids:
        with transaction.atomic():
            row = _locked(attachment)
            stored, row.stored = row.stored, ""
            erase(row.sealed)
            row.save(update_fields=["stored"])
            _journal(row, "attachment.removed", "worker", now)
        remove_file(stored)
    return len(ids)


def _locked(attachment: str) -> Attachment:
    found = Attachment.objects.select_for_update().filter(id=attachment).first()
    if found is None:
        raise YumiaoError("attachment.none", Text("没有这个附件。", "There is no such file."))
    return found


def _journal(row: Attachment, act: str, by: str, now: dt.datetime) -> None:
    payload: dict[str, Value] = {"subject": row.subject, "sha256": row.sha256, "size": row.size}
    record(stream=Stream("attachment", row.id), act=act, actor=by, at=now, payload=payload)

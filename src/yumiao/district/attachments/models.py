"""The table of attachments; names and keys are in the vault, the files in the data folder."""

from __future__ import annotations

from django.db import models

from yumiao.district.accounts.models import Person
from yumiao.district.vault.models import new_id


class Attachment(models.Model):
    """A file attached to a subject. ``subject`` is an id of the store.

    ``sealed`` is the id of its name and key in the vault. ``sha256`` is the hash of its content, ``stored`` that of the
    encrypted file, under which it lies in the data folder; empty once it was removed. ``keep_until`` is the last day on
    which it is kept. ``withdrawn_at`` is NULL while it stands.
    """

    id = models.CharField(primary_key=True, max_length=32, default=new_id)
    subject = models.CharField(max_length=40, db_index=True)
    sealed = models.CharField(max_length=32)
    kind = models.CharField(max_length=10)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    stored = models.CharField(max_length=64)
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="attachments")
    added_at = models.DateTimeField()
    keep_until = models.DateField()
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.id

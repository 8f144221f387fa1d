"""The table of contacts; names, posts, telephones and addresses are in the vault."""

from __future__ import annotations

from django.db import models

from yumiao.district.accounts.models import Person
from yumiao.district.vault.models import new_id


class Contact(models.Model):
    """Somebody to reach at a subject. ``subject`` is an id of the store, ``sealed`` the id of the words in the vault.

    ``keep_until`` is the last day on which it is kept; from the next day on the worker erases it. ``withdrawn_at`` is
    NULL while it stands.
    """

    id = models.CharField(primary_key=True, max_length=32, default=new_id)
    subject = models.CharField(max_length=40, db_index=True)
    sealed = models.CharField(max_length=32)
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contacts")
    added_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    keep_until = models.DateField()
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.id

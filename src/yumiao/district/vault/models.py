"""The table of sealed values."""

from __future__ import annotations

import uuid

from django.db import models


def new_id() -> str:
    """Return an id that cannot be guessed."""
    return uuid.uuid4().hex


class Sealed(models.Model):
    """One group of values that only a key of the data folder opens.

    ``purpose`` says what it is (contact, note, attachment), ``about`` the opaque id of whom. ``key`` names the key.
    ``data`` is a nonce and the AES-256-GCM sealed JSON, bound to id, purpose and about; NULL once erased.
    ``erase_on`` is the day from which it is erased; NULL: it is kept until somebody erases it.
    """

    id = models.CharField(primary_key=True, max_length=32, default=new_id)
    purpose = models.CharField(max_length=40)
    about = models.CharField(max_length=80)
    key = models.CharField(max_length=40, db_index=True)
    data = models.BinaryField(null=True)
    erase_on = models.DateField(null=True, db_index=True)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.purpose} {self.id}"

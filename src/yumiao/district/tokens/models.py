"""The table of tokens."""

from __future__ import annotations

from django.db import models

from yumiao.district.accounts.models import Person


class Token(models.Model):
    """One token. ``digest`` is the SHA-256 of its secret, which is kept nowhere.

    ``minute`` is the minute of the latest use and ``uses`` how many there were within it; NULL and 0 before the first.
    """

    id = models.CharField(primary_key=True, max_length=12)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    label = models.CharField(max_length=60)
    scopes = models.JSONField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    minute = models.DateTimeField(null=True)
    uses = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.id

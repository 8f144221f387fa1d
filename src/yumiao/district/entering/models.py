"""Tables of coming in."""

from __future__ import annotations

from django.db import models

from yumiao.district.accounts.models import Person


class UsedStep(models.Model):
    """The latest time step whose code a person used; an earlier or the same one is refused."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="+")
    step = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.person_id} {self.step}"


class OpenSession(models.Model):
    """One session of a person; ``device`` names browser and system, no address is kept."""

    key = models.CharField(primary_key=True, max_length=40)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="open_sessions")
    device = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("person", "started_at"), name="open_session_of"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.started_at}"


class PasswordCode(models.Model):
    """A one-time code by which a person sets a password; ``digest`` is its SHA-256. NULL ``used_at``: not yet."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="password_codes")
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.person_id} {self.created_at}"

"""The table of reminders."""

from __future__ import annotations

from django.db import models


class Reminder(models.Model):
    """One reminder: of which policy a subject is one step away, on which day of the office somebody said so.

    ``subject`` is an id of the store, ``sent_by`` that of a person. ``to_firm`` is whether it went to the subject's own
    people, else it went to the office; ``people`` is how many got it.
    """

    subject = models.CharField(max_length=40)
    family = models.CharField(max_length=80)
    sent_on = models.DateField()
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=12)
    to_firm = models.BooleanField()
    people = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("subject", "family", "sent_on"), name="reminder_once_a_day"),
        )

    def __str__(self) -> str:
        return f"{self.subject} {self.family} {self.sent_on}"

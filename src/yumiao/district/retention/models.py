"""The table of terms."""

from __future__ import annotations

from django.db import models


class Term(models.Model):
    """For how many days a kind is kept, where somebody decided so; kinds without a row keep their DEFAULT."""

    kind = models.CharField(primary_key=True, max_length=40)
    days = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    decided_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.days}"

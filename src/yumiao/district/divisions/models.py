"""The table of divisions."""

from __future__ import annotations

from django.db import models


class DivisionName(models.Model):
    """What a code was called in a span of time; a change is another row, so that old cases read as they were.

    ``kind`` is a token (``street``, ``town``, ``unit`` …); ``administered_by`` names the body that does it instead.
    NULL ``valid_from``: since nobody knows when; NULL ``valid_until``: still. NULL ``withdrawn_at``: it counts.
    """

    code = models.CharField(max_length=12, db_index=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    parent = models.CharField(max_length=12)
    administered_by = models.CharField(max_length=80)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    source = models.CharField(max_length=300)
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

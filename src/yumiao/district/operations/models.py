"""Tables of operations."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """The last sign of life of one process; ``process`` is random, ``kind`` is ``worker`` or ``web``."""

    process = models.CharField(primary_key=True, max_length=32)
    kind = models.CharField(max_length=10)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.beat_at}"


class Installation(models.Model):
    """Each version of the program that worked with these tables, from when on."""

    version = models.CharField(max_length=40)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.version} {self.since}"

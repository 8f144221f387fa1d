"""Tables of jobs."""

from __future__ import annotations

import uuid

from django.db import models


class State(models.TextChoices):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


def new_id() -> str:
    """Return an id that cannot be guessed."""
    return uuid.uuid4().hex


class Job(models.Model):
    """One piece of work: a kind, what it is about, how far it is, how it ended.

    ``actor`` is the opaque id of who asked for it, empty for the platform itself. ``arguments`` and ``result`` are what
    the kind reads and returns, ids and numbers only. ``done`` of ``total`` steps; a total of 0 where nobody knows.
    ``beat_at`` is the last sign of life of the worker that has it; NULL until one has it. ``attempts`` counts workers
    that began it. ``code``, ``told_zh`` and ``told_en`` say how it failed, empty otherwise.
    """

    id = models.CharField(primary_key=True, max_length=32, default=new_id)
    kind = models.CharField(max_length=60)
    actor = models.CharField(max_length=80)
    about = models.CharField(max_length=80)
    arguments = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    step_zh = models.CharField(max_length=200, default="")
    step_en = models.CharField(max_length=200, default="")
    result = models.JSONField(null=True)
    code = models.CharField(max_length=80, default="")
    told_zh = models.TextField(default="")
    told_en = models.TextField(default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("state", "beat_at"), name="job_by_state"),
            models.Index(fields=("kind", "about", "queued_at"), name="job_about"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id} {self.state}"


class PeriodicRun(models.Model):
    """When a periodic act last began; one row for each act."""

    name = models.CharField(primary_key=True, max_length=60)
    began_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.began_at}"

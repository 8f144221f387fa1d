"""The table of drafts."""

from __future__ import annotations

from django.db import models


class AnswerDraft(models.Model):
    """What a firm typed for one fact and did not send; one for each firm and fact, whoever of it types.

    ``column`` names metric and year as a table of facts does. ``raw``, ``unit`` and ``note`` are as typed, checked only
    when sent. ``author`` is the id of the person who saved it last. ``saved_at`` is when.
    """

    subject = models.CharField(max_length=40)
    column = models.CharField(max_length=100)
    raw = models.CharField(max_length=80)
    unit = models.CharField(max_length=20, default="")
    note = models.TextField(default="")
    author = models.CharField(max_length=12)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("subject", "column"), name="draft_once"),)
        indexes = (models.Index(fields=("saved_at",), name="draft_by_age"),)

    def __str__(self) -> str:
        return f"{self.subject} {self.column}"

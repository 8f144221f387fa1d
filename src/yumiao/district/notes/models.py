"""Tables of notes; the words themselves are in the vault."""

from __future__ import annotations

from django.db import models

from yumiao.district.accounts.models import Person
from yumiao.district.vault.models import new_id


class Note(models.Model):
    """A note on a subject. ``subject`` is an id of the store; ``withdrawn_at`` is NULL while the note stands."""

    id = models.CharField(primary_key=True, max_length=32, default=new_id)
    subject = models.CharField(max_length=40, db_index=True)
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notes")
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.id


class Wording(models.Model):
    """One wording of a note; the highest number is the latest. ``sealed`` is the id of its words in the vault."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="wordings")
    number = models.PositiveSmallIntegerField()
    sealed = models.CharField(max_length=32)
    written_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("note", "number"), name="wording_once"),)

    def __str__(self) -> str:
        return f"{self.note_id} {self.number}"

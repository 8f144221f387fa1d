"""Tables of the journal. Lines and seals are only ever added: here, and by triggers of the database."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models


class OnlyGrowsError(TypeError):
    """Something tried to change or delete what is only ever added to."""

    def __init__(self) -> None:
        super().__init__("the journal only grows: nothing in it is changed or deleted")


class GrowingQuerySet(models.QuerySet[Any]):
    """A queryset that reads and adds."""

    def update(self, **_values: Any) -> NoReturn:
        """Refuse."""
        raise OnlyGrowsError

    def delete(self) -> NoReturn:
        """Refuse."""
        raise OnlyGrowsError

    def bulk_update(self, *_arguments: Any, **_named: Any) -> NoReturn:
        """Refuse."""
        raise OnlyGrowsError


class Growing(models.Model):
    """A table that only grows."""

    objects = GrowingQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *_arguments: Any, **_named: Any) -> None:
        """Add a new row; a row that is there already is never written again."""
        if not self._state.adding:
            raise OnlyGrowsError
        super().save(force_insert=True)

    def delete(self, *_arguments: Any, **_named: Any) -> NoReturn:
        """Refuse."""
        raise OnlyGrowsError


class JournalLine(Growing):
    """One event; the columns are those of `chain.Line`, kept as text so that each byte is covered by the hash."""

    pk = models.CompositePrimaryKey("stream", "sequence")
    stream = models.CharField(max_length=120)
    sequence = models.PositiveBigIntegerField()
    at = models.CharField(max_length=27)
    actor = models.CharField(max_length=40)
    act = models.CharField(max_length=60)
    payload = models.TextField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = (
            models.Index(fields=("at",), name="journal_by_time"),
            models.Index(fields=("act", "at"), name="journal_by_act"),
        )

    def __str__(self) -> str:
        return f"{self.stream} #{self.sequence}"


class StreamHead(models.Model):
    """The last line of a stream: what the next one holds on to, and the lock of whoever writes it.

    ``sealed`` is the sequence that the latest seal holds, 0 for none.
    """

    stream = models.CharField(primary_key=True, max_length=120)
    sequence = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)
    sealed = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.stream} #{self.sequence}"


class JournalSeal(Growing):
    """The heads that moved since the seal before, sealed together.

    ``heads`` is canonical JSON: a list of stream, sequence and hash. ``hash`` covers number, moment, heads, previous.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.CharField(max_length=27)
    heads = models.TextField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"#{self.number} {self.at}"

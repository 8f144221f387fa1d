"""Tables of the working calendar."""

from __future__ import annotations

from django.db import models


class CalendarYear(models.Model):
    """A year whose exceptions are known; of any other year no working day is counted."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    source = models.CharField(max_length=300)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.year)


class CalendarDay(models.Model):
    """One exception: a weekday off, or a weekend day worked. Every other day is as its weekday says."""

    day = models.DateField(primary_key=True)
    is_working = models.BooleanField()
    name = models.CharField(max_length=40)
    source = models.CharField(max_length=300)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.day} {self.name}"

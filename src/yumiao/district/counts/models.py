"""Tables of kept counts."""

from __future__ import annotations

from django.db import models


class KeptCounts(models.Model):
    """What was counted in one register; another register has a row of its own, and the former's goes.

    ``register`` is `yumiao.district.counts.kept.register_key` of it. ``places`` holds for each division code that
    subjects are registered in, empty where nobody said, what `yumiao.district.counts.kept.Counts` holds.
    """

    register = models.CharField(primary_key=True, max_length=160)
    places = models.JSONField()
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.register

"""The table of saved filters."""

from __future__ import annotations

from django.db import models

from yumiao.district.accounts.models import Person
from yumiao.district.vault.models import new_id


class SavedFilter(models.Model):
    """What somebody filtered the list of enterprises by. ``query`` is that of the address, without the page.

    ``is_shared``: colleagues who may list enterprises see it too; what it finds is what each of them may see.
    ``removed_at`` is NULL while it stands.
    """

    id = models.CharField(primary_key=True, max_length=32, default=new_id)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="filters")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000)
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("person", "name"), condition=models.Q(removed_at=None), name="filter_name_once"
            ),
        )

    def __str__(self) -> str:
        return self.name

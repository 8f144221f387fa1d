"""Tables of chains, their links, placements, and dismissed suggestions. Rows end or are withdrawn; none is removed."""

from __future__ import annotations

from django.db import models

from yumiao.district.accounts.models import Person
from yumiao.district.vault.models import new_id


class Chain(models.Model):
    """An industrial chain as a document names it.

    ``name_en`` is empty where nobody gave one. ``level`` and ``sureness`` are tokens of `kinds`. ``territory`` is the
    code of the division whose list it is, zeros cut; empty for the nation's. ``source`` says where ``document`` was
    read. It counts from ``valid_from`` up to and with ``valid_until``; NULL: nobody says since when, or still.
    ``withdrawn_at`` is NULL unless it was entered by mistake.
    """

    id = models.CharField(primary_key=True, max_length=32, default=new_id)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    level = models.CharField(max_length=10)
    territory = models.CharField(max_length=12)
    document = models.CharField(max_length=300)
    source = models.CharField(max_length=300)
    sureness = models.CharField(max_length=10)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    note = models.CharField(max_length=500)
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Link(models.Model):
    """A node of a chain.

    ``position`` is a token of `kinds`; ``codes`` the codes of GB/T 4754 that belong to it, or beginnings of them:
    two to four digits each, with spaces between; empty where nobody said. ``place`` is its place among the links of
    its position. ``ended_on`` is NULL while it stands.
    """

    id = models.CharField(primary_key=True, max_length=32, default=new_id)
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="links")
    name = models.CharField(max_length=80)
    position = models.CharField(max_length=10)
    products = models.CharField(max_length=300)
    codes = models.CharField(max_length=300)
    place = models.PositiveSmallIntegerField(default=0)
    ended_on = models.DateField(null=True)

    def __str__(self) -> str:
        return self.name


class Placement(models.Model):
    """Somebody said that a subject sits in a link.

    ``subject`` is an id of the store. ``note`` says its role or product there; ``since`` is NULL where nobody says
    since when. ``source`` names a document or a file; ``way`` is a token of `kinds`. ``act`` is shared by what was
    placed at once. ``ended_on`` is the first day on which it no longer sits there, NULL while it does; ``ended_why``
    says why. ``withdrawn_at`` is NULL unless it was placed by mistake.
    """

    id = models.CharField(primary_key=True, max_length=32, default=new_id)
    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="placements")
    subject = models.CharField(max_length=40, db_index=True)
    note = models.CharField(max_length=200)
    since = models.DateField(null=True)
    source = models.CharField(max_length=300)
    way = models.CharField(max_length=10)
    act = models.CharField(max_length=32, db_index=True)
    placed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="placements")
    placed_at = models.DateTimeField()
    ended_on = models.DateField(null=True)
    ended_why = models.CharField(max_length=200)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("link", "subject"),
                condition=models.Q(ended_on=None, withdrawn_at=None),
                name="placed_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.subject} {self.link_id}"


class Dismissal(models.Model):
    """Somebody said that a subject does not belong to a link, though its industry code suggests it.

    ``subject`` is an id of the store; ``code`` the industry code that suggested it. ``why`` is their reason. ``act`` is
    shared by what was dismissed at once. ``ended_on`` is the first day on which it no longer holds, NULL while it does;
    ``ended_why`` says why. ``withdrawn_at`` is NULL unless it was said by mistake.
    """

    id = models.CharField(primary_key=True, max_length=32, default=new_id)
    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="dismissals")
    subject = models.CharField(max_length=40, db_index=True)
    code = models.CharField(max_length=10)
    why = models.CharField(max_length=200)
    act = models.CharField(max_length=32)
    dismissed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="dismissals")
    dismissed_at = models.DateTimeField()
    ended_on = models.DateField(null=True)
    ended_why = models.CharField(max_length=200)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("link", "subject"),
                condition=models.Q(ended_on=None, withdrawn_at=None),
                name="dismissed_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.subject} {self.link_id}"


class Edition(models.Model):
    """The one row that counts the changes of all the others, so that what was read of them is known old.

    There is none before the first change.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveIntegerField()

    def __str__(self) -> str:
        return str(self.number)

"""Tables of joining: codes given out, what failed, what stands on the letter."""

from __future__ import annotations

import secrets

from django.db import models

from yumiao.district.accounts.roles import Post

DEFAULT_DAYS = 14


def mint_code_id() -> str:
    """Return a new opaque id of a code; it is not the code."""
    return "k" + secrets.token_hex(8)


class JoinCode(models.Model):
    """One code for one subject, good for one person once; only a keyed hash of it is kept.

    ``post`` is what it makes of who redeems it. ``is_of_firm`` tells codes given out by the firm's own manager from
    those of the office. ``issued_by`` and ``redeemed_by`` are ids of persons; ``revoked_at`` and ``redeemed_at`` are
    NULL until it happens.
    """

    id = models.CharField(primary_key=True, max_length=17, default=mint_code_id, editable=False)
    subject = models.CharField(max_length=40, db_index=True)
    post = models.CharField(max_length=10, choices=[(post.value, post.label.zh) for post in Post])
    is_of_firm = models.BooleanField()
    digest = models.CharField(max_length=64, unique=True)
    issued_by = models.CharField(max_length=80)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    redeemed_at = models.DateTimeField(null=True)
    redeemed_by = models.CharField(max_length=12, default="")

    class Meta:
        indexes = (models.Index(fields=("-issued_at", "id"), name="code_by_issue"),)

    def __str__(self) -> str:
        return f"{self.id} {self.subject}"


class FailedJoin(models.Model):
    """A code that was tried and is none; ``key`` is a keyed hash of the address it came from."""

    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("key", "at"), name="failed_join_recent"),)

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.at:%Y-%m-%d %H:%M}"


class LetterSettings(models.Model):
    """What the office chose for its letters: for how many days a code is good, and whom a firm may ask."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    days = models.PositiveSmallIntegerField(default=DEFAULT_DAYS)
    office = models.CharField(max_length=80, default="")
    telephone = models.CharField(max_length=40, default="")
    address = models.CharField(max_length=120, default="")

    def __str__(self) -> str:
        return f"{self.days} {self.office}"


class FollowedMerge(models.Model):
    """A merge of a firm with people, of which its people were told: ``subject`` is read as ``read_as`` since."""

    subject = models.CharField(primary_key=True, max_length=40)
    read_as = models.CharField(max_length=40)
    told_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.subject} → {self.read_as}"

"""Tables of people."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from yumiao.district.accounts.roles import Post, Role

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


def mint_person_id() -> str:
    """Return a new opaque id of a person; it says nothing about them."""
    return "p" + "".join(secrets.choice(_ALPHABET) for _ in range(11))


class Person(AbstractBaseUser):
    """Whoever signs in. Facts, journals and files name a person by the id only.

    ``label`` is what colleagues see (a post such as 高企科 · 经办); it need not be a name.
    """

    id = models.CharField(primary_key=True, max_length=12, default=mint_person_id, editable=False)
    login = models.CharField(max_length=60, unique=True)
    label = models.CharField(max_length=60)
    role = models.CharField(max_length=20, choices=[(role.value, role.label.zh) for role in Role])
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    disabled_at = models.DateTimeField(null=True)

    objects = BaseUserManager["Person"]()

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.id


class Territory(models.Model):
    """One division that a person works for; its subdivisions are included."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="territories")
    code = models.CharField(max_length=12)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "code"), name="territory_once"),)

    def __str__(self) -> str:
        return self.code


class Membership(models.Model):
    """A person who speaks for a subject; ended, never erased. ``subject`` is the id of the store.

    ``post`` says what the person may do for it.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    subject = models.CharField(max_length=40, db_index=True)
    post = models.CharField(
        max_length=10, choices=[(post.value, post.label.zh) for post in Post], default=Post.MANAGER.value
    )
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("person", "subject"), condition=models.Q(until=None), name="membership_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.subject}"


class FailedSignIn(models.Model):
    """A sign-in that failed; ``key`` is a hash of the login or of the address, never either itself."""

    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("key", "at"), name="failed_sign_in_recent"),)

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.at:%Y-%m-%d %H:%M}"

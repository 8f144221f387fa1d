"""Tables of messages."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models

from yumiao.district.messages.channels import Channel, Frequency, State


def mint_message_id() -> str:
    """Return a new opaque id of a message."""
    return "m" + secrets.token_hex(10)


class Message(models.Model):
    """One message to one person; ``arguments`` is canonical JSON of ids and whole numbers, the text is in `kinds`.

    ``read_at`` is NULL until the person has read it.
    """

    id = models.CharField(primary_key=True, max_length=21, default=mint_message_id, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    arguments = models.TextField()
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("person", "-created_at", "id"), name="message_of_person"),
            models.Index(fields=("person",), condition=models.Q(read_at=None), name="message_unread"),
        )

    def __str__(self) -> str:
        return f"{self.id} {self.kind}"


class Choice(models.Model):
    """How often one person wants one way out used."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=10, choices=[(each.value, each.label.zh) for each in Channel])
    frequency = models.CharField(max_length=10, choices=[(each.value, each.label.zh) for each in Frequency])

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "channel"), name="choice_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.channel} {self.frequency}"


class TopicChoice(models.Model):
    """How often one person wants one way out used for messages of one topic; it goes before `Choice`."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=10)
    topic = models.CharField(max_length=40)
    frequency = models.CharField(max_length=10)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("person", "channel", "topic"), name="topic_choice_once"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.channel} {self.topic} {self.frequency}"


class WorkingDays(models.Model):
    """A person who wants the day's messages together on working days only; see `workdays`."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.person_id)


class Delivery(models.Model):
    """One message on one way out.

    ``due_at`` is when it may be tried next; while a process sends it, until when that process has it. ``fault`` is the
    code of the latest failure, empty for none; ``sent_at`` is NULL until it was taken over at the other end.
    """

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10)
    is_digest = models.BooleanField()
    state = models.CharField(max_length=10, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    fault = models.CharField(max_length=40, blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("message", "channel"), name="delivery_once"),)
        indexes = (models.Index(fields=("state", "due_at"), name="delivery_due"),)

    def __str__(self) -> str:
        return f"{self.message_id} {self.channel} {self.state}"
